# Derived from tests/_async/test_bulk_files.py by scripts/unasync.py; do not edit.
"""Files that go to the storage in bulk: another call goes on from the journal, and each is told of as it ends."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from synapse_backend import (
    AuthorizationError,
    BackendClient,
    BulkFile,
    BulkProgress,
    ServerError,
    UploadError,
)
from synapse_backend.testing import MockBackend
from tests.support.bulk import md5, write
from tests.support.canary import TOKEN


@pytest.fixture
def uploader(backend: MockBackend) -> Iterator[BackendClient]:
    """A client that makes up to four attempts, and waits on the clock of the mock backend."""
    with BackendClient(backend.url, TOKEN, timeout=60, clock=backend.clock) as client:
        yield client


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def checksums(backend: MockBackend) -> list[str]:
    """Return the checksums of the data files that were made."""
    return sorted(row["checksum"] for row in list(backend.data_files.values())[-backend.writes["data_files"].created :])


def test_the_same_call_does_nothing_twice(
    uploader: BackendClient, backend: MockBackend, journal: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = write(tmp_path, 14)
    paths = more[:12]
    first = uploader.upload_files_bulk(paths, batch_size=5, journal=journal)
    assert (first["created_count"], first["skipped_count"]) == (12, 0)
    before = len(backend.requests)
    seen: list[BulkProgress] = []
    # The directory that paths are relative to is not what tells files apart.
    monkeypatch.chdir(tmp_path)
    again = uploader.upload_files_bulk(
        [path.name for path in paths], batch_size=5, journal="journal", on_progress=seen.append
    )
    assert again["results"] == [
        {**result, "path": path.name, "skipped": True} for result, path in zip(first["results"], paths, strict=True)
    ]
    assert (again["created_count"], again["failed_count"], again["skipped_count"]) == (0, 0, 12)
    assert seen[-1] == BulkProgress(0, 12, 0, 0, 0)
    assert len(backend.requests) == before
    third = uploader.upload_files_bulk(more, journal=journal)
    assert (third["created_count"], third["skipped_count"]) == (2, 12)
    assert checksums(backend) == sorted(map(md5, more))


def test_a_journal_holds_no_secrets(
    uploader: BackendClient, backend: MockBackend, journal: Path, tmp_path: Path
) -> None:
    uploader.upload_files_bulk(write(tmp_path, 2), journal=journal)
    text = (tmp_path / "journal").read_text()
    assert TOKEN not in text
    urls = [urlsplit(file["presigned_url"]) for file in json.loads(backend.requests[0].answer)["files"]]
    assert urls
    assert not any(url.query in text or url.path in text for url in urls)
    assert (tmp_path / "journal").stat().st_mode & 0o777 == 0o600


def test_an_upload_that_broke_off_goes_on(
    uploader: BackendClient, backend: MockBackend, journal: Path, tmp_path: Path
) -> None:
    paths = write(tmp_path, 20)

    def interrupted() -> Iterator[Path]:
        yield from paths[:15]
        raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        uploader.upload_files_bulk(interrupted(), batch_size=6, journal=journal)
    answer = uploader.upload_files_bulk(paths, batch_size=6, journal=journal)
    assert (answer["created_count"], answer["skipped_count"]) == (8, 12)
    assert checksums(backend) == sorted(map(md5, paths))


def test_a_file_that_changed_since_is_uploaded_again(
    uploader: BackendClient, backend: MockBackend, journal: Path, tmp_path: Path
) -> None:
    paths = write(tmp_path, 4)
    first = uploader.upload_files_bulk(paths, journal=journal)
    paths[1].write_bytes(b"something else")
    os.utime(paths[2], (1, 1))
    paths[3].unlink()
    second = uploader.upload_files_bulk(paths, journal=journal)
    assert [result["skipped"] for result in second["results"]] == [True, False, False, False]
    assert [result["success"] for result in second["results"]] == [True, True, True, False]
    assert second["results"][1]["checksum"] == md5(paths[1])
    assert second["results"][1]["data_file_id"] != first["results"][1]["data_file_id"]
    third = uploader.upload_files_bulk(paths[:3], journal=journal)
    # What is newest counts.
    assert third["results"] == [{**result, "skipped": True} for result in second["results"][:3]]


@pytest.mark.parametrize("was_done", [True, False])
def test_what_became_of_a_lost_confirmation_is_found_out_by_the_next_call(
    was_done: bool, uploader: BackendClient, backend: MockBackend, journal: Path, tmp_path: Path
) -> None:
    paths = write(tmp_path, 7)
    lost = backend.faults.on("confirm_presigned_upload", times=1 if was_done else None)
    lost.commit_then_reset() if was_done else lost.reset()
    # Nor can they be looked for.
    backend.faults.on("verify_data_files_checksums", times=None).status(500)
    first = uploader.upload_files_bulk(paths, batch_size=4, journal=journal)
    assert first["failed_count"] == (4 if was_done else 7)
    backend.faults.clear()
    paths[1].write_bytes(b"something else")
    before, moment = len(backend.requests), backend.clock.monotonic()
    second = uploader.upload_files_bulk(paths, batch_size=4, journal=journal)
    # Before anything is sent.
    assert backend.requests[before].operation_id == "verify_data_files_checksums"
    assert [result["skipped"] for result in second["results"]] == [was_done and place != 1 for place in range(7)]
    assert second["failed_count"] == 0
    assert [result["checksum"] for result in second["results"]] == [md5(path) for path in paths]
    # A server may be at work on the request for a while yet.
    assert (backend.clock.monotonic() - moment > 20) == (not was_done)
    assert backend.writes["data_files"].created == (8 if was_done else 7)
    third = uploader.upload_files_bulk(paths, journal=journal)
    assert third["results"] == [{**result, "skipped": True} for result in second["results"]]


def test_nothing_is_sent_where_lost_confirmations_cannot_be_looked_for(
    uploader: BackendClient, backend: MockBackend, journal: Path, tmp_path: Path
) -> None:
    paths = write(tmp_path, 2)
    backend.faults.on("confirm_presigned_upload", times=None).reset()
    uploader.upload_files_bulk(paths, journal=journal)
    backend.faults.clear()
    backend.faults.on("verify_data_files_checksums", times=None).status(503)
    before = len(backend.requests)
    with pytest.raises(ServerError):
        uploader.upload_files_bulk(paths, journal=journal)
    assert {request.operation_id for request in backend.requests[before:]} == {"verify_data_files_checksums"}


def test_a_refusal_after_a_lost_answer_leaves_it_in_doubt(
    uploader: BackendClient, backend: MockBackend, journal: Path, tmp_path: Path
) -> None:
    paths = write(tmp_path, 3)
    backend.faults.on("confirm_presigned_upload", nth=1).reset()
    backend.faults.on("confirm_presigned_upload", nth=2).status(403)
    first = uploader.upload_files_bulk(paths, journal=journal)
    assert first["failed_count"] == 3
    before = len(backend.requests)
    second = uploader.upload_files_bulk(paths, journal=journal)
    assert backend.requests[before].operation_id == "verify_data_files_checksums"
    assert (second["created_count"], backend.writes["data_files"].created) == (3, 3)


def test_what_was_refused_is_no_doubt(
    uploader: BackendClient, backend: MockBackend, journal: Path, tmp_path: Path
) -> None:
    paths = write(tmp_path, 3)
    backend.faults.on("confirm_presigned_upload").status(403)
    uploader.upload_files_bulk(paths, journal=journal)
    second = uploader.upload_files_bulk(paths, journal=journal)
    assert second["created_count"] == 3
    backend.assert_called("verify_data_files_checksums", times=0)


def test_a_lost_answer_is_no_doubt_once_it_is_settled(
    uploader: BackendClient, backend: MockBackend, journal: Path, tmp_path: Path
) -> None:
    paths = write(tmp_path, 3)
    backend.faults.on("confirm_presigned_upload").commit_then_reset()
    first = uploader.upload_files_bulk(paths, journal=journal)
    before = len(backend.requests)
    second = uploader.upload_files_bulk(paths, journal=journal)
    assert (first["created_count"], second["skipped_count"]) == (3, 3)
    assert len(backend.requests) == before


def test_who_is_told_of_each_file_gets_no_list(
    uploader: BackendClient, backend: MockBackend, journal: Path, tmp_path: Path
) -> None:
    paths = write(tmp_path, 7)
    uploader.upload_files_bulk(paths[:2], journal=journal)
    told: list[BulkFile] = []
    answer = uploader.upload_files_bulk(
        [*paths, tmp_path / "missing"], batch_size=3, journal=journal, on_result=told.append
    )
    assert answer == {"results": [], "created_count": 5, "failed_count": 1, "skipped_count": 2}
    assert [result["path"] for result in told] == [*map(str, paths), str(tmp_path / "missing")]
    assert [result["skipped"] for result in told] == [True, True, *[False] * 6]
    backend.faults.on("request_presigned_upload", times=None).status(403)
    told.clear()
    with pytest.raises(UploadError) as stopped:
        uploader.upload_files_bulk(write(tmp_path, 30), batch_size=10, on_result=told.append)
    assert stopped.value.summary == {"results": [], "created_count": 0, "failed_count": 20, "skipped_count": 0}
    assert len(told) == 20


def test_files_that_the_journal_knows_do_not_hide_that_nothing_works(
    uploader: BackendClient, backend: MockBackend, journal: Path, tmp_path: Path
) -> None:
    paths = write(tmp_path, 60)
    uploader.upload_files_bulk(paths[::2], journal=journal)
    backend.faults.on("request_presigned_upload", times=None).status(403)
    with pytest.raises(UploadError, match="one file after the other failed") as stopped:
        uploader.upload_files_bulk(paths, batch_size=4, journal=journal)
    assert isinstance(stopped.value.__cause__, AuthorizationError)
    assert stopped.value.summary["failed_count"] == 20


def test_a_journal_that_cannot_be_written_stops_the_upload(
    uploader: BackendClient, backend: MockBackend, journal: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("synapse_backend._files_journal.FilesJournal.begin", full)
    with pytest.raises(OSError, match="No space left"):
        uploader.upload_files_bulk(write(tmp_path, 3), journal=journal)
    assert backend.writes["data_files"].created == 0


def test_a_journal_of_another_server_or_kind_is_refused(
    uploader: BackendClient, backend: MockBackend, journal: Path, tmp_path: Path
) -> None:
    uploader.upload_files_bulk(write(tmp_path, 2), journal=journal)
    content = (tmp_path / "journal").read_bytes()
    with BackendClient("http://127.0.0.1:9", TOKEN) as other:
        with pytest.raises(ValueError, match="is the journal of another server"):
            other.upload_files_bulk(write(tmp_path, 2), journal=journal)
    with pytest.raises(ValueError, match="is no journal of a bulk upload"):
        uploader.upload_data_collection(1, [], journal=journal)
    assert (tmp_path / "journal").read_bytes() == content
    with (tmp_path / "journal").open("ab") as file:
        file.write(b'{"end":7}\n')
    before = len(backend.requests)
    with pytest.raises(ValueError, match="line 6 is damaged"):
        uploader.upload_files_bulk(write(tmp_path, 2), journal=journal)
    assert len(backend.requests) == before


def test_half_a_line_is_what_was_not_done(
    uploader: BackendClient, backend: MockBackend, journal: Path, tmp_path: Path
) -> None:
    paths = write(tmp_path, 3)
    first = uploader.upload_files_bulk(paths, journal=journal)
    whole = (tmp_path / "journal").read_bytes()
    lines = whole.splitlines(keepends=True)
    assert len(lines) == 6
    before = len(backend.requests)
    for cut in (len(lines[5]) + 1, len(lines[5]) + len(lines[4]), len(lines[5]) + len(lines[4]) + 1):
        (tmp_path / "journal").write_bytes(whole[:-cut])
        # What the lines do not say is looked for.
        again = uploader.upload_files_bulk(paths, journal=journal)
        assert again["results"] == [{**result, "skipped": True} for result in first["results"]]
    assert {request.operation_id for request in backend.requests[before:]} == {"verify_data_files_checksums"}


def test_only_a_file_whose_own_name_is_not_unicode_fails(
    uploader: BackendClient, backend: MockBackend, journal: Path, tmp_path: Path
) -> None:
    folder = tmp_path / os.fsdecode(b"\xff\xfe")
    folder.mkdir()
    paths = write(folder, 2)
    bad = paths[1].rename(folder / os.fsdecode(b"\xff.jpg"))
    for skipped in (0, 1):
        answer = uploader.upload_files_bulk([bad, paths[0]], journal=journal)
        assert answer["results"][0]["error"] == "its name is not Unicode"
        assert (answer["results"][1]["success"], answer["failed_count"]) == (True, 1)
        assert (answer["skipped_count"], backend.writes["data_files"].created) == (skipped, 1)


def test_of_a_lost_confirmation_only_what_was_not_found_stays_in_doubt(
    uploader: BackendClient, backend: MockBackend, journal: Path, tmp_path: Path
) -> None:
    paths = write(tmp_path, 3)
    # The backend has the bytes of one already.
    there = uploader.upload_files_bulk(paths[:1])
    backend.faults.on("confirm_presigned_upload", times=None).reset()
    first = uploader.upload_files_bulk(paths, journal=journal)
    assert [result["data_file_id"] for result in first["results"]] == [there["results"][0]["data_file_id"], None, None]
    backend.faults.clear()
    before = len(backend.requests)
    second = uploader.upload_files_bulk(paths, journal=journal)
    assert [result["skipped"] for result in second["results"]] == [True, False, False]
    asked: Any = backend.requests[before].json
    assert sorted(asked["checksums"]) == sorted(map(md5, paths[1:]))
    assert (second["created_count"], backend.writes["data_files"].created) == (2, 3)
