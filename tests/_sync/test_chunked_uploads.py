# Derived from tests/_async/test_chunked_uploads.py by scripts/unasync.py; do not edit.
"""Files that are sent in parts: whole, whatever goes wrong on the way, and never more than needed."""

from __future__ import annotations

import hashlib
import io
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from synapse_backend import (
    AuthenticationError,
    BackendClient,
    ChecksumMismatchError,
    ClientConnectionError,
    ClientTimeoutError,
    ConflictError,
    HTTPError,
    NotFoundError,
    RateLimitError,
    ResponseError,
    RetryEvent,
    ServerError,
    SourceChangedError,
    ValidationError,
)
from synapse_backend.testing import MockBackend
from synapse_backend.testing.faults import Status
from tests.support.canary import TOKEN
from tests.support.files import open_files
from tests.support.uploads import changed_when, content_of, parts_of, ranges, restore, stored

CHUNK = 10
DATA = bytes(range(35))
"""What is in the file that the tests send."""


@pytest.fixture
def retries() -> list[RetryEvent]:
    """What clients told of their further attempts."""
    return []


@pytest.fixture
def uploader(backend: MockBackend, retries: list[RetryEvent]) -> Iterator[BackendClient]:
    """A client of the mock backend that makes up to four attempts, and waits on the clock of the mock."""
    with BackendClient(backend.url, TOKEN, timeout=60, clock=backend.clock, on_retry=retries.append) as client:
        yield client


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "video.mp4"
    path.write_bytes(DATA)
    return path


# --- without trouble --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 10 * CHUNK, 10 * CHUNK + 3])
def test_files_of_all_sizes_arrive(uploader: BackendClient, backend: MockBackend, tmp_path: Path, size: int) -> None:
    data, seen = os.urandom(size), []
    (tmp_path / "file.bin").write_bytes(data)
    done = uploader.create_chunked_upload(
        tmp_path / "file.bin", chunk_size=CHUNK, on_progress=lambda *now: seen.append(now)
    )
    assert stored(backend, done) == data
    assert (done.get("checksum"), done.get("size")) == (hashlib.md5(data, usedforsecurity=False).hexdigest(), size)
    assert done.get("filename") == "file.bin"
    assert ranges(backend) == [
        f"bytes {start}-{min(start + CHUNK, size) - 1}/{size}" for start in range(0, size, CHUNK)
    ]
    assert seen == [(min(start + CHUNK, size), size) for start in range(0, max(size, 1), CHUNK)]
    assert backend.bytes_stored == size


def test_parts_are_large_unless_told_otherwise(uploader: BackendClient, backend: MockBackend, tmp_path: Path) -> None:
    with (tmp_path / "file.bin").open("wb") as file:
        file.truncate(50 * 1024 * 1024 + 1)
    done = uploader.create_chunked_upload(str(tmp_path / "file.bin"))
    assert ranges(backend) == ["bytes 0-52428799/52428801", "bytes 52428800-52428800/52428801"]
    assert done.get("size") == 52428801


@pytest.mark.parametrize(("urls", "ids"), [("absolute", "integer"), ("relative", "uuid")])
def test_every_form_of_urls_and_ids_is_understood(video: Path, urls: Any, ids: Any) -> None:
    from synapse_backend.testing.options import UploadOptions

    with MockBackend(uploads=UploadOptions(urls=urls, ids=ids)) as backend:
        with BackendClient(backend.url, TOKEN) as client:
            done = client.create_chunked_upload(video, chunk_size=CHUNK)
            assert stored(backend, done) == DATA
            assert client.get_chunked_upload(done["id"]) == done


def test_open_files_and_pipes_arrive(uploader: BackendClient, backend: MockBackend, video: Path) -> None:
    with video.open("rb") as file:
        file.seek(5)
        done = uploader.create_chunked_upload(file, chunk_size=CHUNK)
        assert not file.closed
    assert stored(backend, done) == DATA[5:]
    assert stored(backend, uploader.create_chunked_upload(io.BytesIO(DATA), chunk_size=CHUNK)) == DATA
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(DATA)
    backend.faults.on("append_chunked_upload", nth=2).status(503)
    with os.fdopen(reading, "rb") as pipe:
        assert stored(backend, uploader.create_chunked_upload(pipe, chunk_size=CHUNK)) == DATA


