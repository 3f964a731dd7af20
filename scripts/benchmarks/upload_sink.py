"""A server that takes chunked uploads, and throws away what it gets as fast as it can.

Runs in a process of its own; its first line of output is the port. It ends when its standard input does.
"""

from __future__ import annotations

import contextlib
import json
import re
import selectors
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_READ_BYTES = 1024 * 1024
# Lets the system drop what is received without copying it anywhere, where it can.
_DISCARD = socket.MSG_TRUNC if sys.platform == "linux" else 0
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
_RANGE = re.compile(rb"(?i)\r\ncontent-range: *bytes (\d+)-(\d+)/(\d+)")
_PATH = "/chunked_upload/1/"


@dataclass
class Request:
    """What has come of a request."""

    head: bytearray = field(default_factory=bytearray)
    left: int | None = None
    """Bytes of the body that are due; None while the head is not complete."""
    kept: bytearray = field(default_factory=bytearray)
    """The body of a request in JSON, which is small."""
    size: int = 0
    """Size of the file of the last part."""


def answer_to(request: Request) -> bytes:
    """Return what the API would answer, without a look at the file."""
    content: dict[str, object] = {"id": 1, "url": _PATH, "filename": "file.bin", "status": 1}
    if found := _RANGE.search(request.head):
        request.size = int(found[3])
        content |= {"offset": int(found[2]) + 1}
    elif request.head.startswith(b"POST"):
        md5 = json.loads(request.kept)["md5"]
        done = {"status": 2, "checksum": md5, "completed_at": "2025-09-01T00:00:00Z"}
        content |= {"offset": request.size, "size": request.size, **done}
    else:
        content |= {"offset": 0}
    body = json.dumps(content).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


def receive(connection: socket.socket, request: Request, scratch: bytearray) -> bool:
    """Read what has come, and answer when it is all; return whether the connection goes on."""
    if request.left is not None and not request.head.startswith(b"POST"):
        # Of one body at most: what follows is another request.
        got = connection.recv_into(scratch, min(request.left, len(scratch)), _DISCARD)
        request.left -= got
    else:
        data = connection.recv(65536)
        got = len(data)
        if request.left is None:
            request.head += data
            head, end, body = bytes(request.head).partition(b"\r\n\r\n")
            if end:
                length = _LENGTH.search(head)
                request.head = bytearray(head)
                request.left = int(length[1]) if length else 0
                data = body
        if request.left is not None:
            request.left -= len(data)
            request.kept += data if request.head.startswith(b"POST") else b""
    if request.left == 0:
        connection.sendall(answer_to(request))
        request.head, request.left, request.kept = bytearray(), None, bytearray()
    return bool(got)


def serve() -> None:
    """Listen on any free port of the loopback interface."""
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    scratch = bytearray(_READ_BYTES)
    requests: dict[socket.socket, Request] = {}
    with selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        selector.register(sys.stdin, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                connection = key.fileobj
                if not isinstance(connection, socket.socket):
                    return
                if connection is listener:
                    connection, _ = listener.accept()
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    selector.register(connection, selectors.EVENT_READ)
                    requests[connection] = Request()
                    continue
                try:
                    goes_on = receive(connection, requests[connection], scratch)
                except ConnectionError:
                    goes_on = False
                if not goes_on:
                    selector.unregister(connection)
                    connection.close()
                    del requests[connection]


@contextlib.contextmanager
def running() -> Iterator[int]:
    """Run the server in another process and yield its port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.upload_sink"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[1],
    )
    assert process.stdout is not None  # noqa: S101 - asked for above
    with process:
        try:
            yield int(process.stdout.readline())
        finally:
            process.communicate()


if __name__ == "__main__":
    serve()
