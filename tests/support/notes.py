"""What is said of a case that fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def noted(*facts: object) -> Iterator[None]:
    """Say with whatever is raised which case it was, as the facts are then."""
    try:
        yield
    except BaseException as error:
        error.add_note(" ".join(map(str, facts)))
        raise
