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
from synapse_backend._heads import Head, ordinary_answer, ordinary_request
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
        # Bytes that are due of the body of an answer which h11 knows nothing of; None where h11 reads the answer.
        self._due: int | None = None
        # What came and was not looked at yet.
        self._came = b""

    async def send(self, request: WireRequest) -> Head:
        """Send a request and return the head of its answer.

        Raises:
            httpcore.NetworkError: The connection failed.
            httpcore.ProtocolError: What came is not HTTP, or the request is not.
            httpcore.TimeoutException: The server took too long.
        """
        limits = request.timeout
        AsyncSlots.begin(self._stream)
        content = request.content
        ordinary = (
            ordinary_request(request.method, request.target, request.headers, content)
            if isinstance(content, bytes)
            else None
        )
        try:
            if ordinary is not None:
                # A small body travels with the head, in one packet.
                await self._write(ordinary + cast("bytes", content), limits["write"])
            else:
                await self._send(request, limits["write"])
        except httpcore.WriteError:
            # A server may answer and hang up before it has read everything; its answer is worth more than the error.
            pass
        except h11.LocalProtocolError as error:
            raise httpcore.LocalProtocolError(str(error)) from error
        if ordinary is not None:
            self._came = await self._stream.read(_READ_BYTES, time_left(limits["read"], httpcore.ReadTimeout))
            if (answer := ordinary_answer(self._came)) is not None:
                self._came = self._came[answer.start :]
                self._due = answer.length
                return answer.head
            self._catch_up(request)
        for _ in range(_MAX_ANNOUNCEMENTS):
            event = await self._receive(limits["read"])
            if isinstance(event, h11.Response):
                return Head(event.status_code, event.headers.raw_items())
        raise httpcore.RemoteProtocolError("the server announces an answer again and again but gives none")

    def _catch_up(self, request: WireRequest) -> None:
        """Tell h11 what was sent without it, because there is more to the answer."""
        send, content = self._protocol.send, cast("bytes", request.content)
        send(h11.Request(method=request.method, target=request.target, headers=request.headers))
        if content:
            send(h11.Data(data=content))
        send(h11.EndOfMessage())

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
        while self._due is None:
            event = await self._receive(limit)
            if not isinstance(event, h11.Data):
                return
            yield bytes(event.data)
        while self._due:
            piece = self._came or await self._stream.read(_READ_BYTES, time_left(limit, httpcore.ReadTimeout))
            if not piece:
                raise httpcore.RemoteProtocolError(f"the connection was closed, {self._due} bytes before the end")
            # What follows the answer stays, and spoils the connection.
            self._came, piece = piece[self._due :], piece[: self._due]
            self._due -= len(piece)
            yield piece

    async def _receive(self, limit: float | None) -> Any:
        """Return the next event of the protocol."""
        protocol = self._protocol
        try:
            while (event := protocol.next_event()) is h11.NEED_DATA:
                data, self._came = self._came, b""
                data = data or await self._stream.read(_READ_BYTES, time_left(limit, httpcore.ReadTimeout))
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
        if self._due is not None:
            if self._due or self._came:
                return False
            self._due = None
        elif protocol.our_state is h11.DONE and protocol.their_state is h11.DONE and not protocol.trailing_data[0]:
            protocol.start_next_cycle()
        else:
            return False
        AsyncSlots.end(self._stream)
        self._idle_since = time.monotonic()
        return True

    async def close(self) -> None:
        """Close the connection."""
        await AsyncSlots.close(self._stream)
