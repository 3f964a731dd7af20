"""`_bulk_journal`: what it keeps, and what it refuses."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from synapse_backend import _line_journal
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


def test_where_files_cannot_be_locked_it_works_without(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_line_journal, "fcntl", None)
    with opened(path), opened(path):
        pass


def test_systems_without_locks_are_no_obstacle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fcntl", None)
    found = importlib.util.spec_from_file_location("synapse_backend._another_journal", _line_journal.__file__)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    monkeypatch.setitem(sys.modules, found.name, module)
    found.loader.exec_module(module)
    assert module.fcntl is None


def test_only_its_owner_may_read_it(path: Path) -> None:
    filled(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_full_disk_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(path) as journal:
        write = os.write
        monkeypatch.setattr(os, "write", lambda file, data: write(file, data[:3]))
        with pytest.raises(OSError, match="No space left"):
            journal.note_uploaded("a", body("a"), STAMPS)
        monkeypatch.undo()
    with opened(path) as journal:
        assert not journal.uploaded
