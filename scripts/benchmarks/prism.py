"""Prism, a mock server that reads the same contract, as a yardstick for the mock backend where it is installed."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def running() -> Iterator[str | None]:
    """Run Prism on a free port and yield its address; None where there is no command of this name."""
    program = shutil.which("prism")
    if program is None:
        yield None
        return
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    start = [program, "mock", "--errors", "--port", str(port), str(PROJECT / "openapi.yaml")]
    # It writes a line for each request, which must neither be read nor fill a pipe.
    with subprocess.Popen(start, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until a process listens.

    Raises:
        RuntimeError: It ended instead.
    """
    while process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
    raise RuntimeError(f"prism ended with status {process.returncode} instead of listening")
