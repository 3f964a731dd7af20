"""A backend, and the fronts through which tests talk to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from synapse_backend.testing import MockBackend
from tests.unit.testing.fronts import FRONTS, Front


@pytest.fixture(scope="session")
def _server() -> Iterator[MockBackend]:
    with MockBackend() as backend:
        yield backend


@pytest.fixture
def backend(_server: MockBackend) -> Iterator[MockBackend]:
    """A started backend with seeded data."""
    _server.reset()
    yield _server
    _server.check()


@pytest.fixture(params=list(FRONTS))
def front(request: pytest.FixtureRequest, backend: MockBackend) -> Front:
    """Either front of `backend`."""
    return FRONTS[request.param](backend)
