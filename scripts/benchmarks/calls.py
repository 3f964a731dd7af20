"""What one call costs: `BackendClient.get_job` against the HTTP clients below it, on the same server."""

from __future__ import annotations

import http.client
import json

import httpx

from synapse_backend import BackendClient

from .measuring import Figure, alternate, ratio
from .static_server import running

_HEADERS = {"Synapse-Access-Token": "Token secret", "Accept": "application/json"}


def measure(rounds: int) -> list[Figure]:
    """Return the time of a call with each client and the ratios."""
    with (
        running() as port,
        BackendClient(f"http://127.0.0.1:{port}", "secret") as client,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=_HEADERS) as plain,
    ):
        connection = http.client.HTTPConnection("127.0.0.1", port)

        def with_http_client() -> object:
            connection.request("GET", "/jobs/789/", headers=_HEADERS)
            return json.loads(connection.getresponse().read())

        series = alternate(
            {
                "ours": lambda: client.get_job(789),
                "httpx": lambda: plain.get("/jobs/789/").json(),
                "http.client": with_http_client,
            },
            rounds=rounds,
            repeat=200,
        )
        connection.close()
    return [
        series["ours"].figure("BackendClient.get_job", scale=1e6, unit="us"),
        series["httpx"].figure("httpx.Client.get(...).json()", scale=1e6, unit="us"),
        series["http.client"].figure("http.client and json.loads", scale=1e6, unit="us"),
        ratio("get_job / httpx.Client.get", series["ours"], series["httpx"], target="<= 0.5"),
        ratio("get_job / http.client", series["ours"], series["http.client"]),
    ]
