"""What importing costs, each time in a new process with compiled modules at hand."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

from .measuring import Figure, alternate, compare
from .processes import compiled_modules


def measure(rounds: int) -> list[Figure]:
    """Return the time of processes that do nothing but import."""
    with compiled_modules() as environment:

        def process(code: str) -> Callable[[], object]:
            return lambda: subprocess.run([sys.executable, "-c", code], env=environment, check=True)

        client, httpx, package = "from synapse_backend import BackendClient", "import httpx", "import synapse_backend"
        codes = (client, httpx, package)
        series = alternate({code: process(code) for code in ("", *codes)}, rounds=rounds, warm_up=2)
    times = {code: series[code].beyond(series[""]) for code in codes}
    note = "imports: beyond a process that does nothing"
    return [
        *compare("import", {code: times[code] for code in (client, httpx)}, scale=1e3, unit="ms", note=note),
        times[client]
        .beyond(times[httpx])
        .figure("import", "BackendClient beyond httpx", scale=1e3, unit="ms", target="<= 60 ms"),
        times[package].figure("import", package, scale=1e3, unit="ms"),
    ]
