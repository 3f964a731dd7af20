"""What is uploaded in parts: a file that can be read at any place, and that is watched for changes."""

from __future__ import annotations

import os
import stat
import tempfile
import threading
from collections.abc import Callable
from io import TextIOBase, UnsupportedOperation
from pathlib import Path
from typing import IO, Any, cast

from synapse_backend._errors import SourceChangedError
from synapse_backend._urls import encodable

COPY_BYTES = 1024 * 1024

Signature = tuple[int, int, int]
"""Size, time of the last modification and inode: what tells a file from the same file after a change."""


def _signature(found: os.stat_result) -> Signature:
    return found.st_size, found.st_mtime_ns, found.st_ino


class Source:
    """A file to upload, from its beginning or from where the caller left it.

    Attributes:
        name: What the server calls it.
        size: Number of bytes.
        path: Where it is; None for a file that the caller opened.
        signature: What it looked like when it was opened; None where that cannot be told.
    """

    def __init__(
        self, file: IO[bytes], name: str, path: Path | None, look: Callable[[], os.stat_result], *, is_ours: bool
    ) -> None:
        self.name = name
        self.path = path
        self._file = file
        self._look = look
        self._is_ours = is_ours
        self._lock = threading.Lock()
        self._start = file.tell()
        self.size = file.seek(0, os.SEEK_END) - self._start
        self.signature: Signature | None
        try:
            self.signature = _signature(os.fstat(file.fileno()))
        except (AttributeError, UnsupportedOperation):
            self.signature = None

    def read(self, offset: int, length: int) -> bytes:
        """Return exactly that many bytes.

        Raises:
            SourceChangedError: The file ends before that.
        """
        with self._lock:
            self._file.seek(self._start + offset)
            data = self._file.read(length)
            while len(data) < length:
                more = self._file.read(length - len(data))
                if not more:
                    raise self._changed("it is shorter now")
                data += more
        return data

    def check(self) -> None:
        """Require that the file is what it was when it was opened.

        Raises:
            SourceChangedError: It is not.
        """
        if self.signature is None:
            return
        try:
            now = _signature(self._look())
        except OSError as error:
            raise self._changed(f"it cannot be looked at any more: {error.strerror}") from None
        if now != self.signature:
            size, modified, _ = self.signature
            grown = now[0] - size
            if grown:
                raise self._changed(f"it is {abs(grown)} bytes {'longer' if grown > 0 else 'shorter'} now")
            raise self._changed("it was written to" if now[1] != modified else "another file took its place")

    def differs(self) -> SourceChangedError:
        """Return the error for a file whose bytes are not those that were sent."""
        return self._changed("it holds other bytes now")

    def _changed(self, how: str) -> SourceChangedError:
        return SourceChangedError(
            f"{self.path or self.name} changed while it was uploaded: {how}. Nothing was completed; "
            "call again when nobody writes to it.",
            status_code=409,
        )

    def close(self) -> None:
        """Close what was opened for it; a file that the caller opened stays open."""
        if self._is_ours:
            # A thread may still read for a task that was cancelled.
            with self._lock:
                self._file.close()


def open_source(operation: str, file: object) -> Source:
    """Open and check what is to be uploaded.

    Args:
        operation: Name of the method, for messages.
        file: A path or an open binary file. One that cannot be read twice, such as a pipe, is copied to a temporary
            file first: the server wants to know the size in advance, and a part may have to be sent again.

    Raises:
        TypeError: It is neither.
        ValueError: It is a named pipe or a device, or a file that is closed or not open for reading.
        OSError: It cannot be opened; `FileNotFoundError`, `IsADirectoryError` and the like.
    """
    place = f"{operation}: file_path"
    if isinstance(file, str | os.PathLike):
        return _open_path(place, Path(os.fspath(file)))
    if isinstance(file, TextIOBase) or not callable(getattr(file, "read", None)):
        raise TypeError(f"{place} must be a path or a file opened in binary mode, not {type(file).__name__}")
    return _from_open(place, cast("IO[bytes]", file))


def _open_path(place: str, path: Path) -> Source:
    encodable(place, path.name)
    try:
        mode = path.stat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            # Opening a named pipe would wait until somebody writes to it.
            raise ValueError(f"{place} is no ordinary file; open it yourself and pass the file")
        file = path.open("rb", buffering=0)
    except OSError as error:
        raise type(error)(error.errno, f"{place}: {error.strerror}", str(path)) from None
    return Source(cast("IO[bytes]", file), path.name, path, lambda: path.stat(), is_ours=True)


def _from_open(place: str, file: IO[bytes]) -> Source:
    if getattr(file, "closed", False):
        raise ValueError(f"{place} is a closed file")
    if callable(readable := getattr(file, "readable", None)) and not readable():
        raise ValueError(f"{place} is a file that is not open for reading")
    known: Any = getattr(file, "name", None)
    name = encodable(place, Path(known).name) if isinstance(known, str) and Path(known).name else "file"
    if callable(getattr(file, "seekable", None)) and file.seekable():
        return Source(file, name, None, lambda: os.fstat(file.fileno()), is_ours=False)
    copy = tempfile.TemporaryFile()  # noqa: SIM115 - `Source.close` closes it
    try:
        while piece := file.read(COPY_BYTES):
            copy.write(piece)
        copy.seek(0)
        return Source(copy, name, None, lambda: os.fstat(copy.fileno()), is_ours=True)
    except BaseException:
        copy.close()
        raise
