"""The generated client, configured like the one that it belongs to."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, cast

import httpx

from synapse_api import AuthenticatedClient

if TYPE_CHECKING:
    from synapse_backend._config import ClientConfig, Credentials
    from synapse_backend._pools import AsyncPool, Pool


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


def sync_client(config: ClientConfig, pool: Pool) -> AuthenticatedClient:
    """Return the generated client for a synchronous one."""
    arguments = _arguments(config)
    http = httpx.Client(transport=cast("httpx.BaseTransport", pool), **arguments)
    return _client(config, arguments).set_httpx_client(http)


def async_client(config: ClientConfig, pool: AsyncPool) -> AuthenticatedClient:
    """Return the generated client for an asynchronous one."""
    arguments = _arguments(config)
    http = httpx.AsyncClient(transport=cast("httpx.AsyncBaseTransport", pool), **arguments)
    return _client(config, arguments).set_async_httpx_client(http)


def _arguments(config: ClientConfig) -> dict[str, Any]:
    return {
        "base_url": config.base_url,
        "timeout": httpx.Timeout(**config.timeout),
        "auth": _TokenAuth(config.credentials, httpx.URL(config.base_url)),
        "trust_env": False,
    }


def _client(config: ClientConfig, arguments: dict[str, Any]) -> AuthenticatedClient:
    return AuthenticatedClient(
        base_url=config.base_url,
        token="",
        prefix="Token",
        auth_header_name="Synapse-Access-Token",
        timeout=arguments["timeout"],
        httpx_args={"auth": arguments["auth"]},
    )
