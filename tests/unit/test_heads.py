"""`_heads`: what is ordinary, and what is left to h11."""

from __future__ import annotations

import h11
import pytest

from synapse_backend._heads import Head, OrdinaryAnswer, ordinary_answer, ordinary_request

HOST = (b"Host", b"api.synapse.sh")
LENGTH = (b"Content-Length", b"4")


def by_h11(method: bytes, target: bytes, headers: list[tuple[bytes, bytes]], content: bytes) -> bytes:
    """Return a request as h11 writes it."""
    protocol = h11.Connection(h11.CLIENT)
    head = protocol.send(h11.Request(method=method, target=target, headers=headers)) or b""
    return head + ((protocol.send(h11.Data(data=content)) or b"") if content else b"")


@pytest.mark.parametrize(
    ("method", "target", "headers", "content"),
    [
        (b"GET", b"/jobs/789/?expand=logs&a=%20", [HOST, (b"X-Request-ID", b"0"), (b"Accept", b"a, b")], b""),
        (b"POST", b"/plugins/", [HOST, (b"Content-Type", b"application/json"), LENGTH], b"body"),
        (b"DELETE", b"/", [HOST, (b"Content-Length", b"0")], b""),
    ],
)
def test_an_ordinary_request_is_what_h11_makes_of_it(
    method: bytes, target: bytes, headers: list[tuple[bytes, bytes]], content: bytes
) -> None:
    head = ordinary_request(method, target, headers, content)
    assert head is not None
    assert head + content == by_h11(method, target, headers, content)


@pytest.mark.parametrize(
    ("method", "target", "headers", "content"),
    [
        (b"HEAD", b"/", [HOST], b""),
        (b"CONNECT", b"a:1", [HOST], b""),
        (b"get", b"/", [HOST], b""),
        (b"GET", b"/a b", [HOST], b""),
        (b"GET", b"/\r\nX: 1", [HOST], b""),
        (b"GET", b"/\x80", [HOST], b""),
        (b"GET", b"", [HOST], b""),
        (b"GET", b"/", [(b"Host", b"a\r\nX: 1")], b""),
        (b"GET", b"/", [(b"Host\r\nX", b"a")], b""),
        (b"GET", b"/", [(b"Host", b"a\nb")], b""),
        (b"GET", b"/", [(b"Host", b"a\x00")], b""),
        (b"GET", b"/", [(b"Host", b"a\x80")], b""),
        (b"GET", b"/", [(b"Host", b" a")], b""),
        (b"GET", b"/", [(b"Host", b"a ")], b""),
        (b"GET", b"/", [(b"Host", b"")], b""),
        (b"GET", b"/", [(b"Ho st", b"a")], b""),
        (b"GET", b"/", [], b""),
        (b"GET", b"/", [HOST, (b"Transfer-Encoding", b"chunked")], b""),
        (b"GET", b"/", [HOST, (b"Connection", b"close")], b""),
        (b"GET", b"/", [HOST, (b"Expect", b"100-continue")], b""),
        (b"POST", b"/", [HOST], b"body"),
        (b"POST", b"/", [HOST, LENGTH], b"bodies"),
        (b"POST", b"/", [HOST, LENGTH], b""),
        (b"POST", b"/", [HOST, LENGTH, LENGTH], b"body"),
        (b"POST", b"/", [HOST, (b"Content-Length", b"04")], b"body"),
    ],
)
def test_whatever_else_is_asked_is_left_to_h11(
    method: bytes, target: bytes, headers: list[tuple[bytes, bytes]], content: bytes
) -> None:
    assert ordinary_request(method, target, headers, content) is None


def test_an_ordinary_answer_is_read() -> None:
    data = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nX-A:b\r\ncontent-length:  7  \r\n\r\n{}{}"
    headers = [(b"Content-Type", b"application/json"), (b"X-A", b"b"), (b"content-length", b"7")]
    assert ordinary_answer(data) == OrdinaryAnswer(Head(201, headers), len(data) - 4, 7)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n",
        b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
        b"HTTP/1.1 600 Odd\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 \xea\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: 1\r\n\r\n",
        b"HTTP/1.1 200 OK\nContent-Length: 0\n\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n folded\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: \x00\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: \xea\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: a\rb\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nconnection: keep-alive\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\nContent-Length: 0\r\nUpgrade: h2c\r\n\r\n",
        b" HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    ],
)
def test_whatever_else_is_answered_is_left_to_h11(data: bytes) -> None:
    assert ordinary_answer(data) is None


# A pattern of which a part can match in two ways looks at each byte of these again and again: it takes hours or for ever.
# One that takes one pass is done at once, on any machine, so that there is nothing to measure.
LARGE = 1_000_000


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\n" + b"a: " + b" " * LARGE,
        b"HTTP/1.1 200 OK\r\n" + b"a:    \r\n" * (LARGE // 8) + b"\x00",
        b"HTTP/1.1 200 " + b" " * LARGE,
    ],
    ids=["spaces", "lines", "phrase"],
)
def test_a_hostile_head_is_looked_at_once(data: bytes) -> None:
    assert ordinary_answer(data) is None


def test_a_hostile_value_is_looked_at_once() -> None:
    assert ordinary_request(b"GET", b"/", [(b"Host", b"a " * (LARGE // 2))], b"") is None
