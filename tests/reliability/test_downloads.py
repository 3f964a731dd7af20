"""Many downloads and consoles under several faults at once: every byte and every line comes, and each once."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from synapse_backend.testing import MockBackend
from synapse_backend.testing.faults import Faults
from tests.support.clients import DRIVERS, Driver
from tests.support.files import files_in

MEDIA = "/media/"
TAIL = "tail_job_console_logs"
SIZE = 200_000
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


def connected(kind: str, backend: MockBackend) -> Driver:
    return DRIVERS[kind](backend.start().url, api_token="any", clock=backend.clock, retries=9)


@pytest.mark.parametrize("kind", DRIVERS)
def test_every_byte_comes_whatever_happens(kind: str, tmp_path: Path) -> None:
    data = random.Random(1).randbytes(SIZE)
    md5 = hashlib.md5(data).hexdigest()  # noqa: S324
    source, target = tmp_path / "source", tmp_path / "folder" / "target"
    source.write_bytes(data)
    target.parent.mkdir()
    backend = MockBackend()
    driver = connected(kind, backend)
    url = driver.call("create_chunked_upload", [source])["file"]
    fired = 0
    for seed in range(100):
        dice = random.Random(seed)
        for arm in dice.choices(FAULTS, k=dice.randint(2, 5)):
            arm(backend.faults, dice)
        # What comes is compared here, so that nothing but the download itself can be right.
        assert driver.call("download_file", [url, target], checksum=md5 if seed % 2 else None) == target
        assert target.read_bytes() == data, seed
        assert files_in(target.parent) == ["target"]
        fired += sum(armed.fired for armed in backend.faults.armed)
        backend.faults.clear()
    driver.close()
    backend.stop()
    assert fired > 200


@pytest.mark.parametrize("kind", DRIVERS)
def test_every_line_comes_once_whatever_happens(kind: str) -> None:
    backend = MockBackend()
    driver = connected(kind, backend)
    lines = list(driver.items(TAIL, [789]))
    assert len(lines) == len(set(lines)) > 3
    fired = 0
    for seed in range(100):
        dice = random.Random(seed)
        for arm in dice.choices(BREAKS, k=dice.randint(1, 4)):
            arm(backend.faults, dice)
        assert list(driver.items(TAIL, [789])) == lines, seed
        fired += sum(armed.fired for armed in backend.faults.armed)
        backend.faults.clear()
    driver.close()
    backend.stop()
    assert fired > 150
