"""The generated client, over the connections of the client that it belongs to."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Generator
from typing import TYPE_CHECKING, cast

import httpx

from synapse_api import AuthenticatedClient
from synapse_backend._translation import httpx_errors
from synapse_backend._wire import WireRequest

if TYPE_CHECKING:
    from synapse_backend._async._pool import AsyncResponse
    from synapse_backend._async._transport import AsyncCaller
    from synapse_backend._config import ClientConfig, Credentials


def generated_client(config: ClientConfig, caller: AsyncCaller) -> AuthenticatedClient:
    """Return the generated client with the tokens, timeouts and connections of a client."""
    # Given as arguments rather than as a ready client, so that `with_timeout` and `with_headers` keep them.
    arguments = {
        "auth": _TokenAuth(config.credentials, httpx.URL(config.base_url)),
        "transport": _CallerTransport(caller, _origin_of(httpx.URL(config.base_url))),
        "trust_env": False,
    }
    return AuthenticatedClient(
        base_url=config.base_url, token="", timeout=httpx.Timeout(**config.timeout), httpx_args=arguments
    )


def _origin_of(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


class _TokenAuth(httpx.Auth):
    """Adds the tokens when a request is sent, and only to the host that they belong to."""

    def __init__(self, credentials: Credentials, base_url: httpx.URL) -> None:
        self._credentials = credentials
        self._origin = _origin_of(base_url)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        # The generated client adds a header for its own, empty token.
        request.headers.pop("Authorization", None)
        if _origin_of(request.url) == self._origin:
            for name, value in self._credentials.current().headers():
                request.headers[name.decode()] = value.decode()
        yield request


class _CallerTransport(httpx.AsyncBaseTransport):
    """Carries the requests of httpx over the connections of a client."""

    def __init__(self, caller: AsyncCaller, origin: tuple[str, str, int | None]) -> None:
        self._caller = caller
        self._origin = origin

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and return its answer with an unread body."""
        if _origin_of(request.url) != self._origin:
            raise httpx.UnsupportedProtocol(
                f"the connections of this client lead to its base_url, not to {request.url.host}"
            )
        carried = WireRequest(
            request.method.encode(),
            request.url.raw_path,
            request.headers.raw,
            cast("AsyncIterable[bytes]", request.stream),
            request.extensions["timeout"],
        )
        with httpx_errors():
            response = await self._caller.pool.handle_async_request(carried)
        return httpx.Response(response.status, headers=list(response.headers), stream=_Body(response))


class _Body(httpx.AsyncByteStream):
    """The body of an answer on its way to httpx."""

    def __init__(self, response: AsyncResponse) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with httpx_errors():
            async for piece in self._response.stream:
                yield piece

    async def aclose(self) -> None:
        """Give the connection back."""
        await self._response.aclose()
