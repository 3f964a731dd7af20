"""What all tests stand on."""

from __future__ import annotations

import gc
import resource
import signal
import sys
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.support.scripted import ScriptedServer

# A shell that runs the tests in the background has them ignore interrupts, and their processes inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

pytest_plugins = ("tests.support.campaign", "tests.support.leaks")

COVERING = (
    "tests/_async/",
    "tests/_sync/test_bulk_files.py",
    "tests/_sync/test_secrets.py::test_no_warning_shows_the_token",
    "tests/unit/",
    "tests/meta/test_exports.py",
    "tests/meta/test_synapse_sdk",
)
# They take long, and run nothing that the others do not run.
NOT_COVERING = (
    "tests/meta/test_synapse_sdk_workflows.py::test_annotation",
    "tests/meta/test_synapse_sdk_workflows.py::test_ingestion",
    "tests/meta/test_synapse_sdk_workflows.py::test_models",
    "tests/meta/test_synapse_sdk_workflows.py::test_plugins_and_jobs",
    "tests/meta/test_synapse_sdk_workflows.py::test_tasks_in_batches",
    "tests/unit/cli/test_mock.py::test_a_wrong_option_is_explained",
    "tests/unit/cli/test_mock.py::test_help",
    "tests/unit/regeneration/",
    "tests/unit/test_bulk_bounds.py",
    "tests/unit/test_bulk_journal.py::test_units_that_were_created_take_little_memory",
    "tests/unit/test_files_journal.py::test_few_bytes_of_memory",
    "tests/unit/test_left_early.py",
    "tests/unit/test_loops.py",
    "tests/unit/test_responses.py::test_every_error_body_has_a_printable_message",
    "tests/unit/test_threads.py",
    *(
        f"tests/unit/testing/test_{name}"
        for name in (
            "adding.py::test_a_state_is_the_same_after_it_was_saved",
            "costs",
            "determinism",
            "fault_plans.py::test_transcripts_are_equal_across_processes",
            "faults.py::test_json_with_a_flaw",
            "faults.py::test_links_that_lead_astray",
            "fuzzing",
            "planted_bugs",
            "pytest_plugin.py::test_the_fixtures_work_in_two_processes",
            "seeds",
            "server.py::test_a_client_that_does_not_read",
            "tails.py::test_in_real_time",
            "threads",
        )
    ),
    *(
        f"tests/_async/test_{name}"
        for name in (
            "answers_of_uploads.py::test_connections_that_are_refused_for_a_while",
            "bulk_uploads.py::test_a_file_beyond_50_mib",
            "bulk_uploads.py::test_data_are_taken_as_they_are_needed",
            "bulk_uploads.py::test_each_unit_and_task_is_created_once",
            "data_collection.py::test_a_file_beyond_50_mib",
            "lists",
            "no_answer.py::test_a_lost_answer_to_what_m",
            "no_answer.py::test_a_refused_connection_is_safe_to_repeat",
            "no_answer.py::test_silence_after_what_must_not_happen_twice",
            "secrets",
            "uploads",
        )
    ),
)

# A machine may be busy.
settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")

TOKEN_VARIABLES = ("SYNAPSE_API_TOKEN", "SYNAPSE_ACCESS_TOKEN", "SYNAPSE_AGENT_TOKEN")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Asynchronous tests run on asyncio."""
    return "asyncio"


@pytest.fixture(autouse=True)
def _no_tokens_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens of the person who runs the tests stay out of them."""
    for name in TOKEN_VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """A server that plays what the test prepares; the test fails when a part of its script was never asked for."""
    with ScriptedServer() as server:
        yield server
        server.wait_until_played()
    assert server.unplayed == 0


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark the tests that test the package itself, so that only they need run at the pace of a coverage tool."""
    is_long = item.get_closest_marker("campaign") is not None
    if item.nodeid.startswith(COVERING) and not item.nodeid.startswith(NOT_COVERING) and not is_long:
        item.add_marker("covers")


def pytest_collection_finish() -> None:
    """Spare the garbage collector what stays until the end anyway: all that was imported, and ten thousand tests."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how large the largest process was, of the tests and of what they started."""
    peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    unit = 1 if sys.platform == "darwin" else 1024
    terminalreporter.line(f"Largest process: {max(peaks) * unit / 2**20:,.0f} MiB.")
