"""Many downloads and consoles under several faults at once: every byte and every line comes, and each once."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from synapse_backend.testing import MockBackend
from synapse_backend.testing.faults import Faults, RangeLie
from tests.support.campaign import chance, count
from tests.support.clients import DRIVERS, Driver
from tests.support.files import files_in
from tests.support.notes import noted

MEDIA = "/media/"
TAIL = "tail_job_console_logs"
SIZE = 200_000
DOWNLOADS = count(100, 8)
CONSOLES = count(100, 8)
FAULTS: list[Callable[[Faults, random.Random], object]] = [
    lambda faults, dice: faults.on(MEDIA, nth=dice.randint(1, 3)).cut(dice.uniform(0, 100)),
    lambda faults, dice: faults.on(MEDIA, nth=dice.randint(1, 3)).cut(dice.uniform(0, 100), reset=True),
    lambda faults, dice: faults.on(MEDIA).status(dice.choice([408, 429, 500, 502, 503, 504])),
    lambda faults, dice: faults.on(MEDIA).reset(),
    lambda faults, dice: faults.on(MEDIA).range_lie(dice.choice(["changed", "ignored"])),
    lambda faults, dice: faults.on(MEDIA).redirect("self", status=307),
]
BREAKS: list[Callable[[Faults, random.Random], object]] = [
    lambda faults, dice: faults.on(TAIL).break_stream("cut", after=dice.randint(0, 4)),
    lambda faults, dice: faults.on(TAIL).break_stream("reset", after=dice.randint(0, 4)),
    lambda faults, dice: faults.on(TAIL).break_stream("half_event", after=dice.randint(0, 4)),
    lambda faults, dice: faults.on(TAIL).break_stream("unknown_type", after=dice.randint(1, 4)),
    lambda faults, dice: faults.on(TAIL).status(dice.choice([429, 503])),
]


@contextmanager
def connected(kind: str) -> Iterator[tuple[MockBackend, Driver]]:
    with MockBackend() as backend, ExitStack() as stack:
        driver = DRIVERS[kind](backend.url, api_token="any", clock=backend.clock, retries=9)
        stack.callback(driver.close)
        yield backend, driver


@pytest.mark.campaign("downloads", DOWNLOADS)
@pytest.mark.parametrize("kind", DRIVERS)
def test_every_byte_comes_whatever_happens(kind: str, tmp_path: Path) -> None:
    dice = chance(f"downloads {kind}")
    data = dice.randbytes(SIZE)
    md5 = hashlib.md5(data).hexdigest()  # noqa: S324
    source, target = tmp_path / "source", tmp_path / "folder" / "target"
    source.write_bytes(data)
    target.parent.mkdir()
    with connected(kind) as (backend, driver):
        url = driver.call("create_chunked_upload", [source])["file"]
        for number in range(DOWNLOADS):
            for arm in dice.choices(FAULTS, k=dice.randint(2, 5)):
                arm(backend.faults, dice)
            armed = [str(one) for one in backend.faults.armed]
            # What comes is compared here, so that nothing but the download itself can be right.
            with noted(f"download {number}: {armed}"):
                assert driver.call("download_file", [url, target], checksum=md5 if number % 2 else None) == target
                assert target.read_bytes() == data
                assert files_in(target.parent) == ["target"]
                # There may be no further request, and none of a part of the file.
                due = [
                    one for one in backend.faults.armed if one.target.nth == 1 and not isinstance(one.step, RangeLie)
                ]
                assert not due or due[0].fired == 1
            backend.faults.clear()


@pytest.mark.campaign("consoles", CONSOLES)
@pytest.mark.parametrize("kind", DRIVERS)
def test_every_line_comes_once_whatever_happens(kind: str) -> None:
    with connected(kind) as (backend, driver):
        lines = list(driver.items(TAIL, [789]))
        assert len(lines) == len(set(lines)) > 3
        dice = chance(f"consoles {kind}")
        for number in range(CONSOLES):
            for arm in dice.choices(BREAKS, k=dice.randint(1, 4)):
                arm(backend.faults, dice)
            armed = [str(one) for one in backend.faults.armed]
            with noted(f"console {number}: {armed}"):
                assert list(driver.items(TAIL, [789])) == lines
                # An event that nobody knows ends no stream, so there may be no further request.
                assert backend.faults.armed[0].fired == 1
            backend.faults.clear()
