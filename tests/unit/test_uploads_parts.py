"""Parts of a file: their forms, where the next one begins, and what answers mean."""

from __future__ import annotations

import io
import pickle
from typing import Any

import httpx
import pytest

from synapse_api import operations
from synapse_backend import (
    BackendClient,
    ChecksumMismatchError,
    ClientConnectionError,
    ClientError,
    ClientTimeoutError,
    HTTPError,
    OutcomeUnknownError,
    RateLimitError,
    ResponseError,
    ServerError,
    ValidationError,
)
from synapse_backend._config import ClientConfig
from synapse_backend._digests import Digest
from synapse_backend._retry import may_repeat
from synapse_backend._sources import open_source
from synapse_backend._uploads import (
    FilePart,
    Progress,
    check_chunk_size,
    explained,
    failure_of,
    is_gone,
    offset_of,
    read_standing,
    verified,
)

NAMES = ["video.mp4", 'a"b\\c.bin', "line\r\nend", "영상 1.mp4", "tab\t\x1b\x7f"]


def config(url: str = "https://api.example", **options: Any) -> ClientConfig:
    return BackendClient(url, **options)._config


# --- forms ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", [1, 2_500_000])
def test_a_form_is_what_httpx_makes_of_it(name: str, size: int) -> None:
    data = bytes(range(256)) * (size // 256 + 1)
    source, digest = open_source("upload", io.BytesIO(data)), Digest(len(data))
    source.name = name
    headers, pieces = FilePart(source, 7, 7 + size, digest).encode()
    made = dict(headers)
    expected = httpx.Request(
        "PUT", "http://localhost", headers={"Content-Type": made[b"Content-Type"].decode()},
        data={"filename": name}, files={"file": (name, data[7 : 7 + size], "application/octet-stream")},
    )  # fmt: skip
    body = b"".join(pieces)
    assert body == expected.read()
    assert made[b"Content-Length"] == str(len(body)).encode()
    digest.close()


def test_a_form_can_be_sent_again_and_is_hashed_once() -> None:
    source, digest = open_source("upload", io.BytesIO(b"0123456789")), Digest(10)
    part = FilePart(source, 0, 10, digest)
    (first, one), (second, two) = part.encode(), part.encode()
    assert first != second
    assert b"0123456789" in b"".join(one)
    assert b"0123456789" in b"".join(two)
    assert digest.hexdigest() == "781e5e245d69b566979b86e28d23f2c7"
    part.close()
    assert b"0123456789" in b"".join(part.encode()[1])


def test_chunk_sizes_that_make_no_sense_are_refused() -> None:
    assert check_chunk_size("upload", 1) == 1
    for given in (0, -1):
        with pytest.raises(ValueError, match="upload: chunk_size must be at least 1"):
            check_chunk_size("upload", given)
    for other in (True, 1.5, "1"):
        with pytest.raises(TypeError, match="upload: chunk_size must be an int, not"):
            check_chunk_size("upload", other)


# --- progress ---------------------------------------------------------------------------------------------------------


def test_parts_follow_each_other_to_the_end() -> None:
    progress, ends = Progress(25, 10), []
    while progress.offset < 25:
        ends.append(progress.next_end())
        assert progress.move_to(ends[-1], should_advance=True) == ""
    assert ends == [10, 20, 25]


def test_a_lower_offset_is_gone_back_to_and_a_higher_one_is_an_error() -> None:
    progress = Progress(100, 10)
    progress.next_end()
    assert progress.move_to(10, should_advance=True) == ""
    progress.next_end()
    assert progress.move_to(4, should_advance=True) == ""
    assert progress.next_end() == 14
    assert progress.sent == 20
    assert progress.move_to(20, should_advance=False) == ""
    assert progress.move_to(21, should_advance=False) == "the server has 21 bytes, but only 20 were sent"
    progress.start_over()
    assert (progress.offset, progress.sent) == (0, 0)


def test_another_upload_of_the_file_has_all_its_attempts() -> None:
    progress = Progress(100, 10)
    for _ in range(2):
        progress.next_end()
        assert [progress.move_to(0, should_advance=True) for _ in range(3)] == [""] * 3
        progress.start_over()


def test_a_server_that_never_gets_further_is_given_up() -> None:
    progress = Progress(100, 10)
    problems = []
    for _ in range(5):
        progress.next_end()
        problems.append(progress.move_to(0, should_advance=True))
    assert problems == ["", "", "", *["the server stays at 0 bytes, whatever is sent"] * 2]


def test_getting_further_makes_up_for_what_was_lost() -> None:
    progress = Progress(1000, 10)
    for step in range(1, 20):
        progress.next_end()
        assert progress.move_to(step * 10, should_advance=True) == ""
        progress.next_end()
        assert progress.move_to(step * 10 - 5, should_advance=True) == ""
        progress.next_end()
        assert progress.move_to(step * 10, should_advance=False) == ""


# --- failures ---------------------------------------------------------------------------------------------------------


def limited(seconds: float) -> RateLimitError:
    error = RateLimitError(status_code=429)
    error.retry_after = seconds
    return error


def busy(seconds: float) -> ServerError:
    error = ServerError(status_code=503)
    error.retry_after = seconds
    return error


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (OutcomeUnknownError(status_code=408), True),
        (ResponseError(status_code=200, kind="truncated"), True),
        (ServerError(status_code=503), True),
        (HTTPError(status_code=408), True),
        (ServerError(status_code=507), False),
        (HTTPError(status_code=413), False),
        (ClientConnectionError(status_code=503, sent=False), True),
        (ClientTimeoutError(status_code=408, sent=False), True),
        (ClientConnectionError(status_code=503), False),
        (limited(1), False),
    ],
)
def test_what_may_help_is_tried_again(error: ClientError, again: bool) -> None:
    assert may_repeat("idempotent", failure_of(error)) is again


