"""Replaces a directory by another as one step, and lets only one run do so at a time."""

import contextlib
import ctypes
import errno
import fcntl
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from regeneration.errors import RegenerationError

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_PREVIOUS = "previous"


@contextlib.contextmanager
def only_run(state: Path) -> Iterator[None]:
    """Hold the lock of the project; the system releases it when the process ends, however it ends.

    Raises:
        RegenerationError: Another run holds it.
    """
    state.mkdir(parents=True, exist_ok=True)
    with (state / "lock").open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            owner = lock.read().strip() or "unknown"
            raise RegenerationError(f"Another regeneration is running (process {owner}); wait until it ends.") from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def recover(target: Path, state: Path) -> None:
    """Put the old tree back if a run was killed after it had moved the tree away."""
    previous = state / _PREVIOUS
    if previous.exists() and not target.exists():
        previous.rename(target)
    for path in state.iterdir():
        if path.is_dir() and (path.name == _PREVIOUS or path.name.startswith("work-")):
            shutil.rmtree(path)


def swap(new: Path, target: Path, state: Path) -> None:
    """Put `new` in the place of `target`; at no moment is there neither.

    Where the system cannot exchange two directories there is a moment with neither, which `recover` repairs.

    Raises:
        RegenerationError: The directories are on different file systems.
    """
    if target.is_symlink():
        raise RegenerationError(f"{target} is a symbolic link; put a directory in its place.")
    try:
        if not target.exists():
            new.rename(target)
        elif exchange(new, target):
            shutil.rmtree(new, ignore_errors=True)
        else:
            previous = state / _PREVIOUS
            target.rename(previous)
            new.rename(target)
            shutil.rmtree(previous, ignore_errors=True)
    except OSError as exc:
        raise RegenerationError(f"{target} cannot be replaced: {exc}.") from exc


def exchange(one: Path, other: Path) -> bool:
    """Exchange two directories in one step; return whether the system can."""
    if sys.platform != "linux":
        return False
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        return False
    if renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.ENOSYS, errno.EINVAL):  # an old kernel, a file system without exchange
        return False
    raise OSError(code, os.strerror(code), str(one), None, str(other))
