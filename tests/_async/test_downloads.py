"""Downloads over real connections: broken off, redirected, refused, and what is left on the disk."""

from __future__ import annotations

import hashlib
import itertools
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from synapse_backend import (
    AsyncBackendClient,
    ChecksumMismatchError,
    ClientConnectionError,
    ClientError,
    ClientTimeoutError,
    HTTPError,
    NotFoundError,
    ResponseError,
    ServerError,
)
from tests.support.canary import TOKEN
from tests.support.clock import FakeClock
from tests.support.files import files_in, small_disk
from tests.support.scripted import NOTHING, RESET, Answer, ScriptedServer, chunked, reply
from tests.support.tls import CERTIFICATE, server_context

DATA = bytes(range(256)) * 12_000
MD5 = hashlib.md5(DATA).hexdigest()  # noqa: S324
ETAG = {"ETag": '"v1"'}
SIGNED = "/media/cat.png?sig=0123456789abcdef"


def whole(data: bytes = DATA, headers: Mapping[str, str] = {}) -> Answer:
    return reply(200, data, "image/png", {**ETAG, **headers})


def cut(at: int, headers: Mapping[str, str] = {}) -> Answer:
    """Return the whole file, of which only a beginning comes."""
    return reply(200, DATA[:at], "image/png", {**ETAG, **headers}, length=len(DATA), then="close")


def rest(start: int, headers: Mapping[str, str] = {}) -> Answer:
    """Return the file from a byte on."""
    given = f"bytes {start}-{len(DATA) - 1}/{len(DATA)}"
    return reply(206, DATA[start:], "image/png", {**ETAG, "Content-Range": given, **headers})


def redirect(location: str | None, status: int = 302) -> Answer:
    return reply(status, b"moved", None, {} if location is None else {"Location": location})


# --- what is written ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"x", DATA], ids=["empty", "tiny", "large"])
async def test_a_file_is_what_the_server_has(
    data: bytes, client: AsyncBackendClient, server: ScriptedServer, tmp_path: Path
) -> None:
    server.plays(whole(data))
    progress: list[tuple[int, int | None]] = []
    path = await client.download_file(
        SIGNED,
        tmp_path,
        checksum=hashlib.md5(data).hexdigest().upper(),  # noqa: S324
        on_progress=lambda *known: progress.append(known),
    )
    assert path == tmp_path / "cat.png"
    assert path.read_bytes() == data
    assert files_in(tmp_path) == ["cat.png"]
    assert progress[-1:] == ([(len(data), len(data))] if data else [])
    assert progress == sorted(progress)
    [request] = server.requests
    assert request.target == SIGNED
    assert request.values("Accept-Encoding") == ["identity"]
    assert request.values("Synapse-Access-Token") == [f"Token {TOKEN}"]


