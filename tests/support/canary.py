"""A token that must not show, and where to look for it."""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Iterator
from pathlib import Path

TOKEN = "canary-0123456789abcdef"

_TESTS = str(Path(__file__).parents[1])


def forms(error: BaseException) -> Iterator[str]:
    """Yield everything that people see of an error: its text, its attributes, its traceback and its pickle."""
    yield str(error)
    yield repr(error)
    yield repr(vars(error))
    yield shown_with_locals(error)
    yield pickle.dumps(error).decode("latin-1")


def shown_with_locals(error: BaseException) -> str:
    """Return the traceback of an error and of its causes, with local variables, but without the frames of the tests."""
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    _drop_tests(shown)
    return "".join(shown.format())


def _drop_tests(shown: traceback.TracebackException) -> None:
    kept = [frame for frame in shown.stack if not frame.filename.startswith(_TESTS)]
    shown.stack = traceback.StackSummary.from_list(kept)
    for other in (shown.__cause__, shown.__context__, *(shown.exceptions or ())):
        if other is not None:
            _drop_tests(other)
