"""The connections of a client."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpcore

from synapse_backend import _pools
from synapse_backend._async._network import AsyncDeadlineBackend

if TYPE_CHECKING:
    from synapse_backend._config import ClientConfig


def open_pool(config: ClientConfig, transport: _pools.AsyncTransport | None) -> httpcore.AsyncConnectionPool:
    """Return new connections, or what stands in for them: `transport`, when there is one."""
    if transport is not None:
        # Imported here: it brings httpx along, which nothing else needs to make a call.
        from synapse_backend._async._adapter import AsyncTransportAdapter

        return AsyncTransportAdapter(transport)
    return httpcore.AsyncConnectionPool(
        ssl_context=_pools.ssl_context(config),
        proxy=_pools.proxy_of(config),
        network_backend=AsyncDeadlineBackend(),
        **_pools.LIMITS,
    )
