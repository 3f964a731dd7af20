"""Files that outlive a process. They are opened, locked and written so that no other file is harmed."""

from __future__ import annotations

import contextlib
import errno
import os
import threading
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # there, two processes are not kept apart
    fcntl = None  # type: ignore[assignment]

# A link may lead to a file that somebody else chose.
_SAFE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_NEW = os.O_CREAT | os.O_EXCL
_PIECE_BYTES = 4096
_MARK = b"synapse-backend lock 1\n"


def open_ordinary(path: str | os.PathLike[str], flags: int) -> int:
    """Open an ordinary file that only its owner may read if it is new.

    Raises:
        OSError: It cannot be opened, or is a symbolic link, a folder, a device or a pipe.
    """
    try:
        file = os.open(path, flags | _SAFE, 0o600)
    except OSError as error:
        if error.errno == errno.ELOOP:
            error.strerror = "it is a symbolic link, which is not followed"
        raise
    if os.fstat(file).st_mode & 0o170000 != 0o100000:
        os.close(file)
        raise OSError(errno.EINVAL, "it is no ordinary file", os.fspath(path))
    return file


def lock(file: int) -> None:
    """Keep others from using a file. The system undoes it when the process ends, however it does.

    Raises:
        BlockingIOError: Somebody else uses it.
    """
    if fcntl is not None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def replace(path: Path, data: bytes) -> None:
    """Write a file that is there as a whole or not at all.

    Raises:
        OSError: It cannot be written; then what was there before stays.
    """
    scratch = _scratch(path)
    # One that a killed process left, or whatever else somebody put there; it is not followed and not written to.
    scratch.unlink(missing_ok=True)
    file = open_ordinary(scratch, os.O_WRONLY | _NEW)
    try:
        with open(file, "wb") as stream:  # noqa: PTH123 - of a number
            stream.write(data)
        scratch.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            scratch.unlink()
        raise


def remove(path: Path) -> None:
    """Remove a file that `replace` wrote, and what a process left that was killed meanwhile.

    Raises:
        OSError: It cannot be removed.
    """
    _scratch(path).unlink(missing_ok=True)
    path.unlink(missing_ok=True)


def _scratch(path: Path) -> Path:
    return path.with_name(f".{path.name}.tmp")


class LockFile:
    """A file whose only purpose is to be locked; removed in the end, unless somebody else made it.

    Args:
        path: Where it is; made when it is not there.

    Raises:
        BlockingIOError: Somebody else has locked it.
        OSError: It cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = -1
        while self._file < 0:
            file = self._open()
            try:
                lock(file)
                # Whoever had it last may have removed the file since it was opened here.
                if os.path.samestat(path.stat(), os.fstat(file)):
                    self._file, file = file, -1
            except FileNotFoundError:
                pass
            finally:
                if file >= 0:
                    os.close(file)

    def _open(self) -> int:
        with contextlib.suppress(FileExistsError):
            file = open_ordinary(self._path, os.O_RDWR | _NEW)
            os.write(file, _MARK)
            return file
        return open_ordinary(self._path, os.O_RDWR | os.O_CREAT)

    def close(self) -> None:
        """Let others use it; a second call does nothing."""
        if self._file >= 0:
            os.lseek(self._file, 0, os.SEEK_SET)
            if os.read(self._file, len(_MARK) + 1) == _MARK:
                with contextlib.suppress(OSError):
                    self._path.unlink()
            os.close(self._file)
            self._file = -1


class LineFile:
    """A file that only grows, line by line, from many threads.

    A line that cannot be written as a whole is taken back, and nothing is written after it: what is in the file is what
    happened up to some moment.

    Args:
        path: Where it is; made when it is not there.

    Raises:
        BlockingIOError: Somebody else uses it.
        OSError: It cannot be opened.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._mutex = threading.Lock()
        self._is_broken = False
        self._file = open_ordinary(path, os.O_RDWR | os.O_CREAT | os.O_APPEND)
        try:
            lock(self._file)
            self._size = os.fstat(self._file).st_size
        except BaseException:
            self.close()
            raise

    def lines(self) -> Iterator[bytes]:
        """Yield what is there, line by line; the last one may be without its end."""
        with os.fdopen(os.dup(self._file), "rb") as file:
            file.seek(0)
            yield from file

    def line_at(self, offset: int) -> bytes:
        """Return the line that begins at an offset, with its end."""
        line = b""
        with self._mutex:
            os.lseek(self._file, offset, os.SEEK_SET)
            while b"\n" not in line and (piece := os.read(self._file, _PIECE_BYTES)):
                line += piece
        return line[: line.find(b"\n") + 1]

    def cut(self, size: int) -> None:
        """Forget everything after so many bytes."""
        os.ftruncate(self._file, size)
        self._size = size

    def append(self, line: bytes, *, is_important: bool) -> None:
        """Add a line.

        Args:
            line: The line with its end.
            is_important: Whether it must survive the machine, not only this process.

        Raises:
            OSError: It cannot be written, or one before it could not; or the file is closed.
        """
        with self._mutex:
            if self._is_broken:
                raise OSError(errno.EIO, "an earlier line could not be written", self._path)
            try:
                if os.write(self._file, line) < len(line):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), self._path)
                self._size += len(line)
            except BaseException as error:
                self._is_broken = isinstance(error, OSError)
                with contextlib.suppress(OSError):
                    os.ftruncate(self._file, self._size)
                raise
        if is_important:
            try:
                # What is only in the memory of the machine survives this process, but not the machine.
                os.fsync(self._file)
            except OSError:
                # What was lost is not known, and another attempt would not tell.
                self._is_broken = True
                raise

    def close(self) -> None:
        """Let others use it; a second call does nothing."""
        # A thread that was given up may still write, and the number is soon that of another file.
        with self._mutex:
            file, self._file = self._file, -1
        if file >= 0:
            os.close(file)
