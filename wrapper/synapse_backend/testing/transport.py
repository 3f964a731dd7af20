"""The mock without a socket: httpx transports that hand requests to it directly."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpx

from synapse_backend.testing.delivery import Idle, Wait, serialize, steps
from synapse_backend.testing.messages import Headers, Request, RequestError, Response

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from synapse_backend.testing.app import App
    from synapse_backend.testing.delivery import Step
    from synapse_backend.testing.hearing import Event


class MockTransport(httpx.BaseTransport):
    """For `httpx.Client(transport=...)` and `BackendClient(transport=...)`."""

    def __init__(self, app: App) -> None:
        self._app = app

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Serve one request in the thread of the caller."""
        response = _serve(self._app, request, request.read())
        plan = steps(response, serialize(response, True))
        if plan is None:
            return _whole(response, request)
        events = _events(plan, request)
        while isinstance(event := next(events), Wait | Idle):
            _pause(self._app, event)
        return _begun(event, _Stream(self._app, events), request)


class AsyncMockTransport(httpx.AsyncBaseTransport):
    """For `httpx.AsyncClient(transport=...)` and `AsyncBackendClient(transport=...)`."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Serve one request; the mock answers without waiting for anything."""
        response = _serve(self._app, request, await request.aread())
        plan = steps(response, serialize(response, True))
        if plan is None:
            return _whole(response, request)
        events = _events(plan, request)
        while isinstance(event := next(events), Wait | Idle):
            await _apause(self._app, event)
        return _begun(event, _AsyncStream(self._app, events), request)


class _Stream(httpx.SyncByteStream):
    """A body that comes in steps."""

    def __init__(self, app: App, events: Iterator[Event]) -> None:
        self._app = app
        self._events = events

    def __iter__(self) -> Iterator[bytes]:
        for event in self._events:
            if isinstance(event, Wait | Idle):
                _pause(self._app, event)
            else:
                assert isinstance(event, bytes)  # noqa: S101  # the head was first
                yield event


class _AsyncStream(httpx.AsyncByteStream):
    """A body that comes in steps."""

    def __init__(self, app: App, events: Iterator[Event]) -> None:
        self._app = app
        self._events = events

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for event in self._events:
            if isinstance(event, Wait | Idle):
                await _apause(self._app, event)
            else:
                assert isinstance(event, bytes)  # noqa: S101  # the head was first
                yield event


def _pause(app: App, pause: Wait | Idle) -> None:
    if isinstance(pause, Wait):
        app.clock.sleep(pause.seconds)
    else:
        time.sleep(pause.seconds)


async def _apause(app: App, pause: Wait | Idle) -> None:
    if isinstance(pause, Wait):
        await app.clock.asleep(pause.seconds)
    else:
        import anyio

        await anyio.sleep(pause.seconds)


def _serve(app: App, request: httpx.Request, body: bytes) -> Response:
    target = request.url.raw_path.decode("ascii")
    fields = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw]
    refusal = None
    limit = app.options.body_limit(target)
    if len(body) > limit:
        refusal = RequestError(413, {"detail": f"The request body is larger than {limit} bytes."})
        body = b""
    received = Request(request.method, target, Headers(fields), body)
    if app.faults is not None:
        app.faults.refuse_in_process(received)
    return app.handle(received, refusal)


def _whole(response: Response, request: httpx.Request) -> httpx.Response:
    # As a stream, because httpx decompresses other content at once, and a fault may be in how it is compressed.
    stream = httpx.ByteStream(response.body)
    return httpx.Response(response.status, headers=response.headers, stream=stream, request=request)


def _begun(head: Event, stream: _Stream | _AsyncStream, request: httpx.Request) -> httpx.Response:
    assert not isinstance(head, bytes | Wait | Idle)  # noqa: S101  # the head comes first
    return httpx.Response(head.status_code, headers=list(head.headers), stream=stream, request=request)


def _events(plan: Iterator[Step], request: httpx.Request) -> Iterator[Event]:
    from synapse_backend.testing.hearing import hear

    timeout: dict[str, float | None] = request.extensions.get("timeout", {})
    return hear(plan, request.method, timeout.get("read"))
