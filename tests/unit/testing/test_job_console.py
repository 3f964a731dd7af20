"""`backend.jobs.log`: a test plays the agent that runs a job."""

from __future__ import annotations

import pytest

from synapse_backend.testing import MockBackend


def test_lines_come_after_those_of_the_backend_and_the_job_waits_for_its_runner() -> None:
    backend = MockBackend(tick=0)
    client = backend.client()
    job_id = client.run_plugin(123, {})["job_id"]

    backend.jobs.log(int(job_id), "Loaded the model")
    backend.jobs.log(int(job_id), "Disk is full", level="error")
    backend.clock.advance(3600)

    logs = client.list_job_console_logs(job_id)
    assert [(line["level"], line["message"]) for line in logs] == [
        ("info", f"Job {job_id} queued"),
        ("info", "Loaded the model"),
        ("error", "Disk is full"),
    ]
    assert client.get_job(job_id)["status"] == "queued"


def test_an_unknown_job_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        MockBackend().jobs.log(404404, "Nobody listens")
