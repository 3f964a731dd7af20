"""Downloads and consoles over a transport that was handed in, without a socket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from synapse_backend import NotFoundError
from synapse_backend.testing import MockBackend
from tests.support.canary import TOKEN
from tests.support.clients import DRIVERS, Driver
from tests.support.files import files_in


@pytest.fixture(params=list(DRIVERS))
def driver(request: pytest.FixtureRequest) -> Iterator[Driver]:
    backend = MockBackend()
    transport = backend.transport() if request.param == "sync" else backend.async_transport()
    driver = DRIVERS[request.param]("http://localhost", api_token=TOKEN, transport=transport)
    yield driver
    driver.close()


def test_files_are_downloaded(driver: Driver, tmp_path: Path) -> None:
    tasks = driver.call("list_tasks", [{"page_size": 5}, {"folder": tmp_path}]).items
    entries = [info for item in tasks for info in item["files"].values()]
    assert len(entries) >= 5
    assert [info["path"].stat().st_size for info in entries] == [info["size"] for info in entries]


def test_a_file_that_is_not_there_leaves_nothing(driver: Driver, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        driver.call("download_file", ["/media/absent", tmp_path])
    assert files_in(tmp_path) == []


def test_a_console_is_followed_to_its_end_and_left_early(driver: Driver) -> None:
    expected = [entry["message"] for entry in driver.call("list_job_console_logs", [789])]
    assert list(driver.items("tail_job_console_logs", [789])) == expected
    assert next(driver.items("tail_job_console_logs", [789])) == expected[0]
