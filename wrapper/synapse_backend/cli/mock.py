"""`synapse-backend mock`: the mock backend for other processes and languages."""

from __future__ import annotations

import errno
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

if TYPE_CHECKING:
    from types import FrameType

    from synapse_backend.testing import MockBackend

# Enough to look at what went on; a mock that runs for days must not grow.
_RECORD_LIMIT = 1000


def mock(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = 0,
    seed: Annotated[int, typer.Option(help="Decides about the data that looks random.")] = 0,
    token: Annotated[
        list[str] | None,
        typer.Option(help="Accept only this token; repeat it for several. Any token is accepted without it."),
    ] = None,
    clock: Annotated[
        Literal["real", "virtual"], typer.Option(help="virtual: time passes with each request only.")
    ] = "real",
    fault: Annotated[
        list[str] | None,
        typer.Option(
            help="Let calls fail: OPERATION:FAULT, with nth=, times= or probability= between them. "
            "'create_plugin:nth=2:commit_then_reset', 'get_job:times=3:status(503, retry_after=1)'. Repeatable."
        ),
    ] = None,
    expired_token: Annotated[list[str] | None, typer.Option(help="A token whose time is over. Repeatable.")] = None,
    tenant: Annotated[
        list[str] | None, typer.Option(help="A tenant with data of its own; unknown ones are refused. Repeatable.")
    ] = None,
    state: Annotated[
        Path | None, typer.Option(help="Hold the objects of this exported state instead of sample data.")
    ] = None,
) -> None:
    """Run the mock backend on 127.0.0.1 until it is interrupted.

    It holds sample data (plugin 123, release 456, job 789, storage 123), keeps state, and checks requests and answers
    against the contract. Other programs look at it and steer it by HTTP below /__mock__/. It ends with an error when a
    fault that was armed has not fired.
    """
    # Before anything slow, so that a signal during the start is not lost.
    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    try:
        from synapse_backend.testing import MockBackend
    except ImportError as error:
        _fail(str(error))
    try:
        backend = MockBackend(
            seed,
            tokens=set(token) if token else None,
            expired_tokens=expired_token or (),
            tenants=tenant or None,
            clock=clock,
            port=port,
            record_limit=_RECORD_LIMIT,
            state=state,
        )
        backend.start()
        _arm(backend, fault or [])
    except ValueError as error:
        _fail(str(error))
    except OSError as error:
        if error.filename is not None:
            _fail(f"--state {error.filename}: {error.strerror}")
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        why = "taken" if error.errno == errno.EADDRINUSE else "not allowed for this user"
        _fail(f"port {port} is {why}; choose another with --port, or let --port 0 take a free one")
    typer.echo(f"Mock backend on {backend.url}")
    # Python misses a signal that comes in the moment in which it begins to wait, so it waits in short pieces.
    while not stopped.is_set():
        stopped.wait(1)
    try:
        backend.stop()
    except AssertionError as error:  # a ContractError or a FaultError
        _fail(str(error))


def _arm(backend: MockBackend, texts: list[str]) -> None:
    if texts:
        from synapse_backend.testing.faults.parsing import from_text

        backend.faults.add(*[from_text(backend.faults, text) for text in texts])


def _fail(message: str) -> NoReturn:
    typer.echo(f"synapse-backend: {message}", err=True)
    raise typer.Exit(1)
