"""What is in folders, for asynchronous tests as well: they must not look themselves."""

from __future__ import annotations

from pathlib import Path


def files_in(folder: Path) -> list[str]:
    """Return the names of everything in a folder, hidden or not."""
    return sorted(path.name for path in folder.iterdir())
