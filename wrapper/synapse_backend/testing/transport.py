"""The mock without a socket: httpx transports that hand requests to it directly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from synapse_backend.testing.messages import Headers, Request, RequestError

if TYPE_CHECKING:
    from synapse_backend.testing.app import App


class MockTransport(httpx.BaseTransport):
    """For `httpx.Client(transport=...)` and `BackendClient(transport=...)`."""

    def __init__(self, app: App) -> None:
        self._app = app

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Serve one request in the thread of the caller."""
        return _serve(self._app, request, request.read())


class AsyncMockTransport(httpx.AsyncBaseTransport):
    """For `httpx.AsyncClient(transport=...)` and `AsyncBackendClient(transport=...)`."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Serve one request; the mock answers without waiting for anything."""
        return _serve(self._app, request, await request.aread())


def _serve(app: App, request: httpx.Request, body: bytes) -> httpx.Response:
    target = request.url.raw_path.decode("ascii")
    fields = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw]
    refusal = None
    if len(body) > app.options.max_body_bytes:
        limit = app.options.max_body_bytes
        refusal = RequestError(413, {"detail": f"The request body is larger than {limit} bytes."})
        body = b""
    response = app.handle(Request(request.method, target, Headers(fields), body), refusal)
    return httpx.Response(response.status, headers=response.headers, content=response.body, request=request)
