"""Values that must not show: tokens, and the headers that carry them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, NoReturn, TypeVar
from urllib.parse import quote

T = TypeVar("T")

MASK = "***"


class SecretBytes(bytes):
    """Bytes whose repr hides them, so that a traceback with local variables shows nothing."""

    def __repr__(self) -> str:
        return f"<{MASK}>"

    __str__ = __repr__


class SecretText(str):
    """Text whose repr hides it, for a token that is an argument: a traceback with local variables shows those."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{MASK}>"


class Unshown(Generic[T]):
    """Holds an answer with URLs that give access to files, so that a traceback with local variables shows nothing."""

    __slots__ = ("value",)

    def __init__(self, value: T) -> None:
        self.value = value


class Secret:
    """A token. Shows as ``***`` everywhere and refuses to be pickled."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = SecretBytes(value.encode())

    def header(self) -> SecretBytes:
        """Return the value of the header that carries the token."""
        return SecretBytes(b"Token " + self._value)

    def scrub(self, data: bytes) -> bytes:
        """Return `data` with every occurrence of the token masked, also where it stands in a URL.

        A token of a few characters is left alone: it would turn ordinary words into gaps.
        """
        if len(self._value) < 8:
            return data
        for shown in (self._value, quote(self._value, safe="").encode()):
            data = data.replace(shown, MASK.encode())
        return data

    def __repr__(self) -> str:
        return f"Secret({MASK!r})"

    def __eq__(self, other: object) -> bool:
        return self._value == other._value if isinstance(other, Secret) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a token is never pickled; let the other process read it from its environment")


class TokenSource:
    """A function that returns a token, asked again when the server refuses the last one.

    Many threads may find the same token refused at once; it is replaced once.
    """

    def __init__(self, function: Callable[[], str]) -> None:
        self._function = function
        self._lock = threading.Lock()
        self._current: Secret | None = None

    def current(self) -> Secret:
        """Return the token to send now."""
        current = self._current
        return self.replace(None) if current is None else current

    def replace(self, refused: Secret | None) -> Secret:
        """Return a token that is not `refused`, asking the function unless another thread just did."""
        with self._lock:
            if self._current is None or self._current is refused:
                self._current = parse_secret("api_token()", self._function())
            return self._current

    def __repr__(self) -> str:
        return f"TokenSource({MASK!r})"


def hidden(value: str) -> str:
    """Return a token that was passed as an argument in a form that no traceback shows; anything else as it is."""
    return SecretText(value) if isinstance(value, str) else value


def parse_secret(name: str, value: str) -> Secret:
    """Check a token that came as the argument or environment variable `name`.

    Raises:
        TypeError: It is not a string.
        ValueError: It cannot be sent. The message never holds the value.
    """
    return Secret(parse_header_value(name, value))


def parse_header_value(name: str, value: str) -> str:
    """Check a value that a header will carry after ``Token``, and return it without the white space around it.

    That white space is dropped because tokens are often read from files that end in a newline.

    Raises:
        TypeError: It is not a string.
        ValueError: It is empty or holds a character that no header may carry. The message never holds the value.
    """
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    stripped = value.strip()
    if not stripped:
        raise ValueError(f"{name} is empty; pass a value, or None for none")
    if not stripped.isascii() or not stripped.isprintable():
        raise ValueError(f"{name} holds a control or non-ASCII character; a header cannot carry it")
    if " " in stripped:
        raise ValueError(f"{name} holds a space; pass the bare value, without 'Token ' before it")
    return stripped
