"""A run through all that the mock does."""

from __future__ import annotations

from tests.unit.testing.fronts import TOKEN, Front, release_form


def transcript(front: Front) -> bytes:
    """Call everything and return all that came back: status, headers and body of each answer."""
    lines: list[bytes] = []

    def call(method: str, target: str, body: object = None, headers: dict[str, str] | None = None) -> None:
        answer = front.send(method, target, body, headers)
        shown = "\n".join(f"{name}: {value}" for name, value in sorted(answer.headers.items()))
        lines.append(f"{method} {target}\n{answer.status}\n{shown}\n".encode() + answer.body)

    for target in (
        "/jobs/?page_size=4",
        "/jobs/?page=2&page_size=4&status=completed",
        "/jobs/?plugin=123&user=456&created_after=2025-08-25T00:00:00",
        "/jobs/789/?expand=logs,metrics,result",
        "/jobs/789/console_logs/",
        "/plugins/123/",
        "/plugin_releases/456/?expand=plugin",
        "/storages/",
        "/storages/123/",
        "/jobs/?page=99",
        "/jobs/?unknown=1&status=bad",
        "/nothing/",
    ):
        call("GET", target)
    call("POST", "/agents/agent-token-123/connect/")
    call("POST", "/plugins/", {"name": "New", "configuration": {"parameters": {"b": {}, "a": {}}}})
    call("PUT", "/plugins/126/", {"version": "1.1.0"})
    call("POST", "/plugins/", {"code": 5, "name": None, "configuration": []})
    call("POST", "/plugin_releases/", *release_form())
    call("POST", "/plugin_releases/", *release_form())
    call("GET", "/plugin_releases/457/")
    call("POST", "/storages/", {"name": "Local", "provider": "file_system", "configuration": {"base_path": "/x"}})
    for body in ({"parameters": {"threshold": 0.8}}, {"context": {"mock": {"outcome": "failed"}}}):
        call("POST", "/plugins/123/run/", body)
        for _ in range(16):
            call("GET", "/jobs/?page_size=2")
    for job in (790, 791):
        call("GET", f"/jobs/{job}/?expand=logs,metrics,result")
        call("PATCH", f"/jobs/{job}/", {"status": "running", "progress": 10})
    call("GET", "/jobs/", headers={})
    call("HEAD", "/jobs/")
    call("DELETE", "/jobs/")
    call("POST", "/plugins/", b"{", {**TOKEN, "Content-Type": "application/json"})
    return b"\n\n".join(lines)
