"""Both clients behind one synchronous face, so that a test is written once and runs with each."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from synapse_backend import AsyncBackendClient, BackendClient

TOKENS = {
    "api_token": "access-0a1b2c3d",
    "authorization_token": "user-4e5f6a7b",
    "agent_token": "agent-8c9d0e1f",
    "tenant": "tenant-2a3b",
}
"""One value for each header that carries a token or the tenant."""


class Driver(Protocol):
    """A client whose methods are called by name."""

    client: Any

    def call(self, method: str, arguments: Sequence[Any], **named: Any) -> Any:
        """Call a method with these arguments and return what it returns."""
        ...

    def items(self, method: str, arguments: Sequence[Any], **named: Any) -> Iterator[Any]:
        """Walk through what a method yields, one item after the other."""
        ...

    def together(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        """Make calls at the same time; return what each returned or raised, in their order."""
        ...

    def close(self) -> None:
        """Close the client."""
        ...


class SyncDriver:
    """Drives `BackendClient`."""

    def __init__(self, url: str, **options: Any) -> None:
        self.client = BackendClient(url, **options)

    def call(self, method: str, arguments: Sequence[Any], **named: Any) -> Any:
        """Call a method with these arguments and return what it returns."""
        return getattr(self.client, method)(*arguments, **named)

    def items(self, method: str, arguments: Sequence[Any], **named: Any) -> Iterator[Any]:
        """Walk through what a method yields, one item after the other."""
        yield from getattr(self.client, method)(*arguments, **named)

    def together(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        """Make calls at the same time; return what each returned or raised, in their order."""
        with ThreadPoolExecutor(len(calls)) as threads:
            made = [threads.submit(self.call, method, arguments) for method, arguments in calls]
            return [call.exception() or call.result() for call in made]

    def close(self) -> None:
        """Close the client."""
        self.client.close()


async def _first(walk: AsyncIterator[Any]) -> AsyncIterator[Any]:
    with contextlib.suppress(StopAsyncIteration):
        yield await anext(walk)


class AsyncDriver:
    """Drives `AsyncBackendClient` on an event loop of its own."""

    def __init__(self, url: str, **options: Any) -> None:
        self.client = AsyncBackendClient(url, **options)
        self._runner = asyncio.Runner()

    def call(self, method: str, arguments: Sequence[Any], **named: Any) -> Any:
        """Call a method with these arguments and return what it returns."""
        return self._runner.run(getattr(self.client, method)(*arguments, **named))

    def items(self, method: str, arguments: Sequence[Any], **named: Any) -> Iterator[Any]:
        """Walk through what a method yields, one item after the other."""
        walk = getattr(self.client, method)(*arguments, **named)

        async def following() -> list[Any]:
            return [item async for item in _first(walk)]

        while item := self._runner.run(following()):
            yield item[0]

    def together(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        """Make calls at the same time; return what each returned or raised, in their order."""

        async def gather() -> list[Any]:
            made = [getattr(self.client, method)(*arguments) for method, arguments in calls]
            return await asyncio.gather(*made, return_exceptions=True)

        return self._runner.run(gather())

    def close(self) -> None:
        """Close the client and the event loop."""
        self._runner.run(self.client.close())
        self._runner.close()


DRIVERS: dict[str, type[SyncDriver] | type[AsyncDriver]] = {"sync": SyncDriver, "async": AsyncDriver}
