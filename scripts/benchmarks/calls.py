"""What one call costs: our clients against the HTTP clients that an application could use instead, on one server."""

from __future__ import annotations

import asyncio
import http.client
import json
from collections.abc import Awaitable, Callable
from functools import partial

import httpx

from synapse_backend import AsyncBackendClient, BackendClient

from .libraries import load
from .measuring import Figure, alternate, compare
from .processes import one_processor
from .static_server import PAGE_SIZE, running

HEADERS = {"Synapse-Access-Token": "Token secret", "Accept": "application/json"}
TARGETS = {"get_job": {"httpx.Client.get(...).json()": "<= 0.5"}}
# Operation, path, and how often it is called in a round.
SUBJECTS = (("get_job", "/jobs/789/", 200), ("list_jobs", "/jobs/", 40))
NOTE = "calls: one after the other; client and server share a processor, where the system allows that"
TITLES = {"get_job": "get_job", "list_jobs": f"list_jobs, {PAGE_SIZE} items"}


def measure(rounds: int) -> list[Figure]:
    """Return the time of a call with each client and the ratios."""
    with one_processor(), running() as port:
        return [*synchronous(port, rounds), *asynchronous(port, rounds)]


def synchronous(port: int, rounds: int) -> list[Figure]:
    """Measure `BackendClient`."""
    figures = []
    url = f"http://127.0.0.1:{port}"
    with (
        BackendClient(url, "secret") as client,
        httpx.Client(base_url=url, headers=HEADERS) as plain,
        load("requests").Session() as session,
    ):
        session.headers.update(HEADERS)
        connection = http.client.HTTPConnection("127.0.0.1", port)

        def with_httpx(path: str) -> object:
            return plain.get(path).json()

        def with_requests(path: str) -> object:
            return session.get(url + path).json()

        def with_http_client(path: str) -> object:
            connection.request("GET", path, headers=HEADERS)
            return json.loads(connection.getresponse().read())

        ours: dict[str, Callable[[], object]] = {"get_job": lambda: client.get_job(789), "list_jobs": client.list_jobs}
        for operation, path, repeat in SUBJECTS:
            contenders: dict[str, Callable[[], object]] = {
                "BackendClient": ours[operation],
                "httpx.Client.get(...).json()": partial(with_httpx, path),
                "requests.Session.get(...).json()": partial(with_requests, path),
                "http.client and json.loads": partial(with_http_client, path),
            }
            series = alternate(contenders, rounds=rounds, repeat=repeat)
            figures += compare(
                TITLES[operation], series, scale=1e6, unit="us", targets=TARGETS.get(operation), note=NOTE
            )
        connection.close()
    return figures


def asynchronous(port: int, rounds: int) -> list[Figure]:
    """Measure `AsyncBackendClient`, one call after the other."""
    figures = []
    url = f"http://127.0.0.1:{port}"
    with asyncio.Runner() as runner:
        client, plain = AsyncBackendClient(url, "secret"), httpx.AsyncClient(base_url=url, headers=HEADERS)

        async def with_httpx(path: str) -> object:
            return (await plain.get(path)).json()

        def in_a_row(call: Callable[[], Awaitable[object]], number: int) -> Callable[[], None]:
            async def run() -> None:
                for _ in range(number):
                    await call()

            return lambda: runner.run(run())

        ours: dict[str, Callable[[], Awaitable[object]]] = {
            "get_job": lambda: client.get_job(789),
            "list_jobs": client.list_jobs,
        }
        for operation, path, size in SUBJECTS:
            contenders = {
                "AsyncBackendClient": in_a_row(ours[operation], size),
                "httpx.AsyncClient.get(...).json()": in_a_row(partial(with_httpx, path), size),
            }
            series = alternate(contenders, rounds=rounds, size=size)
            figures += compare(f"{TITLES[operation]}, async", series, scale=1e6, unit="us")
        runner.run(plain.aclose())
        runner.run(client.close())
    return figures
