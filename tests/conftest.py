"""What all tests stand on."""

from __future__ import annotations

import gc
import resource
import signal
import sys
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.support.scripted import ScriptedServer

# A shell that runs the tests in the background has them ignore interrupts, and their processes inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

pytest_plugins = ("tests.support.campaign", "tests.support.covering", "tests.support.leaks")

# A machine may be busy.
settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")

TOKEN_VARIABLES = ("SYNAPSE_API_TOKEN", "SYNAPSE_ACCESS_TOKEN", "SYNAPSE_AGENT_TOKEN")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Asynchronous tests run on asyncio."""
    return "asyncio"


@pytest.fixture(autouse=True)
def _no_tokens_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens of the person who runs the tests stay out of them."""
    for name in TOKEN_VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """A server that plays what the test prepares; the test fails when a part of its script was never asked for."""
    with ScriptedServer() as server:
        yield server
        server.wait_until_played()
    assert server.unplayed == 0


def pytest_collection_finish() -> None:
    """Spare the garbage collector what stays until the end anyway: all that was imported, and ten thousand tests."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how large the largest process was, of the tests and of what they started."""
    peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    unit = 1 if sys.platform == "darwin" else 1024
    terminalreporter.line(f"Largest process: {max(peaks) * unit / 2**20:,.0f} MiB.")
