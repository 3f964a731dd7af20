"""What connection pools are made with: TLS, proxies and limits."""

from __future__ import annotations

import functools
import os
import ssl
import sys
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import unquote, urlsplit

import certifi
import httpcore

from synapse_backend._config import ClientConfig

MAX_CONNECTIONS: Final = 100
MAX_IDLE_CONNECTIONS: Final = 20
KEEPALIVE_EXPIRY: Final = 5.0
"""Seconds; shorter than what servers keep, so that a call seldom meets a connection that is being closed."""


class Transport(Protocol):
    """What may carry the requests of a synchronous client instead of a connection pool: a transport of httpx."""

    def handle_request(self, request: Any, /) -> Any:
        """Send a request and return its answer with an unread body."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...


class AsyncTransport(Protocol):
    """What may carry the requests of an asynchronous client instead of a connection pool: a transport of httpx."""

    async def handle_async_request(self, request: Any, /) -> Any:
        """Send a request and return its answer with an unread body."""
        ...

    async def aclose(self) -> None:
        """Close the connections."""
        ...


def caller_of_client() -> str:
    """Return the line of the application that is making a client, for a later warning."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("synapse_backend."):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"


def ssl_context(config: ClientConfig) -> ssl.SSLContext:
    """Return the TLS settings; shared between clients, because loading the certificates takes most of their start."""
    if isinstance(config.verify, ssl.SSLContext):
        return config.verify
    if config.verify is False:
        return _trusting_context()
    if config.parts.scheme == "http" and not (config.proxy or "").startswith("https:"):
        return _unused_context()
    if isinstance(config.verify, str):
        return _context_for(config.verify)
    return _context_for(os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR") or certifi.where())


@functools.cache
def _context_for(path: str) -> ssl.SSLContext:
    try:
        if Path(path).is_dir():
            return ssl.create_default_context(capath=path)
        return ssl.create_default_context(cafile=path)
    except ssl.SSLError:
        raise ValueError(f"verify: {path} holds no certificates in PEM form") from None
    except OSError as error:
        raise type(error)(error.errno, f"verify: {error.strerror}", path) from None


@functools.cache
def _unused_context() -> ssl.SSLContext:
    """Return a context that trusts nobody, for pools that never use it."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@functools.cache
def _trusting_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def proxy_of(address: str) -> httpcore.Proxy:
    """Return the proxy at an address, its credentials apart."""
    parts = urlsplit(address)
    bare = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    if parts.username is None:
        return httpcore.Proxy(bare)
    return httpcore.Proxy(bare, auth=(unquote(parts.username), unquote(parts.password or "")))
