"""What both fronts (socket and in process) hand to the mock and get back, free of any HTTP library."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# What json.loads returns: its shape is known only after validation against the contract.
JsonObject: TypeAlias = dict[str, Any]

MASK = "***"
_CREDENTIAL = re.compile(r"authorization|cookie|token|agent|secret|key", re.IGNORECASE)
_NOT_CREDENTIAL = frozenset({"user-agent"})


class Headers:
    """Header fields in the order they came. Names compare without regard to case; `repr` hides credentials."""

    __slots__ = ("_items",)

    def __init__(self, items: Iterable[tuple[str, str]] = ()) -> None:
        self._items = tuple(items)

    def items(self) -> tuple[tuple[str, str], ...]:
        """Every field as it came, repeated ones repeatedly."""
        return self._items

    def get(self, name: str, default: str | None = None) -> str | None:
        """The value of a field; several values are joined with a comma, as HTTP says."""
        name = name.lower()
        values = [value for key, value in self._items if key.lower() == name]
        return ", ".join(values) if values else default

    def __getitem__(self, name: str) -> str:
        value = self.get(name)
        if value is None:
            raise KeyError(name)
        return value

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(key.lower() for key, _ in self._items))

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        shown = {name: MASK if _is_credential(name) else value for name, value in self._items}
        return f"Headers({shown!r})"


def _is_credential(name: str) -> bool:
    return name.lower() not in _NOT_CREDENTIAL and _CREDENTIAL.search(name) is not None


@dataclass(slots=True)
class Request:
    """One request as it left the wire."""

    method: str
    target: str
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""


@dataclass(slots=True)
class Response:
    """One answer; a front adds nothing but the framing of the connection."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class RequestError(Exception):
    """The answer is an error of the API: its status, its body, and headers that belong to it."""

    def __init__(self, status: int, body: JsonObject, headers: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body
        self.headers = headers


def not_found() -> RequestError:
    """The error for an unknown route or object."""
    return RequestError(404, {"detail": "Not found."})


def invalid(**messages: str) -> RequestError:
    """The error for fields that are well-formed but wrong, one message each."""
    return RequestError(400, {name: [message] for name, message in messages.items()})


def conflict(detail: str) -> RequestError:
    """The error for a state that does not allow the call."""
    return RequestError(409, {"detail": detail})
