"""What passes between a call and whatever carries it."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Mapping
from dataclasses import dataclass

import httpcore


@dataclass(frozen=True, slots=True, repr=False)
class WireRequest:
    """A request to the server of a client; scheme, host and port are those of the client. Has no repr: it holds tokens."""

    method: bytes
    target: bytes
    """Path and query, encoded."""
    headers: list[tuple[bytes, bytes]]
    content: bytes | Iterable[bytes] | AsyncIterable[bytes]
    """The body; an iterable of the kind that fits the client."""
    timeout: Mapping[str, float | None]
    """Limits of the phases `connect`, `read`, `write` and `pool` in seconds."""


class TlsAnsweredError(httpcore.RemoteProtocolError):
    """A request in clear text was answered with TLS, so that nobody has read it."""
