"""How many calls a second many tasks get through one asynchronous client."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import httpx

from synapse_backend import AsyncBackendClient

from .calls import HEADERS
from .measuring import Figure, Series, alternate, ratio
from .static_server import running

TASKS = 50
CALLS = 20


def measure(rounds: int) -> list[Figure]:
    """Return the calls a second of each client."""
    with running() as port, asyncio.Runner() as runner:
        url = f"http://127.0.0.1:{port}"
        client, plain = AsyncBackendClient(url, "secret"), httpx.AsyncClient(base_url=url, headers=HEADERS)

        async def with_httpx() -> object:
            return (await plain.get("/jobs/789/")).json()

        def at_once(call: Callable[[], Awaitable[object]]) -> Callable[[], None]:
            async def task() -> None:
                for _ in range(CALLS):
                    await call()

            async def run() -> None:
                await asyncio.gather(*(task() for _ in range(TASKS)))

            return lambda: runner.run(run())

        contenders = {
            "AsyncBackendClient": at_once(lambda: client.get_job(789)),
            "httpx.AsyncClient": at_once(with_httpx),
        }
        times = alternate(contenders, rounds=rounds, size=TASKS * CALLS)
        runner.run(plain.aclose())
        runner.run(client.close())
    rates = {name: Series([1 / seconds for seconds in series.seconds]) for name, series in times.items()}
    ours, theirs = rates
    group = f"get_job, {TASKS} tasks at once"
    return [
        rates[ours].figure(group, ours, scale=1, unit="calls/s"),
        rates[theirs].figure(
            group, theirs, scale=1, unit="calls/s", ratio=ratio(times[ours], times[theirs]), target="<= 0.5"
        ),
    ]
