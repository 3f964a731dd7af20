"""Which tests run at the pace of a coverage tool: those that test the package itself."""

from __future__ import annotations

from pathlib import Path

import pytest

COVERING = (
    "tests/_async/",
    "tests/_sync/test_bulk_files.py",
    "tests/_sync/test_secrets.py::test_no_warning_shows_the_token",
    "tests/unit/",
    "tests/meta/test_exports.py",
    "tests/meta/test_synapse_sdk",
)
"""Where the tests are that test the package itself."""
NOT_COVERING = (
    "tests/meta/test_exports.py::test_an_import_brings_no_other_package_along",
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
    "tests/unit/test_responses.py::test_whatever_was_compressed_comes_back",
    "tests/unit/test_retry.py",
    "tests/unit/test_sse.py::test_where_a_stream_is_cut_makes_no_difference",
    "tests/unit/test_threads.py",
    "tests/unit/test_urls.py::test_every_query_is_read_back_as_it_was",
    *(
        f"tests/unit/testing/test_{name}"
        for name in (
            "adding.py::test_a_state_is_the_same_after_it_was_saved",
            "costs",
            "determinism",
            "fault_plans.py::test_transcripts_are_equal_across_processes",
            "faults.py::test_as_much_of_a_body_comes_as_was_said",
            "faults.py::test_every_fault_is_a_method",
            "faults.py::test_json_with_a_flaw",
            "faults.py::test_links_that_lead_astray",
            "faults.py::test_redirections",
            "faults.py::test_retry_after_in_every_form",
            "fuzzing",
            "media.py::test_a_part_of_a_file",
            "planted_bugs",
            "pytest_plugin.py::test_the_fixtures_work_in_two_processes",
            "requests.py::test_pages_have_a_default_and_a_largest_size",
            "seeds",
            "server.py::test_a_client_that_does_not_read",
            "tails.py::test_in_real_time",
            "threads",
            "transfer_faults.py::test_a_download_that_is_cut",
            "transfer_faults.py::test_an_upload_that_is_gone_stays_gone",
            "transfer_faults.py::test_offsets_that_are_not_so",
            "transfer_faults.py::test_urls_that_lead_somewhere_else",
        )
    ),
    *(
        f"tests/_async/test_{name}"
        for name in (
            "answers.py::test_every_error_status_is_an_error_of_its_class",
            "answers_of_uploads.py::test_connections_that_are_refused_for_a_while",
            "bulk_uploads.py::test_a_file_beyond_50_mib",
            "bulk_uploads.py::test_data_are_taken_as_they_are_needed",
            "bulk_uploads.py::test_each_unit_and_task_is_created_once",
            "bulk_uploads.py::test_every_unit_is_created_once_and_in_order",
            "chunked_uploads.py::test_a_part_that_failed_is_sent_once_more",
            "chunked_uploads.py::test_parts_are_large_unless_told_otherwise",
            "data_collection.py::test_a_file_beyond_50_mib",
            "data_collection.py::test_many_units_are_created_in_batches",
            "lists",
            "no_answer.py::test_a_lost_answer_to_what_m",
            "no_answer.py::test_a_refused_connection_is_safe_to_repeat",
            "no_answer.py::test_silence_after_what_must_not_happen_twice",
            "pool.py::test_no_failure_costs_a_place_in_the_pool",
            "secrets",
            "uploads",
        )
    ),
)
"""Of those, what takes long and runs nothing that the others do not run. If it does, the coverage says so."""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Where only those tests run, leave out the files that hold none, for also to import them takes time."""
    if config.option.markexpr != "covers" or collection_path.suffix != ".py":
        return None
    path = collection_path.relative_to(config.rootpath).as_posix()
    is_covering = path.startswith(tuple(prefix.partition("::")[0] for prefix in COVERING))
    return not is_covering or path.startswith(tuple(prefix for prefix in NOT_COVERING if "::" not in prefix)) or None


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark the tests that test the package itself, so that only they need run at the pace of a coverage tool."""
    is_long = item.get_closest_marker("campaign") is not None
    if item.nodeid.startswith(COVERING) and not item.nodeid.startswith(NOT_COVERING) and not is_long:
        item.add_marker("covers")
