"""Stored files over HTTP: whole and in part, small and large."""

from __future__ import annotations

import os

import pytest

from synapse_backend.testing.content import PIECE_BYTES
from tests.unit.testing.fronts import Front
from tests.unit.testing.uploading import download, md5, send

SMALL = bytes(range(200))
LARGE = os.urandom(3 * PIECE_BYTES + 5)


@pytest.fixture(params=[SMALL, LARGE], ids=["small", "large"])
def content(request: pytest.FixtureRequest) -> bytes:
    """The content of a file that is served at once, and of one that is served in pieces."""
    found: bytes = request.param
    return found


def url_of(front: Front, content: bytes) -> str:
    """Where the file is served."""
    url: str = send(front, content, len(content))["file"]
    return url


def test_a_whole_file(front: Front, content: bytes) -> None:
    answer = download(front, url_of(front, content))
    assert (answer.status, answer.body) == (200, content)
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["etag"] == f'"{md5(content)}"'
    assert answer.headers["content-length"] == str(len(content))


def test_the_head_of_a_file(front: Front, content: bytes) -> None:
    url = url_of(front, content)
    answer = front.send("HEAD", url.removeprefix("http://backend.test"), headers={"Range": "bytes=0-0"})
    assert (answer.status, answer.body, answer.headers["content-length"]) == (200, b"", str(len(content)))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=10-19", 10, 19),
        ("bytes=100-", 100, -1),
        ("bytes=-7", -7, -1),
        ("bytes=-99999999", 0, -1),
        ("bytes=150-99999999", 150, -1),
        ("bytes= 10 - 19", 10, 19),
    ],
)
def test_a_part_of_a_file(front: Front, content: bytes, text: str, first: int, last: int) -> None:
    start, stop = first % len(content), last % len(content) + 1
    answer = download(front, url_of(front, content), Range=text)
    assert (answer.status, answer.body) == (206, content[start:stop])
    assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{len(content)}"
    assert answer.headers["content-length"] == str(stop - start)


@pytest.mark.parametrize("text", ["bytes=5-4", "bytes=", "bytes=a-b", "lines=0-9", "bytes=0-1,3-4", "0-9", "bytes=-"])
def test_what_is_no_range_is_as_if_nothing_was_asked(front: Front, text: str) -> None:
    answer = download(front, url_of(front, SMALL), Range=text)
    assert (answer.status, answer.body) == (200, SMALL)
    assert "content-range" not in answer.headers


@pytest.mark.parametrize("text", ["bytes=200-", "bytes=200-300", "bytes=-0"])
def test_a_part_that_is_not_there(front: Front, text: str) -> None:
    answer = download(front, url_of(front, SMALL), Range=text)
    assert (answer.status, answer.headers["content-range"]) == (416, "bytes */200")
    assert answer.json == {"detail": "The file has no such bytes."}


def test_a_part_of_a_file_that_is_still_the_same(front: Front, content: bytes) -> None:
    url = url_of(front, content)
    etag = download(front, url).headers["etag"]
    same = download(front, url, **{"Range": "bytes=50-", "If-Range": etag})
    assert (same.status, same.body) == (206, content[50:])
    for other in ('"0"', f"W/{etag}", "Wed, 03 Sep 2025 09:00:00 GMT"):
        changed = download(front, url, **{"Range": "bytes=50-", "If-Range": other})
        assert (changed.status, changed.body) == (200, content)


def test_a_file_that_the_client_has(front: Front) -> None:
    url = url_of(front, SMALL)
    etag = download(front, url).headers["etag"]
    for text in (etag, f'"0", {etag}', f"W/{etag}", "*"):
        answer = download(front, url, **{"If-None-Match": text})
        assert (answer.status, answer.body, answer.headers["etag"]) == (304, b"", etag)
    assert download(front, url, **{"If-None-Match": '"0"'}).status == 200


def test_a_file_can_only_be_read(front: Front) -> None:
    answer = front.send("PUT", url_of(front, SMALL).removeprefix("http://backend.test"), b"x")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


def test_a_file_that_was_taken_away(front: Front) -> None:
    url = url_of(front, SMALL)
    del front.backend._app.state.files[url.removeprefix("http://backend.test")]
    assert download(front, url).status == 404
