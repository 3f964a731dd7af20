"""What goes wrong before a request is sent, and with a request that was sent."""

from __future__ import annotations

import threading
import time
from typing import Any

from synapse_backend import (
    ClientConnectionError,
    ClientTimeoutError,
    OutcomeUnknownError,
    ResponseError,
    ResponseEvent,
    _pools,
)
from synapse_backend.testing import MockBackend
from synapse_backend.testing.faults import AUTHORITY
from tests.reliability.stage import NAME, PATIENT, Call, Failure, Run, Scenario, Success, mocked, played, until
from tests.support.clock import FOR_EVER, FakeClock
from tests.support.scripted import HANGS, free_port

BYTES_PER_S = 5
GET = Call("get_job", (789,))
CREATE = Call("create_plugin", (NAME,))
LARGE = "x" * 8_000_000
"""More than the buffers of a connection take: 4 MiB to send, and less where nobody reads."""
SHORT: dict[str, Any] = {"connect": 0.05, "read": 0.05, "write": 0.05, "pool": 0.05}
"""Limits for servers that say nothing at all; these pass in the time of the machine."""


def created(number: int) -> Any:
    """Require how many plugins the server has made."""

    def check(run: Run) -> None:
        assert run.plugins == number
        assert len({plugin["name"] for plugin in run.backend.plugins.values()}) == len(run.backend.plugins)

    return check


def written(run: Run, what: str) -> None:
    """Require that the server made exactly one."""
    assert run.backend.writes[what].created == 1, run.backend.writes


def looked_up(run: Run) -> None:
    """Require one plugin, and an error that says how to find it."""
    created(1)(run)
    assert isinstance(run.error, OutcomeUnknownError)
    assert run.error.sent
    assert "look whether there is a plugin of this name before calling again" in str(run.error)


# --- before anything was sent -----------------------------------------------------------------------------------------


@played(1, "refused twice, then up", "the mock", "`create_plugin`", "success, 3 connections, 1 request")
def refused_twice(run: Run) -> None:
    mock = run.mock()
    # A port that is bound and does not listen refuses; with the second wait the mock is up.
    port = free_port()
    mock.stop()
    clock = FakeClock()
    waited = clock.sleep

    def sleep(seconds: float) -> None:
        waited(seconds)
        if len(clock.waits) == 2:
            mock._server._wanted_port = port
            mock.start()

    clock.sleep = sleep  # type: ignore[method-assign]
    run.client(f"http://127.0.0.1:{port}", clock=clock)
    run.make(CREATE)
    Success(1).check(run)
    created(1)(run)
    refusals = ["refused" in str(event.error) for event in run.retries]
    assert refusals == [True, True]
    assert all(wait <= bound for wait, bound in zip(run.waits, (0.05, 0.1), strict=True))
    run.proof = "2 connections refused"


@played(2, "refused for ever", "a raw socket", "`create_plugin`", "`ClientConnectionError`, nothing was sent")
def refused_for_ever(run: Run) -> None:
    host = f"127.0.0.1:{free_port()}"
    run.client(f"http://{host}", clock=FakeClock())
    run.make(CREATE)
    says = rf"could not connect to {host}: .*refused.* \({host}, 4 attempts, \d\.\d\d s\)\. Calling again is safe"
    Failure(ClientConnectionError, says, None, {"sent": False, "attempts": 4, "status_code": 503}).check(run)
    run.proof = f"{len(run.retries) + 1} connections refused"


@played(
    3,
    "a host that no name server knows",
    "the resolver",
    "`create_plugin`",
    "`ClientConnectionError`, nothing was sent",
)
def unknown_host(run: Run) -> None:
    run.client("https://backend.invalid", clock=FakeClock())
    run.make(CREATE)
    says = r"could not connect to backend\.invalid: .*\(backend\.invalid, 4 attempts"
    Failure(ClientConnectionError, says, None, {"sent": False, "attempts": 4, "host": "backend.invalid"}).check(run)
    run.proof = f"{len(run.retries) + 1} names not resolved"


@played(8, "no free connection", "the mock", "`create_plugin`", "`ClientConnectionError`, nothing was sent")
def no_free_connection(run: Run) -> None:
    run.monkeypatch.setattr(_pools, "MAX_CONNECTIONS", 1)
    mock = run.mock()
    armed = mock.faults.on("get_job").no_answer()

    def end() -> None:
        until(lambda: armed.fired)
        mock.stop()

    # The call that never gets an answer has the only connection until the other one has failed.
    ending = threading.Thread(target=end)
    run.stack.callback(ending.join)

    def hear(event: ResponseEvent) -> None:
        if event.operation == "create_plugin":
            ending.start()

    driver = run.client(mock.url, timeout=PATIENT | {"pool": 0.05}, retries=1, on_response=hear)
    slow = Call("get_job", (789,), {"options": {"retries": 0, "timeout": PATIENT}})

    # Where both calls start together, the first one takes the connection.
    if run.kind == "sync":
        holder = threading.Thread(target=run.make, args=[slow])
        holder.start()
        until(lambda: armed.fired)
        busy = Run(run.kind, run.credentials, run.monkeypatch, run.stack)
        busy.make(CREATE, driver)
        holder.join()
        run.error = busy.error
        run.errors += busy.errors
    else:
        both = driver.together([("get_job", (789,)), ("create_plugin", (NAME,))])
        run.error = both[1]
        run.errors += [outcome for outcome in both if isinstance(outcome, Exception)]
    says = r"no free connection in time \(.*2 attempts"
    Failure(ClientConnectionError, says, None, {"sent": False, "attempts": 2, "status_code": 503}).check(run)
    assert run.plugins == 0
    run.prove_mock()


