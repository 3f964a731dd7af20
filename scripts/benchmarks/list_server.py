"""A server of one long list that answers each request some time later, many at once.

Runs in a process of its own; its first line of output is the port. It ends when its standard input does.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs

from .static_server import JOB, PAGE_SIZE, answer_with

ITEM = json.dumps({**JOB, "id": "%d"}).replace('"%d"', "%d")


REQUEST = re.compile(r"GET (\S+) .*^host: (\S+)", re.DOTALL | re.IGNORECASE | re.MULTILINE)


def page_of(target: str, host: str, pages: int) -> bytes:
    """Return the page that a target names, as it goes over the wire."""
    number = int(parse_qs(target.partition("?")[2]).get("page", ["1"])[0])
    following = f"http://{host}/jobs/?page={number + 1}" if number < pages else None
    head = json.dumps({"count": pages * PAGE_SIZE, "next": following, "previous": None})[:-1]
    first = (pages - number) * PAGE_SIZE
    items = ", ".join([ITEM % pk for pk in range(first + PAGE_SIZE, first, -1)])
    body = f'{head}, "results": [{items}]}}'.encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, pages: int, latency: float) -> None:
    """Answer the requests of a connection; a list gets a page, everything else a job."""
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            # A request has no body, so it ends with an empty line.
            request = REQUEST.match((await reader.readuntil(b"\r\n\r\n")).decode())
            if request is None:
                break
            due = asyncio.get_running_loop().time() + latency
            made = page_of(request[1], request[2], pages) if request[1].split("?")[0] == "/jobs/" else answer_with(JOB)
            await asyncio.sleep(due - asyncio.get_running_loop().time())
            writer.write(made)
    writer.close()


async def serve(pages: int, latency: float) -> None:
    """Listen on any free port of the loopback interface."""
    handler = partial(answer, pages=pages, latency=latency)
    async with await asyncio.start_server(handler, "127.0.0.1", 0) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.to_thread(sys.stdin.read)


@contextlib.contextmanager
def running(pages: int, latency: float) -> Iterator[str]:
    """Run the server in another process and yield its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.list_server", str(pages), str(latency)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[1],
    )
    assert process.stdout is not None  # noqa: S101 - asked for above
    with process:
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.communicate()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2])))
