"""The client."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable, Collection, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from synapse_backend._async._transport import AsyncCaller
from synapse_backend._async.annotation import AsyncAnnotationClientMixin
from synapse_backend._async.core import AsyncCoreClientMixin
from synapse_backend._async.data_collection import AsyncDataCollectionClientMixin
from synapse_backend._async.hitl import AsyncHitlClientMixin
from synapse_backend._async.integration import AsyncIntegrationClientMixin
from synapse_backend._async.ml import AsyncMlClientMixin
from synapse_backend._config import (
    DEFAULT_MAX_RESPONSE_BYTES,
    ClientConfig,
    Credentials,
    TimeoutOptions,
    restore_client,
)
from synapse_backend._events import Hooks
from synapse_backend._retry import DEFAULT_RETRIES

if TYPE_CHECKING:
    from synapse_api import AuthenticatedClient
    from synapse_backend._clock import Clock
    from synapse_backend._events import RequestEvent, ResponseEvent, RetryEvent
    from synapse_backend._pools import AsyncTransport


class AsyncBackendClient(
    AsyncAnnotationClientMixin,
    AsyncDataCollectionClientMixin,
    AsyncCoreClientMixin,
    AsyncHitlClientMixin,
    AsyncIntegrationClientMixin,
    AsyncMlClientMixin,
):
    """A client of a Synapse backend.

    It keeps connections open between calls: make one and use it from everywhere, and close it in the end, or use it
    as a context manager. It survives a fork. A pickled client carries its settings but no token; the process that
    unpickles it reads its token from its environment.

    Args:
        base_url: Address of the backend, for example ``https://api.synapse.sh``.
        api_token: Access token, or a function that returns one and is asked again when the server refuses the last;
            else ``SYNAPSE_API_TOKEN``, else ``SYNAPSE_ACCESS_TOKEN`` from the environment.
        agent_token: Token of an agent; else ``SYNAPSE_AGENT_TOKEN`` from the environment.
        timeout: Seconds for each phase, ``{'connect': 5, 'read': 30}`` by default, or one number for all phases.
        access_token: Another name of `api_token`.
        authorization_token: Token of a logged-in user.
        tenant: Code of the tenant to work in.
        verify: Path of a file or folder of certificates to trust, or an `ssl.SSLContext`. False trusts everybody.
        proxy: Address of a proxy; else what ``HTTPS_PROXY``, ``HTTP_PROXY``, ``ALL_PROXY`` and ``NO_PROXY`` say.
        allow_insecure_http: Send tokens in clear text to a host that is not this machine.
        max_response_bytes: Largest answer to accept, decompressed; 64 MiB by default.
        deadline: Seconds for a call as a whole: all attempts, the waits between them and the body. 10 minutes by
            default, and none for calls that upload a file; infinity means none.
        retries: How many further attempts may follow a failed one, where that cannot do a thing twice; 3 by default.
        on_request: Called with a `RequestEvent` before each attempt.
        on_response: Called with a `ResponseEvent` when a call ended.
        on_retry: Called with a `RetryEvent` before the wait for another attempt.
        clock: Tells the time and waits; for tests that do not want to.
        host_aliases: Other host names by which the backend calls itself, for example behind a proxy. Links that name
            another host are refused.
        transport: What carries the requests instead of a connection pool, for example that of a mock backend.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: An argument cannot be used; the message names it and never holds a token.
    """

    def __init__(
        self,
        base_url: str,
        api_token: str | Callable[[], str] | None = None,
        agent_token: str | None = None,
        timeout: TimeoutOptions | Mapping[str, float | None] | float | None = None,
        *,
        access_token: str | Callable[[], str] | None = None,
        authorization_token: str | None = None,
        tenant: str | None = None,
        verify: bool | str | os.PathLike[str] | ssl.SSLContext = True,
        proxy: str | None = None,
        allow_insecure_http: bool = False,
        max_response_bytes: int = DEFAULT_MAX_RESPONSE_BYTES,
        deadline: float | None = None,
        retries: int = DEFAULT_RETRIES,
        on_request: Callable[[RequestEvent], object] | None = None,
        on_response: Callable[[ResponseEvent], object] | None = None,
        on_retry: Callable[[RetryEvent], object] | None = None,
        clock: Clock | None = None,
        host_aliases: Collection[str] = (),
        transport: AsyncTransport | None = None,
    ) -> None:
        credentials = Credentials.resolve(
            api_token=api_token,
            access_token=access_token,
            authorization_token=authorization_token,
            agent_token=agent_token,
            tenant=tenant,
        )
        # A traceback with local variables shows this frame when a later argument is refused.
        del api_token, agent_token, access_token, authorization_token
        self._config = ClientConfig.build(
            base_url,
            credentials,
            timeout=timeout,
            verify=verify,
            proxy=proxy,
            max_response_bytes=max_response_bytes,
            allow_insecure_http=allow_insecure_http,
            deadline=deadline,
            retries=retries,
            clock=clock,
            hooks=Hooks(on_request, on_response, on_retry),
            host_aliases=host_aliases,
        )
        self._caller = AsyncCaller(self._config, transport)
        self._api: AuthenticatedClient | None = None

    @property
    def base_url(self) -> str:
        """Address of the backend, without a slash at its end."""
        return self._config.base_url

    @property
    def api(self) -> AuthenticatedClient:
        """The generated client with the tokens, timeouts and connections of this one, for models instead of dicts.

        Pass it to the functions of ``synapse_api.api``. Their errors are theirs: a documented error status is
        returned, not raised, and nothing is repeated.
        """
        if self._api is None:
            # Imported here: it brings httpx and attrs along, and few need it.
            from synapse_backend._async._api import generated_client

            self._api = generated_client(self._config, self._caller)
        return self._api

    async def close(self) -> None:
        """Close the connections. A second call does nothing; any other call is a `RuntimeError` from then on."""
        await self._caller.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        # A debugger shows a client even when its constructor failed.
        return f"{type(self).__name__}({getattr(self, '_config', '')})"

    def __reduce__(self) -> tuple[Any, ...]:
        if self._caller.is_custom:
            raise TypeError("a client with a transport of its own cannot be pickled; make it where it is used")
        return restore_client, (type(self), self._config.portable())
