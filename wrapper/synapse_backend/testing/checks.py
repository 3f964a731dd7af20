"""Checks of what callers pass in; their messages name the argument and what would do."""

from __future__ import annotations

from collections.abc import Iterable


def one_of(name: str, value: object, alternatives: Iterable[str]) -> None:
    """Refuse a word that is not one of the alternatives."""
    names = tuple(alternatives)
    if not isinstance(value, str) or value not in names:
        raise ValueError(f"{name} must be {' or '.join(map(repr, names))}, not {value!r}")


def known(what: str, value: object, alternatives: Iterable[str]) -> None:
    """Refuse a name that is not known, and say which one was probably meant.

    Raises:
        ValueError: It names the alternatives.
    """
    names = sorted(alternatives)
    if isinstance(value, str) and value in names:
        return
    from difflib import get_close_matches

    near = get_close_matches(value, names, n=1) if isinstance(value, str) else []
    guess = f" (did you mean {near[0]}?)" if near else ""
    raise ValueError(f"there is no {what} {value!r:.80}{guess}; there are {', '.join(names)}")


def flag(name: str, value: object) -> None:
    """Refuse what is not True or False."""
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be True or False, not {value!r}")  # noqa: TRY004  # all bad options are ValueErrors


def number(name: str, value: object, *, low: float | None, high: float | None = None, whole: bool = False) -> None:
    """Refuse what is not a number from `low` to `high`."""
    kind = "a whole number" if whole else "a number"
    fits = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
    if fits and isinstance(value, int | float):
        fits = (low is None or value >= low) and (high is None or value <= high)
    if not fits:
        span = "" if low is None else f" of at least {low:g}" if high is None else f" from {low:g} to {high:g}"
        raise ValueError(f"{name} must be {kind}{span}, not {value!r}")


def texts(name: str, value: object, none: str = "") -> None:
    """Refuse what is not a collection of non-empty texts; None will do where it is said what that means."""
    if value is None and none:
        return
    fits = isinstance(value, Iterable) and not isinstance(value, str | bytes)
    if not (fits and isinstance(value, Iterable) and all(isinstance(item, str) and item for item in value)):
        raise ValueError(f"{name} must be a set of non-empty strings" + (f", or None {none}" if none else ""))
