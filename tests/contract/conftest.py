"""A recorder and both clients, for tests that go through every operation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.calls import PACKAGE
from tests.support.clients import DRIVERS, TOKENS, Driver
from tests.support.recorder import Recorder, Reply, record


@pytest.fixture(scope="module")
def recorder() -> Iterator[Recorder]:
    with record() as recorder:
        yield recorder


@pytest.fixture(scope="module", params=list(DRIVERS))
def driver(request: pytest.FixtureRequest, recorder: Recorder) -> Iterator[Driver]:
    """Either client, talking to the recorder, with every token set; one attempt per call, so that all are seen."""
    driver = DRIVERS[request.param](recorder.url, retries=0, **TOKENS)
    # The connection is this fixture's, not that of the first test.
    recorder.answer(Reply.of_json(200, {}))
    driver.call("get_project", [1])
    recorder.take()
    yield driver
    driver.close()


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of a release, on disk."""
    path = tmp_path_factory.mktemp("package") / "contours-2.0.0.zip"
    path.write_bytes(PACKAGE)
    return path
