"""Processes that run beside this one."""

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path


def start(
    command: Sequence[str], directory: Path, environment: Mapping[str, str] | None = None
) -> "subprocess.Popen[str]":
    """Start a process whose whole output is collected as one text.

    What people set in their shells to see warnings must not be taken for a failure, so it does not reach the process.
    """
    inherited = {key: value for key, value in os.environ.items() if key not in ("PYTHONWARNINGS", "PYTHONDEVMODE")}
    return subprocess.Popen(
        command,
        cwd=directory,
        env={**inherited, "PYTHONUTF8": "1", **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )


@contextmanager
def running(process: "subprocess.Popen[str]") -> "Iterator[subprocess.Popen[str]]":
    """Make sure that a process does not outlive the block."""
    with process:
        try:
            yield process
        finally:
            process.kill()
