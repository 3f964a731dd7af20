"""Files on their way from the server, and consoles of jobs that are followed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from synapse_backend import (
    ChecksumMismatchError,
    ClientTimeoutError,
    NotFoundError,
    ResponseError,
    ServerError,
    _async,
    _sync,
)
from synapse_backend.testing import MockBackend, TailOptions
from synapse_backend.testing.faults import Faults
from synapse_backend.testing.faults.events import StreamFlaw
from synapse_backend.testing.faults.transfers import RangeLieKind
from tests.reliability.stage import CREDENTIALS, Call, Failure, Run, Scenario, Success, played
from tests.support.files import files_in, small_disk
from tests.support.scripted import ScriptedServer, json_reply, reply
from tests.support.tls import CERTIFICATE, server_context

DOWNLOAD = "download_file"
TAIL = "tail_job_console_logs"
MEDIA = "/media/"
DATA = os.urandom(2_500_000)
MD5 = hashlib.md5(DATA).hexdigest()  # noqa: S324
OLD = b"what was there before"
Arm = Callable[[Faults], object]


def stored(run: Run, mock: MockBackend, data: bytes = DATA) -> str:
    """Return the URL of a file that the mock has."""
    path = Path(run.folder()) / "cat.png"
    path.write_bytes(data)
    url: str = run.client(mock.url).call("create_chunked_upload", (path,))["file"]
    return url


def target_of(run: Run) -> Path:
    """Return the path of a file that is there already, in a folder of its own."""
    path = Path(run.folder()) / "old.png"
    path.write_bytes(OLD)
    return path


def download(run: Run, url: str, target: Path, **named: Any) -> None:
    """Download a file, and keep what came of it."""
    run.make(Call(DOWNLOAD, (url, target), named))


def is_whole(run: Run, target: Path) -> None:
    """Require that the file came, byte for byte, and nothing else."""
    if run.error is not None:
        raise run.error
    assert (run.value, target.read_bytes()) == (target, DATA)
    assert files_in(target.parent) == [target.name]


def is_old(target: Path) -> None:
    """Require that nothing changed on the disk."""
    assert target.read_bytes() == OLD
    assert files_in(target.parent) == [target.name]


def asked(mock: MockBackend) -> int:
    """Return how many requests for files the mock got."""
    return sum(request.operation_id is None for request in mock.requests)


def arrives(name: str, requests: int, arm: Arm, **named: Any) -> Scenario:
    """Return the scenario of a file that comes in spite of everything, in so many requests."""

    @played(84, name, "the mock", f"`{DOWNLOAD}`", f"success, {requests} requests")
    def play(run: Run) -> None:
        mock = run.mock()
        url, target = stored(run, mock), target_of(run)
        arm(mock.faults)
        download(run, url, target, **named)
        is_whole(run, target)
        assert asked(mock) == requests
        run.prove_mock()

    return play


def fails(number: int, name: str, failure: Failure, arm: Arm, **named: Any) -> Scenario:
    """Return the scenario of a file that does not come, and of an old one that stays."""

    @played(number, name, "the mock", f"`{DOWNLOAD}`", f"`{failure.error.__name__}`, the old file stays")
    def play(run: Run) -> None:
        mock = run.mock()
        url, target = stored(run, mock), target_of(run)
        arm(mock.faults)
        download(run, url, target, **named)
        failure.check(run)
        is_old(target)
        run.prove_mock()

    return play


# --- the disk ---------------------------------------------------------------------------------------------------------


@played(85, "the disk is full", "the disk", f"`{DOWNLOAD}`", "`OSError`, the old file stays")
def full(run: Run) -> None:
    mock = run.mock()
    url, target = stored(run, mock), target_of(run)
    with small_disk(1_200_000):
        download(run, url, target)
    Failure(OSError, f"download_file: File too large: '{target}'", None).check(run)
    is_old(target)
    run.proof = "full at 1.2 MB"


@played(85, "the folder is not there", "the disk", f"`{DOWNLOAD}`", "`FileNotFoundError`, nothing was sent")
def nowhere(run: Run) -> None:
    server = run.script()
    run.client(server.url)
    target = Path(run.folder()) / "absent" / "cat.png"
    download(run, "/media/cat.png", target)
    Failure(FileNotFoundError, f"download_file: No such file or directory: '{target}'", 0).check(run)
    assert server.connections == 0
    run.proof = "refused"


@played(85, "the file has another checksum", "the mock", f"`{DOWNLOAD}`", "`ChecksumMismatchError`, the old file stays")
def damaged(run: Run) -> None:
    mock = run.mock()
    url, target = stored(run, mock), target_of(run)
    download(run, url, target, checksum="0" * 32)
    details = {"local": MD5, "remote": "0" * 32}
    Failure(ChecksumMismatchError, f"has the MD5 {MD5} instead of 0000", None, details).check(run)
    is_old(target)
    run.proof = "compared"


# --- names ------------------------------------------------------------------------------------------------------------


def named(name: str, kept: str) -> Scenario:
    """Return the scenario of a file with a name that is meant to do harm."""

    @played(61, f"a file called {name!r}", "a raw socket", f"`{DOWNLOAD}` to a folder", f"success, as `{kept}` in it")
    def play(run: Run) -> None:
        disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
        server = run.script(reply(200, DATA, "image/png", disposition))
        run.client(server.url)
        outside = Path(run.folder())
        folder = outside / "out"
        folder.mkdir()
        download(run, "/media/7f3a", folder)
        Success(1, lambda path: path == folder / kept).check(run)
        assert (files_in(folder), files_in(outside)) == ([kept], ["out"])
        run.prove_script(1)

    return play


@played(
    61,
    "a link in the folder that leads out of it",
    "the disk",
    f"`{DOWNLOAD}` to a folder",
    "success, the link is not followed",
)
def linked(run: Run) -> None:
    server = run.script(reply(200, DATA, "image/png"))
    run.client(server.url)
    outside = Path(run.folder())
    folder = outside / "out"
    folder.mkdir()
    (folder / "cat.png").symlink_to(outside / "victim")
    download(run, "/media/cat.png", folder)
    Success(1, lambda path: path.parent == folder and path.name != "cat.png").check(run)
    assert files_in(outside) == ["out"]
    run.prove_script(1)


@played(61, "two files of one name", "a raw socket", "`list_tasks` with `url_conversion`", "success, two files")
def twins(run: Run) -> None:
    files = [{"url": f"/media/{number}/cat.png", "file_name_original": "../cat.png"} for number in range(2)]
    server = run.script(
        json_reply({"count": 1, "next": None, "previous": None, "results": [{"id": 1, "files": files}]}),
        *[reply(200, DATA, "image/png")] * 2,
    )
    run.client(server.url)
    folder = Path(run.folder())
    run.make(Call("list_tasks", (), {"url_conversion": {"files_fields": ["files"], "folder": folder}}))
    Success(3, lambda page: len({entry["path"] for entry in page.items[0]["files"]}) == 2).check(run)
    assert [path.read_bytes() for path in sorted(folder.iterdir())] == [DATA, DATA]
    assert sum(name.startswith("cat") for name in files_in(folder)) == 2
    run.prove_script(3)


# --- where URLs lead --------------------------------------------------------------------------------------------------


@played(
    46, "a redirection of a download to another server", "the mock", f"`{DOWNLOAD}`", "success, no credentials there"
)
def redirected(run: Run) -> None:
    mock = run.mock()
    url, target = stored(run, mock), target_of(run)
    other = run.script(reply(200, DATA, "image/png"))
    mock.faults.on(MEDIA).redirect(f"{other.url}/bucket/cat.png?signature=0123456789")
    download(run, url, target)
    is_whole(run, target)
    [request] = other.requests
    assert [value for value in CREDENTIALS.values() if value in str(request.headers)] == []
    run.prove_mock()


@played(
    48,
    "a redirection of a download from https:// to http://",
    "a raw socket",
    f"`{DOWNLOAD}`",
    "`ResponseError`, 1 request, 0 there",
)
def downgraded(run: Run) -> None:
    with ScriptedServer() as other:
        server = run.script(reply(302, headers={"Location": f"{other.url}/cat.png"}), tls=server_context())
        run.client(server.url, verify=CERTIFICATE)
        target = target_of(run)
        download(run, "/media/cat.png", target)
        Failure(ResponseError, "its redirect is not followed: .* in clear text", 1, {"kind": "url"}).check(run)
    is_old(target)
    assert other.connections == 0
    run.prove_script(1)


def astray(number: int, name: str, location: str | None, says: str, times: int = 1) -> Scenario:
    """Return the scenario of a redirection of a download that leads nowhere good."""
    failure = Failure(ResponseError, f"answered 302, but its redirect is not followed: {says}", None, {"kind": "url"})
    return fails(
        number,
        f"a redirection of a download {name}",
        failure,
        lambda faults: faults.on(MEDIA, times=times).redirect(location),
    )


def private(host: str) -> Scenario:
    """Return the scenario of a URL that leads from outside into a private network."""

    @played(
        50,
        f"a file at {host} of a backend that is outside",
        "the answer",
        "`get_model` with `url_conversion`",
        "`ResponseError`, nothing is sent there",
    )
    def play(run: Run) -> None:
        proxy = run.script(json_reply({"id": 1, "file": f"http://{host}/latest/?key=0123456789"}))
        run.client("http://backend.example", proxy=proxy.url, allow_insecure_http=True)
        run.make(Call("get_model", (1,), {"url_conversion": {"files_fields": ["file"], "folder": run.folder()}}))
        says = "A URL of a file was refused: it leads to .*, inside a private network, although the backend is outside"
        Failure(ResponseError, says, 1, {"kind": "url"}).check(run)
        run.prove_script(1)

    return play


@played(
    83, "a file at another server", "the answer", "`get_model` with `url_conversion`", "success, no credentials there"
)
def foreign(run: Run) -> None:
    other = run.script(reply(200, DATA, "image/png"))
    server = run.script(json_reply({"id": 1, "file": f"{other.url}/cat.png?signature=0123456789"}))
    run.client(server.url)
    run.make(Call("get_model", (1,), {"url_conversion": {"files_fields": ["file"], "folder": run.folder()}}))
    Success(None, lambda model: model["file"].read_bytes() == DATA).check(run)
    [request] = other.requests
    assert [value for value in CREDENTIALS.values() if value in str(request.headers)] == []
    run.prove_script(1)


# --- consoles ---------------------------------------------------------------------------------------------------------


def followed(run: Run) -> None:
    """Follow the console of a job to its end, and keep its lines."""
    run.value = run.error = None
    try:
        run.value = list(run.driver.items(TAIL, (789,)))
    except Exception as error:
        run.error = error
        run.errors.append(error)


def goes_on(number: int, name: str, arm: Arm, requests: int = 2) -> Scenario:
    """Return the scenario of a console whose lines all come, each once."""

    @played(
        number,
        name,
        "the mock",
        f"`{TAIL}`",
        f"success, each line once, {requests} request{'' if requests == 1 else 's'}",
    )
    def play(run: Run) -> None:
        mock = run.mock()
        run.client(mock.url)
        followed(run)
        lines, before = run.value, len(mock.requests)
        assert len(lines) > 2
        arm(mock.faults)
        followed(run)
        Success(None, lambda value: value == lines).check(run)
        assert len(mock.requests) - before == requests
        run.prove_mock()

    return play


def ends(number: int, name: str, failure: Failure, arm: Arm) -> Scenario:
    """Return the scenario of a console that cannot be followed."""

    @played(number, name, "the mock", f"`{TAIL}`", str(failure))
    def play(run: Run) -> None:
        mock = run.mock()
        arm(mock.faults)
        run.client(mock.url)
        followed(run)
        failure.check(run)
        run.prove_mock()

    return play


@played(44, "an unknown job, told in the stream", "the mock", f"`{TAIL}`", "`NotFoundError`, 1 request")
def unknown_job(run: Run) -> None:
    mock = run.mock(tails=TailOptions(unknown_job="event"))
    run.client(mock.url)
    run.value = None
    try:
        list(run.driver.items(TAIL, (404404,)))
    except NotFoundError as error:
        run.error = error
    Failure(NotFoundError, "the log ended with an error: Job 404404 does not exist", 1, {"status_code": 404}).check(run)
    run.proof = "told in the stream"


def cut_and(kind: RangeLieKind) -> Arm:
    """Return what cuts a download, and then lies about the rest."""
    return lambda faults: (faults.on(MEDIA).cut(40), faults.on(MEDIA).range_lie(kind))


CHANGED: dict[RangeLieKind, str] = {"changed": "the file changed", "ignored": "the server knows no ranges"}
MISFITS: dict[RangeLieKind, str] = {
    "shifted": "is of another place",
    "other_total": "is of a file of another size",
    "unnamed": "does not say what it is",
}


def broken(kind: StreamFlaw) -> Arm:
    """Return what breaks a stream after two events."""
    return lambda faults: faults.on(TAIL).break_stream(kind, after=2)


SILENT = Failure(ClientTimeoutError, "no answer in time")


@played(14, "the console of a job falls silent", "the mock", f"`{TAIL}`", str(SILENT))
def falls_silent(run: Run) -> None:
    mock = run.mock()
    broken("silence")(mock.faults)
    run.client(mock.url)
    heard: list[str] = []

    def shorter(limit: float | None, _kind: object) -> float | None:
        # Nobody waits here for as long as the caller would; what has not come yet may take its time.
        return 0.05 if heard else limit

    for module in (_async._connection, _sync._connection):
        run.monkeypatch.setattr(module, "time_left", shorter)
    try:
        heard.extend(run.driver.items(TAIL, (789,)))
    except ClientTimeoutError as error:
        run.error = error
        run.errors.append(error)
    SILENT.check(run)
    assert len(heard) == 1
    run.prove_mock()


DOWNLOADS = [
    arrives("a download is cut at 40 %", 2, lambda faults: faults.on(MEDIA).cut(40), checksum=MD5),
    arrives("a download is reset at 40 %", 2, lambda faults: faults.on(MEDIA).cut(40, reset=True), checksum=MD5),
    arrives("a download is cut three times", 4, lambda faults: faults.on(MEDIA, times=3).cut(40), checksum=MD5),
    arrives("a download is cut, and is not to go on where it was", 2, lambda faults: faults.on(MEDIA).cut(40), resume=False),
    arrives("503 and a reset before a download", 3, lambda faults: (faults.on(MEDIA).status(503), faults.on(MEDIA).reset())),
    *(arrives(f"a download is cut, and {name}", 2, cut_and(kind)) for kind, name in CHANGED.items()),
    *(fails(84, f"a download is cut, and the rest {name}",
            Failure(ResponseError, "its Content-Range", None, {"kind": "protocol"}), cut_and(kind))
      for kind, name in MISFITS.items()),
    fails(84, "a download is cut again and again", Failure(ResponseError, "the body broke off after", None, {"kind": "truncated"}),
          lambda faults: faults.on(MEDIA, times=4).cut(0)),
    fails(84, "a file that is gone", Failure(NotFoundError, "404 .* The URL may have expired", None),
          lambda faults: faults.on(MEDIA).status(404)),
    full,
    nowhere,
    damaged,
    *(named(name, kept) for name, kept in {
        "../../.bashrc": "bashrc", "/etc/passwd": "passwd", "CON": "_CON", "..": "7f3a", "cat.png. ": "cat.png", "-rf": "_-rf",
    }.items()),
    linked,
    twins,
    redirected,
    downgraded,
    foreign,
    astray(49, "to itself", "self", "there were 5 before it", 6),
    astray(49, "to a file", "file:///etc/hostname", "it is not a plain http URL"),
    astray(49, "to ftp:", "ftp://elsewhere.example/x", "it is not a plain http URL"),
    astray(49, "to data:", "data:,x", "it is not a plain http URL"),
    astray(49, "to nowhere", None, "it has no Location"),
    *(private(host) for host in ("169.254.169.254", "10.0.0.1", "localhost", "[::1]", "127.1", "metadata.google.internal")),
    goes_on(34, "the console of a job is cut off", broken("cut")),
    goes_on(34, "the console of a job is reset", broken("reset")),
    goes_on(34, "the console of a job ends in the middle of an event", broken("half_event")),
    goes_on(43, "an event of a type that nobody knows", broken("unknown_type"), 1),
    falls_silent,
    ends(20, "an error in the middle of a console", Failure(ServerError, "the log ended with an error: The agent does not answer"), broken("error")),
    unknown_job,
]  # fmt: skip
