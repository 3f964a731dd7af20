"""A server that takes small files and data units as the API says, hashes them and throws them away.

Runs in a process of its own; its first line of output is the port. It ends when its standard input does.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import selectors
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

MOMENT = "2025-09-01T00:00:00+00:00"
COLLECTION = {
    "id": 123,
    "name": "Streets",
    "description": "",
    "project": None,
    "created_at": MOMENT,
    "file_specifications": [{"name": "image", "is_required": True}],
}
EMPTY: dict[str, object] = {"count": 0, "next": None, "previous": None, "results": []}
_READ_BYTES = 256 * 1024


class Sink:
    """What the server answers."""

    def __init__(self) -> None:
        self._ids = itertools.count(1)

    def answer(self, line: bytes, body: bytes) -> object:
        """Return the answer to a request."""
        if line.startswith(b"POST /data_files/ "):
            # The one part of the form is the file, between the first empty line and the last boundary.
            start, end = body.index(b"\r\n\r\n") + 4, body.rindex(b"\r\n--")
            content = body[start:end]
            checksum = hashlib.md5(content, usedforsecurity=False).hexdigest()
            return {"id": next(self._ids), "checksum": checksum, "size": len(content), "created_at": MOMENT}
        if line.startswith(b"POST /data_units/ "):
            return [
                {"id": next(self._ids), "data_collection": 123, "meta": unit.get("meta", {}), "created_at": MOMENT}
                for unit in json.loads(body)
            ]
        return EMPTY if line.startswith(b"GET /data_units/") else COLLECTION


class Connection:
    """One connection and what came on it."""

    def __init__(self, link: socket.socket) -> None:
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._link = link
        self._received = bytearray()
        self._due = 0

    def read(self, sink: Sink) -> bool:
        """Read what came and answer whole requests; return whether the connection goes on."""
        try:
            data = self._link.recv(_READ_BYTES)
        except ConnectionError:
            return False
        self._received += data
        # The end of a request is known from its head, so that what is not whole is not looked at again.
        while self._received and len(self._received) >= self._due and (head := self._received.find(b"\r\n\r\n")) >= 0:
            length = 0
            for name in self._received[:head].split(b"\r\n")[1:]:
                if name[:15].lower() == b"content-length:":
                    length = int(name[15:])
            self._due = head + 4 + length
            if len(self._received) < self._due:
                break
            line = bytes(self._received[: self._received.index(b"\r\n")])
            content = json.dumps(sink.answer(line, bytes(self._received[head + 4 : self._due]))).encode()
            del self._received[: self._due]
            self._due = 0
            status = b"201 Created" if line.startswith(b"POST") else b"200 OK"
            self._link.sendall(
                b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                % (status, len(content), content)
            )
        return bool(data)


def serve() -> None:
    """Listen on any free port of the loopback interface."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    print(listener.getsockname()[1], flush=True)
    sink = Sink()
    # One thread: with one for each connection, they would wait for each other more than for the clients.
    with selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        selector.register(sys.stdin, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                link = key.fileobj
                if not isinstance(link, socket.socket):
                    return
                if link is listener:
                    link, _ = listener.accept()
                    selector.register(link, selectors.EVENT_READ, Connection(link))
                elif not key.data.read(sink):
                    selector.unregister(link)
                    link.close()


@contextlib.contextmanager
def running() -> Iterator[str]:
    """Run the server in another process and yield its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.bulk_sink"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[1],
    )
    assert process.stdout is not None  # noqa: S101 - asked for above
    with process:
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.communicate()


if __name__ == "__main__":
    serve()
