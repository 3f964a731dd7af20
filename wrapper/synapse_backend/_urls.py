"""Base addresses, path segments and query strings. Pure functions, checked before anything is sent."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from enum import Enum
from numbers import Number
from typing import Any, SupportsIndex
from urllib.parse import SplitResult, parse_qsl, quote, urlsplit
from uuid import UUID

QueryPairs = list[tuple[str, str]]


def parse_base_url(base_url: str) -> SplitResult:
    """Check the address of a backend and return its parts, the path without its last slash.

    Raises:
        TypeError: It is not a string.
        ValueError: It is not an absolute ``http`` or ``https`` address, or holds credentials, a query or a fragment.
            The message never repeats a part that could be a secret.
    """
    if not isinstance(base_url, str):
        raise TypeError(f"base_url must be a str, not {type(base_url).__name__}")
    if not base_url.isprintable() or " " in base_url:
        raise ValueError("base_url holds a space or a control character")
    try:
        parts = urlsplit(base_url)
        host, _ = parts.hostname, parts.port
        (host or "").encode("idna")
    except ValueError as error:
        raise ValueError(f"base_url is not a URL: {error}") from None
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError("base_url must be absolute and start with http:// or https://, like https://api.synapse.sh")
    if "@" in parts.netloc:
        raise ValueError("base_url must not hold credentials; pass api_token instead")
    if parts.query or parts.fragment:
        raise ValueError("base_url must not have a query or a fragment")
    # What is encoded already stays as it is.
    return parts._replace(path=quote(parts.path.rstrip("/"), safe="/%:@!$&'()*+,;="))


def has_host(address: str) -> bool:
    """Tell whether an absolute address names a host and, if any, a port that there can be."""
    if not address.isascii() or not address.isprintable() or " " in address:
        return False
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def is_loopback(host: str) -> bool:
    """Tell whether `host` names this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def parse_host_names(name: str, hosts: Collection[str]) -> frozenset[str]:
    """Check names of hosts, and return them in the form in which `is_own_host` compares.

    Raises:
        TypeError: It is not a collection of strings. The message begins with `name`.
        ValueError: One of them is not the bare name of a host.
    """
    if isinstance(hosts, str) or not isinstance(hosts, Collection):
        raise TypeError(f"{name} must be a collection of host names, such as a list, not {type(hosts).__name__}")
    names = set()
    for host in hosts:
        if not isinstance(host, str):
            raise TypeError(f"{name} must hold str, not {type(host).__name__}")
        bare = host.removeprefix("[").removesuffix("]")
        if (
            not bare.strip(".")
            or not bare.isprintable()
            or set(bare) & set(" /?#@\\[]%")
            or (":" in bare and not _is_ip(bare))
        ):
            raise ValueError(f"{name}: {host!r} is not the name of a host; write it without scheme, port and path")
        try:
            names.add(_canonical_host(bare))
        except ValueError:
            raise ValueError(f"{name}: {host!r} is not the name of a host") from None
    return frozenset(names)


def is_own_host(base: SplitResult, aliases: Collection[str], url: str) -> bool:
    """Tell whether an address that the backend gave is its own, or is relative to its own.

    Scheme and port may differ, as they do behind a proxy. All names of this machine are one host. Browsers take a
    backslash for a slash and other programs do not, so an address with one is nobody's.

    Args:
        base: The address of the backend.
        aliases: Other names of it, as `parse_host_names` returns them.
        url: What the backend gave.
    """
    if not url.isprintable() or url != url.strip() or "\\" in url:
        return False
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
        if parts.scheme not in ("", "http", "https") or "@" in parts.netloc:
            return False
        if not parts.scheme and not url.startswith("//"):
            return True
        return bool(host) and _canonical_host(host or "") in {_canonical_host(base.hostname or ""), *aliases}
    except ValueError:
        return False


def _canonical_host(host: str) -> str:
    """Return the one form of the name of a host.

    Raises:
        ValueError: No name can look like this.
    """
    host = host.rstrip(".").lower()
    if is_loopback(host):
        return "localhost"
    if _is_ip(host):
        return ipaddress.ip_address(host).compressed
    return host.encode("idna").decode("ascii")


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def placeholders(path: str) -> list[str]:
    """Return the names of the parameters in a path template, in order."""
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


