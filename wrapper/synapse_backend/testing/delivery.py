"""How an answer reaches the client: at once, or step by step the way a fault wants it. Both fronts follow it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from synapse_backend.testing.messages import Response

_REASONS = {status.value: status.phrase for status in HTTPStatus}


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing happens for a while."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing happens for a while in the time of the machine, in which other requests are served."""

    seconds: float


class End(Enum):
    """How a connection ends."""

    CLOSE = "close"
    """It is closed in order (FIN)."""
    RESET = "reset"
    """It is torn down (RST)."""
    HOLD = "hold"
    """It stays open, and nothing more comes."""


Step: TypeAlias = bytes | Wait | Idle | End
# Takes the bytes of the answer as they would go out; without an `End` the connection goes on.
Delivery: TypeAlias = Callable[[bytes], Iterator[Step]]


def steps(response: Response, answer: bytes) -> Iterator[Step] | None:
    """How an answer is sent, step by step; None when its bytes go out at once."""
    if response.delivery is None and response.rest is None:
        return None
    return planned(response)(answer)


def planned(response: Response) -> Delivery:
    """How an answer would be sent if nothing else went wrong with it."""
    if response.delivery is not None:
        return response.delivery
    rest = response.rest

    def deliver(answer: bytes) -> Iterator[Step]:
        yield answer
        if rest is not None:
            yield from rest()

    return deliver


def serialize(response: Response, keep_alive: bool) -> bytes:
    """The bytes of an answer."""
    lines = [f"HTTP/1.1 {response.status} {_REASONS.get(response.status, 'Unknown')}"]
    lines += [f"{name}: {value}" for name, value in response.headers]
    if ("Connection", "close") not in response.headers:
        lines.append(f"Connection: {'keep-alive' if keep_alive else 'close'}")
    lines.append("\r\n")
    return "\r\n".join(lines).encode("latin-1") + response.body