def untrusted(kind: Any, reason: str) -> Scenario:
    """Return the scenario of a certificate that nobody may trust."""

    def no_weaker(run: Run) -> None:
        assert "verify=False" not in str(run.error)

    options: dict[str, Any] = {} if kind == "unknown_ca" else {"verify": AUTHORITY}
    return mocked(
        5,
        f"a certificate that may not be trusted: {kind.replace('_', ' ').replace('ca', 'CA')}",
        CREATE,
        Failure(
            ClientConnectionError,
            rf"the certificate is not trusted \(.*{reason}.*1 attempt,.*pass verify= .* or set SSL_CERT_FILE",
            0,
            {"sent": False, "attempts": 1},
        ),
        lambda faults: faults.on_connect().untrusted_tls(kind),
        also=no_weaker,
        scheme="https",
        **options,
    )


BEFORE = [
    refused_twice,
    refused_for_ever,
    unknown_host,
    mocked(
        4,
        "connections neither made nor refused",
        CREATE,
        Failure(ClientTimeoutError, "no connection in time .*4 attempts", 0, {"sent": False, "status_code": 408}),
        lambda faults: faults.on_connect().blackhole(600),
        timeout=SHORT,
    ),
    untrusted("unknown_ca", "unable to get local issuer certificate|self-signed"),
    untrusted("wrong_host", "IP address mismatch|doesn't match|not valid for"),
    untrusted("expired", "certificate has expired"),
    mocked(
        6,
        "a TLS handshake that is never answered",
        CREATE,
        Failure(ClientTimeoutError, "no connection in time .*4 attempts", 0, {"sent": False, "status_code": 408}),
        lambda faults: faults.on_connect(times=4).silence(),
        scheme="https",
        timeout=SHORT,
    ),
    mocked(
        7,
        "https:// to a port without TLS",
        GET,
        Failure(
            ClientConnectionError, r"no TLS .*1 attempt,.*should base_url begin with http://\?", 0, {"sent": False}
        ),
        lambda faults: faults.on_connect().no_tls(),
        scheme="https",
    ),
    mocked(
        7,
        "http:// to a port with TLS",
        GET,
        Failure(ClientConnectionError, r"answered with TLS.*1 attempt,.*should base_url begin with https://\?", 0),
        lambda faults: faults.on_connect().tls_only(),
    ),
    no_free_connection,
]

# --- after something was sent -----------------------------------------------------------------------------------------


def unknown(says: str = "was sent but got no answer") -> Failure:
    """Return what comes of a call that must not happen twice and whose answer is lost."""
    return Failure(OutcomeUnknownError, says, 1, {"sent": True, "attempts": 1, "status_code": 408})


def garbage(kind: Any) -> Scenario:
    """Return the scenario of an answer that is hardly HTTP."""
    # Half a status line tells no more than none at all.
    lost = kind == "half_status_line"
    expected = (
        Failure(ClientConnectionError, "lost the connection.*2 attempts", 2)
        if lost
        else Failure(ResponseError, "got something else than HTTP.*2 attempts", 2, {"kind": "protocol"})
    )
    return mocked(
        18,
        f"an answer that is no HTTP, again and again: {kind.replace('_', ' ')}",
        GET,
        expected,
        lambda faults: faults.on("get_job", times=2).garbage(kind),
        retries=1 if lost else 3,
    )


def once(number: int, name: str, arm: Any, **options: Any) -> Scenario:
    """Return the scenario of a fault that passes, of a call that may be repeated."""
    return mocked(number, name, GET, Success(2, lambda job: job["id"] == 789), arm, **options)


def broken_off(run: Run) -> None:
    """Require that the call did not last until the whole answer had come; with each byte the clock of the mock moves."""
    whole = len(run.backend.requests[0].answer) / BYTES_PER_S
    assert whole > HANGS
    assert (run.backend.clock.now - MockBackend().clock.now).total_seconds() < whole


@played(
    13, "a connection that the server closes while it is idle", "the mock", "`create_plugin`", "success, 2 requests"
)
def closed_while_idle(run: Run) -> None:
    mock = run.mock()
    mock.faults.on("get_job").expire_idle()
    driver = run.client(mock.url)
    driver.call("get_job", (789,))
    # It waits for the client to hang up, too, once it has done so itself.
    until(lambda: mock._server._timers)
    run.make(CREATE)
    Success(2).check(run)
    created(1)(run)
    assert run.retries == []
    run.prove_mock()


