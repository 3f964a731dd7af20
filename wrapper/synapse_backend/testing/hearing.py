"""What a client hears of an answer that comes in steps, without a socket: the events and errors of a real connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import h11
import httpx

from synapse_backend.testing.delivery import End, Idle, Wait
from synapse_backend.testing.faults.base import FaultError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synapse_backend.testing.delivery import Step

Event: TypeAlias = h11.Response | bytes | Wait | Idle
# As much of a head as the connections of httpx take.
_MAX_HEAD_BYTES = 100 * 1024
_READ_BYTES = 64 * 1024


def hear(steps: Iterator[Step], method: str, read_timeout: float | None) -> Iterator[Event]:
    """The head of an answer, the pieces of its body, and the waits between them.

    Args:
        steps: How the answer comes.
        method: Verb of the request.
        read_timeout: How long the client waits for the next bytes.

    Raises:
        httpx.TransportError: As a connection of httpx would.
    """
    try:
        yield from _hear(_in_pieces(steps), method, read_timeout)
    except h11.RemoteProtocolError as error:
        raise httpx.RemoteProtocolError(str(error)) from error


def _in_pieces(steps: Iterator[Step]) -> Iterator[Step]:
    """What is sent at once is still read in pieces, and none of them is empty."""
    for step in steps:
        if isinstance(step, bytes):
            for start in range(0, len(step), _READ_BYTES):
                yield step[start : start + _READ_BYTES]
        else:
            yield step


def _hear(steps: Iterator[Step], method: str, read_timeout: float | None) -> Iterator[Event]:
    protocol = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MAX_HEAD_BYTES)
    protocol.send(h11.Request(method=method, target="/", headers=[("Host", "localhost")]))
    protocol.send(h11.EndOfMessage())
    silent_for = 0.0
    while True:
        event = protocol.next_event()
        if isinstance(event, h11.Response):
            yield event
        elif isinstance(event, h11.Data):
            yield bytes(event.data)
        elif isinstance(event, h11.EndOfMessage):
            return
        elif event is h11.NEED_DATA:
            step = next(steps, End.HOLD)
            if isinstance(step, bytes):
                silent_for = 0.0
                protocol.receive_data(step)
            elif isinstance(step, Wait | Idle):
                left = None if read_timeout is None else read_timeout - silent_for
                yield type(step)(step.seconds if left is None else min(step.seconds, left))
                silent_for += step.seconds
                if read_timeout is not None and silent_for > read_timeout:
                    raise httpx.ReadTimeout("The read operation timed out")
            else:
                yield from _end(protocol, step, None if read_timeout is None else read_timeout - silent_for)


def _end(protocol: h11.Connection, end: End, patience: float | None) -> Iterator[Event]:
    if end is End.RESET:
        raise httpx.ReadError("[Errno 104] Connection reset by peer")
    if end is End.HOLD:
        if patience is None:
            raise FaultError("an answer that never comes needs a read timeout in process; the client set none")
        yield Wait(patience)
        raise httpx.ReadTimeout("The read operation timed out")
    if protocol.their_state is h11.SEND_RESPONSE:
        raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
    protocol.receive_data(b"")
