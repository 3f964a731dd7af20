"""A server that answers every request with the same bytes, so that a measured call is the client's time.

Runs in a process of its own; its first line of output is the port. It ends when its standard input does.
"""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

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


def answer_forever(connection: socket.socket, answer: bytes) -> None:
    """Send the answer once for every request; a request has no body, so it ends with an empty line."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    received = b""
    with connection, contextlib.suppress(ConnectionError):
        while chunk := connection.recv(65536):
            received += chunk
            while b"\r\n\r\n" in received:
                _, _, received = received.partition(b"\r\n\r\n")
                connection.sendall(answer)


def serve() -> None:
    """Listen on any free port of the loopback interface."""
    body = json.dumps(JOB).encode()
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)

    def accept() -> None:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=answer_forever, args=(connection, answer), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    sys.stdin.read()


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
