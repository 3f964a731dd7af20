"""MD5 of a file while it is sent or received: each byte is hashed once, whatever has to be sent again."""

from __future__ import annotations

import hashlib
import threading
from queue import Queue

_QUEUED_PIECES = 4
_THREAD_FROM = 1024 * 1024
"""Below, a thread costs more than it saves."""


class Digest:
    """The MD5 of a file that is read from its beginning, in pieces, some of them more than once.

    Large pieces are hashed in a thread of its own while the caller sends them. Call `close` in the end.

    Args:
        size: Size of the file.
    """

    def __init__(self, size: int) -> None:
        self.position = 0
        """Up to where the file was taken in."""
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._queue: Queue[bytes | memoryview | None] | None = Queue(_QUEUED_PIECES) if size >= _THREAD_FROM else None
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def feed(self, offset: int, piece: bytes) -> None:
        """Take in a piece that begins at `offset`; what was taken in before is left out."""
        end = offset + len(piece)
        if end <= self.position or self._is_closed:
            return
        new = piece if offset == self.position else memoryview(piece)[self.position - offset :]
        self.position = end
        if self._queue is None:
            self._md5.update(new)
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, args=(self._queue,), name="synapse-md5", daemon=True)
            self._thread.start()
        self._queue.put(new)

    def _work(self, queue: Queue[bytes | memoryview | None]) -> None:
        while (piece := queue.get()) is not None:
            self._md5.update(piece)

    def hexdigest(self) -> str:
        """Return the digest of what was taken in, as 32 hexadecimal digits."""
        self._finish()
        return self._md5.hexdigest()

    def close(self) -> None:
        """End the thread; nothing is taken in any more."""
        self._is_closed = True
        self._finish()

    def _finish(self) -> None:
        """Wait until everything is hashed. Another piece starts the thread again."""
        if self._queue is not None and self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._thread = None
