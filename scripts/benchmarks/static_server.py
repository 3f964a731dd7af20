"""A server that answers at once with prepared bytes, so that a measured call is the client's time.

Runs in a process of its own; its first line of output is the port. It ends when its standard input does.
"""

from __future__ import annotations

import contextlib
import json
import selectors
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

PAGE_SIZE = 100
JOB = {
    "id": 789,
    "status": "running",
    "progress": 40,
    "plugin": 123,
    "plugin_release": 456,
    "user": 456,
    "agent": None,
    "parameters": {"threshold": 0.8, "max_items": 150, "input_path": "/data/input/", "output_path": "/data/output/"},
    "context": {"project_id": 123, "user_id": 456, "execution_mode": "batch"},
    "metadata": {"current_step": "processing_images"},
    "created_at": "2025-09-01T00:00:00+00:00",
    "updated_at": "2025-09-01T00:00:04+00:00",
    "started_at": "2025-09-01T00:00:01+00:00",
    "finished_at": None,
}
PAGE = {"count": 1000, "next": None, "previous": None, "results": [{**JOB, "id": 789 + n} for n in range(PAGE_SIZE)]}


def answer_with(content: object) -> bytes:
    """Return an answer as it goes over the wire."""
    body = json.dumps(content).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


def serve() -> None:
    """Listen on any free port of the loopback interface; a list gets a page, everything else a job."""
    job, page = answer_with(JOB), answer_with(PAGE)
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    # One thread: with one for each connection, they would wait for each other more than for the clients.
    with selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        selector.register(sys.stdin, selectors.EVENT_READ)
        received: dict[socket.socket, bytes] = {}
        while True:
            for key, _ in selector.select():
                connection = key.fileobj
                if not isinstance(connection, socket.socket):
                    return
                if connection is listener:
                    connection, _ = listener.accept()
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    selector.register(connection, selectors.EVENT_READ)
                    received[connection] = b""
                    continue
                try:
                    data = connection.recv(65536)
                except ConnectionError:
                    data = b""
                if not data:
                    selector.unregister(connection)
                    connection.close()
                    del received[connection]
                    continue
                data = received[connection] + data
                while b"\r\n\r\n" in data:
                    # A request has no body, so it ends with an empty line.
                    request, _, data = data.partition(b"\r\n\r\n")
                    connection.sendall(page if request.startswith(b"GET /jobs/ ") else job)
                received[connection] = data


@contextlib.contextmanager
def running() -> Iterator[int]:
    """Run the server in another process and yield its port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.static_server"],
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