def test_nothing_is_left_running_or_open(uploader: BackendClient, tmp_path: Path) -> None:
    path = tmp_path / "file.bin"
    path.write_bytes(os.urandom(3_000_000))
    uploader.create_chunked_upload(path, chunk_size=1_000_000)
    assert not [thread for thread in threading.enumerate() if thread.name == "synapse-md5"]
    with pytest.raises(ZeroDivisionError):
        uploader.create_chunked_upload(path, chunk_size=1_000_000, on_progress=lambda done, _: done // 0)
    assert not [thread for thread in threading.enumerate() if thread.name == "synapse-md5"]
    assert str(path) not in open_files()


def test_the_methods_of_one_call_each_do_their_part(uploader: BackendClient, backend: MockBackend) -> None:
    uploader.create_chunked_upload(io.BytesIO(b"x"))
    begun = backend.requests[0].json
    assert begun is None
    backend.faults.on("complete_chunked_upload").status(400)
    backend.faults.on("get_chunked_upload").status(403)
    with pytest.raises(HTTPError):
        uploader.create_chunked_upload(io.BytesIO(b"0123456789"), chunk_size=4)
    pk = int(backend.requests[-1].path.split("/")[2])
    state = uploader.get_chunked_upload(pk)
    assert (state["offset"], state.get("completed_at")) == (10, None)
    with pytest.raises(ValidationError) as caught:
        uploader.append_chunked_upload(pk, {"filename": "file", "file": b"45"}, "bytes 4-5/10")
    assert caught.value.response["offset"] == 10
    done = uploader.complete_chunked_upload(pk, {"md5": "781e5e245d69b566979b86e28d23f2c7"})
    assert stored(backend, done) == b"0123456789"
    empty = uploader.complete_empty_chunked_upload({"md5": "d41d8cd98f00b204e9800998ecf8427e", "filename": "empty.txt"})
    assert (empty.get("size"), empty.get("filename")) == (0, "empty.txt")


def test_what_cannot_be_uploaded_is_refused_before_anything_is_sent(
    uploader: BackendClient, backend: MockBackend, video: Path, tmp_path: Path
) -> None:
    cases: list[tuple[Any, dict[str, Any], type[Exception], str]] = [
        (tmp_path / "none", {}, FileNotFoundError, "create_chunked_upload: file_path"),
        (tmp_path, {}, IsADirectoryError, "create_chunked_upload: file_path"),
        (3, {}, TypeError, "must be a path or a file"),
        (video, {"chunk_size": 0}, ValueError, "chunk_size must be at least 1"),
        (video, {"chunk_size": 1.5}, TypeError, "chunk_size must be an int"),
        (video, {"journal": tmp_path}, ValueError, "journal is of use only with resume=True"),
        (video, {"options": {"patience": 1}}, ValueError, "options has no 'patience'"),
        (io.BytesIO(b"x"), {"resume": True, "journal": tmp_path}, ValueError, "resume=True needs a path"),
    ]
    for file, named, error, says in cases:
        with pytest.raises(error, match=says):
            uploader.create_chunked_upload(file, **named)
    assert backend.requests == []


# --- failures that pass -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", ["create_chunked_upload", "append_chunked_upload"])
@pytest.mark.parametrize("arm", [
    lambda on: on.status(503), lambda on: on.status(500), lambda on: on.status(408), lambda on: on.status(429),
    lambda on: on.reset(), lambda on: on.close_before_answer(),
], ids=["503", "500", "408", "429", "reset", "close"])  # fmt: skip
def test_a_part_that_failed_is_sent_once_more(
    uploader: BackendClient, backend: MockBackend, video: Path, operation: str, arm: Callable[[Any], object]
) -> None:
    arm(backend.faults.on(operation))
    done = uploader.create_chunked_upload(video, chunk_size=CHUNK)
    assert stored(backend, done) == DATA
    sent = ranges(backend)
    twice = sent[0 if operation == "create_chunked_upload" else 1]
    assert sorted(sent) == sorted([*set(sent), twice])
    assert backend.bytes_stored == 35


def test_a_part_that_was_kept_is_not_sent_again(
    uploader: BackendClient, backend: MockBackend, video: Path, retries: list[RetryEvent]
) -> None:
    backend.faults.on("append_chunked_upload", nth=2).commit_then_reset()
    backend.faults.on("append_chunked_upload", nth=3).truncate(20)
    done = uploader.create_chunked_upload(video, chunk_size=CHUNK)
    assert stored(backend, done) == DATA
    assert len(ranges(backend)) == 4
    assert (backend.bytes_stored, backend.bytes_resent) == (35, 0)
    assert [(event.operation, event.attempt) for event in retries] == [("create_chunked_upload", 1)] * 2


def test_an_upload_goes_on_in_the_middle_of_a_part(uploader: BackendClient, backend: MockBackend, video: Path) -> None:
    backend.faults.on("append_chunked_upload").part_then_reset(share=40)
    done = uploader.create_chunked_upload(video, chunk_size=CHUNK)
    assert stored(backend, done) == DATA
    assert ranges(backend)[1:3] == ["bytes 10-19/35", "bytes 14-23/35"]


def test_a_lost_completion_is_asked_for_and_not_repeated(
    uploader: BackendClient, backend: MockBackend, video: Path
) -> None:
    backend.faults.on("complete_chunked_upload").commit_then_reset()
    done = uploader.create_chunked_upload(video, chunk_size=CHUNK)
    assert stored(backend, done) == DATA
    backend.assert_called("complete_chunked_upload", times=1)
    backend.assert_called("create_chunked_upload", times=1)


def test_a_completion_that_did_not_happen_is_repeated(
    uploader: BackendClient, backend: MockBackend, video: Path
) -> None:
    backend.faults.on("complete_chunked_upload").sequence(Status(503), Status(500))
    assert stored(backend, uploader.create_chunked_upload(video, chunk_size=CHUNK)) == DATA
    backend.assert_called("complete_chunked_upload", times=3)


def test_a_lost_completion_of_nothing_is_repeated(
    uploader: BackendClient, backend: MockBackend, tmp_path: Path
) -> None:
    (tmp_path / "empty").touch()
    backend.faults.on("complete_empty_chunked_upload").commit_then_reset()
    assert stored(backend, uploader.create_chunked_upload(tmp_path / "empty")) == b""


def test_failures_are_counted_anew_after_every_part(
    uploader: BackendClient, backend: MockBackend, video: Path, retries: list[RetryEvent]
) -> None:
    backend.faults.on("append_chunked_upload", times=3).sequence(Status(503), Status(500), Status(502), None)
    assert stored(backend, uploader.create_chunked_upload(video, chunk_size=CHUNK)) == DATA
    assert [event.attempt for event in retries] == [1, 2, 3] * 3
    assert all(0 <= event.delay <= 8 for event in retries)


def test_an_upload_outlasts_a_server_that_restarts(video: Path) -> None:
    with MockBackend() as free:
        port = urlsplit(free.url).port or 0
    backend = MockBackend(port=port)
    backend.start()
    retries: list[RetryEvent] = []

    def hear(event: RetryEvent) -> None:
        retries.append(event)
        # More than one call makes: the question how far the server is was given up, and is asked again.
        if len(retries) == 12:
            backend.start()

    def stop(done: int, size: int) -> None:
        if done == CHUNK:
            backend.stop()

    with BackendClient(backend.url, TOKEN, timeout=60, clock=backend.clock, on_retry=hear) as client:
        upload = client.create_chunked_upload(video, chunk_size=CHUNK, on_progress=stop)
    assert stored(backend, upload) == DATA
    assert len(retries) == 12
    backend.stop()


def test_too_many_failures_of_one_part_end_the_upload(
    uploader: BackendClient, backend: MockBackend, video: Path
) -> None:
    backend.faults.on("append_chunked_upload", times=4).status(503)
    with pytest.raises(ServerError):
        uploader.create_chunked_upload(video, chunk_size=CHUNK)
    backend.assert_called("append_chunked_upload", times=4)
    backend.assert_not_called("complete_chunked_upload")


def test_an_outcome_that_stays_unknown_is_no_reason_not_to_call_again(
    uploader: BackendClient, backend: MockBackend, video: Path
) -> None:
    backend.faults.on("append_chunked_upload", times=4).reset()
    with pytest.raises(ClientConnectionError, match="Calling again is safe") as caught:
        uploader.create_chunked_upload(video, chunk_size=CHUNK)
    assert (caught.value.status_code, caught.value.path) == (503, "/chunked_upload/{pk}/")


def test_nothing_is_repeated_without_retries_or_budget(
    uploader: BackendClient, backend: MockBackend, video: Path
) -> None:
    backend.faults.on("append_chunked_upload", times=2).status(503)
    with pytest.raises(ServerError):
        uploader.create_chunked_upload(video, chunk_size=CHUNK, options={"retries": 0})
    while uploader._caller.budget.take(throttled=False):
        pass
    with pytest.raises(ServerError):
        uploader.create_chunked_upload(video, chunk_size=CHUNK)
    backend.assert_called("append_chunked_upload", times=2)


def test_the_deadline_is_that_of_the_whole_upload(uploader: BackendClient, backend: MockBackend, video: Path) -> None:
    backend.faults.on("append_chunked_upload", times=3).status(503, retry_after=30)
    with pytest.raises(ServerError):
        uploader.create_chunked_upload(video, chunk_size=CHUNK, options={"deadline": 80})
    backend.assert_called("append_chunked_upload", times=3)

    def spend(*_: int) -> None:
        backend.clock.advance(50)

    with pytest.raises(ClientTimeoutError, match=r"the deadline of the call passed .* Calling again is safe"):
        uploader.create_chunked_upload(video, chunk_size=CHUNK, on_progress=spend, options={"deadline": 80})


# --- failures that do not pass ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "error"),
    [(507, ServerError), (409, ConflictError), (412, HTTPError), (401, AuthenticationError), (400, ValidationError)],
)
def test_a_refusal_is_not_repeated(
    uploader: BackendClient, backend: MockBackend, video: Path, status: int, error: type[HTTPError]
) -> None:
    backend.faults.on("append_chunked_upload").status(status)
    with pytest.raises(error) as caught:
        uploader.create_chunked_upload(video, chunk_size=CHUNK)
    assert caught.value.status_code == status
    backend.assert_called("append_chunked_upload", times=1)


