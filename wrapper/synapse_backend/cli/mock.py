"""`synapse-backend mock`: the mock backend for other processes and languages."""

from __future__ import annotations

import errno
import signal
import threading
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

if TYPE_CHECKING:
    from types import FrameType

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
) -> None:
    """Run the mock backend on 127.0.0.1 until it is interrupted.

    It holds sample data (plugin 123, release 456, job 789, storage 123), keeps state, and checks requests and answers
    against the contract.
    """
    # Before anything slow, so that a signal during the start is not lost.
    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    try:
        from synapse_backend.testing import ContractError, MockBackend
    except ImportError as error:
        _fail(str(error))
    try:
        backend = MockBackend(
            seed, tokens=set(token) if token else None, clock=clock, port=port, record_limit=_RECORD_LIMIT
        )
        backend.start()
    except ValueError as error:
        _fail(str(error))
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        why = "taken" if error.errno == errno.EADDRINUSE else "not allowed for this user"
        _fail(f"port {port} is {why}; choose another with --port, or let --port 0 take a free one")
    typer.echo(f"Mock backend on {backend.url}")
    stopped.wait()
    try:
        backend.stop()
    except ContractError as error:
        _fail(str(error))


def _fail(message: str) -> NoReturn:
    typer.echo(f"synapse-backend: {message}", err=True)
    raise typer.Exit(1)