class SystemTime(FakeClock):
    """The time of the machine, in which nobody waits between attempts."""

    def monotonic(self) -> float:
        return time.monotonic()


AFTER = [
    once(9, "closed before a byte of the answer", lambda faults: faults.on("get_job").close_before_answer()),
    mocked(9, "closed as soon as it was made", GET, Success(1), lambda faults: faults.on_connect().close_on_connect()),
    once(10, "reset when the request has been read", lambda faults: faults.on("get_job").reset()),
    mocked(
        11,
        "carried out, then reset",
        CREATE,
        unknown(),
        lambda faults: faults.on("create_plugin").commit_then_reset(),
        also=looked_up,
    ),
    mocked(
        11,
        "carried out, then closed",
        CREATE,
        unknown(),
        lambda faults: faults.on("create_plugin").commit_then_close(),
        also=looked_up,
    ),
    mocked(
        11,
        "a run that was started, then reset",
        Call("run_plugin", (123, {"parameters": {}})),
        unknown(),
        lambda faults: faults.on("run_plugin").commit_then_reset(),
        also=lambda run: written(run, "jobs"),
    ),
    mocked(
        11,
        "an upload that was stored, then reset",
        Call("create_plugin_release", ({"plugin": 123, "version": "9.0.0", "file": b"0123456789"},)),
        unknown(),
        lambda faults: faults.on("create_plugin_release").commit_then_reset(),
        also=lambda run: written(run, "releases"),
    ),
    closed_while_idle,
    mocked(
        13,
        "closed as the request arrives, a read",
        GET,
        Success(3),
        lambda faults: faults.on("get_job").expire_idle(race=True),
        before=[GET],
    ),
    mocked(
        13,
        "closed as the request arrives, a write",
        CREATE,
        Failure(OutcomeUnknownError, "was sent but got no answer", 2, {"attempts": 1}),
        lambda faults: faults.on("create_plugin").expire_idle(race=True),
        before=[GET],
    ),
    once(14, "no answer, a read", lambda faults: faults.on("get_job").no_answer(), once=("get_job", {"read": 0.05})),
    mocked(
        14,
        "no answer, a write",
        CREATE,
        unknown("was sent but got no answer: no answer in time"),
        lambda faults: faults.on("create_plugin").no_answer(commit=True),
        also=looked_up,
        once=("create_plugin", {"read": 0.05}),
    ),
    mocked(
        15,
        "the server stops reading, of what may be sent twice",
        Call("update_plugin", (123, {"description": LARGE})),
        Success(2, lambda plugin: len(plugin["description"]) == len(LARGE)),
        lambda faults: faults.on("update_plugin").stop_reading(),
        once=("update_plugin", {"write": 0.1}),
    ),
    mocked(
        15,
        "the server stops reading an upload",
        Call("create_plugin_release", ({"plugin": 123, "version": "9.0.0", "file": LARGE.encode()},)),
        unknown("was sent but got no answer: the server stopped reading"),
        lambda faults: faults.on("create_plugin_release").stop_reading(),
        once=("create_plugin_release", {"write": 0.1}),
    ),
    mocked(
        16,
        "an answer that comes byte by byte",
        Call("get_job", (789,), {"options": {"deadline": 1.0}}),
        Failure(ClientTimeoutError, "the deadline of the call passed", 1, {"status_code": 408}),
        lambda faults: faults.on("get_job").drip(BYTES_PER_S),
        also=broken_off,
        timeout=FOR_EVER,
        clock=SystemTime(),
    ),
    mocked(
        16,
        "no answer before the deadline",
        Call("get_job", (789,), {"options": {"deadline": 1.0}}),
        Failure(ClientTimeoutError, "the deadline of the call passed", 1, {"status_code": 408}),
        lambda faults: faults.on("get_job").no_answer(),
        # Nothing else would end it.
        timeout=FOR_EVER,
        clock=SystemTime(),
    ),
    mocked(
        17,
        "announced 100,000 times, a read",
        GET,
        Failure(ResponseError, "announces an answer again and again.*2 attempts", 2),
        lambda faults: faults.on("get_job", times=2).informational(),
    ),
    mocked(
        17,
        "announced 100,000 times, a write",
        CREATE,
        unknown("announces an answer again and again"),
        lambda faults: faults.on("create_plugin").informational(),
        also=looked_up,
    ),
    once(18, "an answer that is no HTTP, once", lambda faults: faults.on("get_job").garbage("not_http")),
    *map(
        garbage,
        [
            "status_line",
            "half_status_line",
            "conflicting_length",
            "negative_length",
            "huge_header",
            "many_headers",
            "not_http",
        ],
    ),
    mocked(
        18,
        "an answer that is no HTTP, to a write",
        CREATE,
        unknown(),
        lambda faults: faults.on("create_plugin").garbage(),
    ),
]
