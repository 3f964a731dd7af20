"""One connection to the server: HTTP/1.1 by h11, over the network streams of httpx's own connection library.

That library's connections and pool are not used, because they take about as long again as everything else of a call.
Its errors are, so that what carries a call can be exchanged.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, AsyncIterable
from typing import TYPE_CHECKING, Any, cast

import h11
import httpcore

from synapse_backend._deadlines import time_left
from synapse_backend._slots import AsyncSlots
from synapse_backend._wire import TlsAnsweredError

if TYPE_CHECKING:
    from synapse_backend._wire import WireRequest

_READ_BYTES = 64 * 1024
_WRITE_BYTES = 256 * 1024
_MAX_HEAD_BYTES = 100 * 1024
_MAX_ANNOUNCEMENTS = 64
_HTTP = b"HTTP/"
_TLS_ALERT = b"\x15\x03"


class AsyncConnection:
    """A connection that carries one call at a time."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._protocol = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MAX_HEAD_BYTES)
        self._idle_since = 0.0

    async def send(self, request: WireRequest) -> h11.Response:
        """Send a request and return the head of its answer.

        Raises:
            httpcore.NetworkError: The connection failed.
            httpcore.ProtocolError: What came is not HTTP, or the request is not.
            httpcore.TimeoutException: The server took too long.
        """
        limits = request.timeout
        AsyncSlots.begin(self._stream)
        try:
            await self._send(request, limits["write"])
        except httpcore.WriteError:
            # A server may answer and hang up before it has read everything; its answer is worth more than the error.
            pass
        except h11.LocalProtocolError as error:
            raise httpcore.LocalProtocolError(str(error)) from error
        for _ in range(_MAX_ANNOUNCEMENTS):
            event = await self._receive(limits["read"])
            if isinstance(event, h11.Response):
                return event
        raise httpcore.RemoteProtocolError("the server announces an answer again and again but gives none")

    async def _send(self, request: WireRequest, limit: float | None) -> None:
        send = self._protocol.send
        pending = send(h11.Request(method=request.method, target=request.target, headers=request.headers)) or b""
        content = request.content
        if isinstance(content, bytes):
            # A small body travels with the head, in one packet.
            pending += (send(h11.Data(data=content)) or b"") if content else b""
        else:
            async for piece in cast("AsyncIterable[bytes]", content):
                await self._write(pending + (send(h11.Data(data=piece)) or b""), limit)
                pending = b""
        if pending := pending + (send(h11.EndOfMessage()) or b""):
            await self._write(pending, limit)

    async def _write(self, data: bytes, limit: float | None) -> None:
        # In slices, because the limit is that of a slice, not of a large body as a whole.
        for start in range(0, len(data), _WRITE_BYTES):
            piece = data if len(data) <= _WRITE_BYTES else data[start : start + _WRITE_BYTES]
            await self._stream.write(piece, time_left(limit, httpcore.WriteTimeout))

    async def body(self, limit: float | None) -> AsyncGenerator[bytes, None]:
        """Yield the body of the answer.

        Raises:
            httpcore.NetworkError: The connection failed.
            httpcore.ProtocolError: The body ends early or is not HTTP.
            httpcore.TimeoutException: The server took too long.
        """
        while isinstance(event := await self._receive(limit), h11.Data):
            yield bytes(event.data)

    async def _receive(self, limit: float | None) -> Any:
        """Return the next event of the protocol."""
        protocol = self._protocol
        try:
            while (event := protocol.next_event()) is h11.NEED_DATA:
                data = await self._stream.read(_READ_BYTES, time_left(limit, httpcore.ReadTimeout))
                if not data and protocol.their_state is h11.SEND_RESPONSE and self._begins_like_http():
                    raise httpcore.RemoteProtocolError("Server disconnected without sending a response.")
                protocol.receive_data(data)
        except h11.RemoteProtocolError as error:
            if protocol.trailing_data[0].startswith(_TLS_ALERT):
                raise TlsAnsweredError from error
            raise httpcore.RemoteProtocolError(str(error)) from error
        return event

    def _begins_like_http(self) -> bool:
        """Tell whether what came of the head, if anything, could become one."""
        begun = self._protocol.trailing_data[0][: len(_HTTP)]
        return _HTTP.startswith(begun)

    def is_usable(self, expiry: float) -> bool:
        """Tell whether it can carry another call: still fresh, and nothing has come that nobody asked for."""
        if time.monotonic() - self._idle_since > expiry:
            return False
        return not AsyncSlots.has_unread(self._stream)

    def start_over(self) -> bool:
        """Make it ready for the next call; False where it cannot be.

        What follows an answer without being asked for must not be taken for the next one.
        """
        protocol = self._protocol
        if protocol.our_state is not h11.DONE or protocol.their_state is not h11.DONE or protocol.trailing_data[0]:
            return False
        protocol.start_next_cycle()
        AsyncSlots.end(self._stream)
        self._idle_since = time.monotonic()
        return True

    async def close(self) -> None:
        """Close the connection."""
        await AsyncSlots.close(self._stream)
