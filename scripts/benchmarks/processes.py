"""Processes that are measured from outside."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def compiled_modules() -> Iterator[dict[str, str]]:
    """Yield an environment in which compiled modules are kept, as on a user's machine; the first process compiles."""
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": cache}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        yield environment


@contextlib.contextmanager
def one_processor() -> Iterator[None]:
    """Keep this process and those that it starts on one processor, where the system can do that.

    Waking up one that sleeps can take as long as a whole call, and the time differs from moment to moment.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def resident_bytes(process: int) -> int:
    """Return how much memory a process holds; 0 on systems that do not tell."""
    table = Path(f"/proc/{process}/statm")
    return int(table.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if table.exists() else 0
