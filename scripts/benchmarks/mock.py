"""How fast the mock backend starts and answers; it checks every request and every answer against the contract."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from synapse_backend.testing import MockBackend

from . import prism
from .measuring import Figure, Series, alternate, ratio
from .processes import compiled_modules, resident_bytes

CONNECTIONS = 10
LOAD = (
    f"mock, requests: plain sockets, one process, {CONNECTIONS} kept-alive connections, one request in flight on each"
)
TESTS = 300

_TESTS = """
import pytest

@pytest.fixture
def nothing():
    yield

@pytest.mark.parametrize("number", range({number}))
def test_it(number, {fixture}):
    pass
"""


@contextlib.contextmanager
def command(environment: Mapping[str, str] | None = None) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run `synapse-backend mock` and yield its address and its process."""
    start = [sys.executable, "-m", "synapse_backend", "mock"]
    with subprocess.Popen(start, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None  # noqa: S101 - asked for above
        try:
            yield process.stdout.readline().split()[-1], process
        finally:
            process.terminate()


def first_answers(rounds: int) -> Series:
    """Return the times from starting the command to its first answer."""
    series = Series()
    with compiled_modules() as environment:
        for number in range(-1, rounds):
            start = time.perf_counter()
            with command(environment) as (url, _), connected(url) as connection:
                connection.sendall(request_bytes(url, "GET", "/jobs/789/"))
                read_answer(connection)
                elapsed = time.perf_counter() - start
            if number >= 0:
                series.seconds.append(elapsed)
    return series


@contextlib.contextmanager
def connected(url: str) -> Iterator[socket.socket]:
    """Open a connection."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname or "", address.port or 0)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield connection


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


def request_bytes(url: str, method: str, path: str, data: object = None) -> bytes:
    """Return a request as it goes over the wire."""
    body = b"" if data is None else json.dumps(data).encode()
    lines = [f"{method} {path} HTTP/1.1", f"Host: {urlsplit(url).netloc}", "Synapse-Access-Token: Token secret"]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def seconds_per_request(connections: list[socket.socket], request: bytes, seconds: float) -> float:
    """Keep one request in flight on every connection for a while and return the mean time of a request.

    A connection that was answered is asked again at once: were all of them sent together, the server would idle while
    the answers are read.
    """
    start = time.perf_counter()
    answered = 0
    for connection in connections:
        connection.sendall(request)
    while time.perf_counter() - start < seconds:
        for connection in connections:
            read_answer(connection)
            connection.sendall(request)
        answered += len(connections)
    for connection in connections:
        read_answer(connection)
    return (time.perf_counter() - start) / (answered + len(connections))


def under_load(rounds: int, seconds: float = 0.4) -> list[Figure]:
    """Return the requests a second of three operations, and the size of the process before and after reading."""
    with command() as (url, process), prism.running() as other, contextlib.ExitStack() as stack:
        run = request_bytes(url, "POST", "/plugins/123/run/", {"parameters": {}})
        page = request_bytes(url, "GET", "/jobs/?page_size=10")
        connections = {
            name: [stack.enter_context(connected(where)) for _ in range(CONNECTIONS)]
            for name, where in (("ours", url), ("prism", other))
            if where is not None
        }

        def ask(request: bytes) -> Any:
            connections["ours"][0].sendall(request)
            return json.loads(read_answer(connections["ours"][0]))

        if len(ask(page)["results"]) != 10:
            raise RuntimeError("the page has not 10 items")

        def times(request: bytes, *names: str) -> dict[str, Series]:
            series = {name: Series() for name in names}
            for number in range(-1, rounds):
                for name in names:
                    one = seconds_per_request(connections[name], request, seconds)
                    if number >= 0:
                        series[name].seconds.append(one)
            return series

        def rate(name: str, series: Series, target: str = "", relative: float | None = None) -> Figure:
            rates = Series([1 / one for one in series.seconds])
            return rates.figure("mock", name, scale=1, unit="req/s", ratio=relative, target=target, note=LOAD)

        def size(name: str, target: str = "") -> Figure:
            megabytes = resident_bytes(process.pid) / 1e6
            return Figure("mock", name, megabytes, "MB", megabytes, megabytes, target=target)

        at_start = size("command, memory", "<= 45 MB")
        lists = times(page, *connections)
        figures = [at_start, rate("list_jobs, 10 items", lists["ours"], ">= 10000")]
        if "prism" in lists:
            figures.append(
                rate("Prism, list_jobs, 1 item", lists["prism"], relative=ratio(lists["ours"], lists["prism"]))
            )
        # Jobs that move are another matter: what they say changes from one request to the next.
        for _ in range(10):
            ask(run)
        figures.append(rate("list_jobs, 10 running jobs", times(page, "ours")["ours"]))
        job = request_bytes(url, "GET", "/jobs/789/")
        figures.append(rate("get_job", times(job, "ours")["ours"]))
        figures.append(size("command, memory after these"))
        # Last, because all that is made is kept.
        plugin = request_bytes(url, "POST", "/plugins/", {"name": "Segmentation"})
        figures.append(rate("create_plugin", times(plugin, "ours")["ours"]))
        return figures


def in_process(rounds: int) -> list[Figure]:
    """Return the times of starting a further backend, of `reset` and of `stop`."""
    starts, resets, stops = Series(), Series(), Series()
    for number in range(-1, rounds):
        moments = [time.perf_counter()]
        backend = MockBackend().start()
        moments.append(time.perf_counter())
        with connected(backend.url) as connection:
            connection.sendall(request_bytes(backend.url, "GET", "/jobs/789/"))
            read_answer(connection)
            moments.append(time.perf_counter())
            backend.reset()
            moments.append(time.perf_counter())
            # Stopped with a connection that is still open, as in most tests.
            backend.stop()
            moments.append(time.perf_counter())
        if number >= 0:
            starts.seconds.append(moments[1] - moments[0])
            resets.seconds.append(moments[3] - moments[2])
            stops.seconds.append(moments[4] - moments[3])
    return [
        starts.figure("mock", "MockBackend().start(), not the first", scale=1e3, unit="ms"),
        resets.figure("mock", "reset", scale=1e3, unit="ms", target="<= 1 ms"),
        stops.figure("mock", "stop", scale=1e3, unit="ms", target="<= 10 ms"),
    ]


def fixture(rounds: int) -> Figure:
    """Return what the fixture `mock_backend` takes for each test, beyond a fixture that does nothing."""
    with tempfile.TemporaryDirectory() as folder:

        def tests(name: str) -> None:
            file = Path(folder, f"test_{name}.py")
            file.write_text(_TESTS.format(number=TESTS, fixture=name))
            subprocess.run(
                [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(file)],
                cwd=folder,
                check=True,
                capture_output=True,
            )

        series = alternate(
            {name: partial(tests, name) for name in ("mock_backend", "nothing")}, rounds=rounds, size=TESTS
        )
    return (
        series["mock_backend"]
        .beyond(series["nothing"])
        .figure("mock", "fixture, for each test", scale=1e3, unit="ms", target="<= 2 ms")
    )


def measure(rounds: int) -> list[Figure]:
    """Return the figures of the mock backend."""
    return [
        first_answers(rounds).figure(
            "mock", "command, start to first answer", scale=1e3, unit="ms", target="<= 150 ms"
        ),
        *in_process(rounds),
        fixture(max(1, rounds // 3)),
        *under_load(max(1, rounds // 3)),
    ]
