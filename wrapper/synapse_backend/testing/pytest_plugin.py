"""Fixtures for pytest. Nothing is imported, and no server runs, before a test asks for one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from synapse_backend import AsyncBackendClient, BackendClient
    from synapse_backend.testing import MockBackend


@pytest.fixture(scope="session")
def mock_backend_options() -> dict[str, Any]:
    """Options of the `MockBackend` behind the fixtures; override it in a `conftest.py` to set some."""
    return {}


@pytest.fixture(scope="session")
def _mock_backend_server(mock_backend_options: dict[str, Any]) -> Iterator[MockBackend]:
    from synapse_backend.testing import MockBackend

    with MockBackend(**mock_backend_options) as backend:
        yield backend


_failed = pytest.StashKey[bool]()


# The old kind of wrapper, which every pytest knows: this module is loaded wherever the package is installed.
@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """Remember whether a test failed, so that its backend does not complain on top of it."""
    outcome = yield
    report = outcome.get_result()
    if report.when == "call":
        item.stash[_failed] = report.failed


@pytest.fixture
def mock_backend(_mock_backend_server: MockBackend, request: pytest.FixtureRequest) -> Iterator[MockBackend]:
    """A backend with seeded data, as new for each test. The server behind it is shared by the tests of a process.

    The test fails when a fault that it armed did not fire.
    """
    _mock_backend_server.reset()
    yield _mock_backend_server
    if request.node.stash.get(_failed, False):
        # A test that failed did not get to everything that it had armed.
        _mock_backend_server.faults.clear()
    _mock_backend_server.check()


@pytest.fixture
def backend_client(mock_backend: MockBackend) -> Iterator[BackendClient]:
    """A client of `mock_backend`."""
    with mock_backend.client() as client:
        yield client


@pytest.fixture
def async_backend_client(mock_backend: MockBackend) -> AsyncBackendClient:
    """An asynchronous client of `mock_backend`, for any event loop.

    It keeps no connection open between calls, so that nothing is left to close when the test is over: its event loop is
    gone by then.
    """
    import ssl

    import httpx

    transport = httpx.AsyncHTTPTransport(
        # The mock speaks plain HTTP; a context of its own spares loading the certificate store for every test.
        verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        limits=httpx.Limits(max_keepalive_connections=0),
    )
    return mock_backend.async_client(transport=transport)
