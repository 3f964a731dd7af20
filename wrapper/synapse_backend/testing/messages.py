"""What both fronts (socket and in process) hand to the mock and get back, free of any HTTP library."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from synapse_backend.testing.delivery import Delivery, Step

# What json.loads returns: its shape is known only after validation against the contract.
JsonObject: TypeAlias = dict[str, Any]

MASK = "***"
_CREDENTIAL = re.compile(r"authorization|cookie|token|agent|secret|key", re.IGNORECASE)
_NOT_CREDENTIAL = frozenset({"user-agent"})


class Headers(Mapping[str, str]):
    """Header fields. Names compare without regard to case; `repr` hides credentials."""

    __slots__ = ("_by_name", "_items")

    def __init__(self, items: Iterable[tuple[str, str]] = ()) -> None:
        self._items = tuple(items)
        self._by_name: dict[str, str] = {}
        for name, value in self._items:
            key = name.lower()
            known = self._by_name.get(key)
            # HTTP says that a comma joins the values of a repeated field.
            self._by_name[key] = value if known is None else f"{known}, {value}"

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """Every field as it came, in order, repeated ones repeatedly."""
        return self._items

    def __getitem__(self, name: str) -> str:
        return self._by_name[name.lower()]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._by_name

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def __repr__(self) -> str:
        shown = {name: MASK if is_credential(name) else value for name, value in self._items}
        return f"Headers({shown!r})"


def is_credential(name: str) -> bool:
    """Whether the value of a field with this name should not be shown."""
    return name.lower() not in _NOT_CREDENTIAL and _CREDENTIAL.search(name) is not None


@dataclass(slots=True)
class Request:
    """One request as it left the wire.

    Attributes:
        method: The verb.
        target: Path and query as they were sent.
        headers: The header fields.
        body: The body.
        reused: Whether it came over a connection that had answered a request before.
    """

    method: str
    target: str
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    reused: bool = False


@dataclass(slots=True)
class Response:
    """One answer; a front adds nothing but the framing of the connection.

    Attributes:
        status: The status.
        headers: The header fields.
        body: The body.
        delivery: How its bytes travel when a fault decides about that; at once otherwise.
        rest: Makes what follows the body, when that is much or comes bit by bit.
        length: Bytes of the rest; None when nobody knows them before its end.
    """

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    delivery: Delivery | None = None
    rest: Callable[[], Iterator[Step]] | None = None
    length: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody knows how long it will be."""
        return self.rest is not None and self.length is None


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
