"""What importing costs, each time in a new process with compiled modules at hand."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable

from .measuring import Figure, Series, alternate


def measure(rounds: int) -> list[Figure]:
    """Return the time of processes that do nothing but import."""
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": cache}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)

        def process(code: str) -> Callable[[], object]:
            return lambda: subprocess.run([sys.executable, "-c", code], env=environment, check=True)

        series = alternate(
            {
                "nothing": process(""),
                "httpx": process("import httpx"),
                "package": process("import synapse_backend"),
                "client": process("from synapse_backend import BackendClient"),
                "usable": process(
                    "from synapse_backend import BackendClient; BackendClient('http://127.0.0.1:1', 'x')"
                ),
            },
            rounds=rounds,
            warm_up=2,
        )

    def beyond(name: str, base: str) -> Series:
        return Series([one - other for one, other in zip(series[name].seconds, series[base].seconds, strict=True)])

    above = "beyond an empty process"
    return [
        beyond("httpx", "nothing").figure("import httpx", scale=1e3, unit="ms", note=above),
        beyond("package", "nothing").figure("import synapse_backend", scale=1e3, unit="ms", note=above),
        beyond("client", "nothing").figure(
            "from synapse_backend import BackendClient", scale=1e3, unit="ms", note=above
        ),
        beyond("usable", "nothing").figure("... and BackendClient(...)", scale=1e3, unit="ms", note=above),
        beyond("client", "httpx").figure("BackendClient - httpx", scale=1e3, unit="ms", target="<= 60 ms"),
    ]
