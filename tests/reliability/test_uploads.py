"""Uploads under many faults at once, and uploads whose process is killed."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from synapse_backend.testing import MockBackend
from synapse_backend.testing import faults as kinds
from tests.support.campaign import chance, count
from tests.support.clients import DRIVERS
from tests.support.notes import noted
from tests.support.uploads import journals_in, names_in, ranges, stored

UPLOADS = count(100, 8)
KILLED = count(10, 1)
"""With each client."""
TOKEN = "canary-access-0a1b2c3d"

OF_PARTS: list[Callable[[random.Random], kinds.Fault]] = [
    lambda dice: kinds.Status(dice.choice([408, 429, 500, 502, 503, 504])),
    lambda dice: kinds.Reset(),
    lambda dice: kinds.CloseBeforeAnswer(),
    lambda dice: kinds.CommitThenReset(),
    lambda dice: kinds.CommitThenClose(),
    lambda dice: kinds.PartThenReset(dice.randrange(101)),
    lambda dice: kinds.Truncate(dice.randrange(1, 200)),
    lambda dice: kinds.ResetMidBody(dice.randrange(1, 200)),
    lambda dice: kinds.Cut(dice.randrange(100), reset=dice.random() < 0.5),
    lambda dice: kinds.Empty(),
    lambda dice: kinds.Html(),
    lambda dice: kinds.Garbage(dice.choice(["status_line", "half_status_line", "not_http"])),
    lambda dice: kinds.BadGzip(),
    lambda dice: kinds.MalformedJson("broken"),
    lambda dice: kinds.OffsetLie(None),
    lambda dice: kinds.OffsetLie(-dice.randrange(1, 7)),
]
OF_ENDS: list[Callable[[random.Random], kinds.Fault]] = [
    *OF_PARTS[:5],
    lambda dice: kinds.Truncate(dice.randrange(1, 200)),
    lambda dice: kinds.Garbage("not_http"),
]


def arm(backend: MockBackend, dice: random.Random, parts: int) -> int:
    """Arm two to five faults at different requests of one upload, and return how many there are."""
    wanted = dice.randint(2, 5)
    places = dice.sample([("create_chunked_upload", 1), ("complete_chunked_upload", 1)], dice.randint(0, 2))
    # At least so many requests follow the first part, whatever else happens; the last one may be too small to be halved.
    numbers = dice.sample(range(1, parts - 1), wanted - len(places))
    for operation, number in [*places, *(("append_chunked_upload", number) for number in numbers)]:
        made = dice.choice(OF_PARTS if operation == "append_chunked_upload" else OF_ENDS)(dice)
        backend.faults.on(operation, nth=number).sequence(made)
    return wanted


def bytes_sent(backend: MockBackend) -> int:
    """Return how many bytes of the file went over the wire."""
    spans = [text.removeprefix("bytes ").partition("/")[0].split("-") for text in ranges(backend)]
    return sum(int(last) - int(first) + 1 for first, last in spans)


@pytest.mark.campaign("uploads", UPLOADS)
@pytest.mark.parametrize("kind", DRIVERS)
def test_uploads_arrive_whatever_happens_to_their_parts(kind: str, tmp_path: Path) -> None:
    dice, path = chance(f"uploads {kind}"), tmp_path / "file.bin"
    with MockBackend() as backend, ExitStack() as stack:
        driver = DRIVERS[kind](backend.url, api_token=TOKEN, timeout=5, clock=backend.clock, retries=6)
        stack.callback(driver.close)
        for number in range(UPLOADS):
            backend.reset()
            chunk = dice.randint(7, 30)
            parts = dice.randint(7, 12)
            data = dice.randbytes(chunk * (parts - 1) + dice.randint(1, chunk))
            path.write_bytes(data)
            wanted = arm(backend, dice, parts)
            armed = [str(one) for one in backend.faults.armed]
            with noted(f"upload {number} of {len(data)} bytes in parts of {chunk}: {armed}"):
                done = driver.call("create_chunked_upload", [path], chunk_size=chunk)
                assert stored(backend, done) == data
                assert backend.faults.unfired == []
                assert sum(one.fired for one in backend.faults.armed) == wanted
                assert bytes_sent(backend) - len(data) <= wanted * chunk, ranges(backend)


# --- processes that are killed ----------------------------------------------------------------------------------------

PROGRAMS = {
    "sync": """
import sys
from synapse_backend import BackendClient
with BackendClient(sys.argv[1], sys.argv[2]) as client:
    print(client.create_chunked_upload(sys.argv[3], chunk_size=int(sys.argv[4]), resume=True)["file"])
""",
    "async": """
import asyncio, sys
from synapse_backend import AsyncBackendClient
async def main():
    async with AsyncBackendClient(sys.argv[1], sys.argv[2]) as client:
        print((await client.create_chunked_upload(sys.argv[3], chunk_size=int(sys.argv[4]), resume=True))["file"])
asyncio.run(main())
""",
}


def start(kind: str, backend: MockBackend, path: Path, chunk: int) -> subprocess.Popen[str]:
    """Start a process that uploads a file and prints where it is then."""
    command = [sys.executable, "-c", PROGRAMS[kind], backend.url, TOKEN, str(path), str(chunk)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait_for(process: subprocess.Popen[str], backend: MockBackend, requests: int) -> None:
    """Return when so many requests have come, or the process has ended before."""
    while process.poll() is None and len(backend.requests) < requests:
        time.sleep(0.0005)


@pytest.mark.campaign("killed uploads", KILLED)
@pytest.mark.parametrize("kind", DRIVERS)
def test_an_upload_whose_process_is_killed_goes_on_in_another_one(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    journals = tmp_path / "state" / "synapse-backend" / "uploads"
    dice, path = chance(f"killed {kind}"), tmp_path / "file.bin"
    chunk, parts = 4096, 20
    for number in range(KILLED):
        data = dice.randbytes(chunk * parts - dice.randrange(chunk))
        path.write_bytes(data)
        # The parts, and what completes the upload.
        moment, pause = dice.randint(1, parts + 1), dice.random() / 500
        last, commit = min(moment + dice.randrange(3), parts + 1), dice.random() < 0.5
        case = f"kill {number}: at request {moment} and {pause} s, request {last} has no answer, commit={commit}"
        with MockBackend(seed=dice.getrandbits(32)) as backend, noted(case):
            # It gets no further, however long this process is kept from killing it.
            backend.faults.on("*", nth=last).no_answer(commit=commit)
            with start(kind, backend, path, chunk) as process:
                # Where the server stands, and then some time up to that of a part.
                wait_for(process, backend, moment)
                time.sleep(pause)
                process.kill()
            assert process.returncode == -9
            backend.faults.clear()
            sent, is_kept = len(ranges(backend)), bool(journals_in(journals))
            # There is none before the server named the upload, and none after it completed it.
            assert is_kept or sent <= 1 or backend.assert_called("complete_chunked_upload")
            again = start(kind, backend, path, chunk)
            out, complaints = again.communicate()
            assert (again.returncode, complaints) == (0, "")
            assert stored(backend, {"file": out.strip()}) == data
            if is_kept:
                assert len(ranges(backend)) <= parts + 1, (sent, ranges(backend))
                assert backend.bytes_stored == len(data)
            assert names_in(journals) == []
