"""How long it takes to read a long list from a server that is far away, and how much memory it takes to walk through it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx

from synapse_backend import AsyncBackendClient, BackendClient

from . import list_server
from .calls import HEADERS
from .measuring import Figure, alternate, compare
from .static_server import PAGE_SIZE

PAGES = 1000
LATENCY = 0.02
MOST_ROUNDS = 3
"""One round reads the list one page after the other, several times."""
NOTE = (
    f"lists: pages of {PAGE_SIZE} items from a server in a process of its own, which answers {LATENCY * 1000:.0f} ms later;"
    " at most 3 rounds"
)

# VmHWM, the most memory so far, starts anew where the system allows that.
_WALK = """
import re, sys
from synapse_backend import BackendClient

url, first, last = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])

def memory(name):
    with open("/proc/self/status") as file:
        return 1024 * int(re.search(name + r":\\s*(\\d+) kB", file.read())[1])

with BackendClient(url, "secret") as client:
    client.get_job(789)
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")
    idle = memory("VmRSS")
    for number, job in enumerate(client.iter_jobs(), 1):
        if number in (first, last):
            print(memory("VmHWM") - idle)
"""


def contenders(url: str, client: BackendClient, plain: httpx.Client, pages: int) -> Mapping[str, Callable[[], object]]:
    """Return the ways to read the whole list; each fails unless it is complete."""
    expected = pages * PAGE_SIZE

    def complete(items: int) -> None:
        if items != expected:
            raise RuntimeError(f"{items} items came instead of {expected}")

    def one_by_one() -> None:
        items, total, page = 0, 1, 0
        while items < total:
            page += 1
            jobs, total = client.list_jobs({"page": page})
            items += len(jobs)
        complete(items)

    def following() -> None:
        items, link = 0, f"{url}/jobs/"
        while link:
            page = plain.get(link).json()
            items, link = items + len(page["results"]), page["next"]
        complete(items)

    async def at_once() -> None:
        async with AsyncBackendClient(url, "secret") as client:
            complete(len(await client.list_jobs(list_all=True)))

    return {
        "list_jobs(list_all=True)": lambda: complete(len(client.list_jobs(list_all=True))),
        "the same, async": lambda: asyncio.run(at_once()),
        "list_jobs(), one page after the other": one_by_one,
        "httpx.Client, from link to link": following,
    }


def reading(rounds: int, pages: int = PAGES, latency: float = LATENCY) -> list[Figure]:
    """Return how long each way takes."""
    with (
        list_server.running(pages, latency) as url,
        BackendClient(url, "secret") as client,
        httpx.Client(headers=HEADERS) as plain,
    ):
        ways = contenders(url, client, plain, pages)
        times = alternate(ways, rounds=min(rounds, MOST_ROUNDS), warm_up=0)
    _, _, *others = ways
    return compare(
        f"{pages:,} pages of {PAGE_SIZE}, {latency * 1000:.0f} ms away",
        times,
        scale=1,
        unit="s",
        targets=dict.fromkeys(others, "<= 0.2"),
        note=NOTE,
    )


def walking(pages: int = PAGES) -> list[Figure]:
    """Return the most memory that a walk takes beyond that of an idle client, early and in the end."""
    if not Path("/proc/self/clear_refs").exists():
        print("the memory of walks is not measured: this system has no /proc", file=sys.stderr)
        return []
    items = pages * PAGE_SIZE
    with list_server.running(pages, 0) as url:
        command = [sys.executable, "-c", _WALK, url, str(items // 5), str(items)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    early, late = (int(line) / 1e6 for line in done.stdout.split())
    group = "iter_jobs, peak memory beyond idle"
    return [
        Figure(group, f"after {items // 5:,} items", early, "MB", early, early),
        Figure(group, f"after {items:,} items", late, "MB", late, late, target="flat"),
    ]


def measure(rounds: int) -> list[Figure]:
    """Return both; the memory is measured once, whatever the number of rounds."""
    return [*reading(rounds), *walking()]