def test_a_part_that_is_too_large_is_told_with_its_size(
    uploader: BackendClient, backend: MockBackend, video: Path
) -> None:
    backend.faults.on("create_chunked_upload").status(413)
    with pytest.raises(HTTPError, match="The parts had up to 10 bytes; pass a smaller chunk_size"):
        uploader.create_chunked_upload(video, chunk_size=CHUNK)
    assert len(backend.requests) == 1


def test_a_wait_that_is_too_long_is_left_to_the_caller(
    uploader: BackendClient, backend: MockBackend, video: Path
) -> None:
    backend.faults.on("append_chunked_upload").status(429, retry_after=3600)
    with pytest.raises(RateLimitError) as caught:
        uploader.create_chunked_upload(video, chunk_size=CHUNK)
    assert caught.value.retry_after == 3600
    backend.assert_called("append_chunked_upload", times=1)


def test_a_token_that_expires_meanwhile_is_renewed_once(backend: MockBackend, video: Path) -> None:
    tokens = iter([f"{TOKEN}-1", f"{TOKEN}-2", f"{TOKEN}-3"])
    backend.faults.on("append_chunked_upload", nth=2).status(401)
    with BackendClient(backend.url, lambda: next(tokens)) as client:
        assert stored(backend, client.create_chunked_upload(video, chunk_size=CHUNK)) == DATA
    assert ranges(backend)[2] == ranges(backend)[3] == "bytes 20-29/35"
    assert next(tokens) == f"{TOKEN}-3"


