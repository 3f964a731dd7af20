"""Connection pools: where TLS, proxies and limits are set."""

from __future__ import annotations

import functools
import ssl
import warnings
from pathlib import Path
from typing import Any, Protocol

import httpx

from synapse_backend._config import ClientConfig


class Pool(Protocol):
    """What carries the requests of a synchronous client: a transport of httpx, or one that looks like it."""

    def handle_request(self, request: Any, /) -> Any:
        """Send a request and return its answer with an unread body."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...


class AsyncPool(Protocol):
    """What carries the requests of an asynchronous client: a transport of httpx, or one that looks like it."""

    async def handle_async_request(self, request: Any, /) -> Any:
        """Send a request and return its answer with an unread body."""
        ...

    async def aclose(self) -> None:
        """Close the connections."""
        ...


_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=5.0)


def sync_pool(config: ClientConfig) -> httpx.HTTPTransport:
    """Return a new pool for a synchronous client."""
    return httpx.HTTPTransport(verify=ssl_context(config), proxy=config.proxy, limits=_LIMITS)


def async_pool(config: ClientConfig) -> httpx.AsyncHTTPTransport:
    """Return a new pool for an asynchronous client."""
    return httpx.AsyncHTTPTransport(verify=ssl_context(config), proxy=config.proxy, limits=_LIMITS)


def ssl_context(config: ClientConfig) -> ssl.SSLContext:
    """Return the TLS settings; shared between clients, because loading the certificates takes most of their start."""
    if isinstance(config.verify, ssl.SSLContext):
        return config.verify
    if config.parts.scheme == "http" and not (config.proxy or "").startswith("https:"):
        return _no_tls()
    if config.verify is False:
        warnings.warn(
            "verify=False: whoever is on the network can read and change everything, tokens included",
            stacklevel=5,
        )
    return _shared_context(config.verify)


@functools.cache
def _no_tls() -> ssl.SSLContext:
    """Return a context that trusts nobody, for pools that never use it."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@functools.cache
def _shared_context(verify: bool | str) -> ssl.SSLContext:
    if isinstance(verify, str):
        context = ssl.create_default_context()
        try:
            if Path(verify).is_dir():
                context.load_verify_locations(capath=verify)
            else:
                context.load_verify_locations(cafile=verify)
        except OSError as error:
            raise type(error)(error.errno, f"verify: {error.strerror}", verify) from None
        return context
    return httpx.create_ssl_context(verify=verify)
