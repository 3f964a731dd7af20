"""Turns the errors of httpx and of its connection pool into each other; they have the same names and meanings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpcore
import httpx

from synapse_backend._failures import NETWORK_ERRORS


@contextmanager
def pool_errors() -> Iterator[None]:
    """Raise errors of httpx as those of the connection pool."""
    try:
        yield
    except httpx.TransportError as error:
        raise _twin(error, httpcore, httpcore.NetworkError) from error


@contextmanager
def httpx_errors() -> Iterator[None]:
    """Raise errors of the connection pool as those of httpx."""
    try:
        yield
    except NETWORK_ERRORS as error:
        raise _twin(error, httpx, httpx.NetworkError) from error


def _twin(error: Exception, library: object, fallback: type[Exception]) -> Exception:
    """Return the error of the other library for this one: of the same name, else of the nearest more general one."""
    names = (base.__name__ for base in type(error).__mro__)
    twin: type[Exception] = next((getattr(library, name) for name in names if hasattr(library, name)), fallback)
    return twin(str(error))