def test_the_server_may_say_how_long_to_wait() -> None:
    assert failure_of(busy(7)).retry_after == 7


def test_an_upload_that_is_gone_is_told_from_other_failures() -> None:
    assert [is_gone(HTTPError(status_code=status)) for status in (404, 410, 400, 500)] == [True, True, False, False]
    assert not is_gone(ClientConnectionError(status_code=404))


@pytest.mark.parametrize(
    ("response", "offset"),
    [
        ({"offset": 5}, 5),
        ({"offset": [5]}, 5),
        ({"offset": ["5"]}, 5),
        ({"offset": "5"}, 5),
        ({"offset": 0}, 0),
        ({"expected_offset": 5, "provided_offset": 0}, 5),
        ({"offset": -1}, None),
        ({"offset": True}, None),
        ({"offset": "five"}, None),
        ({"offset": [1, 2]}, None),
        ({}, None),
        ("text", None),
        (None, None),
    ],
)
def test_the_offset_of_a_refusal_is_read_in_every_form(response: Any, offset: int | None) -> None:
    assert offset_of(ValidationError(status_code=400, response=response)) == offset
    assert offset_of(HTTPError(status_code=409, response=response)) is None


def test_an_unknown_outcome_is_none_of_the_upload() -> None:
    lost = OutcomeUnknownError(
        "[1] PUT /x/ was sent but got no answer (host, 1 attempt). It may have been carried out; ask for it.",
        status_code=408,
        attempts=2,
        request_id="1",
    )
    told = explained(lost, 10, out_of_time=False)
    assert type(told) is ClientConnectionError
    assert str(told) == "[1] PUT /x/ was sent but got no answer (host, 1 attempt). Calling again is safe."
    assert (told.status_code, told.attempts, told.request_id) == (503, 2, "1")
    late = explained(lost, 10, out_of_time=True)
    assert (type(late), late.status_code) == (ClientTimeoutError, 408)


def test_an_answer_that_broke_off_because_time_was_up_is_a_matter_of_time() -> None:
    broken = ResponseError(
        "[1] PUT /x/ answered 200, but it broke off. The server took the call; ask for it.",
        kind="truncated",
        status_code=200,
    )
    assert explained(broken, 10, out_of_time=False) is broken
    late = explained(broken, 10, out_of_time=True)
    assert (type(late), str(late)) == (
        ClientTimeoutError,
        "[1] PUT /x/ answered 200, but it broke off. Calling again is safe.",
    )
    other = ResponseError(kind="offset", status_code=200)
    assert explained(other, 10, out_of_time=True) is other


def test_a_part_that_is_too_large_is_told_with_its_size() -> None:
    error = HTTPError("Send less at once.", status_code=413)
    assert explained(error, 1234, out_of_time=False) is error
    assert str(error) == "Send less at once. The parts had up to 1234 bytes; pass a smaller chunk_size."


# --- answers ----------------------------------------------------------------------------------------------------------


def target(url: str, base: str = "https://api.example", **options: Any) -> str | None:
    answer = {"id": 1, "offset": 0, "url": url}
    return read_standing(config(base, **options), operations.append_chunked_upload, answer).target


