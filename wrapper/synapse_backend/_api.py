"""The generated client, configured like the one that it belongs to."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, cast

import httpx

from synapse_api import AuthenticatedClient

if TYPE_CHECKING:
    from synapse_backend._async._transport import AsyncTransport
    from synapse_backend._config import ClientConfig, Credentials
    from synapse_backend._sync._transport import Transport


class _TokenAuth(httpx.Auth):
    """Adds the tokens when a request is sent, and only to the host that they belong to."""

    def __init__(self, credentials: Credentials, base_url: httpx.URL) -> None:
        self._credentials = credentials
        self._origin = (base_url.scheme, base_url.host, base_url.port)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        # The generated client adds a header for its own, empty token.
        request.headers.pop("Synapse-Access-Token", None)
        if (request.url.scheme, request.url.host, request.url.port) == self._origin:
            for name, value in self._credentials.headers():
                request.headers[name.decode()] = value.decode()
        yield request


class _Bridge(httpx.BaseTransport):
    """Sends over the connections that a client has at that moment; a fork or `close` may have taken the earlier ones."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return cast("httpx.Response", self._transport.pool.handle_request(request))


class _AsyncBridge(httpx.AsyncBaseTransport):
    """The same for an asynchronous client."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return cast("httpx.Response", await self._transport.pool.handle_async_request(request))


def sync_client(config: ClientConfig, transport: Transport) -> AuthenticatedClient:
    """Return the generated client for a synchronous one."""
    return _client(config, _Bridge(transport))


def async_client(config: ClientConfig, transport: AsyncTransport) -> AuthenticatedClient:
    """Return the generated client for an asynchronous one."""
    return _client(config, _AsyncBridge(transport))


def _client(config: ClientConfig, bridge: _Bridge | _AsyncBridge) -> AuthenticatedClient:
    return AuthenticatedClient(
        base_url=config.base_url,
        token="",
        prefix="Token",
        auth_header_name="Synapse-Access-Token",
        timeout=httpx.Timeout(**config.timeout),
        httpx_args={
            "auth": _TokenAuth(config.credentials, httpx.URL(config.base_url)),
            "transport": bridge,
            "trust_env": False,
        },
    )
