"""The mock over HTTP, as programs in other languages use it; and its command line."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from synapse_backend.testing import MockBackend
from tests.unit.testing.fronts import TOKEN, InProcessFront, release_form


@pytest.fixture
def backend() -> Iterator[MockBackend]:
    with MockBackend() as backend:
        yield backend


@pytest.fixture
def http(backend: MockBackend) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=backend.url, headers=TOKEN) as http:
        yield http


def test_it_says_what_there_is(http: httpx.Client, backend: MockBackend) -> None:
    seen = http.get("/__mock__/").json()
    assert seen["backend"] == repr(backend)
    assert seen["paths"]["/__mock__/faults"] == ["GET", "POST", "DELETE"]
    assert http.get("/__mock__/nothing").status_code == 404
    assert "/__mock__/state" in http.get("/__mock__/nothing").json()["detail"]
    refused = http.put("/__mock__/faults")
    assert (refused.status_code, refused.headers["allow"]) == (405, "DELETE, GET, POST")
    head = http.head("/__mock__/clock")
    assert (head.status_code, head.content) == (200, b"")
    assert backend.requests == []


def test_faults_are_armed_counted_and_cleared(http: httpx.Client, backend: MockBackend) -> None:
    plan = {"operation": "get_job", "nth": 2, "fault": "status", "arguments": {"status": 503, "retry_after": 1}}
    armed = http.post("/__mock__/faults", json=plan).json()["armed"]
    assert armed == [{"fault": "get_job:nth=2:status(status=503, retry_after=1)", "fired": 0, "seen": 0, "open": True}]
    assert http.get("/__mock__/faults").json()["all_fired"] is False
    assert [http.get("/jobs/789/").status_code for _ in range(3)] == [200, 503, 200]
    seen = http.get("/__mock__/faults/").json()
    assert seen["all_fired"] is True
    assert seen["armed"][0]["fired"] == 1
    assert seen["known"]["reset"].startswith("Resets the connection")
    http.post("/__mock__/faults", json=[{"operation": "connection", "fault": "refuse", "arguments": {"seconds": 0}}])
    assert http.delete("/__mock__/faults").json() == {"armed": []}
    assert backend.faults.armed == []


def test_of_several_faults_all_are_armed_or_none(http: httpx.Client, backend: MockBackend) -> None:
    answer = http.post("/__mock__/faults", json=[{"fault": "reset"}, {"fault": "resett"}])
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("there is no fault 'resett' (did you mean reset?)")
    assert backend.faults.armed == []


@pytest.mark.parametrize("path", ["faults", "state", "clock"])
def test_what_is_no_json_is_refused(http: httpx.Client, path: str) -> None:
    verb = "PUT" if path == "state" else "POST"
    assert http.request(verb, f"/__mock__/{path}", content=b"{}").status_code == 415
    headers = {"Content-Type": "application/json"}
    broken = http.request(verb, f"/__mock__/{path}", content=b"{", headers=headers)
    assert (broken.status_code, broken.json()["detail"][:20]) == (400, "the body is not JSON")
    odd = http.request(verb, f"/__mock__/{path}", json=5)
    assert odd.status_code == 400


def test_the_journal_shows_what_arrived_without_secrets(http: httpx.Client) -> None:
    http.post("/plugins/123/run/", json={"parameters": {"api_key": "s3cret", "threshold": 0.5}})
    http.get("/jobs/?status=running")
    body, headers = release_form()
    http.post("/plugin_releases/", content=body, headers=headers)
    http.post("/agents/agent-token-123/connect/")
    journal = http.get("/__mock__/requests").json()
    assert [entry["operation"] for entry in journal] == [
        "run_plugin",
        "list_jobs",
        "create_plugin_release",
        "health_check_agent",
    ]
    assert journal[0]["json"] == {"parameters": {"api_key": "***", "threshold": 0.5}}
    assert journal[0]["headers"]["authorization"] == "***"
    assert journal[1]["query"] == {"status": ["running"]}
    assert journal[2]["parts"]["file"]["filename"] == "plugin.zip"
    assert journal[3]["path"] == "/agents/***/connect/"
    assert [entry["operation"] for entry in http.get("/__mock__/requests?operation=list_jobs").json()] == ["list_jobs"]
    assert http.get("/__mock__/requests?operation=x").status_code == 400
    transcript = http.get("/__mock__/transcript")
    assert transcript.headers["content-type"] == "text/plain; charset=utf-8"
    assert "> POST /plugins/123/run/" in transcript.text
    assert "> GET /jobs/?status=running" in transcript.text


def test_time_state_and_a_new_start(http: httpx.Client, backend: MockBackend) -> None:
    assert http.get("/__mock__/clock").json() == {"now": "2025-09-03T09:00:00Z"}
    assert http.post("/__mock__/clock", json={"advance": 3600}).json() == {"now": "2025-09-03T10:00:00Z"}
    assert http.post("/__mock__/clock", json={"advance": -1}).status_code == 400
    assert http.post("/__mock__/clock", json={"advance": 1, "x": 1}).status_code == 400
    http.post("/plugins/", json={"name": "A"})
    saved = http.get("/__mock__/state").json()
    assert http.post("/__mock__/reset").json() == {"now": "2025-09-03T09:00:00Z"}
    assert len(backend.plugins) == 5
    assert http.put("/__mock__/state", json=saved).json() == {"now": "2025-09-03T10:00:00.500000Z"}
    assert backend.plugins[126]["name"] == "A"
    assert http.put("/__mock__/state", json={**saved, "format": 9}).status_code == 400


def test_a_mock_that_keeps_only_some_requests_has_no_transcript() -> None:
    backend = MockBackend(record_limit=5)
    answer = InProcessFront(backend).send("GET", "/__mock__/transcript")
    assert (answer.status, answer.json) == (400, {"detail": "there is no transcript where record_limit is set"})


# --- the command ------------------------------------------------------------------------------------------------------


def run(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "synapse_backend", "mock", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_faults_on_the_command_line() -> None:
    with run("--fault", "get_job:nth=2:status(503, retry_after=1)", "--fault", "create_plugin:reset") as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        assert [httpx.get(f"{url}/jobs/789/", headers=TOKEN).status_code for _ in range(2)] == [200, 503]
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert errors == (
        "synapse-backend: armed but not played: create_plugin:reset fired 0 of 1 times, 0 requests came by\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--fault", "get_jobs:reset"],
            "there is no operation 'get_jobs' (did you mean get_job?); there are *, annotate_task_data",
        ),
        (["--fault", "reset"], "a fault is written like create_plugin:nth=2:commit_then_reset, not 'reset'"),
        (["--state", "none.json"], "--state none.json: No such file or directory"),
        (["--state", "broken.json"], "broken.json is not JSON: "),
        (["--state", "list.json"], "list.json holds no exported state but a list"),
        (["--tenant", ""], "tenants must be a set of non-empty strings"),
    ],
)
def test_bad_options_get_one_line(tmp_path: Path, arguments: list[str], message: str) -> None:
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "list.json").write_text("[]")
    command = [sys.executable, "-m", "synapse_backend", "mock", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=60)
    assert done.returncode == 1
    assert done.stderr.startswith(f"synapse-backend: {message}")
    assert done.stderr.count("\n") == 1


def test_state_tenants_and_tokens_on_the_command_line(tmp_path: Path) -> None:
    backend = MockBackend()
    backend.plugins.add(id=900, name="Kept")
    (tmp_path / "state.json").write_text(json.dumps(backend.export_state()))
    options = ("--state", str(tmp_path / "state.json"), "--tenant", "a", "--expired-token", "old")
    with run(*options) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]

        def get(path: str, **headers: str) -> Any:
            return httpx.get(url + path, headers={**TOKEN, **headers}).status_code

        assert get("/plugins/900/") == 200
        assert get("/plugins/900/", **{"Synapse-Tenant": "Token a"}) == 404
        assert get("/plugins/900/", **{"Synapse-Tenant": "Token b"}) == 403
        assert get("/plugins/900/", Authorization="Token old") == 401
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 0
