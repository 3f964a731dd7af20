"""`_bulk_journal`: what it keeps, and what it refuses."""

from __future__ import annotations

import json
import os
import tracemalloc
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from synapse_backend._bulk_journal import BulkJournal
from synapse_backend._units import UploadedUnit

IDENTITY: dict[str, Any] = {"server": "https://api.synapse.sh", "data_collection_id": 1}
STAMPS = {"image": [10, 1]}


def body(name: str) -> UploadedUnit:
    return {
        "files": {"image": {"checksum": name, "path": name, "id": 1, "size": 10}},
        "data_collection": 1,
        "meta": {"이름": name},
    }


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def opened(path: Path, **other: Any) -> BulkJournal:
    return BulkJournal(path, {**IDENTITY, **other})


def filled(path: Path) -> None:
    """Write a journal of three units: one is created, one is only uploaded, of one nobody knows."""
    with opened(path) as journal:
        for key in "abc":
            journal.note_uploaded(key, body(key), STAMPS)
        number = journal.begin("units", 0, ["a"], [], 1000.0)
        journal.end(number, [7], needs_task=True)
        journal.begin("units", 7, ["c"], [], 1001.5)


def test_what_was_written_is_read(path: Path) -> None:
    filled(path)
    with opened(path) as journal:
        assert {key: list(ids) for key, ids in journal.created.items()} == {"a": [7]}
        assert [uploaded.body for uploaded in journal.uploaded["b"]] == [body("b")]
        assert list(journal.without_task) == [7]
        [doubt] = journal.doubts.values()
        assert (doubt.kind, doubt.newest, doubt.keys, doubt.at) == ("units", 7, ["c"], 1001.5)
        assert journal.bodies_of(doubt) == [body("c")]


def test_what_is_settled_is_no_doubt_any_more(path: Path) -> None:
    filled(path)
    with opened(path) as journal:
        journal.end(2, [8], needs_task=False)
        number = journal.begin("tasks", 0, [], [7], 0.0)
        journal.end(number, [70], needs_task=False)
        journal.void(journal.begin("units", 8, ["b"], [], 0.0))
        journal.note_changed("b")
        assert not journal.doubts or list(journal.doubts) == []
    with opened(path) as journal:
        assert {key: list(ids) for key, ids in journal.created.items()} == {"a": [7], "c": [8]}
        assert (list(journal.doubts), list(journal.without_task), list(journal.uploaded["b"])) == ([], [], [])


def test_half_a_line_at_the_end_is_forgotten(path: Path) -> None:
    filled(path)
    whole = path.read_bytes()
    for length in range(whole.rindex(b"\n", 0, -1) + 1, len(whole)):
        path.write_bytes(whole[:length])
        with opened(path) as journal:
            assert not journal.doubts
            journal.note_uploaded("d", body("d"), STAMPS)
        assert json.loads(path.read_bytes().splitlines()[-1])["uploaded"] == "d"
    path.write_bytes(whole[:5])
    with opened(path) as journal:
        assert not journal.created


@pytest.mark.parametrize(
    "line",
    [
        "not JSON",
        "7",
        '{"other": 1}',
        '{"end": 99, "ids": []}',
        '{"void": 99}',
        '{"changed": "z"}',
        '{"end": 2, "ids": [1, 2]}',
        "[" * 100_000,
    ],
)
def test_a_damaged_journal_is_refused(line: str, path: Path) -> None:
    filled(path)
    with path.open("a") as file:
        file.write(line + "\n")
    with pytest.raises(ValueError, match=r"journal: line \d+ is damaged; pass another journal"):
        opened(path)


