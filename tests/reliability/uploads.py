"""Uploads in parts: parts that are lost, kept halfway or damaged, files that change, and servers that are confused."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from synapse_backend import (
    BackendClient,
    ChecksumMismatchError,
    ConflictError,
    HTTPError,
    NotFoundError,
    ResponseError,
    ServerError,
    SourceChangedError,
)
from synapse_backend.testing.faults import Faults
from synapse_backend.testing.faults.transfers import UrlKind
from tests.reliability.stage import CREDENTIALS, Call, Failure, Run, Scenario, played
from tests.support.uploads import change, changed_when, parts_of, stored

CHUNK = 10
DATA = bytes(range(35))
WHOLE = 4
"""How many parts the file has."""
APPEND, COMPLETE, STATE = "append_chunked_upload", "complete_chunked_upload", "get_chunked_upload"
CREATE = "create_chunked_upload"


def file_of(run: Run, data: bytes = DATA) -> Path:
    """Return the path of a file to upload."""
    path = Path(run.folder()) / "video.mp4"
    path.write_bytes(data)
    return path


def upload(run: Run, file: object, **named: Any) -> None:
    """Upload a file in small parts."""
    run.make(Call(CREATE, (file,), {"chunk_size": CHUNK, **named}))


def is_whole(run: Run, data: bytes = DATA) -> None:
    """Require that the upload succeeded and that the server has each byte of the file."""
    if run.error is not None:
        raise run.error
    assert stored(run.backend, run.value) == data


def arrives(number: int, name: str, arm: Callable[[Faults], object], *, further: int = 1, **options: Any) -> Scenario:
    """Return the scenario of an upload that succeeds.

    Args:
        number: Of the kind of trouble.
        name: What goes wrong.
        arm: Arms the faults.
        further: How many parts are sent beyond those that the file has.
        **options: Options of the client.
    """
    more = {0: "no part more", 1: "1 part more"}.get(further, f"{further} parts more")

    @played(number, name, "the mock", f"`{CREATE}`", f"success, {more} than without")
    def play(run: Run) -> None:
        mock = run.mock()
        arm(mock.faults)
        run.client(mock.url, **options)
        upload(run, file_of(run))
        is_whole(run)
        assert len(parts_of(mock)) == WHOLE + further
        run.prove_mock()

    return play


def fails(
    number: int,
    name: str,
    error: type[Exception],
    says: str,
    arm: Callable[[Faults], object],
    *,
    parts: int,
    details: Mapping[str, Any] = {},
) -> Scenario:
    """Return the scenario of an upload that ends with an error, and completes nothing that could be taken for the file."""

    @played(
        number, name, "the mock", f"`{CREATE}`", f"`{error.__name__}`, {parts} part{'' if parts == 1 else 's'} sent"
    )
    def play(run: Run) -> None:
        mock = run.mock()
        arm(mock.faults)
        run.client(mock.url)
        upload(run, file_of(run))
        Failure(error, says, None, details).check(run)
        assert len(parts_of(mock)) == parts
        run.prove_mock()

    return play


def changed(name: str, how: str, moment: int) -> Scenario:
    """Return the scenario of a file that changes once the server has that much of it."""

    @played(76, name, "the file", f"`{CREATE}`", "`SourceChangedError`, nothing completed")
    def play(run: Run) -> None:
        mock = run.mock()
        run.client(mock.url)
        path = file_of(run)
        upload(run, path, on_progress=changed_when(moment, path, how))
        Failure(SourceChangedError, "changed while it was uploaded", None, {"status_code": 409}).check(run)
        mock.assert_not_called(COMPLETE)
        run.proof = "changed"

    return play


@played(
    77,
    "a part fails of a file that can be read only once",
    "the mock",
    f"`{CREATE}`",
    "success, 1 part more than without",
)
def pipe(run: Run) -> None:
    mock = run.mock()
    mock.faults.on(APPEND, nth=2).status(503)
    run.client(mock.url)
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as file:
        file.write(DATA)
    with os.fdopen(reading, "rb") as file:
        upload(run, file)
    is_whole(run)
    assert len(parts_of(mock)) == WHOLE + 1
    run.prove_mock()


@played(78, "files of 0, 1, 9, 10, 11 and 100 bytes in parts of 10, and one that does not tell its size", "the files",
        f"`{CREATE}`", "success, each byte there")  # fmt: skip
def sizes(run: Run) -> None:
    mock = run.mock()
    run.client(mock.url)
    for size in (0, 1, 9, 10, 11, 100):
        data = os.urandom(size)
        sent = len(parts_of(mock))
        upload(run, file_of(run, data))
        is_whole(run, data)
        assert len(parts_of(mock)) - sent == -(-size // CHUNK)
    reading, writing = os.pipe()
    os.write(writing, DATA)
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        upload(run, file)
    is_whole(run)
    run.proof = "7 files"


# --- going on ---------------------------------------------------------------------------------------------------------


class Stop(Exception):  # noqa: N818 - stands for the end of a process
    """The process ends."""


def stop(done: int, size: int) -> None:
    """End when the server has two parts."""
    if done == 2 * CHUNK:
        raise Stop


def interrupted(run: Run, path: Path, **named: Any) -> None:
    """Begin an upload whose process ends after two parts, and look at its journal."""
    run.monkeypatch.setenv("XDG_STATE_HOME", run.folder())
    upload(run, path, resume=True, on_progress=stop, **named)
    assert type(run.error) is Stop, run.error
    (journal,) = Path(os.environ["XDG_STATE_HOME"]).rglob("*.json")
    assert stat.S_IMODE(journal.stat().st_mode) == 0o600
    run.shown.append(journal.read_text().replace(CREDENTIALS["tenant"], ""))


def resumed(
    name: str, armed: str, further: int, meddle: Callable[[Run, Path], object], outcome: Failure | None = None
) -> Scenario:
    """Return the scenario of an upload that goes on in another process.

    Args:
        name: What goes wrong meanwhile.
        armed: How it is brought about.
        further: How many parts are sent in the end.
        meddle: Brings it about.
        outcome: What comes out instead of a success.
    """
    expected = f"success, {further} more parts sent" if outcome is None else str(outcome)

    @played(79, name, armed, f"`{CREATE}`", expected)
    def play(run: Run) -> None:
        mock = run.mock()
        path = file_of(run)
        run.client(mock.url)
        interrupted(run, path)
        meddle(run, path)
        again = run.client(mock.url)
        run.make(Call(CREATE, (path,), {"chunk_size": CHUNK, "resume": True}), again)
        if outcome is None:
            is_whole(run, path.read_bytes())
            assert len(parts_of(mock)) == 2 + further
        else:
            outcome.check(run)
        if mock.faults.armed:
            run.prove_mock()
        else:
            run.proof = "interrupted"

    return play


def gone(run: Run, _: Path) -> None:
    """Let the server forget the upload."""
    run.backend.faults.on(STATE).upload_gone()


def gone_twice(run: Run, path: Path) -> None:
    """Let the server forget the upload, and the one that is begun instead."""
    gone(run, path)
    run.backend.faults.on(APPEND).upload_gone()


@played(
    81, "another process uploads the same file", "the journal", f"`{CREATE}`", "`BlockingIOError` there, success here"
)
def at_once(run: Run) -> None:
    mock = run.mock()
    path, refused = file_of(run), []
    run.monkeypatch.setenv("XDG_STATE_HOME", run.folder())
    run.client(mock.url)

    def other_process(done: int, size: int) -> None:
        with BackendClient(mock.url, "token-of-others", tenant=CREDENTIALS["tenant"]) as other:
            try:
                other.create_chunked_upload(path, resume=True)
            except BlockingIOError as error:
                refused.append(error)

    # The fault does not matter: a part that is repeated gives others more time.
    mock.faults.on(APPEND).status(503)
    upload(run, path, resume=True, on_progress=other_process)
    is_whole(run)
    assert len(refused) == WHOLE
    run.prove_mock()


@played(
    81,
    "somebody else adds to the upload",
    "another client",
    f"`{CREATE}`",
    "success, sent again as an upload of its own",
)
def interleaved(run: Run) -> None:
    mock = run.mock()
    run.client(mock.url)
    came = False

    def intrude(done: int, size: int) -> None:
        nonlocal came
        if done == CHUNK and not came:
            came = True
            with BackendClient(mock.url, "token-of-others", tenant=CREDENTIALS["tenant"]) as other:
                part = {"filename": "video.mp4", "file": io.BytesIO(b"x" * CHUNK)}
                other.append_chunked_upload(_open_upload(run), part, f"bytes 10-19/{len(DATA)}")

    upload(run, file_of(run), on_progress=intrude)
    is_whole(run)
    mock.assert_called(CREATE, times=2)
    run.proof = "somebody else came"


def _open_upload(run: Run) -> int:
    """Return the id of the upload that is under way, which only its answers tell."""
    return int(run.backend.requests[-1].answer.split(b'"id":')[1].split(b",")[0])


@played(82, "the token expires meanwhile", "the mock", f"`{CREATE}`", "success, 1 part more than without, 1 renewal")
def renewed(run: Run) -> None:
    mock = run.mock()
    mock.faults.on(APPEND, nth=2).status(401)
    asked: list[str] = []

    def token() -> str:
        asked.append(CREDENTIALS["api_token"])
        return asked[-1]

    run.client(mock.url, api_token=token)
    upload(run, file_of(run))
    is_whole(run)
    assert (len(parts_of(mock)), len(asked)) == (WHOLE + 1, 2)
    run.prove_mock()


def answered(status: int) -> Callable[[Faults], object]:
    """Arm a status to a part."""
    return lambda faults: faults.on(APPEND).status(status)


def elsewhere(kind: UrlKind) -> Callable[[Faults], object]:
    """Arm a URL that leads somewhere else."""
    return lambda faults: faults.on(CREATE).foreign_url(kind)


ELSEWHERE: dict[UrlKind, str] = {
    "foreign_host": "to another host",
    "no_scheme": "to another host, without a scheme",
    "user_info": "to another host behind our name",
    "private_address": "into a private network",
    "foreign_scheme": "over another protocol",
    "file": "into a file",
}

UPLOADS = [
    *(arrives(69, f"{status} to a part", answered(status))
      for status in (408, 429, 500, 503)),
    arrives(69, "503 to the first part", lambda faults: faults.on(CREATE).status(503)),
    arrives(69, "the connection is reset at a part", lambda faults: faults.on(APPEND, nth=2).reset()),
    arrives(69, "the server stops reading a part", lambda faults: faults.on(APPEND).stop_reading(), once=(APPEND, {"write": 0.2, "read": 0.2})),
    arrives(70, "the answer to a part is lost", lambda faults: faults.on(APPEND).commit_then_reset(), further=0),
    arrives(70, "the answer to a part breaks off", lambda faults: faults.on(APPEND).truncate(20), further=0),
    arrives(71, "a part is kept halfway", lambda faults: faults.on(APPEND).part_then_reset(), further=0),
    arrives(72, "the answer to the completion is lost", lambda faults: faults.on(COMPLETE).commit_then_reset(), further=0),
    arrives(72, "503 to the completion", lambda faults: faults.on(COMPLETE).status(503), further=0),
    arrives(73, "the server names an offset that is too low", lambda faults: faults.on(APPEND, nth=2).offset_lie(-4), further=1),
    fails(73, "the server names an offset beyond what was sent", ResponseError, "has 21 bytes, but only 20 were sent",
          lambda faults: faults.on(APPEND).offset_lie(1), parts=2, details={"kind": "offset"}),
    arrives(73, "the server names no offset", lambda faults: faults.on(APPEND).offset_lie(None), further=0),
    arrives(74, "a bit is flipped on the way", lambda faults: faults.on(APPEND).flip_bit(), further=WHOLE),
    fails(74, "a bit is flipped on the way each time", ChecksumMismatchError, "other bytes than were sent, 3 times",
          lambda faults: faults.on(CREATE, times=3).flip_bit(), parts=3 * WHOLE, details={"remote": None}),
    fails(75, "the server completes something else", ChecksumMismatchError, "was completed with checksum .* instead of",
          lambda faults: faults.on(COMPLETE).wrong_checksum(), parts=WHOLE),
    changed("the file becomes shorter", "shrink", 10),
    changed("the file becomes longer", "grow", 10),
    changed("the file becomes longer after its last part", "grow", 35),
    changed("the file is written to", "rewrite", 20),
    changed("the file is replaced", "replace", 20),
    pipe,
    sizes,
    resumed("the process ends", "an exception", 2, lambda *_: None),
    resumed("the process ends, and the file changes", "the file", 4, lambda _, path: change(path, "rewrite")),
    resumed("the process ends, and the server gives the upload up", "the mock", 4, gone),
    resumed("the process ends, and the server gives up whatever it gets", "the mock", 0, gone_twice, Failure(NotFoundError, "404", None)),
    at_once,
    interleaved,
    fails(81, "409 to a part", ConflictError, "409", lambda faults: faults.on(APPEND).status(409), parts=2),
    fails(81, "412 to a part", HTTPError, "412", lambda faults: faults.on(APPEND).status(412), parts=2),
    fails(82, "a part is too large", HTTPError, "answered 413 .*parts had up to 10 bytes; pass a smaller chunk_size",
          lambda faults: faults.on(CREATE).status(413), parts=1),
    fails(82, "the server has no room", ServerError, "507", lambda faults: faults.on(APPEND).status(507), parts=2),
    renewed,
    *(fails(83, f"the next part is to go {where}", ResponseError, "to another host, which is refused",
            elsewhere(kind), parts=1, details={"kind": "url"})
      for kind, where in ELSEWHERE.items()),
]  # fmt: skip
