"""Journals of uploads: where they are, who may read them, and what of them is believed."""

from __future__ import annotations

import json
import logging
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from synapse_backend import BackendClient
from synapse_backend._journals import Entry, Journal, default_folder, fingerprint, open_journal
from synapse_backend._sources import open_source
from tests.support.canary import TOKEN

ENTRY = Entry(123, 20)


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "video.mp4"
    path.write_bytes(os.urandom(100_000))
    return path


def about(path: Path, url: str = "https://api.example", tenant: str | None = None) -> dict[str, Any]:
    """Return what must be the same for an upload to go on."""
    source = open_source("upload", path)
    try:
        return fingerprint(BackendClient(url, TOKEN, tenant=tenant)._config, source)
    finally:
        source.close()


@pytest.fixture
def opened(tmp_path: Path, video: Path) -> Iterator[Callable[..., Journal]]:
    """Opens journals that are closed in the end."""
    made: list[Journal] = []

    def open_one(place: Any = None, **options: Any) -> Journal:
        made.append(open_journal(place or f"{tmp_path}/state/", about(video, **options)))
        return made[-1]

    yield open_one
    for journal in made:
        journal.close()


def test_what_is_written_is_read_by_the_next_one(opened: Callable[..., Journal], tmp_path: Path) -> None:
    first = opened()
    assert first.load() is None
    first.save(ENTRY)
    first.close()
    second = opened()
    assert second.load() == ENTRY
    second.save(Entry("a-b", 30))
    assert second.load() == Entry("a-b", 30)
    second.remove()
    assert second.load() is None
    second.close()
    second.close()
    assert list((tmp_path / "state").iterdir()) == []


def test_nobody_else_can_read_it_and_it_holds_no_token(opened: Callable[..., Journal], tmp_path: Path) -> None:
    os.umask(before := os.umask(0))
    journal = opened()
    try:
        os.umask(0)
        journal.save(ENTRY)
    finally:
        os.umask(before)
    (path,) = (tmp_path / "state").glob("*.json")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    text = path.read_text()
    assert TOKEN not in text
    assert json.loads(text).keys() == {
        "format", "server", "tenant", "path", "size", "modified", "inode", "ends", "id", "sent",
    }  # fmt: skip


def test_journals_are_in_the_state_folder_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert default_folder() == tmp_path / "synapse-backend" / "uploads"
    monkeypatch.setenv("HOME", str(tmp_path))
    for value in ("", "relative"):
        monkeypatch.setenv("XDG_STATE_HOME", value)
        assert default_folder() == tmp_path / ".local" / "state" / "synapse-backend" / "uploads"


