"""What tests of uploads ask a mock backend, and what happens to files meanwhile."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from synapse_backend.testing import MockBackend

PARTS = ("create_chunked_upload", "append_chunked_upload")


def stored(backend: MockBackend, upload: Mapping[str, Any]) -> bytes:
    """Return the bytes of a completed upload."""
    return backend.files[urlsplit(upload["file"]).path].content


def parts_of(backend: MockBackend) -> list[Any]:
    """Return the requests that carried parts."""
    return [request for request in backend.requests if request.operation_id in PARTS]


def ranges(backend: MockBackend) -> list[str]:
    """Return the ranges of all parts that were sent."""
    return [request.headers["Content-Range"] for request in parts_of(backend)]


def content_of(path: Path) -> bytes:
    """Return what is in a file."""
    return path.read_bytes()


def restore(path: Path, content: bytes) -> None:
    """Put into a file what was in it before."""
    path.write_bytes(content)


def change(path: Path, how: str) -> None:
    """Change a file that is being uploaded."""
    before = path.stat()
    if how == "shrink":
        os.truncate(path, before.st_size - 1)
    elif how == "grow":
        os.truncate(path, before.st_size + 1)
    elif how == "replace":
        other = path.with_suffix(".new")
        other.write_bytes(path.read_bytes())
        os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
        other.replace(path)
    else:
        path.write_bytes(os.urandom(before.st_size))
        # The clock of a file system may be coarse.
        later = 0 if how == "secretly" else 1_000_000_000
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + later))


def changed_when(moment: int, path: Path, how: str) -> Callable[[int, int], None]:
    """Return what to call with the progress of an upload, so that its file changes once the server has that much."""

    def look(done: int, size: int) -> None:
        if done == moment:
            change(path, how)

    return look


def journals_in(folder: Path) -> list[dict[str, Any]]:
    """Return the journals of uploads in a folder."""
    return [json.loads(path.read_text()) for path in folder.glob("*.json")]


def names_in(folder: Path) -> list[str]:
    """Return the names of everything in a folder."""
    return sorted(path.name for path in folder.iterdir())
