"""What a fault is: a value that says what goes wrong with one exchange, one request body or one connection."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, ClassVar, Literal

from synapse_backend.testing.delivery import End, Step
from synapse_backend.testing.messages import Request, Response

if TYPE_CHECKING:
    from datetime import datetime
    from random import Random

    from synapse_backend.testing.contract import OperationContract
    from synapse_backend.testing.state import State

Moment = Literal["exchange", "body", "connection"]


class FaultError(AssertionError):
    """A fault did not do what the test relies on: it never fired, or it cannot be played where it should be."""


@dataclass(slots=True)
class Exchange:
    """A request that a fault was armed for.

    Attributes:
        request: As it left the wire.
        operation: What it calls; None for anything that the contract does not know.
        base_url: Scheme and host that the client used.
        now: The moment at which it is served.
        random: Decides what is left to chance; the same in every run.
        carry_out: Serves a request as the mock does without faults.
        state: The objects of whoever calls.
    """

    request: Request
    operation: OperationContract | None
    base_url: str
    now: datetime
    random: Random
    carry_out: Callable[[Exchange], Response] = field(repr=False)
    state: Callable[[], State] = field(repr=False)

    @property
    def known(self) -> OperationContract:
        """What it calls, where a fault fits only operations."""
        assert self.operation is not None  # noqa: S101  # the fault would not have been chosen
        return self.operation

    def answer(self) -> Response:
        """The answer of the mock, or of the fault that this one wraps; the operation is carried out."""
        response = self.carry_out(self)
        if response.rest is not None and response.length is not None:
            # What goes wrong with bodies goes wrong with all of it.
            response.body += b"".join(step for step in response.rest() if isinstance(step, bytes))
            response.rest = response.length = None
        return response

    def with_target(self, target: str) -> Exchange:
        """The same with another path or query."""
        return replace(self, request=replace(self.request, target=target))


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong.

    Attributes:
        name: The method that arms it, and its name in commands and over HTTP.
        summary: What the client sees.
        scenarios: Numbers of the scenarios in the documentation that it plays.
        commits: Whether the operation is carried out all the same.
        moment: What it happens to: an exchange, a request body while it is being read, or a connection.
        in_process: Whether it can be played without a socket.
        wraps: Whether another fault can fire in the same exchange.
        needs: What an operation must have, when not every one will do.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    scenarios: ClassVar[tuple[int, ...]]
    commits: ClassVar[bool] = False
    moment: ClassVar[Moment] = "exchange"
    in_process: ClassVar[bool] = True
    wraps: ClassVar[bool] = False
    needs: ClassVar[str] = ""

    def fits(self, operation: OperationContract) -> bool:
        """Whether it can be played on this operation."""
        return not self.needs

    def fits_path(self, path: str) -> bool:
        """Whether it can be played on what is there besides operations: stored files, and the storage."""
        return not self.needs

    def __str__(self) -> str:
        given = [
            f"{item.name}={getattr(self, item.name)!r}"
            for item in fields(self)
            if getattr(self, item.name) != item.default
        ]
        return f"{self.name}({', '.join(given)})" if given else self.name


class ExchangeFault(Fault, ABC):
    """Goes wrong with an exchange: a request was read and is to be answered."""

    def wants(self, exchange: Exchange) -> bool:
        """Whether this request will do; one that will not is not counted."""
        return True

    @abstractmethod
    def play(self, exchange: Exchange) -> Response:
        """The answer, and how it travels."""
        ...


def json_body(value: object) -> bytes:
    """JSON as the mock writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def json_answer(status: int, value: object, *headers: tuple[str, str]) -> Response:
    """An answer that the mock makes up."""
    return Response(status, [("Content-Type", "application/json"), *headers], json_body(value))


def nothing() -> Response:
    """Stands for no answer at all; how nothing arrives is up to the delivery."""
    return Response(0, [], b"")


def ending(end: End, *sent: bytes) -> Callable[[bytes], Iterator[Step]]:
    """Delivers these bytes instead of the answer, then ends the connection."""

    def deliver(_answer: bytes) -> Iterator[Step]:
        yield from sent
        yield end

    return deliver


def split(answer: bytes) -> tuple[bytes, bytes]:
    """Head, with its empty line, and body of an answer."""
    head, separator, body = answer.partition(b"\r\n\r\n")
    return head + separator, body


def decoded(response: Response) -> object:
    """The JSON value of an answer of the mock; None where it has none."""
    return json.loads(response.body) if response.body.startswith((b"{", b"[")) else None
