# Derived from wrapper/synapse_backend/_async/_pool.py by scripts/unasync.py; do not edit.
"""The connections of a client."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpcore

from synapse_backend import _pools
from synapse_backend._sync._network import DeadlineBackend

if TYPE_CHECKING:
    from synapse_backend._config import ClientConfig


def open_pool(config: ClientConfig, transport: _pools.Transport | None) -> httpcore.ConnectionPool:
    """Return new connections, or what stands in for them: `transport`, when there is one."""
    if transport is not None:
        # Imported here: it brings httpx along, which nothing else needs to make a call.
        from synapse_backend._sync._adapter import TransportAdapter

        return TransportAdapter(transport)
    return httpcore.ConnectionPool(
        ssl_context=_pools.ssl_context(config),
        proxy=_pools.proxy_of(config),
        network_backend=DeadlineBackend(),
        **_pools.LIMITS,
    )
