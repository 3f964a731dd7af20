"""Heads of ordinary requests and answers, without the state machine of h11, which takes longer than the rest of a call.

Only what is beyond doubt is written and read here: one request with a known length, and its answer when it comes whole,
says how long its body is, and says nothing else about the connection. Everything else is h11's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

_TOKEN = rb"[-!#$%&'*+.^_`|~0-9A-Za-z]+"
# No part can match in two ways, so that a match takes one pass.
_REQUEST = re.compile(
    rb"(?:GET|POST|PUT|PATCH|DELETE) [!-~]+ HTTP/1\.1\r\n(?:" + _TOKEN + rb": [!-~]+(?: +[!-~]+)*\r\n)+\r\n"
)
_ANSWER = re.compile(rb"HTTP/1\.1 ([2-5][0-9][0-9]) [ -~]*\r\n((?:" + _TOKEN + rb":[ -~]*\r\n)+)\r\n")
_LENGTH = re.compile(rb"[0-9]{1,15}")
_LENGTH_NAME = b"content-length"
_NOT_ORDINARY = frozenset(
    {b"transfer-encoding", b"connection", b"upgrade", b"expect", b"te", b"trailer", b"keep-alive"}
)
_WITHOUT_BODY = frozenset({204, 205, 304})

Headers = Sequence[tuple[bytes, bytes]]


class Head(NamedTuple):
    """The head of an answer."""

    status: int
    headers: Headers


class OrdinaryAnswer(NamedTuple):
    """The head of an answer, and where its body is."""

    head: Head
    start: int
    """Where the body begins in what came."""
    length: int
    """Bytes of the body."""


def ordinary_request(method: bytes, target: bytes, headers: Headers, content: bytes) -> bytes | None:
    """Return the head of a request as it goes over the wire; None where h11 has to look at it."""
    lengths = []
    for name, value in headers:
        lower = name.lower()
        if lower == _LENGTH_NAME:
            lengths.append(value)
        elif lower in _NOT_ORDINARY:
            return None
    if lengths != [b"%d" % len(content)] and (content or lengths):
        return None
    lines = [b"%b: %b\r\n" % header for header in headers]
    head = b"%b %b HTTP/1.1\r\n%b\r\n" % (method, target, b"".join(lines))
    # A value that brings lines of its own would pass as well.
    if head.count(b"\r\n") != len(lines) + 2 or _REQUEST.fullmatch(head) is None:
        return None
    return head


def ordinary_answer(data: bytes) -> OrdinaryAnswer | None:
    """Return the answer that begins with what came; None where h11 has to look at it."""
    found: Final = _ANSWER.match(data)
    if found is None or int(found[1]) in _WITHOUT_BODY:
        return None
    headers: list[tuple[bytes, bytes]] = []
    length: bytes | None = None
    for line in found[2].split(b"\r\n")[:-1]:
        name, _, value = line.partition(b":")
        lower, value = name.lower(), value.strip(b" ")
        if lower == _LENGTH_NAME:
            if length is not None:
                return None
            length = value
        elif lower in _NOT_ORDINARY:
            return None
        headers.append((name, value))
    if length is None or _LENGTH.fullmatch(length) is None:
        return None
    return OrdinaryAnswer(Head(int(found[1]), headers), found.end(), int(length))