# --- offsets ----------------------------------------------------------------------------------------------------------


def test_a_lower_offset_is_gone_back_to(uploader: BackendClient, backend: MockBackend, video: Path) -> None:
    backend.faults.on("append_chunked_upload", nth=2).offset_lie(-4)
    done = uploader.create_chunked_upload(video, chunk_size=CHUNK)
    assert stored(backend, done) == DATA
    # The refusal of what it has already says where it really is.
    assert ranges(backend)[2:5] == ["bytes 20-29/35", "bytes 26-34/35", "bytes 30-34/35"]


def test_a_higher_offset_ends_the_upload(uploader: BackendClient, backend: MockBackend, video: Path) -> None:
    backend.faults.on("append_chunked_upload").offset_lie(1)
    with pytest.raises(ResponseError, match="the server has 21 bytes, but only 20 were sent") as caught:
        uploader.create_chunked_upload(video, chunk_size=CHUNK)
    assert caught.value.kind == "offset"
    backend.assert_not_called("complete_chunked_upload")


@pytest.mark.parametrize("operation", ["create_chunked_upload", "append_chunked_upload"])
def test_an_answer_without_an_offset_is_asked_for_it(
    uploader: BackendClient, backend: MockBackend, video: Path, operation: str
) -> None:
    backend.faults.on(operation).offset_lie(None)
    assert stored(backend, uploader.create_chunked_upload(video, chunk_size=CHUNK)) == DATA
    backend.assert_called("get_chunked_upload", times=1)
    backend.faults.on(operation).offset_lie(None)
    backend.faults.on("get_chunked_upload").offset_lie(None)
    with pytest.raises(ResponseError, match="the answer has no offset"):
        uploader.create_chunked_upload(video, chunk_size=CHUNK)


