"""Processes that run beside this one."""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path


def start(
    command: Sequence[str], directory: Path, environment: Mapping[str, str] | None = None
) -> "subprocess.Popen[str]":
    """Start a process whose whole output is collected as one text."""
    return subprocess.Popen(
        command,
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@contextmanager
def running(process: "subprocess.Popen[str]") -> "Iterator[subprocess.Popen[str]]":
    """Make sure that a process does not outlive the block."""
    with process:
        try:
            yield process
        finally:
            process.kill()
