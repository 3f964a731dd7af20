# Derived from tests/_async/test_resumed_uploads.py by scripts/unasync.py; do not edit.
"""Uploads that were interrupted and go on, in another call or another process, where the server stands."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from synapse_backend import BackendClient, HTTPError, NotFoundError, ResponseError
from synapse_backend._journals import Journal
from synapse_backend.testing import MockBackend
from tests.support.canary import TOKEN
from tests.support.uploads import change, journals_in, names_in, ranges, restore, stored

CHUNK = 10
DATA = bytes(range(35))
"""What is in the file that the tests send."""
AT_20 = ["bytes 20-29/35", "bytes 30-34/35"]
"""What is left to send after two parts."""


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the journals."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "synapse-backend" / "uploads"


@pytest.fixture
def uploader(backend: MockBackend, state: Path) -> Iterator[BackendClient]:
    with BackendClient(backend.url, TOKEN, timeout=60, clock=backend.clock) as client:
        yield client


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "video.mp4"
    path.write_bytes(DATA)
    return path


def stop_at(moment: int, error: type[BaseException] = KeyboardInterrupt) -> Callable[[int, int], None]:
    """Return what to call with the progress of an upload, so that it ends once the server has that much."""

    def look(done: int, size: int) -> None:
        if done == moment:
            raise error

    return look


def begin(uploader: BackendClient, video: Path, moment: int = 20, **named: Any) -> None:
    """Begin an upload that ends once the server has that much."""
    with pytest.raises(KeyboardInterrupt):
        uploader.create_chunked_upload(video, chunk_size=CHUNK, resume=True, on_progress=stop_at(moment), **named)


def test_an_upload_goes_on_where_the_server_stands(
    uploader: BackendClient, backend: MockBackend, video: Path, state: Path
) -> None:
    seen: list[tuple[int, int]] = []
    begin(uploader, video)
    (journal,) = journals_in(state)
    assert journal["sent"] == 20
    assert TOKEN not in str(journal)
    with BackendClient(backend.url, TOKEN) as other:
        done = other.create_chunked_upload(
            video, chunk_size=CHUNK, resume=True, on_progress=lambda *now: seen.append(now)
        )
    assert stored(backend, done) == DATA
    assert ranges(backend)[2:] == AT_20
    assert seen == [(20, 35), (30, 35), (35, 35)]
    assert (backend.bytes_stored, backend.bytes_resent) == (35, 0)
    assert journals_in(state) == []


def test_an_upload_goes_on_in_parts_of_another_size(uploader: BackendClient, backend: MockBackend, video: Path) -> None:
    begin(uploader, video)
    assert stored(backend, uploader.create_chunked_upload(video, resume=True, chunk_size=7)) == DATA
    assert ranges(backend)[2:] == ["bytes 20-26/35", "bytes 27-33/35", "bytes 34-34/35"]


def test_an_upload_goes_on_in_the_middle_of_a_part(uploader: BackendClient, backend: MockBackend, video: Path) -> None:
    backend.faults.on("append_chunked_upload", nth=2).part_then_reset(share=30)
    begin(uploader, video, 23)
    assert stored(backend, uploader.create_chunked_upload(video, chunk_size=CHUNK, resume=True)) == DATA
    assert ranges(backend)[3:] == ["bytes 23-32/35", "bytes 33-34/35"]


def test_an_upload_of_one_part_is_only_completed(uploader: BackendClient, backend: MockBackend, video: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        uploader.create_chunked_upload(video, resume=True, on_progress=stop_at(35))
    assert stored(backend, uploader.create_chunked_upload(video, resume=True)) == DATA
    assert ranges(backend) == ["bytes 0-34/35"]


def test_what_the_server_has_of_a_large_file_is_hashed_again_and_not_sent(
    uploader: BackendClient, backend: MockBackend, video: Path
) -> None:
    part = 9 * 1024 * 1024
    content = DATA * (part // 30)
    restore(video, content)
    with pytest.raises(KeyboardInterrupt):
        uploader.create_chunked_upload(video, chunk_size=part, resume=True, on_progress=stop_at(part))
    assert stored(backend, uploader.create_chunked_upload(video, chunk_size=part, resume=True)) == content
    assert ranges(backend)[1:] == [f"bytes {part}-{len(content) - 1}/{len(content)}"]


def test_an_upload_without_a_journal_begins_at_the_beginning(
    uploader: BackendClient, backend: MockBackend, video: Path, state: Path
) -> None:
    begin(uploader, video)
    assert stored(backend, uploader.create_chunked_upload(video, chunk_size=CHUNK)) == DATA
    assert len(ranges(backend)) == 6
    assert len(journals_in(state)) == 1


def test_the_journal_may_be_elsewhere(
    uploader: BackendClient, backend: MockBackend, video: Path, tmp_path: Path, state: Path
) -> None:
    for place in (tmp_path / "journal.json", f"{tmp_path}/folder/"):
        sent = len(ranges(backend))
        begin(uploader, video, journal=place)
        done = uploader.create_chunked_upload(video, chunk_size=CHUNK, resume=True, journal=place)
        assert stored(backend, done) == DATA
        assert ranges(backend)[sent + 2 :] == AT_20
    assert journals_in(state) == []


def test_an_empty_file_has_nothing_to_go_on_with(
    uploader: BackendClient, backend: MockBackend, video: Path, state: Path
) -> None:
    restore(video, b"")
    assert stored(backend, uploader.create_chunked_upload(video, resume=True)) == b""
    assert journals_in(state) == []


def test_errors_leave_a_journal_to_go_on_with(uploader: BackendClient, backend: MockBackend, video: Path) -> None:
    backend.faults.on("append_chunked_upload", nth=2).status(507)
    with pytest.raises(HTTPError):
        uploader.create_chunked_upload(video, chunk_size=CHUNK, resume=True)
    assert stored(backend, uploader.create_chunked_upload(video, chunk_size=CHUNK, resume=True)) == DATA
    assert ranges(backend)[3:] == AT_20


# --- beginning anew ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["grow", "shrink", "rewrite", "replace"])
def test_a_file_that_changed_since_begins_anew(
    uploader: BackendClient, backend: MockBackend, video: Path, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    begin(uploader, video)
    change(video, how)
    with caplog.at_level(logging.WARNING):
        uploader.create_chunked_upload(video, chunk_size=CHUNK, resume=True)
    assert ranges(backend)[2].startswith("bytes 0-9/")
    assert "is ignored: it is about another" in caplog.text


@pytest.mark.parametrize("status", [404, 410])
def test_an_upload_that_is_gone_begins_anew_once(
    uploader: BackendClient, backend: MockBackend, video: Path, status: int
) -> None:
    begin(uploader, video)
    backend.faults.on("get_chunked_upload").upload_gone(status)
    assert stored(backend, uploader.create_chunked_upload(video, chunk_size=CHUNK, resume=True)) == DATA
    assert ranges(backend)[2] == "bytes 0-9/35"
    begin(uploader, video)
    backend.faults.on("get_chunked_upload").upload_gone(status)
    backend.faults.on("append_chunked_upload").upload_gone(status)
    with pytest.raises(NotFoundError if status == 404 else HTTPError) as caught:
        uploader.create_chunked_upload(video, chunk_size=CHUNK, resume=True)
    assert caught.value.status_code == status


def test_a_server_that_has_more_than_was_sent_is_not_believed(
    uploader: BackendClient, backend: MockBackend, video: Path, caplog: pytest.LogCaptureFixture
) -> None:
    begin(uploader, video)
    backend.faults.on("get_chunked_upload").offset_lie(1)
    assert stored(backend, uploader.create_chunked_upload(video, chunk_size=CHUNK, resume=True)) == DATA
    assert ranges(backend)[2] == "bytes 0-9/35"
    assert "the file is sent from its beginning: GET" in caplog.text
    assert TOKEN not in caplog.text


def test_a_state_that_cannot_be_read_ends_the_call_and_not_the_upload(
    uploader: BackendClient, backend: MockBackend, video: Path
) -> None:
    begin(uploader, video)
    backend.faults.on("get_chunked_upload").html()
    with pytest.raises(ResponseError):
        uploader.create_chunked_upload(video, chunk_size=CHUNK, resume=True)
    assert stored(backend, uploader.create_chunked_upload(video, chunk_size=CHUNK, resume=True)) == DATA
    assert ranges(backend)[2:] == AT_20


def test_the_journal_of_another_tenant_is_not_used(
    uploader: BackendClient, backend: MockBackend, video: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    begin(uploader, video, journal=tmp_path / "journal")
    with BackendClient(backend.url, TOKEN, tenant="other") as other:
        done = other.create_chunked_upload(video, chunk_size=CHUNK, resume=True, journal=tmp_path / "journal")
    assert stored(backend, done) == DATA
    assert ranges(backend)[2] == "bytes 0-9/35"
    assert "it is about another tenant" in caplog.text


# --- completed already ------------------------------------------------------------------------------------------------


def complete_and_stop(uploader: BackendClient, video: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Complete an upload in a process that ends before it has removed the journal."""

    def end(journal: Journal) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "remove", end)
        with pytest.raises(KeyboardInterrupt):
            uploader.create_chunked_upload(video, chunk_size=CHUNK, resume=True)


