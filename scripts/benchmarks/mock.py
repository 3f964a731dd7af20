"""How fast the mock backend starts and answers; it checks every request and every answer against the contract."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

from .measuring import Figure, Series

CONNECTIONS = 16
LOAD = f"load: plain sockets, one process, {CONNECTIONS} kept-alive connections, one request in flight on each"

_START = """
import time
begin = time.perf_counter()
from synapse_backend.testing import MockBackend
with MockBackend() as backend:
    cold = time.perf_counter() - begin
begin = time.perf_counter()
with MockBackend() as backend:
    warm = time.perf_counter() - begin
print(cold, warm)
"""

_SERVE = """
import sys
from synapse_backend.testing import MockBackend
with MockBackend() as backend:
    print(backend.url, flush=True)
    sys.stdin.read()
"""


@contextlib.contextmanager
def serving() -> Iterator[str]:
    """Run a mock backend in another process and yield its address."""
    with subprocess.Popen(
        [sys.executable, "-c", _SERVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None  # noqa: S101 - asked for above
        try:
            yield process.stdout.readline().strip()
        finally:
            process.communicate()


def starts(rounds: int) -> tuple[Series, Series]:
    """Return the times from the import to the first request it could take, and those of a second backend."""
    cold, warm = Series(), Series()
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": cache}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for number in range(-1, rounds):
            done = subprocess.run(
                [sys.executable, "-c", _START], env=environment, check=True, capture_output=True, text=True
            )
            first, second = map(float, done.stdout.split())
            if number >= 0:
                cold.seconds.append(first)
                warm.seconds.append(second)
    return cold, warm


def read_answer(connection: socket.socket) -> bytes:
    """Read one answer that has a Content-Length."""
    received = connection.recv(65536)
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 2"):
        raise RuntimeError(f"the mock backend answered {head.splitlines()[0]!r}")
    lower = head.lower()
    start = lower.index(b"content-length:") + len(b"content-length:")
    length = int(lower[start:].split(b"\r\n", 1)[0])
    while len(body) < length:
        body += connection.recv(65536)
    return body


def request_bytes(host: str, method: str, path: str, data: object = None) -> bytes:
    """Return a request as it goes over the wire."""
    body = b"" if data is None else json.dumps(data).encode()
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Synapse-Access-Token: Token secret"]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def seconds_per_request(connections: list[socket.socket], request: bytes, seconds: float) -> float:
    """Keep one request in flight on every connection for a while and return the mean time of a request."""
    start = time.perf_counter()
    answered = 0
    while (elapsed := time.perf_counter() - start) < seconds:
        for connection in connections:
            connection.sendall(request)
        for connection in connections:
            read_answer(connection)
        answered += len(connections)
    return elapsed / answered


def measure(rounds: int) -> list[Figure]:
    """Return the times to start and the requests per second of three operations."""
    cold, warm = starts(rounds)
    with serving() as url, contextlib.ExitStack() as stack:
        address = urlsplit(url)
        where = (address.hostname or "", address.port or 0)
        connections = [stack.enter_context(socket.create_connection(where)) for _ in range(CONNECTIONS)]
        for connection in connections:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        requests = {
            "get_job": request_bytes(address.netloc, "GET", "/jobs/789/"),
            "list_jobs": request_bytes(address.netloc, "GET", "/jobs/?page_size=10"),
            "update_job": request_bytes(address.netloc, "PATCH", "/jobs/789/", {"status": "running", "progress": 75}),
        }
        times = {name: Series() for name in requests}
        for number in range(-1, max(3, rounds // 3)):
            for name, request in requests.items():
                elapsed = seconds_per_request(connections, request, 0.4)
                if number >= 0:
                    times[name].seconds.append(elapsed)
    rates = {name: Series([1 / seconds for seconds in series.seconds]) for name, series in times.items()}
    return [
        cold.figure("mock start, with imports", scale=1e3, unit="ms", target="<= 150 ms"),
        warm.figure("mock start, second in the process", scale=1e3, unit="ms"),
        rates["get_job"].figure("mock get_job", scale=1, unit="req/s", note=LOAD, target=">= 10000 req/s"),
        rates["list_jobs"].figure("mock list_jobs, 10 per page", scale=1, unit="req/s", note=LOAD),
        rates["update_job"].figure("mock update_job", scale=1, unit="req/s", note=LOAD),
    ]
