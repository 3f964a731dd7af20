"""Faults that are armed: which requests they are meant for, and how often they fired."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from synapse_backend.testing import media, storage
from synapse_backend.testing.checks import known
from synapse_backend.testing.faults.base import Exchange, ExchangeFault, Fault, FaultError
from synapse_backend.testing.faults.connecting import ConnectionFault, PortFault
from synapse_backend.testing.faults.selection import ConnectionSelection, Selection
from synapse_backend.testing.faults.target import ANY, CONNECTION, Target

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from synapse_backend.testing.app import App
    from synapse_backend.testing.contract import OperationContract
    from synapse_backend.testing.messages import Request, Response
    from synapse_backend.testing.server import Server

# What is served besides the operations of the contract.
_PATHS = (media.PREFIX, storage.PREFIX)


@dataclass(slots=True, eq=False)
class Armed:
    """A fault that waits for its moment.

    Attributes:
        target: What it is meant for.
        steps: What happens to the requests that it takes, one after the other; None lets one pass.
        fired: How often it fired.
        seen: How many requests it could have taken.
    """

    target: Target
    steps: tuple[Fault | None, ...]
    random: random.Random = field(repr=False)
    fired: int = 0
    seen: int = 0
    passed: int = 0

    @property
    def due(self) -> int | None:
        """How often it is still to fire; None without an end."""
        if self.target.times is None:
            return None
        return sum(step is not None for step in self.steps) * self.target.times - self.fired

    @property
    def is_spent(self) -> bool:
        """Whether every step was taken."""
        return self.target.times is not None and self.passed >= len(self.steps) * self.target.times

    @property
    def is_open(self) -> bool:
        """Whether it has not yet fired as often as it was meant to; with no end in sight, once is enough."""
        return self.fired == 0 if self.due is None or self.target.probability is not None else self.due > 0

    def take(self) -> bool:
        """Count a request that it could fire at; says whether it is due."""
        self.seen += 1
        if self.seen < self.target.nth or self.is_spent:
            return False
        return self.target.probability is None or self.random.random() < self.target.probability

    @property
    def step(self) -> Fault | None:
        """What comes next."""
        return self.steps[self.passed % len(self.steps)]

    def fire(self) -> None:
        """The next step happens now."""
        self.fired += self.step is not None
        self.passed += 1

    def __str__(self) -> str:
        names = ", ".join(str(step or "pass") for step in self.steps)
        return f"{self.target}:{names}" if len(self.steps) == 1 else f"{self.target}:sequence({names})"

    def complaint(self) -> str:
        """What is to be said when it stays open."""
        what = "connections" if self.target.operation == CONNECTION else "requests"
        wanted = "" if self.due is None or self.target.probability is not None else f" of {self.due + self.fired}"
        return f"{self} fired {self.fired}{wanted} times, {self.seen} {what} came by"


class Faults:
    """The faults of one mock: `backend.faults`.

    Args:
        app: Carries operations out.
        server: Plays what happens to connections.
        seed: Decides what is left to chance.
    """

    def __init__(self, app: App, server: Server, seed: int) -> None:
        self._app = app
        self._operations = app.contract.operations
        self._lock = app.lock
        self._server = server
        self._seed = seed
        self._armed: list[Armed] = []

    # --- arming -----------------------------------------------------------------------------------------------------

    def on(self, operation: str, *, nth: int = 1, times: int | None = 1, probability: float | None = None) -> Selection:
        """Choose the requests that shall fail; the method that is called on the result says how.

        Where several faults wait for the same request, the one that was armed first fires, and the others wait for the
        next one. `latency` and `clock_skew` fire together with another one.

        Args:
            operation: An operationId; "*" for every request; or the beginning of a path, for example "/media/" for the
                files that are served and "/storage/" for the storage behind signed URLs.
            nth: The first one that fails, counted from now.
            times: How many fail; None for all from then on.
            probability: Chance of each one to fail, by the seed of the mock; `times` limits it when it is not 1.

        Raises:
            ValueError: There is no such operation, or a number makes no sense.
        """
        self.require(operation, [*self._operations, ANY])
        return Selection(self, Target.of(operation, nth, times, probability))

    @staticmethod
    def require(operation: object, names: list[str]) -> None:
        """Refuse what is neither one of these names nor the beginning of a path.

        Raises:
            ValueError: It names the alternatives.
        """
        if not (isinstance(operation, str) and operation.startswith("/")):
            known("operation", operation, names)

    def on_connect(self, *, nth: int = 1, times: int | None = 1) -> ConnectionSelection:
        """Choose the connections that shall fail; the method that is called on the result says how.

        Args:
            nth: The first one that fails, counted from now.
            times: How many fail; None for all from then on.

        Raises:
            ValueError: A number makes no sense.
        """
        return ConnectionSelection(self, Target(CONNECTION, nth, times))

    def arm(self, target: Target, *steps: Fault | None) -> Armed:
        """Arm a fault, or a sequence of them.

        Raises:
            ValueError: They cannot be played on what they are meant for; nothing is armed then.
        """
        armed = self.prepare(target, *steps)
        self.add(armed)
        return armed

    def prepare(self, target: Target, *steps: Fault | None) -> Armed:
        """Check whether faults can be armed, and do nothing yet."""
        if not any(steps):
            raise ValueError("a sequence needs at least one fault")
        for step in steps:
            if step is not None:
                self._check(target, step)
        return Armed(target, steps, random.Random())

    def _check(self, target: Target, fault: Fault) -> None:
        if not isinstance(fault, Fault):
            raise ValueError(f"a fault is due, not {fault!r}")  # noqa: TRY004  # all impossible plans are ValueErrors
        if (fault.moment == "connection") != (target.operation == CONNECTION):
            call = "faults.on_connect()" if fault.moment == "connection" else "faults.on(operation)"
            raise ValueError(f"{fault.name} is armed with {call}")
        if not fault.in_process and not self._server.running:
            raise ValueError(f"{fault.name} needs the socket: start the mock first")
        if isinstance(fault, PortFault) and target != Target(CONNECTION):
            raise ValueError(f"{fault.name} starts at once and concerns all connections; nth and times do not apply")
        if target.operation.startswith("/") and not fault.fits_path(target.operation):
            raise ValueError(f"{fault} needs {fault.needs}; there is none below {target.operation}")
        if not fault.needs or target.operation.startswith("/"):
            return
        fitting = sorted(name for name, operation in self._operations.items() if fault.fits(operation))
        if target.operation not in fitting and not (target.operation == ANY and fitting):
            paths = [path for path in _PATHS if fault.fits_path(path)]
            if target.operation == ANY and paths:
                return
            there_are = f"there are {', '.join([*fitting, *paths])}"
            if not fitting and not paths:
                there_are = "no operation of this contract has that"
            raise ValueError(f"{fault} needs {fault.needs}; {there_are}")

    def add(self, *prepared: Armed) -> None:
        """Arm what was prepared."""
        with self._lock:
            for armed in prepared:
                # Text as a seed gives the same numbers in every process.
                armed.random.seed(f"fault:{self._seed}:{len(self._armed)}")
                self._armed.append(armed)
                self._server.watcher = self._app.faults = self
        for armed in prepared:
            fault = armed.step
            if isinstance(fault, PortFault):
                armed.take()
                armed.fire()
                fault.start(self._server)

    def clear(self) -> None:
        """Disarm everything, fired or not."""
        with self._lock:
            self._armed.clear()
            self._server.watcher = self._app.faults = None

    @property
    def operations(self) -> list[str]:
        """What faults can be armed for."""
        return [*self._operations, ANY, CONNECTION]

    # --- accounting -------------------------------------------------------------------------------------------------

    @property
    def armed(self) -> list[Armed]:
        """Everything that was armed since the last reset, fired or not."""
        return list(self._armed)

    @property
    def unfired(self) -> list[Armed]:
        """What has not fired as often as it was meant to."""
        with self._lock:
            return [armed for armed in self._armed if armed.is_open]

    def check(self) -> None:
        """Raise when a fault did not fire as often as it was meant to: the test did not see what it was written for.

        Raises:
            FaultError: It names the faults.
        """
        complaints = [armed.complaint() for armed in self.unfired]
        if complaints:
            self.clear()
            raise FaultError("armed but not played: " + "; ".join(complaints))

    def __repr__(self) -> str:
        return f"<Faults: {', '.join(map(str, self._armed)) or 'none'}>"

    # --- playing ----------------------------------------------------------------------------------------------------

    def play(
        self,
        request: Request,
        operation: OperationContract | None,
        now: datetime,
        carry_out: Callable[[Request], Response],
    ) -> tuple[Response, tuple[str, ...]]:
        """Answer a request with the faults that are due.

        Args:
            request: As it left the wire.
            operation: What it calls.
            now: The moment at which it is served.
            carry_out: Serves a request as the mock does without faults.

        Returns:
            The answer, and the names of the faults.
        """
        base_url = f"http://{request.headers.get('host', '')}"
        exchange = Exchange(
            request,
            operation,
            base_url,
            now,
            random.Random(),
            lambda asked: carry_out(asked.request),
            lambda: self._app.addressed(request),
        )
        wrapping: list[Armed] = []
        main: Armed | None = None
        for armed in self._armed:
            step = armed.step
            if not self._matches(armed, exchange, step):
                continue
            if step is not None and step.wraps:
                if armed.take():
                    wrapping.append(armed)
            elif armed.take() and main is None:
                main = armed
        fired: list[str] = []
        chosen = [*([main] if main else []), *wrapping]
        for armed in chosen:
            exchange = self._around(exchange, armed, fired)
        return exchange.answer(), tuple(fired)

    def _matches(self, armed: Armed, exchange: Exchange, step: Fault | None) -> bool:
        operation = exchange.operation
        if armed.is_spent or not armed.target.concerns(operation, exchange.request):
            return False
        if step is None:
            return True
        path = exchange.request.target
        fits = step.fits_path(path) if operation is None else step.fits(operation)
        return isinstance(step, ExchangeFault) and fits and step.wants(exchange)

    @staticmethod
    def _around(exchange: Exchange, armed: Armed, fired: list[str]) -> Exchange:
        step = armed.step
        armed.fire()
        if not isinstance(step, ExchangeFault):
            return exchange
        fired.append(step.name)
        inner = exchange.carry_out

        def carry_out(asked: Exchange) -> Response:
            return step.play(replace(asked, carry_out=inner, random=armed.random))

        return replace(exchange, carry_out=carry_out)

    def refuse_in_process(self, request: Request) -> None:
        """Refuse to serve a request without a socket when the fault that waits for it needs one.

        Raises:
            FaultError: It names the fault.
        """
        with self._lock:
            operation = self._app.find(request)
            for armed in self._armed:
                step = armed.step
                if armed.is_spent or step is None or step.in_process:
                    continue
                if armed.target.operation != CONNECTION and not armed.target.concerns(operation, request):
                    continue
                raise FaultError(f"{armed} cannot be played in process: start the mock and call it over its URL")

    def stops_reading(self, head: Request) -> bool:
        """Whether the body of this request shall not be read."""
        has_body = head.headers.get("content-length", "0") != "0" or "transfer-encoding" in head.headers
        with self._lock:
            operation = self._app.find(head)
            for armed in self._armed:
                step = armed.step
                if step is None or step.moment != "body" or armed.is_spent:
                    continue
                if not armed.target.concerns(operation, head):
                    continue
                if has_body and armed.take():
                    armed.fire()
                    self._app.note_unanswered(head, (step.name,))
                    return True
        return False

    def on_accept(self) -> ConnectionFault | None:
        """The fault of a connection that was just made, when one is due."""
        with self._lock:
            for armed in self._armed:
                step = armed.step
                if armed.target.operation != CONNECTION or isinstance(step, PortFault) or armed.is_spent:
                    continue
                if armed.take():
                    armed.fire()
                    return step if isinstance(step, ConnectionFault) else None
        return None
