"""What the upload of a large file costs beyond its MD5, in time and in memory."""

from __future__ import annotations

import asyncio
import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from synapse_backend import AsyncBackendClient, BackendClient

from .libraries import load
from .measuring import Figure, Series, alternate, ratio
from .upload_sink import running

SIZE = 1024**3
CHUNK = 50 * 1024 * 1024
ROUNDS = 5
MIB = 1024 * 1024
TELLS = Path("/proc/self/clear_refs")
"""There where the system tells how much memory a process held at most."""
GROUP = "upload of 1 GiB"
NOTE = (
    "upload of 1 GiB: parts of 50 MiB to a server on the same machine that throws them away; requests and httpx with the loop that "
    "one writes by hand, a part in memory at a time; all of them hash the file, too"
)
MEMORY_NOTE = "memory of an upload: the most that a process held at any moment less what it held after a first call; each in a process of its own"

# The same loop for both libraries, and for the process whose memory is measured.
_LOOP = '''
def by_hand(session, base, path):
    """Upload a file the way that the documents of the API describe it."""
    import hashlib, os
    md5, offset, url, size = hashlib.md5(), 0, "/chunked_upload/", os.path.getsize(path)
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK):
            md5.update(chunk)
            answer = session.put(
                base + url,
                headers={"Content-Range": f"bytes {offset}-{offset + len(chunk) - 1}/{size}"},
                data={"filename": "file.bin"},
                files={"file": ("file.bin", chunk)},
            ).json()
            offset, url = answer["offset"], answer["url"]
    session.post(base + url, json={"md5": md5.hexdigest()}).raise_for_status()
'''

_MEMORY = """
import os, re, sys
base, path, CHUNK, site = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]

def held(name):
    with open("/proc/self/status") as file:
        return 1024 * int(re.search(name + r":\\s*(\\d+) kB", file.read())[1])

def measured(first, upload):
    first()
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")  # forget the highest value so far
    idle = held("VmRSS")
    upload()
    print(held("VmHWM") - idle)
"""
_PROGRAMS = {
    "BackendClient": """
from synapse_backend import BackendClient
with BackendClient(base, "secret") as client:
    measured(lambda: client.get_chunked_upload(1), lambda: client.create_chunked_upload(path))
""",
    "AsyncBackendClient": """
import asyncio
from synapse_backend import AsyncBackendClient
async def main():
    async with AsyncBackendClient(base, "secret") as client:
        await client.get_chunked_upload(1)
        task = client.create_chunked_upload(path)
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
        idle = held("VmRSS")
        await task
        print(held("VmHWM") - idle)
asyncio.run(main())
""",
    "requests, by hand": """
sys.path.append(site)
import requests
with requests.Session() as session:
    measured(lambda: session.get(base + "/chunked_upload/1/"), lambda: by_hand(session, base, path))
""",
    "httpx, by hand": """
import httpx
with httpx.Client(timeout=60) as session:
    measured(lambda: session.get(base + "/chunked_upload/1/"), lambda: by_hand(session, base, path))
""",
}


def loop() -> Callable[[Any, str, Path], None]:
    """Return the loop as a function."""
    names: dict[str, Any] = {"CHUNK": CHUNK}
    exec(_LOOP, names)  # noqa: S102 - written above; other processes run the same text
    function: Callable[[Any, str, Path], None] = names["by_hand"]
    return function


def md5_alone(path: Path) -> str:
    """Return the MD5 of a file, at the speed of the library."""
    digest, buffer = hashlib.md5(usedforsecurity=False), bytearray(MIB)
    with path.open("rb", buffering=0) as file:
        while length := file.readinto(buffer):
            digest.update(memoryview(buffer)[:length])
    return digest.hexdigest()


def write_file(path: Path, size: int) -> None:
    """Write a file of random bytes."""
    with path.open("wb") as file:
        for start in range(0, size, 8 * MIB):
            file.write(os.urandom(min(8 * MIB, size - start)))


def times(url: str, path: Path, rounds: int) -> list[Figure]:
    """Return how long each takes; every ratio is to the MD5 alone."""
    requests, by_hand = load("requests"), loop()

    async def upload_async() -> None:
        async with AsyncBackendClient(url, "secret") as client:
            await client.create_chunked_upload(path)

    with (
        BackendClient(url, "secret") as client,
        requests.Session() as session,
        httpx.Client(timeout=60) as plain,
    ):
        series = alternate(
            {
                "hashlib.md5 alone": lambda: md5_alone(path),
                "BackendClient": lambda: client.create_chunked_upload(path),
                "AsyncBackendClient": lambda: asyncio.run(upload_async()),
                "requests, by hand": lambda: by_hand(session, url, path),
                "httpx, by hand": lambda: by_hand(plain, url, path),
            },
            rounds=min(rounds, ROUNDS),
        )
    return [figure_of(name, each, series) for name, each in series.items()]


def figure_of(name: str, each: Series, series: dict[str, Series]) -> Figure:
    """Return the figure of one contender, with its multiple of the MD5 alone in its name."""
    md5, ours = series["hashlib.md5 alone"], series["BackendClient"]
    multiple = ratio(each, md5)
    return each.figure(
        GROUP,
        name if each is md5 else f"{name} ({multiple:.2f} x MD5)",
        scale=1,
        unit="s",
        ratio=None if each is ours else ratio(ours, each),
        target="<= 1.15 x MD5" if each is ours else "",
        note=NOTE,
    )


def memory(url: str, path: Path) -> list[Figure]:
    """Return how much memory an upload takes at its peak."""
    figures = []
    site = str(Path(load("requests").__file__).parents[1])
    for name, program in _PROGRAMS.items():
        command = [sys.executable, "-c", _MEMORY + _LOOP + program, url, str(path), str(CHUNK), site]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        grown = int(done.stdout) / MIB
        target = "<= 16 MiB" if name.endswith("BackendClient") else ""
        figures.append(Figure("memory of an upload", name, grown, "MiB", grown, grown, None, target, MEMORY_NOTE))
    return figures


def measure(rounds: int) -> list[Figure]:
    """Return times and memory; no more than a few rounds, because each takes long."""
    with tempfile.TemporaryDirectory() as folder, running() as port:
        path = Path(folder) / "file.bin"
        write_file(path, SIZE)
        url = f"http://127.0.0.1:{port}"
        figures = times(url, path, rounds)
        if TELLS.exists():
            figures += memory(url, path)
        else:
            print("memory of uploads is not measured: this system has no /proc", file=sys.stderr)
        return figures
