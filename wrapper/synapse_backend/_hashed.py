"""Files whose MD5 is known once they were sent, so that nothing is read twice."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from typing import IO, cast

from synapse_backend._bodies import Multipart, StreamedBody


class HashedFile:
    """An open file whose MD5 and size are known once it was read from its beginning to its end."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._md5 = hashlib.md5(usedforsecurity=False)
        self.size = 0
        """Bytes that were read since the last move."""

    def read(self, size: int = -1, /) -> bytes:
        """Read as the file does."""
        data = self._file.read(size)
        self._md5.update(data)
        self.size += len(data)
        return data

    def tell(self) -> int:
        """Return the position."""
        return self._file.tell()

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Move; what is read from the beginning is hashed anew."""
        self._md5 = hashlib.md5(usedforsecurity=False)
        self.size = 0
        return self._file.seek(offset, whence)

    def hexdigest(self) -> str:
        """Return the MD5 of what was read since the last move."""
        return self._md5.hexdigest()


class HashedForm(StreamedBody):
    """A form with one file, whose MD5 and size are known once it was sent.

    Args:
        operation: Name of the operation, for messages.
        field: Name of the part.
        file: What `Multipart` takes for a file.
    """

    def __init__(self, operation: str, field: str, file: object) -> None:
        self._form = Multipart(operation, {field: file}, [field])
        name, content, media_type = self._form.files[field]
        self._content: bytes | HashedFile = content if isinstance(content, bytes) else HashedFile(content)
        self._form.files[field] = name, cast("bytes | IO[bytes]", self._content), media_type

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return len(self._content) if isinstance(self._content, bytes) else self._content.size

    @property
    def md5(self) -> str:
        """MD5 of the file."""
        if isinstance(self._content, bytes):
            return hashlib.md5(self._content, usedforsecurity=False).hexdigest()
        return self._content.hexdigest()

    def encode(self) -> tuple[list[tuple[bytes, bytes]], bytes | Iterable[bytes]]:
        """Return the headers and the body of the form, with a boundary of its own; the file from its beginning."""
        return self._form.encode()

    def close(self) -> None:
        """Close what was opened for it; a file that the caller opened stays open."""
        self._form.close()
