"""URLs that the backend hands out, of files and of places to upload to: which of them are followed, and how. Pure."""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from synapse_backend import _urls
from synapse_backend._config import Credentials, origin_of, proxy_for

if TYPE_CHECKING:
    from synapse_backend._config import ClientConfig

_UNRESERVED = "/%:@!$&'()*+,;=~?-._[]"


class UrlError(ValueError):
    """A URL that the backend handed out must not be followed; the message never repeats it, because it may be a secret."""


def resolve(config: ClientConfig, url: str) -> SplitResult:
    """Return the parts of a URL, which may be relative to the address of the backend.

    Raises:
        UrlError: It is no plain http URL, would send a secret in clear text, or leads into a private network from
            outside.
    """
    if not isinstance(url, str) or not url or not url.isprintable() or url != url.strip() or "\\" in url:
        raise UrlError("it is not a URL")
    base = config.parts
    try:
        parts = urlsplit(urljoin(f"{base.scheme}://{base.netloc}/", url))
        host, _ = parts.hostname, parts.port
        (host or "").encode("idna")
    except ValueError:
        raise UrlError("it is not a URL") from None
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        raise UrlError("it is not a plain http URL")
    if parts.scheme == "http" and base.scheme == "https" and not config.allow_insecure_http:
        raise UrlError(
            f"it leads to {host} in clear text; pass allow_insecure_http=True to the client if the network is yours"
        )
    if _is_private(host) and not _is_private(base.hostname or "") and host != base.hostname:
        raise UrlError(f"it leads to {host}, inside a private network, although the backend is outside")
    return parts


def target_of(parts: SplitResult) -> str:
    """Return path and query, encoded where they are not."""
    path = quote(parts.path or "/", safe=_UNRESERVED)
    return f"{path}?{quote(parts.query, safe=_UNRESERVED)}" if parts.query else path


def config_at(config: ClientConfig, parts: SplitResult) -> ClientConfig:
    """Return the settings of a client for another server: the same, but without tokens."""
    origin, authority = origin_of(parts)
    return replace(
        config,
        parts=parts._replace(path="", query="", fragment=""),
        origin=origin,
        authority=authority,
        proxy=proxy_for(config, parts),
        credentials=Credentials(),
    )


def is_same_origin(config: ClientConfig, parts: SplitResult) -> bool:
    """Tell whether a URL leads to the server of a client."""

    def origin(of: SplitResult) -> tuple[str, str, int]:
        return of.scheme, of.hostname or "", of.port or (443 if of.scheme == "https" else 80)

    return origin(config.parts) == origin(parts)


def _is_private(host: str) -> bool:
    if _urls.is_loopback(host):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_private or address.is_link_local