def filled_path(operation: str, template: str, arguments: Iterable[object]) -> str:
    """Return the path of a call, not encoded.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: An argument cannot be sent.
    """
    values = iter(arguments)
    return "/".join(
        path_segment(operation, part[1:-1], next(values)) if part.startswith("{") else part
        for part in template.split("/")
    )


def path_segment(operation: str, name: str, value: object) -> str:
    """Return the text of a path argument, and refuse one that would not stay one segment of the path.

    Raises:
        TypeError: It is not an int, a str or a UUID.
        ValueError: It is empty, a dot segment, or holds a control character.
    """
    if type(value) is int:
        return str(value)
    if isinstance(value, Enum):
        value = value.value
    # Whatever has an index is an integer, those of NumPy included.
    if isinstance(value, UUID | SupportsIndex) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise TypeError(f"{operation}: {name} must be an int or a str, not {type(value).__name__}")
    if not value or value.isspace():
        raise ValueError(f"{operation}: {name} is empty")
    if value in (".", ".."):
        raise ValueError(f"{operation}: {name} must not be a dot segment")
    if any(ord(character) < 0x20 or ord(character) == 0x7F for character in value):
        raise ValueError(f"{operation}: {name} holds a control character")
    return encodable(f"{operation}: {name}", value)


def query_pairs(operation: str, params: Mapping[str, Any]) -> QueryPairs:
    """Flatten query parameters: lists repeat the key, None is left out, values become text.

    Booleans become ``true`` and ``false``, date-times ISO 8601 with an offset; a naive date-time is local time.

    Raises:
        TypeError: A value has no form in a query. The message names the parameter.
        ValueError: A name or a value cannot be encoded.
    """
    pairs: QueryPairs = []
    for key, value in params.items():
        if not isinstance(key, str):
            raise TypeError(f"{operation}: names in params must be str, not {type(key).__name__}")
        encodable(f"{operation}: the name {key!r} in params", key)
        values = value if isinstance(value, list | tuple | set | frozenset | range) else (value,)
        pairs.extend((key, text(f"{operation}: params[{key!r}]", item)) for item in values if item is not None)
    return pairs


def check_minimums(operation: str, minimums: Mapping[str, int], params: Mapping[str, Any]) -> None:
    """Refuse numbers below what the specification allows, such as a negative page size.

    Raises:
        ValueError: A number is too small. The message names the parameter.
    """
    for name, minimum in minimums.items():
        value = params.get(name)
        if isinstance(value, int) and value < minimum:
            raise ValueError(f"{operation}: params[{name!r}] must be at least {minimum}, not {value}")


def text(name: str, value: object) -> str:
    """Return the text form of a scalar, as queries and multipart fields carry it.

    Raises:
        TypeError: `value` is no scalar. The message begins with `name`.
        ValueError: `value` cannot be encoded.
    """
    match value:
        case Enum():
            return text(name, value.value)
        case str():
            return encodable(name, value)
        case bool():
            return "true" if value else "false"
        case Number() | UUID():
            return str(value)
        case datetime():
            return iso_datetime(value)
        case date():
            return value.isoformat()
    raise TypeError(f"{name} must be a str, number, bool, date or datetime, not {type(value).__name__}")


def encodable(name: str, value: str) -> str:
    """Return `value` if UTF-8 can encode it.

    Raises:
        ValueError: It holds a lone surrogate. The message begins with `name`.
    """
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{name} holds a lone surrogate, which UTF-8 cannot encode") from None
    return value


def iso_datetime(moment: datetime) -> str:
    """Return ISO 8601 with an offset; a naive `moment` is local time, as `datetime.now()` gives it."""
    return (moment.astimezone() if moment.tzinfo is None else moment).isoformat()


def encode_query(pairs: Iterable[tuple[str, str]]) -> str:
    """Percent-encode query parameters, spaces as ``%20``."""
    return "&".join(f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in pairs)


def secrets_in(target: str) -> list[str]:
    """Return what must not show of path and query of a URL that gives whoever has it access to a file.

    That is the whole and, because servers repeat parts of it in their errors, each value of its query.
    """
    values = (value for _, value in parse_qsl(target.partition("?")[2]))
    return sorted({target, target.partition("?")[2], *values} - {""}, key=len, reverse=True)
