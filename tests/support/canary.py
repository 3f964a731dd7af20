"""A token that must not show, and where to look for it."""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Iterator

TOKEN = "canary-0123456789abcdef"


def forms(error: BaseException) -> Iterator[str]:
    """Yield everything that people see of an error: its text, its attributes, its tracebacks and its pickle."""
    yield str(error)
    yield repr(error)
    yield repr(vars(error))
    yield from traceback.TracebackException.from_exception(error, capture_locals=True).format()
    yield pickle.dumps(error).decode("latin-1")
