"""What is in folders, for asynchronous tests as well, which must not look themselves; and disks that are full."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def files_in(folder: Path) -> list[str]:
    """Return the names of everything in a folder, hidden or not."""
    return sorted(path.name for path in folder.iterdir())


def open_files() -> list[str]:
    """Return what each descriptor of this process leads to: a path, or the name of a socket or a pipe."""
    opened = []
    for name in os.listdir("/dev/fd"):  # noqa: PTH208 - done after every test, and paths are several times slower
        try:
            opened.append(os.readlink(f"/dev/fd/{name}"))  # noqa: PTH115
        except OSError:
            continue  # That of the listing itself, or what another thread has closed meanwhile.
    return opened


@contextmanager
def small_disk(size: int) -> Iterator[None]:
    """Let no file grow beyond a size."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
