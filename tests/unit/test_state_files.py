"""`_state_files`: what is opened, locked and written, and what is left alone."""

from __future__ import annotations

import errno
import fcntl
import importlib.util
import os
import sys
from pathlib import Path

import pytest

from synapse_backend import _state_files
from synapse_backend._state_files import LineFile, LockFile, open_ordinary, remove, replace


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file"


def test_only_ordinary_files_are_opened(path: Path) -> None:
    os.mkfifo(path)
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(OSError, match="it is no ordinary file"):
        open_ordinary(path, os.O_RDWR)
    with pytest.raises(IsADirectoryError):
        open_ordinary(path.parent, os.O_RDWR)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_systems_without_locks_are_no_obstacle(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fcntl", None)
    found = importlib.util.spec_from_file_location("synapse_backend._other_files", _state_files.__file__)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    monkeypatch.setitem(sys.modules, found.name, module)
    found.loader.exec_module(module)
    first, second = module.LineFile(str(path)), module.LineFile(str(path))
    first.close()
    second.close()


# --- files that are replaced ------------------------------------------------------------------------------------------


def test_a_file_is_replaced_as_a_whole(path: Path) -> None:
    for content in (b"first", b"second"):
        replace(path, content)
        assert path.read_bytes() == content
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_what_a_killed_process_left_is_neither_followed_nor_kept(path: Path) -> None:
    precious = path.with_name("precious")
    precious.write_bytes(b"mine")
    left = path.with_name(f".{path.name}.tmp")
    left.symlink_to(precious)
    replace(path, b"first")
    assert path.read_bytes() == b"first"
    left.write_bytes(b"half")
    remove(path)
    assert [found.name for found in path.parent.iterdir()] == ["precious"]
    assert precious.read_bytes() == b"mine"
    remove(path)


def test_a_file_that_cannot_be_replaced_stays(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace(path, b"first")

    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="broken"):
        replace(path, b"second")
    assert path.read_bytes() == b"first"
    assert list(path.parent.iterdir()) == [path]


# --- locks ------------------------------------------------------------------------------------------------------------


def test_a_lock_is_held_by_one_and_leaves_nothing(path: Path) -> None:
    first = LockFile(path)
    with pytest.raises(BlockingIOError):
        LockFile(path)
    first.close()
    first.close()
    assert not path.exists()


@pytest.mark.parametrize("content", [b"mine", b"", b"synapse-backend lock 1\nand more"])
def test_a_file_of_somebody_else_is_not_removed(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    first = LockFile(path)
    with pytest.raises(BlockingIOError):
        LockFile(path)
    first.close()
    assert path.read_bytes() == content


def test_a_lock_that_a_killed_process_left_is_removed(path: Path) -> None:
    lock = LockFile(path)
    content = path.read_bytes()
    lock.close()
    path.write_bytes(content)
    LockFile(path).close()
    assert not path.exists()


def test_a_lock_that_was_removed_meanwhile_is_not_held(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls, flock = 0, fcntl.flock

    def remove_first(file: int, how: int) -> None:
        nonlocal calls
        calls += 1
        flock(file, how)
        # As one does that ends between the opening and the locking here.
        if calls == 1:
            path.unlink()
        elif calls == 2:
            path.unlink()
            path.touch()

    monkeypatch.setattr(fcntl, "flock", remove_first)
    lock = LockFile(path)
    assert calls == 3
    monkeypatch.undo()
    with pytest.raises(BlockingIOError):
        LockFile(path)
    lock.close()


# --- files of lines ---------------------------------------------------------------------------------------------------


def test_lines_are_added_and_read(path: Path) -> None:
    file = LineFile(str(path))
    for line in (b"1\n", b"2\n"):
        file.append(line, is_important=False)
    assert list(file.lines()) == [b"1\n", b"2\n"]
    assert [file.line_at(offset) for offset in (0, 2, 4)] == [b"1\n", b"2\n", b""]
    file.cut(2)
    file.append(b"3\n", is_important=True)
    assert path.read_bytes() == b"1\n3\n"
    with pytest.raises(BlockingIOError):
        LineFile(str(path))
    file.close()


def test_what_was_interrupted_is_taken_back_and_others_go_on(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = LineFile(str(path))
    file.append(b"first\n", is_important=False)
    write = os.write

    def interrupted(number: int, data: bytes) -> int:
        write(number, data[:3])
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        file.append(b"second\n", is_important=False)
    monkeypatch.undo()
    file.append(b"third\n", is_important=False)
    file.close()
    assert path.read_bytes() == b"first\nthird\n"


def test_nothing_is_written_after_what_may_be_lost(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = LineFile(str(path))

    def fail(_: int) -> None:
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="broken"):
        file.append(b"first\n", is_important=True)
    monkeypatch.undo()
    with pytest.raises(OSError, match="an earlier line could not be written"):
        file.append(b"second\n", is_important=False)
    file.close()
