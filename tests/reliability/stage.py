"""Where a scenario is played: a server that fails as it is told, a client of either kind, and what came of it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from synapse_backend import ClientError, RetryEvent
from synapse_backend.testing import MockBackend
from synapse_backend.testing.faults import Armed, Faults
from tests.support.clients import DRIVERS, Driver
from tests.support.clock import FakeClock
from tests.support.scripted import HANGS, Answer, ScriptedServer

CREDENTIALS: dict[str, str] = {
    "api_token": "canary-access-0a1b2c3d",
    "authorization_token": "canary-user-4e5f6a7b",
    "agent_token": "canary-agent-8c9d0e1f",
    "tenant": "canary-tenant-2a3b4c5d",
}
"""What every client of the scenarios sends."""
AGENT_IN_PATH = "canary-path-6d7e8f90"
"""The token of an agent, which travels in a path."""
NAME = {"name": "Contour finder"}
"""A plugin that does not exist yet."""


PATIENT: dict[str, Any] = {"connect": HANGS, "read": HANGS, "write": HANGS, "pool": HANGS}
"""Limits that no healthy answer reaches, however busy the machine is."""


def until(condition: Callable[[], object]) -> None:
    """Return when the condition holds."""
    latest = time.monotonic() + HANGS
    while not condition():
        assert time.monotonic() < latest
        time.sleep(0.002)


@dataclass(frozen=True)
class Call:
    """What is called: a method, its arguments, and what is given by name."""

    method: str
    arguments: tuple[Any, ...] = ()
    named: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"`{self.method}`"


@dataclass(frozen=True)
class Success:
    """The call returns.

    Attributes:
        requests: How many requests the server gets; None where that is not the point.
        fits: What must hold for the value; a function that tells.
    """

    requests: int | None = 1
    fits: Callable[[Any], bool] = bool

    def __str__(self) -> str:
        return f"success{_counted(self.requests)}"

    def check(self, run: Run) -> None:
        """Require that this came of it."""
        if run.error is not None:
            raise run.error
        assert self.fits(run.value), run.value
        assert self.requests is None or self.requests == run.requests_of(self.requests)


@dataclass(frozen=True)
class Failure:
    """The call raises.

    Attributes:
        error: The class of the error, exactly.
        says: What its text must hold, a regular expression.
        requests: How many requests the server gets; None where that is not the point.
        details: Attributes of the error.
    """

    error: type[Exception]
    says: str = ""
    requests: int | None = 1
    details: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"`{self.error.__name__}`{_counted(self.requests)}"

    def check(self, run: Run) -> None:
        """Require that this came of it."""
        assert run.error is not None, run.value
        assert type(run.error) is self.error, repr(run.error)
        assert re.search(self.says, str(run.error)), str(run.error)
        assert {name: getattr(run.error, name) for name in self.details} == self.details
        assert self.requests is None or self.requests == run.requests_of(self.requests)
        if isinstance(run.error, ClientError) and run.error.path:
            assert (run.error.method in str(run.error), run.error.path in str(run.error)) == (True, True)


def _counted(requests: int | None) -> str:
    return "" if requests is None else f", {requests} request{'' if requests == 1 else 's'}"


Expected = Success | Failure


@dataclass
class Run:
    """What came of a scenario, and what it was played on.

    Attributes:
        kind: "sync" or "async".
        credentials: What the client sends.
        value: What the call returned.
        error: What it raised.
        errors: Everything that was raised, for those who look for tokens in it.
        retries: What the client told of its further attempts.
        proof: That the fault fired.
        shown: Whatever else people may see of the run.
    """

    kind: str
    credentials: Mapping[str, Any]
    monkeypatch: pytest.MonkeyPatch
    stack: ExitStack
    value: Any = None
    error: Exception | None = None
    errors: list[BaseException] = field(default_factory=list)
    retries: list[RetryEvent] = field(default_factory=list)
    proof: str = ""
    shown: list[str] = field(default_factory=list)
    backends: list[MockBackend] = field(default_factory=list)
    servers: list[ScriptedServer] = field(default_factory=list)
    drivers: list[Driver] = field(default_factory=list)

    # --- the two sides ----------------------------------------------------------------------------------------------

    def mock(self, **options: Any) -> MockBackend:
        """Return a mock backend that serves."""
        backend = MockBackend(**options)
        self.backends.append(backend)
        backend.start()
        self.stack.callback(self._stop, backend)
        return backend

    @staticmethod
    def _stop(backend: MockBackend) -> None:
        backend.faults.clear()
        backend.stop()

    def script(self, *answers: Answer, **options: Any) -> ScriptedServer:
        """Return a server on a raw socket that plays these answers."""
        server = self.stack.enter_context(ScriptedServer(**options))
        self.servers.append(server)
        server.plays(*answers)
        return server

    def folder(self) -> str:
        """Return an empty folder, which is gone afterwards."""
        return self.stack.enter_context(TemporaryDirectory())

    @property
    def backend(self) -> MockBackend:
        """The mock backend that was made first."""
        return self.backends[0]

    @property
    def server(self) -> ScriptedServer:
        """The scripted server that was made first."""
        return self.servers[0]

    def client(self, url: str, *, once: tuple[str, Mapping[str, float]] | None = None, **options: Any) -> Driver:
        """Return a client of either kind with all credentials.

        Args:
            url: Of the server.
            once: An operation, and the limits of its first request. All others are healthy, and need their time.
            **options: Options of the client.
        """
        settings: dict[str, Any] = {"timeout": PATIENT, "on_retry": self.retries.append}
        settings |= {"clock": self.backend.clock if self.backends else FakeClock()} | dict(self.credentials) | options
        if once is not None:
            settings["on_request"] = lambda event: limit(event.operation)
        driver = DRIVERS[self.kind](url, **settings)
        left = [once] if once else []

        def limit(operation: str) -> None:
            limits = left.pop()[1] if left and left[0][0] == operation else {}
            phases: Any = driver.client._config.timeout
            phases.update(PATIENT | dict(limits))

        self.drivers.append(driver)
        self.stack.callback(driver.close)
        return driver

    @property
    def driver(self) -> Driver:
        """The client that was made first."""
        return self.drivers[0]

    # --- what happened ----------------------------------------------------------------------------------------------

    def make(self, call: Call, driver: Driver | None = None) -> None:
        """Make a call, and keep what it returned or raised."""
        self.value = self.error = None
        try:
            self.value = (driver or self.driver).call(call.method, call.arguments, **call.named)
        except Exception as error:
            self.error = error
            self.errors.append(error)

    @property
    def requests(self) -> int:
        """How many requests the server got."""
        return len(self.backend.requests) if self.backends else len(self.server.requests)

    def requests_of(self, number: int) -> int:
        """How many requests the server got, once it got that many; a client may have left before they were read."""
        until(lambda: self.requests >= number)
        return self.requests

    @property
    def waits(self) -> list[float]:
        """How long the client waited before each further attempt."""
        return [event.delay for event in self.retries]

    @property
    def plugins(self) -> int:
        """How many plugins clients created."""
        return self.backend.writes["plugins"].created

    def prove_mock(self) -> None:
        """Require that every fault of the mock fired, and say how often each did."""
        armed = self.backend.faults.armed
        assert armed
        # A client may have left before the server got what it sent.
        until(lambda: not self.backend.faults.unfired)
        assert self.backend.faults.unfired == [], [one.complaint() for one in self.backend.faults.unfired]
        counts: dict[str, int] = {}
        for one in armed:
            name = "sequence" if len(one.steps) > 1 else str(one.step).partition("(")[0]
            counts[name] = counts.get(name, 0) + one.fired
        self.proof = ", ".join(f"`{name}` {count}x" for name, count in counts.items())

    def prove_script(self, answers: int) -> None:
        """Require that every answer of the script was asked for."""
        self.server.wait_until_played(HANGS)
        assert self.server.unplayed == 0
        self.proof = f"{answers} of {answers} answers played"


Arm = Callable[[Faults], Armed | object]


@dataclass(frozen=True)
class Scenario:
    """Something that goes wrong, and what must come of it.

    Attributes:
        number: Of the kind of trouble; several scenarios may share it.
        name: What goes wrong, for people.
        armed: How it is brought about, for people.
        called: What is called, for people.
        expected: What must come out.
        play: Plays it, and requires what must come out.
    """

    number: int
    name: str
    armed: str
    called: str
    expected: str
    play: Callable[[Run], None]

    @property
    def id(self) -> str:
        """For the names of tests."""
        return f"{self.number}-{self.name}"

    def run(self, run: Run) -> None:
        """Play it, and require the proof that it was played."""
        self.play(run)
        assert run.proof, "nothing proves that the fault fired"


def mocked(
    number: int,
    name: str,
    call: Call,
    expected: Expected,
    *arms: Arm,
    also: Callable[[Run], None] | None = None,
    backend: Mapping[str, Any] | None = None,
    before: Sequence[Call] = (),
    scheme: str = "http",
    **options: Any,
) -> Scenario:
    """Return a scenario that the mock plays.

    Args:
        number: Of the kind of trouble.
        name: What goes wrong.
        call: What is called.
        expected: What must come out.
        *arms: Arm the faults.
        also: What else must hold.
        backend: Options of the mock.
        before: Calls that are made before, and that succeed.
        scheme: Of the address that the client is given.
        **options: Options of the client.
    """

    def play(run: Run) -> None:
        mock = run.mock(**(backend or {}))
        for arm in arms:
            arm(mock.faults)
        driver = run.client(mock.url.replace("http", scheme, 1), **options)
        for earlier in before:
            driver.call(earlier.method, earlier.arguments)
        run.make(call)
        expected.check(run)
        if also is not None:
            also(run)
        run.prove_mock()

    return Scenario(number, name, "the mock", str(call), str(expected), play)


def scripted(
    number: int,
    name: str,
    call: Call,
    expected: Expected,
    *answers: Answer,
    also: Callable[[Run], None] | None = None,
    **options: Any,
) -> Scenario:
    """Return a scenario that is played byte for byte on a raw socket; the arguments are those of `mocked`."""

    def play(run: Run) -> None:
        server = run.script(*answers)
        run.client(server.url, **options)
        run.make(call)
        run.prove_script(len(answers))
        expected.check(run)
        if also is not None:
            also(run)

    return Scenario(number, name, "a raw socket", str(call), str(expected), play)


def played(
    number: int, name: str, armed: str, called: str, expected: str
) -> Callable[[Callable[[Run], None]], Scenario]:
    """Return a decorator that makes a scenario of a function that plays it."""
    return lambda play: Scenario(number, name, armed, called, expected, play)