@pytest.mark.parametrize(
    ("base", "url", "expected"),
    [
        ("https://api.example", "https://api.example/uploads/1/?part=2", "/uploads/1/?part=2"),
        ("https://api.example", "http://api.example:8000/uploads/1/", "/uploads/1/"),
        ("https://api.example", "/uploads/1/", "/uploads/1/"),
        ("https://api.example", "uploads/1/", "/uploads/1/"),
        ("https://api.example/base", "/uploads/1/", "/base/uploads/1/"),
        ("https://api.example/base", "/base/uploads/1/", "/base/uploads/1/"),
        ("https://api.example/base", "https://api.example/base/uploads/1/", "/base/uploads/1/"),
        ("https://api.example/base", "https://api.example/uploads/1/", "/base/uploads/1/"),
        ("https://api.example", "/up loads/é/", "/up%20loads/%C3%A9/"),
        ("https://api.example", "", None),
    ],
)
def test_the_next_part_goes_where_the_server_says(base: str, url: str, expected: str | None) -> None:
    assert target(url, base) == expected


def test_another_name_of_the_backend_is_allowed_when_it_is_known() -> None:
    assert target("http://inside.example/uploads/1/", host_aliases=["inside.example"]) == "/uploads/1/"


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/uploads/1/",
        "//evil.example/uploads/1/",
        "https://api.example@evil.example/",
        "\\\\evil.example\\",
        " https://api.example/",
        "file:///etc/passwd",
        "ftp://api.example/uploads/1/",
    ],
)
def test_a_part_never_goes_to_another_host(url: str) -> None:
    with pytest.raises(ResponseError, match="to another host, which is refused") as caught:
        target(url)
    assert caught.value.kind == "url"
    assert "evil" not in str(caught.value)


@pytest.mark.parametrize("url", ["/uploads/../admin/", "https://api.example/uploads/%2e%2e/admin/"])
def test_a_path_does_not_climb(url: str) -> None:
    with pytest.raises(ResponseError, match="dot segments"):
        target(url)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ([], "the answer is no object"),
        ({"offset": 1}, "no id"),
        ({"id": "", "offset": 1}, "no id"),
        ({"id": True, "offset": 1}, "no id"),
        ({"id": 1, "offset": -1}, "offset is no number"),
        ({"id": 1, "offset": "many"}, "offset is no number"),
        ({"id": 1, "offset": True}, "offset is no number"),
        ({"id": 1, "offset": 1, "url": 7}, "to another host"),
    ],
)
def test_answers_that_make_no_sense_are_refused(answer: Any, says: str) -> None:
    with pytest.raises(ResponseError, match=says):
        read_standing(config(), operations.create_chunked_upload, answer)


def test_an_answer_tells_how_far_the_upload_is() -> None:
    operation = operations.get_chunked_upload
    begun = read_standing(config(), operation, {"id": "a-b", "offset": 7, "completed_at": None})
    assert (begun.pk, begun.offset, begun.target, begun.is_complete) == ("a-b", 7, None, False)
    done = read_standing(config(), operation, {"id": 1, "completed_at": "2025-09-01T00:00:00Z"})
    assert (done.offset, done.is_complete) == (None, True)


def completed(facts: dict[str, Any]) -> Any:
    """Return the answer to a completion."""
    return {"id": 5, "url": "", "offset": 3, **facts}


@pytest.mark.parametrize(
    ("answer", "says", "remote"),
    [
        ({"checksum": "0" * 32, "size": 3}, f"checksum {'0' * 32} instead of abc", "0" * 32),
        ({"size": 4}, "4 bytes instead of 3", None),
        ({"checksum": "no", "size": 4}, "checksum no instead of abc and 4 bytes instead of 3", "no"),
    ],
)
def test_what_was_completed_must_be_the_file(answer: Any, says: str, remote: str | None) -> None:
    source = open_source("upload", io.BytesIO(b"123"))
    with pytest.raises(ChecksumMismatchError, match=says) as caught:
        verified(config(), operations.complete_chunked_upload, completed(answer), source, "abc")
    error = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - made here
    assert (error.local, error.remote, error.status_code, error.method) == ("abc", remote, 200, "POST")


def test_a_checksum_in_capitals_is_fine_and_what_is_missing_is_filled_in() -> None:
    source = open_source("upload", io.BytesIO(b"123"))
    for answer in ({"checksum": "ABC", "size": 3}, {}, {"checksum": None, "size": None}):
        given = completed(answer)
        result = verified(config(), operations.complete_chunked_upload, given, source, "abc")
        assert ((result["checksum"] or "").lower(), result["size"], result["filename"]) == ("abc", 3, source.name)
        assert given == completed(answer)
