"""What making a client costs, the first time in a process and later."""

from __future__ import annotations

import subprocess
import sys

import httpx

from synapse_backend import BackendClient

from .measuring import Figure, Series, alternate, compare
from .processes import compiled_modules

# An address with TLS, because loading the certificates is most of it. Nothing is sent.
URL = "https://127.0.0.1:1"
_FIRST = """
import time
{imports}
start = time.perf_counter()
{call}
print(time.perf_counter() - start)
"""


def measure(rounds: int) -> list[Figure]:
    """Return the times of the constructors."""
    programs = {
        "BackendClient": _FIRST.format(
            imports="from synapse_backend import BackendClient", call=f"BackendClient({URL!r}, 'secret')"
        ),
        "httpx.Client": _FIRST.format(imports="from httpx import Client", call="Client()"),
    }
    first = {name: Series() for name in programs}
    with compiled_modules() as environment:
        for number in range(-1, rounds):
            for name, code in programs.items():
                done = subprocess.run(
                    [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
                )
                if number >= 0:
                    first[name].seconds.append(float(done.stdout))
    later = alternate(
        {"BackendClient": lambda: BackendClient(URL, "secret").close(), "httpx.Client": lambda: httpx.Client().close()},
        rounds=rounds,
        repeat=5,
    )
    return [
        *compare("first client of a process", first, scale=1e3, unit="ms"),
        *compare("further client", later, scale=1e3, unit="ms", targets={"BackendClient": "<= 1 ms"}),
    ]
