"""The bytes of files: in memory while they are few, in a nameless temporary file when they are many."""

from __future__ import annotations

import hashlib
import os
import threading
import weakref
from collections.abc import MutableMapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from synapse_backend.testing.messages import JsonObject

# Contents beyond this size leave the memory.
SPOOLED_BYTES = 4 * 1024 * 1024
PIECE_BYTES = 256 * 1024

Bytes: TypeAlias = bytes | memoryview


class Content:
    """Bytes that grow at their end. Once they are many they stand in a file that has no name, so that none stays behind."""

    def __init__(self, start: Bytes = b"") -> None:
        self._memory = bytearray()
        self._file: int | None = None
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._lock = threading.Lock()
        self.size = 0
        self.append(start)

    @property
    def md5(self) -> str:
        """The MD5 of everything, in hexadecimal digits."""
        return self._md5.hexdigest()

    def append(self, data: Bytes) -> None:
        """Add bytes at the end."""
        self._md5.update(data)
        with self._lock:
            if self._file is None and self.size + len(data) > SPOOLED_BYTES:
                self._file = _nameless_file()
                weakref.finalize(self, os.close, self._file)
                _write(self._file, self._memory, 0)
                self._memory = bytearray()
            if self._file is None:
                self._memory += data
            else:
                _write(self._file, data, self.size)
            self.size += len(data)

    def read(self, start: int, stop: int) -> bytes:
        """The bytes from one position up to another."""
        with self._lock:
            if self._file is None:
                return bytes(self._memory[start:stop])
            os.lseek(self._file, start, os.SEEK_SET)
            # Files of the system are read as far as they were asked to, unless they end.
            return os.read(self._file, max(min(stop, self.size) - start, 0))


def _nameless_file() -> int:
    # Loaded when it is needed: a start shall take no longer for it.
    import tempfile

    with tempfile.TemporaryFile(buffering=0) as file:
        return os.dup(file.fileno())


def _write(file: int, data: Bytes | bytearray, position: int) -> None:
    os.lseek(file, position, os.SEEK_SET)
    left = memoryview(data)
    while left:
        left = left[os.write(file, left) :]


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that the mock serves.

    Attributes:
        data: Its bytes, wherever they are.
        content_type: Its media type.
        md5: MD5 in hexadecimal digits.
    """

    data: bytes | Content
    content_type: str
    md5: str

    @property
    def content(self) -> bytes:
        """All of its bytes."""
        return self.data if isinstance(self.data, bytes) else self.data.read(0, self.data.size)

    @property
    def size(self) -> int:
        """The number of its bytes."""
        return len(self.data) if isinstance(self.data, bytes) else self.data.size

    def read(self, start: int, stop: int) -> bytes:
        """The bytes from one position up to another."""
        return self.data[start:stop] if isinstance(self.data, bytes) else self.data.read(start, stop)

    def pieces(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The same, a little at a time."""
        end = self.size if stop is None else stop
        for position in range(start, end, PIECE_BYTES):
            yield self.read(position, min(position + PIECE_BYTES, end))


class FileStore(MutableMapping[str, StoredFile]):
    """Stored files by path.

    Args:
        source: Makes those that are there at the start, when somebody looks first.
    """

    def __init__(self, source: Callable[[], Mapping[str, StoredFile]]) -> None:
        self._source = source

    @cached_property
    def _files(self) -> dict[str, StoredFile]:
        return dict(self._source())

    def __getitem__(self, path: str) -> StoredFile:
        return self._files[path]

    def __setitem__(self, path: str, stored: StoredFile) -> None:
        self._files[path] = stored

    def __delitem__(self, path: str) -> None:
        del self._files[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


def digests(pieces: Iterable[bytes], *names: str) -> list[str]:
    """Digests of bytes that come in pieces, in hexadecimal digits."""
    hashes = [hashlib.new(name, usedforsecurity=False) for name in names]
    for piece in pieces:
        for each in hashes:
            each.update(piece)
    return [each.hexdigest() for each in hashes]


def media_path(folder: str, md5: str, filename: str) -> str:
    """Where a stored file is served. The name that the client gave is not trusted to be a path."""
    kept = "".join(character if character.isascii() and character.isalnum() else "-" for character in filename[-80:])
    stem, dash, suffix = kept.rpartition("-")
    return f"/media/{folder}/{md5}/{f'{stem}.{suffix}' if dash and stem and suffix else kept}"


def keep(files: MutableMapping[str, StoredFile], folder: str, filename: str, stored: StoredFile) -> JsonObject:
    """Serve a file.

    Returns:
        The fields of the object that owns it: `file` (a path), `checksum` and `size`.
    """
    path = media_path(folder, stored.md5, filename)
    files[path] = stored
    return {"file": path, "checksum": stored.md5, "size": stored.size}
