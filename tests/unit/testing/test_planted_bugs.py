"""Bugs that are planted in a copy of the mock, one at a time: the tests find each of them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import synapse_backend
from tests.support.campaign import sample

PACKAGE = Path(synapse_backend.__file__).parent
PROJECT = Path(__file__).resolve().parents[3]
# Quick enough to be run for every bug: without the variants of a test that go over the socket.
_QUICK = "not socket and not command and not processes"


@dataclass(frozen=True)
class Bug:
    """A mistake that somebody could make.

    Attributes:
        file: Module of the mock.
        text: What stands there, exactly once.
        replacement: What the mistake makes of it.
        test: The test that has to find it, with the name of its file.
    """

    file: str
    text: str
    replacement: str
    test: str

    def __str__(self) -> str:
        return f"{self.file}: {self.replacement.strip()[:60]}"


BUGS = [
    # paths, bodies, statuses
    Bug(
        "app.py",
        "if operation is None:\n            verbs",
        "if not operations:\n            verbs",
        "requests::test_a_verb_that_a_path_does_not_know",
    ),
    Bug(
        "app.py",
        '"GET" if request.method == "HEAD" else request.method\n        base',
        "request.method\n        base",
        "requests::test_head_is_get_without_the_body",
    ),
    Bug(
        "reading.py",
        "if not form.validator.is_valid(body):",
        "if False:",
        "requests::test_a_body_that_violates_the_contract",
    ),
    Bug(
        "parameters.py",
        "if name not in known:",
        "if False:",
        "requests::test_an_unknown_query_parameter_is_named_with_the_known_ones",
    ),
    Bug(
        "parameters.py",
        "len(values) > 1",
        "len(values) > 2",
        "requests::test_a_parameter_that_takes_one_value_is_sent_once",
    ),
    Bug(
        "body.py", "if len(value) < len(pairs):", "if len(value) > len(pairs):", "requests::test_a_body_that_is_no_json"
    ),
    Bug("body.py", "if depth > MAX_DEPTH:", "if depth > 10 * MAX_DEPTH:", "requests::test_a_body_that_is_no_json"),
    # pages and order
    Bug(
        "pagination.py",
        "skipped = (page - 1) * page_size",
        "skipped = page * page_size - 1",
        "integration::test_jobs_are_listed_newest_first",
    ),
    Bug(
        "pagination.py",
        "skipped >= count and page > 1",
        "skipped > count and page > 1",
        "requests::test_a_page_past_the_end_is_not_found",
    ),
    Bug("pagination.py", "[::-1]", "", "integration::test_jobs_are_listed_newest_first"),
    Bug("table.py", "if before != after:", "if False:", "modules::test_indexes_give_what_a_scan_gives"),
    Bug("table.py", "max(self._next_id, pk + 1)", "pk + 1", "modules::test_ids_never_go_back"),
    Bug(
        "table.py",
        "insort(self._entries, entry)",
        "self._entries.append(entry)",
        "modules::test_indexes_give_what_a_scan_gives",
    ),
    # jobs
    Bug(
        "jobs.py",
        "self._due[0][0] <= now",
        "self._due[0][0] < now",
        "integration::test_a_job_moves_on_at_the_very_moment",
    ),
    Bug(
        "jobs.py",
        "life = self._lives.pop(pk, None)",
        "life = self._lives.get(pk)",
        "integration::test_a_client_that_updates_a_job_is_its_runner",
    ),
    Bug(
        "jobs.py", "if plan.plugin in (None, plugin):", "if True:", "integration::test_a_plan_may_belong_to_one_plugin"
    ),
    Bug("rules/integration.py", 'owner["id"] != own_id', "True", "integration::test_a_code_belongs_to_one_plugin"),
    Bug(
        "rules/integration.py",
        'if name != "token"',
        "if name",
        "integration::test_an_agent_is_found_by_its_token_and_does_not_give_it_away",
    ),
    Bug(
        "rules/integration.py",
        "_check_parameters(plugin, parameters)\n    agent",
        "agent",
        "integration::test_a_parameter_of_the_wrong_type_is_refused",
    ),
    # lists, tags, files
    Bug(
        "listing.py",
        '(query["created_after"]) + 1, 0)',
        '(query["created_after"]), 0)',
        "rules_annotation::test_list_tasks_takes_what_was_created_after_a_moment",
    ),
    Bug(
        "listing.py",
        "entries if wish.startswith",
        "entries if not wish.startswith",
        "rules_annotation::test_list_tasks_filters_searches_and_orders",
    ),
    Bug(
        "listing.py",
        "not values.isdisjoint(",
        "values.issubset(",
        "rules_annotation::test_list_tasks_filters_searches_and_orders",
    ),
    Bug(
        "listing.py",
        "sorted(others.items())",
        "sorted(others)",
        "rules_annotation::test_list_tasks_takes_what_was_created_after_a_moment",
    ),
    Bug(
        "table.py",
        "self.added += 1\n        self._derived.clear()",
        "self.added += 1",
        "rules_ml::test_versions_count_their_events",
    ),
    Bug(
        "tagging.py",
        "old - tags if removes else",
        "old if removes else",
        "rules_annotation::test_tags_are_set_and_stay",
    ),
    Bug(
        "tagging.py",
        "_existing(call.state.task_tags, tag)",
        "pass",
        "rules_hitl::test_tags_that_cannot_be_set_change_nothing",
    ),
    Bug("tagging.py", "dict.fromkeys(ids)", "ids", "rules_annotation::test_tags_are_set_and_stay"),
    Bug("tagging.py", "sorted(new)", "sorted(new | old)", "rules_hitl::test_tags_are_set_and_stay"),
    Bug(
        "showing.py",
        '"event_count": figures["events"]',
        '"event_count": figures["data_units"]',
        "rules_ml::test_versions_count_their_events",
    ),
    Bug(
        "adding.py",
        '{**row, "assignment": state.assignments.next_id}',
        "row",
        "rules_annotation::test_a_task_for_somebody_has_an_assignment",
    ),
    # rules
    Bug(
        "rules/annotation.py",
        'if body.get("action") == "save"',
        'if "action" in body',
        "rules_annotation::test_data_is_saved_or_submitted",
    ),
    Bug(
        "rules/annotation.py",
        '{**task["metadata"], **body.get(',
        "{**body.get(",
        "rules_annotation::test_annotations_complete_the_task_and_its_assignment",
    ),
    Bug(
        "rules/annotation.py",
        '("status", "data", "updated_at")',
        '("data", "updated_at")',
        "rules_annotation::test_annotations_complete_the_task_and_its_assignment",
    ),
    Bug(
        "rules/annotation.py",
        'problems if is_array else problems["0"]',
        "problems",
        "rules_annotation::test_tasks_that_cannot_be_are_refused_all_together",
    ),
    Bug(
        "rules/hitl.py",
        'if call.query.get("notify", False):',
        "if True:",
        "rules_hitl::test_who_is_told_about_tags_can_be_seen",
    ),
    Bug(
        "rules/data_collection.py",
        "if len(items) > MAX_UNITS:",
        "if len(items) >= MAX_UNITS:",
        "rules_data_collection::test_a_thousand_units_come_at_once_and_no_more",
    ),
    Bug(
        "rules/data_collection.py",
        'if specification["is_required"] and',
        "if False and",
        "rules_data_collection::test_units_that_cannot_be_are_refused_all_together",
    ),
    Bug("rules/data_collection.py", "(?:file_id_)?", "", "rules_data_collection::test_units_of_files_by_id"),
    Bug(
        "rules/data_collection.py",
        "is_primary=not files",
        "is_primary=True",
        "rules_data_collection::test_units_of_files_by_id",
    ),
    Bug(
        "rules/ml.py",
        'if state.models.find(chunked_upload=upload["id"]) is not None:',
        "if False:",
        "rules_ml::test_create_model_of_an_upload",
    ),
    Bug(
        "rules/ml.py",
        'if not call.query.get("include_file", True):',
        "if False:",
        "rules_ml::test_get_model_shows_what_was_asked",
    ),
    # access
    Bug("auth.py", "if token in self.expired:", "if False:", "access::test_a_token_whose_time_is_over"),
    Bug("auth.py", "tokens and all(", "tokens and any(", "access::test_a_scope_limits_a_token_to_operations"),
    Bug("auth.py", "if name == contract.agent_header", "if False", "access::test_tokens_of_agents_are_others"),
    Bug("auth.py", "if code not in self.tenants:", "if False:", "access::test_an_unknown_tenant"),
    # time and determinism
    Bug(
        "clock.py",
        "self._elapsed += step\n            self._now += step",
        "self._now += step",
        "in_process_faults::test_the_asynchronous_client_sees_the_same",
    ),
    Bug(
        "clock.py",
        "return 0.0 if self._is_shared else seconds",
        "return seconds",
        "in_process_faults::test_the_virtual_clock_is_one_for_clients",
    ),
    Bug("transcript.py", "if name not in _LEFT_OUT", "if name", "accounting::test_a_transcript_shows_both_sides"),
    # faults
    Bug(
        "faults/armed.py",
        "self.seen < self.target.nth",
        "self.seen <= self.target.nth",
        "fault_plans::test_the_nth_request_is_counted_from_the_arming_and_by_operation",
    ),
    Bug(
        "faults/armed.py",
        "and main is None",
        "",
        "fault_plans::test_the_first_that_was_armed_fires_and_the_others_wait",
    ),
    Bug(
        "faults/armed.py",
        "self.passed >= len(self.steps)",
        "self.passed > len(self.steps)",
        "fault_plans::test_the_nth_request_is_counted_from_the_arming_and_by_operation",
    ),
    Bug(
        "faults/armed.py",
        "self.fired += self.step is not None",
        "self.fired += 1",
        "fault_plans::test_a_sequence_goes_step_by_step",
    ),
    Bug(
        "faults/wire.py",
        "return _lost(exchange.answer(), End.RESET)",
        "return _lost(nothing(), End.RESET)",
        "faults::test_the_bytes_are_lost_or_late",
    ),
    Bug("faults/wire.py", "len(body) - 1", "len(body)", "faults::test_the_bytes_are_lost_or_late"),
    Bug(
        "faults/answers.py",
        "exchange.now + timedelta(seconds=self.seconds))\n        values",
        "exchange.now)\n        values",
        "faults::test_retry_after_in_every_form",
    ),
    Bug(
        "faults/bodies.py",
        "len(whole) - self.missing",
        "len(whole)",
        "faults::test_gzip_without_its_end_has_the_length_that_it_says",
    ),
    # uploads in parts
    Bug(
        "uploads.py",
        "if last < first or last >= total:",
        "if last < first or last > total:",
        "rules_core::test_ranges_that_make_no_sense",
    ),
    Bug(
        "uploads.py",
        "if size != last - first + 1:",
        "if size < last - first + 1:",
        "rules_core::test_ranges_that_make_no_sense",
    ),
    Bug(
        "uploads.py",
        '["expires"]) <= now',
        '["expires"]) < now',
        "rules_core::test_an_upload_expires_at_the_very_moment",
    ),
    Bug(
        "uploads.py",
        'row["status"] != COMPLETE and datetime',
        "datetime",
        "rules_core::test_the_upload_of_the_documentation_is_complete",
    ),
    Bug(
        "uploads.py",
        "self._forgotten.add(row",
        "(lambda pk: None)(row",
        "transfer_faults::test_an_upload_that_is_gone_stays_gone",
    ),
    Bug(
        "rules/core.py",
        "if start != offset:",
        "if start > offset:",
        "rules_core::test_a_part_that_does_not_continue_is_told_where_to_go_on",
    ),
    Bug(
        "rules/core.py",
        'if total != row["size"]:',
        "if False:",
        "rules_core::test_a_part_that_does_not_continue_is_told_where_to_go_on",
    ),
    Bug(
        "rules/core.py",
        'if row["offset"] < row["size"]:',
        "if False:",
        "rules_core::test_an_upload_that_is_not_whole_cannot_be_completed",
    ),
    Bug(
        "rules/core.py",
        "if stop <= offset:",
        "if stop < offset:",
        "rules_core::test_a_part_that_comes_again_is_counted_and_not_stored",
    ),
    Bug(
        "rules/core.py",
        'if content.md5 != call.body["md5"]:',
        "if False:",
        "rules_core::test_a_wrong_md5_completes_nothing",
    ),
    Bug(
        "content.py",
        "self._md5.update(data)",
        "self._md5 = hashlib.md5(data)",
        "rules_core::test_an_upload_from_its_first_part_to_the_file",
    ),
    Bug(
        "content.py",
        "_write(self._file, data, self.size)",
        "_write(self._file, data, 0)",
        "rules_core::test_a_large_upload_leaves_the_memory_and_no_file_behind",
    ),
    Bug(
        "storing.py",
        "if further > free_bytes",
        "if further >= free_bytes",
        "rules_core::test_a_file_may_take_the_last_byte",
    ),
    # stored files and the storage
    Bug("media.py", "min(int(last) + 1, size)", "min(int(last), size)", "media::test_a_part_of_a_file"),
    Bug(
        "media.py",
        'headers.get("if-range", etag) != etag',
        "False",
        "media::test_a_part_of_a_file_that_is_still_the_same",
    ),
    Bug("media.py", "max(size - int(final), 0)", "max(size - int(final), 1)", "media::test_a_part_of_a_file"),
    Bug("media.py", "if start >= stop:", "if start > stop:", "media::test_a_part_that_is_not_there"),
    Bug(
        "storage.py",
        "if any(name is not None and name in",
        "if all(name is not None and name in",
        "storage::test_a_credential_of_the_backend_is_refused",
    ),
    Bug(
        "storage.py",
        "if query == wanted and",
        "if query.keys() == wanted.keys() and",
        "storage::test_a_url_that_was_not_handed_out_like_this",
    ),
    Bug(
        "storage.py", ">= ticket.expires:", "> ticket.expires + 10:", "storage::test_urls_expire_when_they_were_told_to"
    ),
    Bug(
        "storage.py",
        "before.md5 == content.md5",
        "True",
        "storage::test_an_object_is_stored_and_shows_up_as_no_operation",
    ),
    Bug(
        "storage.py",
        "if whole.size != file",
        "if whole.size < file",
        "storage::test_a_file_that_is_not_what_is_said_of_it",
    ),
    Bug(
        "storage.py", "!= numbers or sorted(ticket.objects) != numbers", "!= numbers", "storage::test_a_part_is_missing"
    ),
    Bug(
        "rules/data_collection.py", "if ticket.data_file is None:", "if True:", "storage::test_a_file_is_confirmed_once"
    ),
    # streams and log entries
    Bug("storage.py", "MAX_PARTS * options", "MAX_PARTS + options", "storage::test_a_file_has_at_most_so_many_parts"),
    Bug(
        "streams.py",
        "sent += len(lines)",
        "sent = len(lines)",
        "tails::test_a_job_is_followed_from_its_beginning_to_its_end",
    ),
    # No bug lets a stream wait for ever, for then only a limit of time would find it.
    Bug(
        "streams.py",
        "silent = 0.0 if lines else silent",
        "silent += 0.0",
        "tails::test_heartbeats_on_the_clock_of_the_mock",
    ),
    Bug(
        "streams.py",
        "if status in FINAL:",
        'if status != "running":',
        "tails::test_a_job_is_followed_from_its_beginning_to_its_end",
    ),
    Bug(
        "jobs.py", "key=lambda line: line[0])", "key=lambda line: 0)", "tails::test_a_job_that_moves_can_be_written_to"
    ),
    Bug(
        "consoles.py",
        "    if problems:\n",
        "    if len(problems) > 1:\n",
        "later_integration::test_an_unknown_job_takes_no_entry_and_no_other_is_written",
    ),
    # what is kept of requests
    Bug(
        "recording.py",
        "self._bytes -= held",
        "pass",
        "reading::test_the_bodies_of_the_latest_requests_are_kept_up_to_a_limit",
    ),
    Bug(
        "accounting.py",
        "self.bytes_stored += stored",
        "self.bytes_stored += stored + resent",
        "rules_core::test_a_part_that_comes_again_is_counted_and_not_stored",
    ),
    # faults of transfers
    Bug(
        "faults/transfers.py",
        "stop - start - 1)] ^= 1",
        "stop - start - 1)] ^= 0",
        "transfer_faults::test_a_bit_that_flips_shows_in_the_digest",
    ),
    Bug(
        "faults/transfers.py",
        "int(first) + kept - 1}",
        "int(first) + kept}",
        "transfer_faults::test_only_the_beginning_of_a_part_is_kept",
    ),
    Bug(
        "faults/target.py",
        "request.target.startswith(self.operation)",
        "True",
        "transfer_faults::test_faults_by_path_count_only_what_is_below",
    ),
    Bug("faults/events.py", "events < self.after", "events <= self.after", "tails::test_streams_that_break"),
    # accounting and state
    Bug(
        "accounting.py",
        "part.size if key in self._seen else 0",
        "0",
        "accounting::test_bytes_that_were_stored_and_sent_again",
    ),
    Bug(
        "accounting.py",
        "writes.updated += table.replaced > replaced",
        "writes.updated += table.replaced - replaced",
        "accounting::test_writes_are_counted_by_kind_and_reads_are_not",
    ),
    Bug(
        "accounting.py",
        "MASK if is_credential(name) else masked(item)",
        "masked(item)",
        "accounting::test_an_assertion_shows_what_did_arrive_and_no_secret",
    ),
    Bug("saving.py", "or pk in seen", "", "saving::test_a_damaged_state_is_refused_in_one_line_and_changes_nothing"),
    Bug(
        "jobs.py",
        'jobs._plans.extend(Plan(**plan) for plan in data["plans"])',
        "pass",
        "saving::test_a_state_goes_on_where_it_was_exported",
    ),
]


TRIED = sample(BUGS, 5)


def copy_of_package(folder: Path) -> Path:
    # What is compiled comes along, and fits all modules but the one that is changed.
    return Path(shutil.copytree(PACKAGE, folder / "synapse_backend"))


_FORKING = """
import json, os, sys
import asyncio, dataclasses, http.client, httpx, httptools, hypothesis, jsonschema_rs, pytest, ssl, yaml
for line in sys.stdin:
    folder, output, arguments = json.loads(line)
    child = os.fork()
    if not child:
        sys.path.insert(0, folder)
        written = os.open(output, os.O_WRONLY | os.O_CREAT)
        os.dup2(written, 1)
        os.dup2(written, 2)
        status = pytest.main(arguments)
        sys.stdout.flush()
        os._exit(status)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""Runs pytest for each line that it reads. What all runs load and no bug is planted in is loaded once."""


@dataclass(frozen=True)
class Outcome:
    """How a run of pytest ended, and what it said."""

    status: int
    output: str


class Runner:
    """Runs tests with a copy of the package, each time in a new process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, folder: Path, *tests: str) -> Outcome:
        """Run tests with the copy in a folder."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        nodes = [f"tests/unit/testing/test_{test.replace('::', '.py::')}" for test in tests]
        # Neither plugins nor explanations are needed, and both take longer than the tests.
        options = ["-q", "-x", "-c", os.devnull, "--rootdir", str(PROJECT), "-p", "no:cacheprovider", "-k", _QUICK]
        # A test that fails leaves behind what the traceback holds, and that would be waited for.
        options += ["--assert=plain", "--tb=short", "-p", "no:tests.support.leaks"]
        output = folder / "output"
        self._process.stdin.write(json.dumps([str(folder), str(output), [*options, *nodes]]) + "\n")
        self._process.stdin.flush()
        return Outcome(int(self._process.stdout.readline()), output.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([path for path in sys.path[1:] if Path(path) != PACKAGE.parent]),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    # What measures this run must not measure the copy.
    environment = {name: value for name, value in environment.items() if not name.startswith("COVERAGE_PROCESS")}
    command = [sys.executable, "-c", _FORKING]
    with subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Runner(process)


def test_every_bug_fits_a_module_and_has_a_test() -> None:
    for bug in BUGS:
        source = (PACKAGE / "testing" / bug.file).read_text(encoding="utf-8")
        assert source.count(bug.text) == 1, f"{bug} does not fit the module any more"
        file, _, name = bug.test.partition("::")
        tests = (Path(__file__).parent / f"test_{file}.py").read_text(encoding="utf-8")
        assert f"def {name}(" in tests, f"the test that has to find {bug} is gone"


def test_without_a_bug_the_tests_of_the_copy_pass(runner: Runner, tmp_path: Path) -> None:
    copy_of_package(tmp_path)
    done = runner.run(tmp_path, *sorted({bug.test for bug in TRIED}))
    assert done.status == 0, done.output


def test_the_tests_run_with_the_copy(runner: Runner, tmp_path: Path) -> None:
    module = copy_of_package(tmp_path) / "testing" / "app.py"
    module.write_text("raise RuntimeError('this is the copy')\n", encoding="utf-8")
    done = runner.run(tmp_path, TRIED[0].test)
    assert done.status != 0
    assert "this is the copy" in done.output


@pytest.mark.campaign("planted bugs", 1)
@pytest.mark.parametrize("bug", TRIED, ids=str)
def test_a_planted_bug_is_found(bug: Bug, runner: Runner, tmp_path: Path) -> None:
    module = copy_of_package(tmp_path) / "testing" / bug.file
    source = module.read_text(encoding="utf-8")
    module.write_text(source.replace(bug.text, bug.replacement), encoding="utf-8")
    done = runner.run(tmp_path, bug.test)
    assert done.status == 1, f"{bug} was not found\n{done.output[-2000:]}"
    assert " failed" in done.output
