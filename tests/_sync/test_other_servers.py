# Derived from tests/_async/test_other_servers.py by scripts/unasync.py; do not edit.
"""Servers beside the backend: connections are kept to a few of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from synapse_api import operations
from synapse_backend import BackendClient
from synapse_backend._sync import _transport
from synapse_backend._sync._transport import AnswerStream
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


def opened(client: BackendClient, url: str) -> AnswerStream:
    caller, target = client._caller.at(f"{url}/file", with_tokens=False)
    return caller.open(operations.download_file, (), target=target)


def read(stream: AnswerStream) -> bytes:
    with stream:
        return b"".join([piece for piece in stream])


def others(client: BackendClient) -> list[Any]:
    return list(client._caller._others)


def test_connections_to_the_server_that_was_used_longest_ago_are_closed(
    client: BackendClient, storages: list[ScriptedServer]
) -> None:
    first, second = storages
    first.plays(FILE, FILE, FILE)
    second.plays(FILE)
    for _ in range(2):
        assert read(opened(client, first.url)) == b"0123456789"
    assert first.connections == 1
    assert read(opened(client, second.url)) == b"0123456789"
    first.wait_until_idle()
    assert len(others(client)) == 1
    assert read(opened(client, first.url)) == b"0123456789"
    assert first.connections == 2


def test_what_is_in_use_goes_on_and_is_closed_then(client: BackendClient, storages: list[ScriptedServer]) -> None:
    first, second = storages
    first.plays(FILE)
    second.plays(FILE)
    stream = opened(client, first.url)
    assert read(opened(client, second.url)) == b"0123456789"
    assert len(others(client)) == 1
    assert read(stream) == b"0123456789"
    first.wait_until_idle()


def test_a_way_that_was_not_used_yet_stays(client: BackendClient, storages: list[ScriptedServer]) -> None:
    first, second = storages
    first.plays(FILE)
    caller, target = client._caller.at(f"{first.url}/file", with_tokens=False)
    client._caller.at(f"{second.url}/file", with_tokens=False)
    assert len(others(client)) == 2
    assert read(caller.open(operations.download_file, (), target=target)) == b"0123456789"


def test_connections_through_a_proxy_are_closed_when_none_is_in_use(server: ScriptedServer) -> None:
    server.plays(FILE, FILE, FILE)
    with BackendClient("http://backend.example", proxy=server.url, allow_insecure_http=True) as client:
        stream = opened(client, "http://first.example")
        assert read(opened(client, "http://second.example")) == b"0123456789"
        assert len(others(client)) == 2
        assert read(stream) == b"0123456789"
        assert read(opened(client, "http://second.example")) == b"0123456789"
        assert len(others(client)) == 1