def test_an_upload_that_was_completed_is_not_sent_again(
    uploader: BackendClient, backend: MockBackend, video: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    complete_and_stop(uploader, video, monkeypatch)
    requests = len(backend.requests)
    assert stored(backend, uploader.create_chunked_upload(video, resume=True)) == DATA
    assert len(backend.requests) == requests + 1
    assert journals_in(state) == []


def test_a_completed_upload_of_other_bytes_is_not_used(
    uploader: BackendClient, backend: MockBackend, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    complete_and_stop(uploader, video, monkeypatch)
    backend.faults.on("get_chunked_upload").wrong_checksum()
    assert stored(backend, uploader.create_chunked_upload(video, chunk_size=CHUNK, resume=True)) == DATA
    backend.assert_called("create_chunked_upload", times=2)


# --- at the same time -------------------------------------------------------------------------------------------------


def test_a_second_upload_of_the_same_file_is_refused_while_the_first_one_runs(
    uploader: BackendClient, backend: MockBackend, video: Path, state: Path
) -> None:
    refused: list[BlockingIOError] = []

    def try_again(done: int, size: int) -> None:
        with (
            BackendClient(backend.url, TOKEN) as other,
            pytest.raises(BlockingIOError, match="already; wait") as caught,
        ):
            other.create_chunked_upload(video, resume=True)
        refused.append(caught.value)

    done = uploader.create_chunked_upload(video, chunk_size=CHUNK, resume=True, on_progress=try_again)
    assert stored(backend, done) == DATA
    assert len(refused) == 4
    assert names_in(state) == []
