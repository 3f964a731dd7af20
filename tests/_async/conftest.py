"""Clients of the scripted server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from synapse_backend import AsyncBackendClient
from synapse_backend.testing import MockBackend
from tests.support.canary import TOKEN
from tests.support.clock import FakeClock
from tests.support.scripted import ScriptedServer


@pytest.fixture
async def client(server: ScriptedServer) -> AsyncIterator[AsyncBackendClient]:
    """A client that makes one attempt per call."""
    async with AsyncBackendClient(server.url, TOKEN, timeout=60, retries=0) as client:
        yield client


@pytest.fixture
async def impatient(server: ScriptedServer) -> AsyncIterator[AsyncBackendClient]:
    """A client that makes one attempt per call and does not wait long."""
    async with AsyncBackendClient(
        server.url, TOKEN, timeout={"connect": 60, "read": 0.2, "write": 60, "pool": 60}, retries=0
    ) as client:
        yield client


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def persistent(server: ScriptedServer, clock: FakeClock) -> AsyncIterator[AsyncBackendClient]:
    """A client that makes up to four attempts per call, without waiting between them."""
    async with AsyncBackendClient(server.url, TOKEN, timeout=60, clock=clock) as client:
        yield client


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """The package of a release."""
    path = tmp_path / "edge-1.0.0.zip"
    path.write_bytes(b"0123456789")
    return path


@pytest.fixture
def backend() -> Iterator[MockBackend]:
    with MockBackend() as backend:
        yield backend


@pytest.fixture
async def connected(backend: MockBackend) -> AsyncIterator[AsyncBackendClient]:
    """A client of the mock backend that makes one attempt per call."""
    async with AsyncBackendClient(backend.url, TOKEN, timeout=60, retries=0) as client:
        yield client