def test_an_answer_about_another_upload_ends_the_upload(
    uploader: BackendClient, backend: MockBackend, video: Path
) -> None:
    backend.faults.on("append_chunked_upload").status(200, body={"id": 7, "offset": 20})
    with pytest.raises(ResponseError, match="the answer is about another upload"):
        uploader.create_chunked_upload(video, chunk_size=CHUNK)
    backend.assert_called("append_chunked_upload", times=1)


def test_a_refusal_that_names_no_offset_is_asked_about(
    uploader: BackendClient, backend: MockBackend, video: Path
) -> None:
    backend.faults.on("append_chunked_upload").offset_lie(-4)
    backend.faults.on("append_chunked_upload", nth=2).status(400)
    assert stored(backend, uploader.create_chunked_upload(video, chunk_size=CHUNK)) == DATA
    assert ranges(backend)[2:] == ["bytes 16-25/35", "bytes 20-29/35", "bytes 30-34/35"]


def test_a_completion_that_comes_too_early_is_followed_by_what_is_missing(
    uploader: BackendClient, backend: MockBackend, video: Path
) -> None:
    backend.faults.on("complete_chunked_upload").status(400)
    backend.faults.on("get_chunked_upload").offset_lie(-4)
    assert stored(backend, uploader.create_chunked_upload(video, chunk_size=CHUNK)) == DATA
    assert ranges(backend)[4:] == ["bytes 31-34/35"]


def test_a_server_that_stays_where_it_is_is_given_up(
    uploader: BackendClient, backend: MockBackend, video: Path
) -> None:
    backend.faults.on("append_chunked_upload", times=None).status(400, body={"detail": "no", "offset": 10})
    with pytest.raises(ResponseError, match="the server stays at 10 bytes, whatever is sent"):
        uploader.create_chunked_upload(video, chunk_size=CHUNK)
    backend.assert_called("append_chunked_upload", times=4)


@pytest.mark.parametrize(
    "kind", ["foreign_host", "no_scheme", "user_info", "private_address", "foreign_scheme", "file"]
)
@pytest.mark.parametrize("operation", ["create_chunked_upload", "append_chunked_upload"])
def test_parts_never_go_to_another_host(
    uploader: BackendClient, backend: MockBackend, video: Path, kind: Any, operation: str
) -> None:
    backend.faults.on(operation).foreign_url(kind)
    with pytest.raises(ResponseError, match="to another host, which is refused"):
        uploader.create_chunked_upload(video, chunk_size=CHUNK)
    assert len(backend.requests) == (1 if operation == "create_chunked_upload" else 2)