async def test_a_target_is_replaced_and_a_file_in_a_folder_is_not(
    client: AsyncBackendClient, server: ScriptedServer, tmp_path: Path
) -> None:
    (tmp_path / "cat.png").write_bytes(b"old")
    server.plays(whole(b"new"), whole(b"other"))
    other = await client.download_file(SIGNED, str(tmp_path))
    assert (tmp_path / "cat.png").read_bytes() == b"old"
    assert other.read_bytes() == b"new"
    assert await client.download_file(SIGNED, tmp_path / "cat.png") == tmp_path / "cat.png"
    assert (tmp_path / "cat.png").read_bytes() == b"other"


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="../../evil.sh"', "evil.sh"),
        ('attachment; filename="/etc/passwd"', "passwd"),
        ('attachment; filename="C:\\\\x"', "x"),
        ("attachment; filename*=UTF-8''..%2F.bashrc", "bashrc"),
        ('attachment; filename="CON"', "_CON"),
        ('attachment; filename=".."', "cat.png"),
    ],
)
async def test_no_name_of_a_server_leads_out_of_the_folder(
    disposition: str, name: str, client: AsyncBackendClient, server: ScriptedServer, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    server.plays(whole(b"x", {"Content-Disposition": disposition}))
    assert await client.download_file(SIGNED, folder) == folder / name
    assert (files_in(folder), files_in(tmp_path)) == ([name], ["out"])


@pytest.mark.parametrize(
    "answer",
    [
        Answer(chunked(DATA[:9], DATA[9:], head="HTTP/1.1 200 OK") + b"0\r\n\r\n"),
        Answer(b"HTTP/1.1 200 OK\r\n\r\n" + DATA, then="close"),
    ],
    ids=["chunked", "until the end"],
)
async def test_a_file_of_unknown_size_is_whole_when_its_body_is(
    answer: Answer, client: AsyncBackendClient, server: ScriptedServer, tmp_path: Path
) -> None:
    server.plays(answer)
    seen: list[int | None] = []
    path = await client.download_file("/a.bin", tmp_path, checksum=MD5, on_progress=lambda _, size: seen.append(size))
    assert path.read_bytes() == DATA
    assert set(seen) == {None}


async def test_a_file_comes_in_pieces_of_bounded_size(
    client: AsyncBackendClient, server: ScriptedServer, tmp_path: Path
) -> None:
    seen: list[int] = []
    server.plays(whole())
    await client.download_file(SIGNED, tmp_path, on_progress=lambda size, _: seen.append(size))
    assert len(seen) >= 3
    assert max(end - start for start, end in zip([0, *seen], seen, strict=False)) <= 1024 * 1024 + 64 * 1024


# --- broken off -----------------------------------------------------------------------------------------------------


async def test_a_download_goes_on_where_it_broke_off(
    persistent: AsyncBackendClient, server: ScriptedServer, clock: FakeClock, tmp_path: Path
) -> None:
    at = len(DATA) * 2 // 5
    server.plays(cut(at), rest(at))
    path = await persistent.download_file(SIGNED, tmp_path, checksum=MD5)
    assert path.read_bytes() == DATA
    first, second = server.requests
    assert (first.values("Range"), first.values("If-Range")) == ([], [])
    assert (second.values("Range"), second.values("If-Range")) == ([f"bytes={at}-"], ['"v1"'])
    assert len(clock.waits) == 1


async def test_the_name_is_that_of_the_answer_that_had_it(
    persistent: AsyncBackendClient, server: ScriptedServer, tmp_path: Path
) -> None:
    server.plays(cut(1000, {"Content-Disposition": 'attachment; filename="dog.png"'}), rest(1000))
    assert (await persistent.download_file(SIGNED, tmp_path, checksum=MD5)).name == "dog.png"


async def test_a_server_may_send_less_than_was_asked_for(
    persistent: AsyncBackendClient, server: ScriptedServer, tmp_path: Path
) -> None:
    middle = {"Content-Range": f"bytes 10-19/{len(DATA)}"}
    server.plays(cut(10), reply(206, DATA[10:20], None, {**ETAG, **middle}), rest(20))
    path = await persistent.download_file(SIGNED, tmp_path, checksum=MD5)
    assert path.read_bytes() == DATA


NEW = b"another file"


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param([whole(NEW, {"ETag": '"v2"'})], id="200 instead of 206"),
        pytest.param([rest(1000, {"ETag": '"v2"'}), whole(NEW)], id="If-Range ignored"),
        pytest.param([reply(416, b"", None), whole(NEW)], id="416"),
    ],
)
async def test_a_file_that_changed_is_fetched_from_its_beginning(
    answers: list[Answer], persistent: AsyncBackendClient, server: ScriptedServer, tmp_path: Path
) -> None:
    server.plays(cut(1000), *answers)
    path = await persistent.download_file(SIGNED, tmp_path)
    assert path.read_bytes() == NEW
    assert server.requests[1].values("Range") == ["bytes=1000-"]
    assert [request.values("Range") for request in server.requests[2:]] == [[]] * (len(answers) - 1)


@pytest.mark.parametrize(
    ("headers", "options"),
    [({"ETag": 'W/"v1"'}, {}), ({"ETag": ""}, {}), ({}, {"resume": False})],
    ids=["weak ETag", "no ETag", "not wanted"],
)
async def test_a_download_that_cannot_go_on_begins_again(
    headers: dict[str, str],
    options: dict[str, Any],
    persistent: AsyncBackendClient,
    server: ScriptedServer,
    tmp_path: Path,
) -> None:
    server.plays(cut(1000, headers), whole(DATA, headers))
    path = await persistent.download_file(SIGNED, tmp_path, checksum=MD5, **options)
    assert path.read_bytes() == DATA
    assert server.requests[1].values("Range") == []


