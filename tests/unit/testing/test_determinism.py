"""Same seed and same calls: the same bytes, whatever the front, the process or the order of hashes."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from synapse_backend.testing import MockBackend
from tests.unit.testing.fronts import InProcessFront, SocketFront
from tests.unit.testing.scenario import transcript

RUN = """
from synapse_backend.testing import MockBackend
from tests.unit.testing.fronts import SocketFront
from tests.unit.testing.scenario import transcript
import sys
with MockBackend(seed=int(sys.argv[1])) as backend:
    sys.stdout.buffer.write(transcript(SocketFront(backend)))
"""


def in_another_process(seed: int, hash_seed: str) -> bytes:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.getcwd(), "TZ": "Asia/Seoul"}  # noqa: PTH109
    command = [sys.executable, "-c", RUN, str(seed)]
    return subprocess.run(command, env=environment, capture_output=True, check=True).stdout


def test_processes_agree_byte_for_byte() -> None:
    first = in_another_process(3, "1")
    assert len(first) > 20_000
    assert in_another_process(3, "2") == first
    assert in_another_process(4, "1") != first


def test_both_fronts_agree_byte_for_byte() -> None:
    with MockBackend(seed=3) as backend:
        over_the_socket = transcript(SocketFront(backend))
        backend.reset()
        in_process = transcript(InProcessFront(backend))
    assert in_process == over_the_socket


@pytest.mark.parametrize("seed", range(20))
def test_what_the_documents_mention_is_there_with_every_seed(seed: int) -> None:
    backend = MockBackend(seed)
    job = backend.jobs[789]
    assert (job["status"], job["plugin"], job["user"], job["plugin_release"]) == ("completed", 123, 456, 456)
    assert job["logs"]
    assert job["metrics"]
    assert job["result"]
    assert backend.releases[456]["plugin"] == 123
    assert "2.0.0" not in [release["version"] for release in backend.releases.values()]
    assert {"agent-token-123", "my-agent-token"} <= {agent["token"] for agent in backend.agents.values()}
    assert backend.storages[123]["configuration"]
    created = [job["created_at"] for job in backend.jobs.values()]
    assert created == sorted(created)
    assert {job["status"] for job in backend.jobs.values()} == {"queued", "running", "completed", "failed"}
    assert len({job["plugin"] for job in backend.jobs.values()}) > 2
    assert len({job["user"] for job in backend.jobs.values()}) > 1
    for job in backend.jobs.values():
        moments = [line["timestamp"] for line in job["logs"]]
        assert moments == sorted(moments)
        assert (job["finished_at"] is not None) == (job["status"] in ("completed", "failed"))
        assert max(moments) < "2025-09-03T09:00:00Z"


def test_what_is_seeded_satisfies_the_contract() -> None:
    backend = MockBackend()
    front = InProcessFront(backend)
    for path, keys in (("plugins", backend.plugins), ("jobs", backend.jobs), ("storages", backend.storages)):
        for key in keys:
            assert front.send("GET", f"/{path}/{key}/").status == 200
    for key in backend.jobs:
        assert front.send("GET", f"/jobs/{key}/?expand=logs,metrics,result").status == 200
    for key in backend.releases:
        assert front.send("GET", f"/plugin_releases/{key}/?expand=plugin").status == 200
    assert backend.contract_errors == []