# --- uploads that are gone --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", ["append_chunked_upload", "complete_chunked_upload"])
@pytest.mark.parametrize("status", [404, 410])
def test_an_upload_that_is_gone_is_begun_again_once(
    uploader: BackendClient, backend: MockBackend, video: Path, operation: str, status: int
) -> None:
    backend.faults.on(operation).upload_gone(status)
    assert stored(backend, uploader.create_chunked_upload(video, chunk_size=CHUNK)) == DATA
    backend.assert_called("create_chunked_upload", times=2)
    backend.faults.on(operation, times=2).upload_gone(status)
    with pytest.raises(NotFoundError if status == 404 else HTTPError) as caught:
        uploader.create_chunked_upload(video, chunk_size=CHUNK)
    assert caught.value.status_code == status


def test_an_upload_that_is_gone_when_it_is_asked_for_is_begun_again(
    uploader: BackendClient, backend: MockBackend, video: Path
) -> None:
    backend.faults.on("append_chunked_upload").reset()
    backend.faults.on("get_chunked_upload").upload_gone(410)
    assert stored(backend, uploader.create_chunked_upload(video, chunk_size=CHUNK)) == DATA
    backend.faults.on("append_chunked_upload").reset()
    backend.faults.on("get_chunked_upload").status(403)
    with pytest.raises(HTTPError) as caught:
        uploader.create_chunked_upload(video, chunk_size=CHUNK)
    assert caught.value.status_code == 403


# --- other bytes ------------------------------------------------------------------------------------------------------


def test_bytes_that_change_on_the_way_are_sent_again(
    uploader: BackendClient, backend: MockBackend, video: Path
) -> None:
    backend.faults.on("append_chunked_upload", nth=2).flip_bit()
    assert stored(backend, uploader.create_chunked_upload(video, chunk_size=CHUNK)) == DATA
    assert len(parts_of(backend)) == 8


def test_bytes_that_change_every_time_are_an_error(uploader: BackendClient, backend: MockBackend, video: Path) -> None:
    backend.faults.on("create_chunked_upload", times=3).flip_bit()
    with pytest.raises(ChecksumMismatchError, match="the server got other bytes than were sent, 3 times") as caught:
        uploader.create_chunked_upload(video, chunk_size=CHUNK)
    assert caught.value.local == hashlib.md5(DATA, usedforsecurity=False).hexdigest()
    assert caught.value.remote is None
    assert [request.status for request in backend.assert_called("complete_chunked_upload")] == [400] * 3


def test_what_was_completed_is_compared(uploader: BackendClient, backend: MockBackend, video: Path) -> None:
    backend.faults.on("complete_chunked_upload").wrong_checksum()
    with pytest.raises(ChecksumMismatchError, match="was completed with checksum") as caught:
        uploader.create_chunked_upload(video, chunk_size=CHUNK)
    assert caught.value.remote not in (None, caught.value.local)
    assert content_of(video) == DATA


@pytest.mark.parametrize("change", ["shrink", "grow", "rewrite", "replace"])
def test_a_file_that_changes_meanwhile_is_not_completed(
    uploader: BackendClient, backend: MockBackend, video: Path, change: str
) -> None:
    for moment in (10, 35):
        restore(video, DATA)
        with pytest.raises(SourceChangedError, match=r"video\.mp4 changed while it was uploaded"):
            uploader.create_chunked_upload(video, chunk_size=CHUNK, on_progress=changed_when(moment, video, change))
    backend.assert_not_called("complete_chunked_upload")


def test_a_file_that_was_rewritten_without_a_trace_is_noticed_when_it_is_read_again(
    uploader: BackendClient, backend: MockBackend, video: Path
) -> None:
    backend.faults.on("append_chunked_upload").flip_bit()
    with pytest.raises(SourceChangedError, match="it holds other bytes now"):
        uploader.create_chunked_upload(video, chunk_size=CHUNK, on_progress=changed_when(35, video, "secretly"))
    backend.assert_called("create_chunked_upload", times=1)
