"""A client that outlives a fork."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable

import pytest

from synapse_api.api.integration import get_job
from synapse_backend import BackendClient
from tests.support.scripted import ScriptedServer, json_reply

NOW = "2025-09-03T12:00:00Z"
JOB = json_reply(
    {"id": 789, "status": "running", "progress": 0, "plugin": 1, "user": 1, "created_at": NOW, "updated_at": NOW}
)


def in_child(task: Callable[[], None]) -> int:
    """Run something in a forked process and return 0 if it worked."""
    child = os.fork()
    if child == 0:
        try:
            task()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


# Newer interpreters warn of forks in a process with threads, and the server is one.
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_parent_and_child_never_share_a_connection(server: ScriptedServer) -> None:
    server.plays(*[JOB] * 5)
    with BackendClient(server.url) as client:
        client.get_job(789)
        api = client.api

        def call_twice() -> None:
            assert client.get_job(789)["id"] == 789
            assert get_job.sync(789, client=api) is not None

        assert in_child(call_twice) == 0
        assert server.connections == 2
        client.get_job(789)
        get_job.sync(789, client=api)
    # The parent goes on with its own connection.
    assert server.connections == 2
