"""Both clients behind one synchronous face, so that a test is written once and runs with each."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
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

    def call(self, method: str, arguments: Sequence[Any]) -> Any:
        """Call a method with these arguments and return what it returns."""
        ...

    def close(self) -> None:
        """Close the client."""
        ...


class SyncDriver:
    """Drives `BackendClient`."""

    def __init__(self, url: str, **options: Any) -> None:
        self.client = BackendClient(url, **options)

    def call(self, method: str, arguments: Sequence[Any]) -> Any:
        """Call a method with these arguments and return what it returns."""
        return getattr(self.client, method)(*arguments)

    def close(self) -> None:
        """Close the client."""
        self.client.close()


class AsyncDriver:
    """Drives `AsyncBackendClient` on an event loop of its own."""

    def __init__(self, url: str, **options: Any) -> None:
        self.client = AsyncBackendClient(url, **options)
        self._runner = asyncio.Runner()

    def call(self, method: str, arguments: Sequence[Any]) -> Any:
        """Call a method with these arguments and return what it returns."""
        return self._runner.run(getattr(self.client, method)(*arguments))

    def close(self) -> None:
        """Close the client and the event loop."""
        self._runner.run(self.client.close())
        self._runner.close()


DRIVERS: dict[str, type[SyncDriver] | type[AsyncDriver]] = {"sync": SyncDriver, "async": AsyncDriver}
