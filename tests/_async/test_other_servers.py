"""Servers beside the backend: connections are kept to a few of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from synapse_api import operations
from synapse_backend import AsyncBackendClient
from synapse_backend._async import _transport
from synapse_backend._async._transport import AsyncAnswerStream
from tests.support.scripted import ScriptedServer, reply

FILE = reply(200, b"0123456789", "application/octet-stream")


@pytest.fixture(autouse=True)
def one_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections are kept to one further server."""
    monkeypatch.setattr(_transport, "_MOST_OTHERS", 1)


@pytest.fixture
def storages() -> Iterator[list[ScriptedServer]]:
    with ExitStack() as stack:
        yield [stack.enter_context(ScriptedServer()) for _ in range(2)]


async def opened(client: AsyncBackendClient, url: str) -> AsyncAnswerStream:
    caller, target = await client._caller.at(f"{url}/file", with_tokens=False)
    return await caller.open(operations.download_file, (), target=target)


async def read(stream: AsyncAnswerStream) -> bytes:
    async with stream:
        return b"".join([piece async for piece in stream])


def others(client: AsyncBackendClient) -> list[Any]:
    return list(client._caller._others)


async def test_connections_to_the_server_that_was_used_longest_ago_are_closed(
    client: AsyncBackendClient, storages: list[ScriptedServer]
) -> None:
    first, second = storages
    first.plays(FILE, FILE, FILE)
    second.plays(FILE)
    for _ in range(2):
        assert await read(await opened(client, first.url)) == b"0123456789"
    assert first.connections == 1
    assert await read(await opened(client, second.url)) == b"0123456789"
    first.wait_until_idle()
    assert len(others(client)) == 1
    assert await read(await opened(client, first.url)) == b"0123456789"
    assert first.connections == 2


async def test_what_is_in_use_goes_on_and_is_closed_then(
    client: AsyncBackendClient, storages: list[ScriptedServer]
) -> None:
    first, second = storages
    first.plays(FILE)
    second.plays(FILE)
    stream = await opened(client, first.url)
    assert await read(await opened(client, second.url)) == b"0123456789"
    assert len(others(client)) == 1
    assert await read(stream) == b"0123456789"
    first.wait_until_idle()


async def test_a_way_that_was_not_used_yet_stays(client: AsyncBackendClient, storages: list[ScriptedServer]) -> None:
    first, second = storages
    first.plays(FILE)
    caller, target = await client._caller.at(f"{first.url}/file", with_tokens=False)
    await client._caller.at(f"{second.url}/file", with_tokens=False)
    assert len(others(client)) == 2
    assert await read(await caller.open(operations.download_file, (), target=target)) == b"0123456789"


async def test_connections_through_a_proxy_are_closed_when_none_is_in_use(server: ScriptedServer) -> None:
    server.plays(FILE, FILE, FILE)
    async with AsyncBackendClient("http://backend.example", proxy=server.url, allow_insecure_http=True) as client:
        stream = await opened(client, "http://first.example")
        assert await read(await opened(client, "http://second.example")) == b"0123456789"
        assert len(others(client)) == 2
        assert await read(stream) == b"0123456789"
        assert await read(await opened(client, "http://second.example")) == b"0123456789"
        assert len(others(client)) == 1
