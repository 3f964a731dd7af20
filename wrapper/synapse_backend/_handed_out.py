"""URLs that the backend hands out, of files and of places to upload to: which of them are followed, and how. Pure."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from synapse_backend import _urls
from synapse_backend._config import Credentials, origin_of, proxy_for
from synapse_backend._responses import printable
from synapse_backend._secrets import SecretText

if TYPE_CHECKING:
    from synapse_backend._config import ClientConfig

_UNRESERVED = "/%:@!$&'()*+,;=~?-._[]"
_INSIDE = (".local", ".internal", ".intranet", ".lan", ".corp", ".home.arpa", ".localhost")
"""Endings of names that only networks of their own know."""


class UrlError(ValueError):
    """A URL that the backend handed out must not be followed; the message never repeats it, because it may be a secret."""


def resolve(config: ClientConfig, url: str) -> SplitResult:
    """Return the parts of a URL, which may be relative to the address of the backend.

    A host that is another name of the backend is replaced by that of the backend.

    Raises:
        UrlError: It is no plain http URL, would send a secret in clear text, or leads into a private network from
            outside.
    """
    if not isinstance(url, str) or not url or not url.isprintable() or url != url.strip() or "\\" in url:
        raise UrlError("it is not a URL")
    base = config.parts
    try:
        parts = urlsplit(urljoin(f"{base.scheme}://{base.netloc}/", url))
        _ = parts.port
        # The form in which it is looked up: other digits and dots than those of ASCII become these.
        host = (parts.hostname or "").encode("idna").decode("ascii")
    except ValueError:
        raise UrlError("it is not a URL") from None
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        raise UrlError("it is not a plain http URL")
    if host in config.host_aliases:
        return parts._replace(scheme=base.scheme, netloc=base.netloc)
    shown = printable(host, 100)
    if parts.scheme == "http" and base.scheme == "https" and not config.allow_insecure_http:
        raise UrlError(
            f"it leads to {shown} in clear text; pass allow_insecure_http=True to the client if the network is yours"
        )
    if _is_inside(host) and host != base.hostname and not _is_inside(base.hostname or ""):
        raise UrlError(f"it leads to {shown}, inside a private network, although the backend is outside")
    return parts


def target_of(parts: SplitResult) -> str:
    """Return path and query, encoded where they are not; no traceback shows them."""
    path = quote(parts.path or "/", safe=_UNRESERVED)
    return SecretText(f"{path}?{quote(parts.query, safe=_UNRESERVED)}" if parts.query else path)


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
    return _origin(config.parts) == _origin(parts)


def _origin(parts: SplitResult) -> tuple[str, str, int]:
    return parts.scheme, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _is_inside(host: str) -> bool:
    """Tell whether a host is this machine or in a network of its own, as far as its name tells."""
    host = host.rstrip(".").lower()
    if _urls.is_loopback(host):
        return True
    address = _address(host)
    if address is not None:
        return not address.is_global or address.is_multicast
    return "." not in host or host.endswith(_INSIDE)


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the address that a host is written as, in all the forms that systems take: `127.1` is one."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        try:
            return ipaddress.IPv4Address(socket.inet_aton(host))
        except (OSError, ValueError):
            return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return address if mapped is None else mapped
