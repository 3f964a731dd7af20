"""Whether a client that is used for long keeps growing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from .measuring import Figure
from .static_server import running

EARLY, CALLS = 10_000, 100_000
NOTE = f"memory: resident anonymous memory after {CALLS:,} calls less that after {EARLY:,}; each client in a process of its own"

_SYNC = """
from synapse_backend import BackendClient

with BackendClient(url, "secret") as client:
    for number in range(1, last + 1):
        client.get_job(789)
        if number in (early, last):
            print(resident())
"""

_ASYNC = """
import asyncio
from synapse_backend import AsyncBackendClient

async def main():
    async with AsyncBackendClient(url, "secret") as client:
        for number in range(1, last + 1):
            await client.get_job(789)
            if number in (early, last):
                print(resident())

asyncio.run(main())
"""

# What the process made itself; pages of files come and go with the memory of the machine.
_COMMON = """
import re, sys
url, early, last = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])

def resident():
    with open("/proc/self/status") as file:
        return 1024 * int(re.search(r"RssAnon:\\s*(\\d+) kB", file.read())[1])
"""


def growth(code: str, port: int, early: int, calls: int) -> tuple[float, float]:
    """Return the growth between two counts of calls, and the memory after the last, in MB."""
    command = [sys.executable, "-c", _COMMON + code, f"http://127.0.0.1:{port}", str(early), str(calls)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    first, last = map(int, done.stdout.split())
    return (last - first) / 1e6, last / 1e6


def measure(rounds: int) -> list[Figure]:
    """Return the growth of both clients; each is measured once, whatever the number of rounds."""
    if not Path("/proc/self/status").exists():
        print("memory is not measured: this system has no /proc", file=sys.stderr)
        return []
    figures = []
    with running() as port:
        for name, code in (("BackendClient", _SYNC), ("AsyncBackendClient", _ASYNC)):
            grown, size = growth(code, port, EARLY, CALLS)
            figures += [
                Figure("memory", f"{name}, growth", grown, "MB", grown, grown, target="flat", note=NOTE),
                Figure("memory", f"{name}, in all", size, "MB", size, size),
            ]
    return figures