@pytest.mark.parametrize("content_range", ["bytes 999-1999/3072000", "bytes 1000-1999/2000", "nonsense"])
async def test_a_part_that_does_not_fit_is_refused(
    content_range: str, persistent: AsyncBackendClient, server: ScriptedServer, tmp_path: Path
) -> None:
    server.plays(cut(1000), reply(206, DATA[1000:2000], None, {**ETAG, "Content-Range": content_range}))
    with pytest.raises(ResponseError, match="its Content-Range") as caught:
        await persistent.download_file(SIGNED, tmp_path)
    assert (caught.value.kind, caught.value.status_code) == ("protocol", 206)
    assert files_in(tmp_path) == []


async def test_a_download_that_breaks_again_and_again_is_given_up(
    persistent: AsyncBackendClient, server: ScriptedServer, clock: FakeClock, tmp_path: Path
) -> None:
    target = tmp_path / "cat.png"
    target.write_bytes(b"old")
    answers = [
        cut(1000),
        *(
            reply(206, b"", None, {"Content-Range": f"bytes 1000-{len(DATA) - 1}/{len(DATA)}"}, length=5, then="close")
            for _ in range(3)
        ),
    ]
    server.plays(*answers)
    with pytest.raises(ResponseError, match="the body broke off after 0 bytes") as caught:
        await persistent.download_file(SIGNED, target)
    assert caught.value.kind == "truncated"
    assert len(clock.waits) == 3
    assert (files_in(tmp_path), target.read_bytes()) == (["cat.png"], b"old")


async def test_breaks_are_counted_anew_when_a_good_deal_came(
    persistent: AsyncBackendClient, server: ScriptedServer, tmp_path: Path
) -> None:
    def piece(start: int, end: int) -> Answer:
        given = {**ETAG, "Content-Range": f"bytes {start}-{len(DATA) - 1}/{len(DATA)}"}
        return reply(206, DATA[start:end], None, given, length=len(DATA) - start, then="close")

    places = [10, 20, 30, 1_100_000, 1_100_010, 1_100_020, 2_200_000]
    server.plays(cut(places[0]), *(piece(*pair) for pair in itertools.pairwise(places)), rest(places[-1]))
    path = await persistent.download_file(SIGNED, tmp_path, checksum=MD5)
    assert path.read_bytes() == DATA


async def test_the_deadline_is_that_of_the_whole(server: ScriptedServer, clock: FakeClock, tmp_path: Path) -> None:
    server.plays(cut(1000), cut(1000))

    def pass_time(size: int, total: int | None) -> None:
        clock.sleep(8)

    async with AsyncBackendClient(server.url, clock=clock) as client:
        with pytest.raises(ResponseError, match="broke off"):
            await client.download_file(
                SIGNED, tmp_path, resume=False, on_progress=pass_time, options={"deadline": 10, "retries": 9}
            )
    assert files_in(tmp_path) == []


async def test_silence_is_a_timeout_and_leaves_nothing(
    impatient: AsyncBackendClient, server: ScriptedServer, tmp_path: Path
) -> None:
    server.plays(reply(200, b"01234", None, length=10, then="hold"))
    with pytest.raises(ClientTimeoutError, match="the body stopped after 5 bytes"):
        await impatient.download_file(SIGNED, tmp_path)
    assert files_in(tmp_path) == []


# --- refused --------------------------------------------------------------------------------------------------------


async def test_a_file_with_another_checksum_is_not_kept(
    client: AsyncBackendClient, server: ScriptedServer, tmp_path: Path
) -> None:
    target = tmp_path / "cat.png"
    target.write_bytes(b"old")
    server.plays(whole())
    with pytest.raises(
        ChecksumMismatchError, match=f"the file that came has the MD5 {MD5} instead of {'0' * 32}"
    ) as caught:
        await client.download_file(SIGNED, target, checksum="0" * 32)
    assert (caught.value.local, caught.value.remote, caught.value.status_code) == (MD5, "0" * 32, 200)
    assert (files_in(tmp_path), target.read_bytes()) == (["cat.png"], b"old")


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        (reply(404, b""), NotFoundError, "404 .* The URL may have expired"),
        (reply(403, b"<Error/>", "application/xml"), HTTPError, "403 .* The URL may have expired"),
        (reply(500, b""), ServerError, "500"),
        (reply(416, b""), ResponseError, "without a file"),
        (reply(204, b"", None), ResponseError, "without a file"),
        (NOTHING, ClientConnectionError, "lost the connection"),
        (RESET, ClientConnectionError, "lost the connection"),
        (whole(b"x", {"Content-Encoding": "gzip"}), ResponseError, "content coding gzip, unasked"),
        (rest(1000), ResponseError, "a part of the file where all of it was asked for"),
        (Answer(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", then="close"), ResponseError, "else than HTTP"),
    ],
)
async def test_no_failure_leaves_anything_behind(
    answer: Answer,
    error: type[ClientError],
    says: str,
    client: AsyncBackendClient,
    server: ScriptedServer,
    tmp_path: Path,
) -> None:
    server.plays(answer)
    with pytest.raises(error, match=says):
        await client.download_file(SIGNED, tmp_path / "cat.png")
    assert files_in(tmp_path) == []


