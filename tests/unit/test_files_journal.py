"""`_files_journal`: what it keeps, what it refuses, and how much memory it takes."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest

from synapse_backend._files_journal import FilesJournal, StoredFile
from synapse_backend._presigned import Candidate, candidates

FILES = 5000


def stored(path: str, number: int = 0) -> StoredFile:
    return StoredFile(path, 10 + number, 20 + number, f"{number:032x}", f"key-{number}")


def opened(path: Path) -> FilesJournal:
    return FilesJournal(path, {"server": "https://api.synapse.sh", "tenant": None})


def known(journal: FilesJournal, path: str, size: int, modified: int) -> Candidate:
    """Return what the journal makes of a file."""
    candidate = Candidate(path, path.rpartition("/")[2], size, modified)
    journal.recall([candidate])
    return candidate


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal"


@pytest.fixture
def filled(path: Path) -> Path:
    """A journal of three files: one is a data file, one is none, of one nobody knows."""
    with opened(path) as journal:
        first, second, third = stored("/a", 1), stored("/b", 2), stored("/c", 3)
        journal.end(journal.begin([first, second], 1000.0), {first: 7}, is_settled=True)
        journal.end(journal.begin([third], 1001.5), {}, is_settled=False)
    return path


def test_what_was_written_is_read(filled: Path) -> None:
    with opened(filled) as journal:
        one = known(journal, "/a", 11, 21)
        assert (one.pk, one.md5, one.is_known, one.result()["file_key"]) == (7, f"{1:032x}", True, "key-1")
        assert [known(journal, name, 12, 22).pk for name in ("/b", "/other")] == [None, None]
        assert [known(journal, "/a", *stamp).pk for stamp in ((12, 21), (11, 22))] == [None, None]
        [doubt] = journal.doubts.values()
        assert (doubt.number, doubt.at, list(doubt.files.values())) == (2, 1001.5, [stored("/c", 3)])


@pytest.mark.parametrize("is_there", [True, False])
def test_what_is_settled_is_no_doubt_any_more(is_there: bool, filled: Path) -> None:
    with opened(filled) as journal:
        journal.settle({f"{3:032x}": 9} if is_there else {})
        assert journal.doubts == {}
        assert known(journal, "/c", 13, 23).pk == (9 if is_there else None)
        assert journal.begin([], 0.0) == 3
    with opened(filled) as journal:
        assert list(journal.doubts) == [3]
        assert known(journal, "/c", 13, 23).pk == (9 if is_there else None)


def test_the_newest_of_a_path_counts(path: Path) -> None:
    with opened(path) as journal:
        for number in (1, 2):
            file = stored("/a", number)
            journal.end(journal.begin([file], 0.0), {file: number}, is_settled=True)
    with opened(path) as journal:
        assert (known(journal, "/a", 11, 21).pk, known(journal, "/a", 12, 22).pk) == (None, 2)


def test_paths_with_the_same_hash_are_not_taken_for_each_other(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("synapse_backend._files_journal.hash", lambda _: 1, raising=False)
    with opened(filled) as journal:
        assert known(journal, "/z", 11, 21).pk is None


@pytest.mark.parametrize(
    "line",
    [
        "not JSON",
        "7",
        '{"other": 1}',
        '{"end": 99}',
        '{"end": []}',
        '{"begin": 3, "at": 0, "files": [{"file_key": "k"}]}',
        '{"begin": 3, "at": 0, "files": [7]}',
        '{"file": {}, "data_file_id": 1, "of": 2}',
        '{"file": {"path": "/c", "size": 1, "modified": 1, "checksum": "", "file_key": ""}, "data_file_id": 1, "of": 1}',
        '{"file": {"path": "/c", "size": 1, "modified": 1, "checksum": "", "file_key": ""}, "data_file_id": "1", "of": 2}',
    ],
)
def test_a_damaged_journal_is_refused(line: str, filled: Path) -> None:
    with filled.open("a") as file:
        file.write(line + "\n")
    with pytest.raises(ValueError, match=r"journal: line 6 is damaged; pass another journal"):
        opened(filled)


def test_half_a_line_at_the_end_is_forgotten(filled: Path) -> None:
    whole = filled.read_bytes()
    for length in range(whole.rindex(b"\n", 0, -1) + 1, len(whole)):
        filled.write_bytes(whole[:length])
        with opened(filled) as journal:
            assert journal.doubts == {}
            journal.begin([], 5.0)
        assert json.loads(filled.read_bytes().splitlines()[-1])["at"] == 5.0


def test_few_bytes_of_memory_are_taken_by_each_file(path: Path) -> None:
    with opened(path) as journal:
        for start in range(0, FILES, 500):
            files = [stored(f"/data/{'long/' * 30}{number}", number) for number in range(start, start + 500)]
            journal.end(journal.begin(files, 0.0), dict.fromkeys(files, 1), is_settled=True)
    # One confirmation at a time is read, and let go.
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        with opened(path) as journal:
            after, _ = tracemalloc.get_traced_memory()
            assert known(journal, f"/data/{'long/' * 30}77", 87, 97).pk == 1
    finally:
        tracemalloc.stop()
    assert (after - before) / FILES < 200


def test_a_file_that_cannot_be_read_is_not_known(filled: Path) -> None:
    with opened(filled) as journal:
        [missing] = candidates(["/a"])
        journal.recall([missing])
        assert (missing.pk, missing.is_final) == (None, True)
