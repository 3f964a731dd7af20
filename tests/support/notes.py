"""What is said of a case that fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def noted(text: str) -> Iterator[None]:
    """Say with whatever is raised which case it was."""
    try:
        yield
    except BaseException as error:
        error.add_note(text)
        raise