@pytest.mark.parametrize("content", [b"{}\n", b"[1]\n", b'{"format": "other"}\n'])
def test_what_is_no_journal_is_refused_and_left_alone(content: bytes, path: Path) -> None:
    path.write_bytes(content)
    with pytest.raises(ValueError, match="is no journal of a bulk upload"):
        opened(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize("other", [{"server": "https://other"}, {"data_collection_id": 2}])
def test_the_journal_of_another_upload_is_refused(other: Mapping[str, Any], path: Path) -> None:
    filled(path)
    with pytest.raises(ValueError, match=f"is the journal of another {next(iter(other))}"):
        opened(path, **other)


def test_two_uploads_cannot_use_one_journal(path: Path) -> None:
    with opened(path), pytest.raises(BlockingIOError, match="another upload uses this journal"):
        opened(path)
    opened(path).close()


def test_only_its_owner_may_read_it(path: Path) -> None:
    filled(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_full_disk_leaves_no_half_line_and_nothing_is_written_after_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(path)
    whole = path.read_bytes()
    with opened(path) as journal:
        write = os.write
        monkeypatch.setattr(os, "write", lambda file, data: write(file, data[:100]))
        with pytest.raises(OSError, match="No space left"):
            journal.note_uploaded("d", body("d"), STAMPS)
        monkeypatch.undo()
        # There is room again; but what comes next may build on what could not be written.
        with pytest.raises(OSError, match="an earlier line could not be written"):
            journal.note_uploaded("e", body("e"), STAMPS)
    assert path.read_bytes() == whole
    with opened(path) as journal:
        assert list(journal.uploaded) == ["b", "c"]


@pytest.mark.parametrize("content", [b'{"precious": 1}', b"\0", b'{"format":"synapse-backend bulk upload 1"}'])
def test_a_file_of_one_line_without_an_end_is_left_alone(content: bytes, path: Path) -> None:
    path.write_bytes(content)
    with pytest.raises(ValueError, match="is no journal of a bulk upload; pass another journal"):
        opened(path)
    assert path.read_bytes() == content


def test_what_is_behind_a_link_is_left_alone(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    for content in (None, b"precious"):
        if content is not None:
            target.write_bytes(content)
        path.unlink(missing_ok=True)
        path.symlink_to(target)
        with pytest.raises(OSError, match="it is a symbolic link, which is not followed"):
            opened(path)
        assert (target.read_bytes() if target.exists() else None) == content


def test_units_that_were_created_take_little_memory(path: Path) -> None:
    with opened(path) as journal:
        for start in range(0, 4000, 1000):
            keys = [f"{number:032x}" for number in range(start, start + 1000)]
            for key in keys:
                journal.note_uploaded(key, body(key), STAMPS)
            journal.end(journal.begin("units", 0, keys, [], 1.0), list(range(start, start + 1000)), needs_task=False)
    tracemalloc.start()
    try:
        with opened(path) as journal:
            taken, _ = tracemalloc.get_traced_memory()
            assert len(journal.created) == 4000
            assert not journal.uploaded
    finally:
        tracemalloc.stop()
    # What grows and shrinks meanwhile is among it.
    assert taken / 4000 < 600


def test_what_equal_units_became_is_kept_apart(path: Path) -> None:
    with opened(path) as journal:
        for name in ("1", "2", "3"):
            journal.note_uploaded("a", body(name), STAMPS)
        journal.end(journal.begin("units", 0, ["a", "a"], [], 1.0), [7, 8], needs_task=False)
    with opened(path) as journal:
        assert [uploaded.body for uploaded in journal.uploaded["a"]] == [body("3")]
        assert (journal.created["a"].popleft(), journal.created["a"].popleft()) == (7, 8)
        with pytest.raises(IndexError):
            journal.created["a"].popleft()


def test_a_journal_that_was_closed_is_written_to_no_more(path: Path) -> None:
    journal = opened(path)
    whole = path.read_bytes()
    journal.close()
    # The number of its file is given to the next one.
    with path.with_name("other").open("wb") as other:
        with pytest.raises(OSError, match="Bad file descriptor"):
            journal.begin("units", 0, ["a"], [], 0.0)
        journal.close()
        assert other.write(b"x") == 1
    assert path.read_bytes() == whole
    assert path.with_name("other").read_bytes() == b"x"