async def test_more_than_the_whole_is_refused(
    persistent: AsyncBackendClient, server: ScriptedServer, tmp_path: Path
) -> None:
    given = f"HTTP/1.1 206 OK\r\nContent-Range: bytes 1000-{len(DATA) - 1}/{len(DATA)}"
    server.plays(cut(1000), Answer(chunked(DATA, head=given) + b"0\r\n\r\n"))
    with pytest.raises(ResponseError, match=f"{len(DATA) + 1000} bytes came of a file of {len(DATA)}"):
        await persistent.download_file(SIGNED, tmp_path)
    assert files_in(tmp_path) == []


@pytest.mark.parametrize(
    ("url", "error", "says"),
    [
        (None, TypeError, "url must be a str, not NoneType"),
        ("", ValueError, "url must not be followed: it is not a URL"),
        ("ftp://host/a", ValueError, "not a plain http URL"),
        ("https://user:secret@host/a", ValueError, "not a plain http URL"),
    ],
)
async def test_a_url_that_is_none_is_refused_before_anything_happens(
    url: Any, error: type[Exception], says: str, client: AsyncBackendClient, tmp_path: Path
) -> None:
    with pytest.raises(error, match=says) as caught:
        await client.download_file(url, tmp_path)
    assert "secret" not in str(caught.value)
    assert files_in(tmp_path) == []


async def test_arguments_are_checked_before_anything_is_sent(client: AsyncBackendClient, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="checksum must be an MD5"):
        await client.download_file("/a", tmp_path, checksum="x")
    with pytest.raises(FileNotFoundError, match="download_file: No such file or directory") as caught:
        await client.download_file("/a", tmp_path / "absent" / "x")
    assert caught.value.filename == str(tmp_path / "absent" / "x")
    options: Any = {"retry": 1}
    with pytest.raises(ValueError, match="options has no 'retry'"):
        await client.download_file("/a", tmp_path, options=options)
    assert files_in(tmp_path) == []


# --- the disk and the caller ----------------------------------------------------------------------------------------


async def test_a_full_disk_leaves_the_old_file(
    client: AsyncBackendClient, server: ScriptedServer, tmp_path: Path
) -> None:
    target = tmp_path / "cat.png"
    target.write_bytes(b"old")
    server.plays(whole())
    with small_disk(1_500_000), pytest.raises(OSError, match="download_file: File too large") as caught:
        await client.download_file(SIGNED, target)
    assert caught.value.filename == str(target)
    assert (files_in(tmp_path), target.read_bytes()) == (["cat.png"], b"old")