def test_uploads_that_nobody_chose_a_place_for_have_one_each(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, video: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    told = [about(video), about(video, tenant="other"), about(video, url="https://other.example")]
    journals = [open_journal(None, each) for each in told]
    for journal in journals:
        journal.save(ENTRY)
    assert len(list((tmp_path / "state" / "synapse-backend" / "uploads").glob("*.json"))) == 3
    for journal in journals:
        journal.close()


def test_a_place_may_be_a_file_or_a_folder(opened: Callable[..., Journal], tmp_path: Path) -> None:
    folder = tmp_path / "there"
    folder.mkdir()
    in_folder, file = opened(folder), opened(tmp_path / "new" / "journal.json")
    for journal in (in_folder, file):
        assert journal.load() is None
        journal.save(ENTRY)
    assert len(list(folder.glob("*.json"))) == 1
    assert (tmp_path / "new" / "journal.json").is_file()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"server": "https://other.example"}, "about another server"),
        ({"tenant": "other"}, "about another tenant"),
        ({"size": 1, "ends": "x"}, "about another size, ends"),
        ({"modified": 1}, "about another modified"),
        ({"inode": 1}, "about another inode"),
        ({"id": None}, "it names no upload"),
        ({"id": True}, "it names no upload"),
        ({"sent": -1}, "it names no upload"),
        ({"sent": True}, "it names no upload"),
        ({"format": "something else"}, "no journal of an upload and is ignored"),
    ],
)
def test_a_journal_of_something_else_is_ignored_with_a_warning(
    opened: Callable[..., Journal], tmp_path: Path, caplog: pytest.LogCaptureFixture, change: Any, says: str
) -> None:
    journal = opened()
    journal.save(ENTRY)
    (path,) = (tmp_path / "state").glob("*.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with caplog.at_level(logging.WARNING):
        assert journal.load() is None
    assert says in caplog.text
    journal.save(ENTRY)
    assert journal.load() == ENTRY


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[1]", b"[" * 60_000, b"null"])
def test_garbage_is_ignored_with_a_warning(
    opened: Callable[..., Journal], tmp_path: Path, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    journal = opened()
    journal.save(ENTRY)
    (path,) = (tmp_path / "state").glob("*.json")
    path.write_bytes(content)
    assert journal.load() is None
    assert "no journal of an upload" in caplog.text
    journal.save(ENTRY)
    assert journal.load() == ENTRY


def test_a_file_that_is_no_journal_is_never_written_over(opened: Callable[..., Journal], tmp_path: Path) -> None:
    precious = tmp_path / "model.bin"
    precious.write_bytes(b"precious")
    journal = opened(precious)
    assert journal.load() is None
    journal.save(ENTRY)
    journal.remove()
    journal.close()
    assert precious.read_bytes() == b"precious"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.bin", "video.mp4"]


def test_a_change_at_either_end_of_the_file_is_noticed(video: Path) -> None:
    before, kept = about(video), video.stat()
    for place in (0, 99_999):
        data = bytearray(video.read_bytes())
        data[place] ^= 1
        video.write_bytes(data)
        os.utime(video, ns=(kept.st_atime_ns, kept.st_mtime_ns))
        now = about(video)
        assert {name for name in now if now[name] != before[name]} == {"ends"}
        before = now


def test_an_open_file_cannot_be_resumed(video: Path) -> None:
    with video.open("rb") as file, pytest.raises(ValueError, match="resume=True needs a path, not an open file"):
        fingerprint(BackendClient("https://api.example")._config, open_source("upload", file))


# --- what fails -------------------------------------------------------------------------------------------------------


def test_a_second_upload_with_the_same_journal_is_refused(opened: Callable[..., Journal]) -> None:
    first = opened()
    with pytest.raises(BlockingIOError, match="being uploaded with this journal already; wait"):
        opened()
    first.close()
    opened()


def test_a_place_that_cannot_be_written_is_refused_before_anything_is_sent(
    opened: Callable[..., Journal], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError, match="the journal of the upload: Not a directory"):
        opened(tmp_path / "file" / "deeper" / "journal.json")
    with pytest.raises(OSError, match="the journal of the upload"):
        opened(tmp_path / ("x" * 300))


def test_a_journal_that_cannot_be_written_any_more_does_not_end_the_upload(
    opened: Callable[..., Journal], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    journal = opened()
    next((tmp_path / "state").glob("*.lock")).unlink()
    (tmp_path / "state").rmdir()
    journal.save(ENTRY)
    assert "cannot be written, so that the upload cannot be resumed: No such file" in caplog.text


def test_a_journal_that_cannot_be_removed_does_not_undo_the_upload(
    opened: Callable[..., Journal], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (place := tmp_path / "journal.json").write_text("{}")
    journal = opened(place)
    journal._may_replace = True
    place.unlink()
    # A folder in its place is refused as one is that may not be written to.
    place.mkdir()
    journal.remove()
    assert f"{place} cannot be removed, although its upload is over: Is a directory" in caplog.text


def test_files_of_others_beside_a_journal_are_left_alone(opened: Callable[..., Journal], tmp_path: Path) -> None:
    for name in ("precious", "journal.lock"):
        (tmp_path / name).write_text("precious")
    (tmp_path / "journal.tmp").symlink_to(tmp_path / "precious")
    journal = opened(tmp_path / "journal")
    assert journal.load() is None
    journal.save(ENTRY)
    assert journal.load() == ENTRY
    journal.close()
    for name in ("precious", "journal.lock", "journal.tmp"):
        assert (tmp_path / name).read_text() == "precious"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "journal", "journal.lock", "journal.tmp", "precious", "video.mp4",
    ]  # fmt: skip


def test_a_lock_that_leads_elsewhere_is_refused(opened: Callable[..., Journal], tmp_path: Path) -> None:
    (tmp_path / "journal.lock").symlink_to(tmp_path / "other")
    with pytest.raises(OSError, match="the journal of the upload: it is a symbolic link, which is not followed"):
        opened(tmp_path / "journal")
    assert not (tmp_path / "other").exists()
