"""A backend, and the fronts through which tests talk to it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from synapse_backend.testing import MockBackend
from tests.unit.testing.fronts import FRONTS, Front
from tests.unit.testing.rest import Api


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


@pytest.fixture(scope="session")
def _http(_server: MockBackend) -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, verify=False, timeout=60) as http:  # noqa: S501  # there is no TLS on the loopback
        # The connection is this fixture's, not that of the first test.
        http.get(f"{_server.url}/jobs/")
        yield http


@pytest.fixture
def api(backend: MockBackend, _http: httpx.Client) -> Api:
    """Calls `backend` over HTTP."""
    return Api(backend, _http)