@contextmanager
def locked_folder() -> Iterator[Path]:
    """Provide a folder in which this process must not write, even where it may do everything else."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o555)
        is_root = os.geteuid() == 0
        if is_root:
            os.seteuid(65534)
        try:
            yield folder
        finally:
            if is_root:
                os.seteuid(0)


async def test_a_folder_that_must_not_be_written_to_is_an_error_before_anything_is_sent(
    client: AsyncBackendClient,
) -> None:
    with locked_folder() as folder, pytest.raises(PermissionError, match="download_file: Permission denied") as caught:
        await client.download_file("/a", folder / "x")
    assert caught.value.filename == str(folder / "x")


async def test_what_the_caller_raises_ends_the_download(
    persistent: AsyncBackendClient, server: ScriptedServer, tmp_path: Path
) -> None:
    def stop(size: int, total: int | None) -> None:
        raise ClientError("enough")

    server.plays(whole())
    with pytest.raises(ClientError, match="enough"):
        await persistent.download_file(SIGNED, tmp_path, on_progress=stop)
    assert files_in(tmp_path) == []
    server.wait_until_idle()


# --- redirects ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_to_a_storage_is_followed_without_tokens(
    status: int, client: AsyncBackendClient, server: ScriptedServer, tmp_path: Path
) -> None:
    with ScriptedServer() as storage:
        server.plays(redirect(f"{storage.url}/bucket/dog.png?sig=0123456789", status))
        storage.plays(whole())
        path = await client.download_file(SIGNED, tmp_path, checksum=MD5)
        [request] = storage.requests
    assert path == tmp_path / "cat.png"
    assert request.target == "/bucket/dog.png?sig=0123456789"
    assert "canary" not in str(request.headers)
    assert server.requests[0].values("Synapse-Access-Token") == [f"Token {TOKEN}"]


async def test_a_redirect_within_the_backend_keeps_tokens_and_connection(
    client: AsyncBackendClient, server: ScriptedServer, tmp_path: Path
) -> None:
    server.plays(redirect("dog.png"), redirect("//" + server.host + "/fish.png"), whole())
    await client.download_file("/media/cat.png", tmp_path)
    assert [request.target for request in server.requests] == ["/media/cat.png", "/media/dog.png", "/fish.png"]
    assert [len(request.values("Synapse-Access-Token")) for request in server.requests] == [1, 1, 1]
    assert server.connections == 1


async def test_tokens_do_not_come_back_from_another_server(
    client: AsyncBackendClient, server: ScriptedServer, tmp_path: Path
) -> None:
    with ScriptedServer() as storage:
        server.plays(redirect(f"{storage.url}/a"), whole())
        storage.plays(redirect(f"{server.url}/b"))
        await client.download_file(SIGNED, tmp_path)
    assert [len(request.values("Synapse-Access-Token")) for request in server.requests] == [1, 0]


async def test_a_download_goes_on_behind_a_redirect(
    persistent: AsyncBackendClient, server: ScriptedServer, tmp_path: Path
) -> None:
    with ScriptedServer() as storage:
        server.plays(redirect(f"{storage.url}/a?sig=1"), redirect(f"{storage.url}/a?sig=2"))
        storage.plays(cut(1000), rest(1000))
        path = await persistent.download_file(SIGNED, tmp_path, checksum=MD5)
        assert [request.target for request in storage.requests] == ["/a?sig=1", "/a?sig=2"]
        assert [request.values("Range") for request in storage.requests] == [[], ["bytes=1000-"]]
    assert path.read_bytes() == DATA


@pytest.mark.parametrize(
    ("location", "says"),
    [
        (None, "it has no Location"),
        ("ftp://host/a", "not a plain http URL"),
        ("file:///etc/passwd", "not a plain http URL"),
        ("data:,x", "not a plain http URL"),
        ("https://[::1", "not a URL"),
        ("https://user:0123456789@host/a", "not a plain http URL"),
    ],
)
async def test_a_redirect_that_leads_nowhere_good_is_refused(
    location: str | None, says: str, client: AsyncBackendClient, server: ScriptedServer, tmp_path: Path
) -> None:
    server.plays(redirect(location))
    with pytest.raises(ResponseError, match=f"answered 302, but its redirect is not followed: .*{says}") as caught:
        await client.download_file(SIGNED, tmp_path)
    assert (caught.value.kind, caught.value.headers.get("location")) == ("url", None)
    assert files_in(tmp_path) == []


async def test_redirects_have_an_end(persistent: AsyncBackendClient, server: ScriptedServer, tmp_path: Path) -> None:
    server.plays(*[redirect(SIGNED)] * 6)
    with pytest.raises(ResponseError, match="there were 5 before it"):
        await persistent.download_file(SIGNED, tmp_path)
    assert len(server.requests) == 6


async def test_no_redirect_leads_to_clear_text(tmp_path: Path) -> None:
    with ScriptedServer(tls=server_context()) as server, ScriptedServer() as other:
        server.plays(redirect(f"{other.url}/a?sig=0123456789"))
        async with AsyncBackendClient(server.url, TOKEN, verify=CERTIFICATE, retries=0) as client:
            with pytest.raises(ResponseError, match=r"it leads to 127\.0\.0\.1 in clear text"):
                await client.download_file(SIGNED, tmp_path)
        assert other.connections == 0
