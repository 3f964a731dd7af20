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

PACKAGE = Path(synapse_backend.__file__).parent
PROJECT = Path(__file__).resolve().parents[3]
# Quick enough to be run for every bug: whole files, without those of their tests that go over the socket.
_QUICK = "not socket and not command and not processes and not fixture"


@dataclass(frozen=True)
class Bug:
    """A mistake that somebody could make.

    Attributes:
        file: Module of the mock.
        text: What stands there, exactly once.
        replacement: What the mistake makes of it.
        tests: The file of tests that has to find it.
    """

    file: str
    text: str
    replacement: str
    tests: str

    def __str__(self) -> str:
        return f"{self.file}: {self.replacement.strip()[:60]}"


BUGS = [
    # paths, bodies, statuses
    Bug("app.py", "if operation is None:\n            verbs", "if not operations:\n            verbs", "requests"),
    Bug(
        "app.py",
        '"GET" if request.method == "HEAD" else request.method\n        base',
        "request.method\n        base",
        "requests",
    ),
    Bug("reading.py", "if not form.validator.is_valid(body):", "if False:", "requests"),
    Bug("parameters.py", "if name not in known:", "if False:", "requests"),
    Bug("parameters.py", "len(values) > 1", "len(values) > 2", "requests"),
    Bug("body.py", "if len(value) < len(pairs):", "if len(value) > len(pairs):", "requests"),
    Bug("body.py", "if depth > MAX_DEPTH:", "if depth > 10 * MAX_DEPTH:", "requests"),
    # pages and order
    Bug("pagination.py", "skipped = (page - 1) * page_size", "skipped = page * page_size - 1", "integration"),
    Bug("pagination.py", "skipped >= count and page > 1", "skipped > count and page > 1", "requests"),
    Bug("pagination.py", "[::-1]", "", "integration"),
    Bug("table.py", "if before != after:", "if False:", "modules"),
    Bug("table.py", "max(self._next_id, pk + 1)", "pk + 1", "modules"),
    Bug("table.py", "insort(self._entries, entry)", "self._entries.append(entry)", "modules"),
    # jobs
    Bug("jobs.py", "self._due[0][0] <= now", "self._due[0][0] < now", "integration"),
    Bug("jobs.py", "life = self._lives.pop(pk, None)", "life = self._lives.get(pk)", "integration"),
    Bug("jobs.py", "if plan.plugin in (None, plugin):", "if True:", "integration"),
    Bug("rules/integration.py", 'owner["id"] != own_id', "True", "integration"),
    Bug("rules/integration.py", 'if name != "token"', "if name", "integration"),
    Bug("rules/integration.py", "_check_parameters(plugin, parameters)\n    agent", "agent", "integration"),
    # lists, tags, files
    Bug("listing.py", '(query["created_after"]) + 1, 0)', '(query["created_after"]), 0)', "rules_annotation"),
    Bug("listing.py", "entries if wish.startswith", "entries if not wish.startswith", "rules_annotation"),
    Bug("listing.py", "not values.isdisjoint(", "values.issubset(", "rules_annotation"),
    Bug("listing.py", "sorted(others.items())", "sorted(others)", "rules_annotation"),
    Bug("table.py", "self.added += 1\n        self._derived.clear()", "self.added += 1", "rules_ml"),
    Bug("tagging.py", "old - tags if removes else", "old if removes else", "rules_annotation"),
    Bug("tagging.py", "_existing(call.state.task_tags, tag)", "pass", "rules_hitl"),
    Bug("tagging.py", "dict.fromkeys(ids)", "ids", "rules_annotation"),
    Bug("tagging.py", "sorted(new)", "sorted(new | old)", "rules_hitl"),
    Bug("showing.py", '"event_count": figures["events"]', '"event_count": figures["data_units"]', "rules_ml"),
    Bug("adding.py", '{**row, "assignment": state.assignments.next_id}', "row", "rules_annotation"),
    # rules
    Bug("rules/annotation.py", 'if body.get("action") == "save"', 'if "action" in body', "rules_annotation"),
    Bug("rules/annotation.py", '{**task["metadata"], **body.get(', "{**body.get(", "rules_annotation"),
    Bug("rules/annotation.py", '("status", "data", "updated_at")', '("data", "updated_at")', "rules_annotation"),
    Bug("rules/annotation.py", 'problems if is_array else problems["0"]', "problems", "rules_annotation"),
    Bug("rules/hitl.py", 'if call.query.get("notify", False):', "if True:", "rules_hitl"),
    Bug(
        "rules/data_collection.py", "if len(items) > MAX_UNITS:", "if len(items) >= MAX_UNITS:", "rules_data_collection"
    ),
    Bug("rules/data_collection.py", 'if specification["is_required"] and', "if False and", "rules_data_collection"),
    Bug("rules/data_collection.py", "(?:file_id_)?", "", "rules_data_collection"),
    Bug("rules/data_collection.py", "is_primary=not files", "is_primary=True", "rules_data_collection"),
    Bug("rules/ml.py", 'if state.models.find(chunked_upload=upload["id"]) is not None:', "if False:", "rules_ml"),
    Bug("rules/ml.py", 'if not call.query.get("include_file", True):', "if False:", "rules_ml"),
    # access
    Bug("auth.py", "if token in self.expired:", "if False:", "access"),
    Bug("auth.py", "tokens and all(", "tokens and any(", "access"),
    Bug("auth.py", "if name == contract.agent_header", "if False", "access"),
    Bug("auth.py", "if code not in self.tenants:", "if False:", "access"),
    # time and determinism
    Bug("clock.py", "self._elapsed += step\n            self._now += step", "self._now += step", "in_process_faults"),
    Bug("clock.py", "return 0.0 if self._is_shared else seconds", "return seconds", "in_process_faults"),
    Bug("transcript.py", "if name not in _LEFT_OUT", "if name", "accounting"),
    # faults
    Bug("faults/armed.py", "self.seen < self.target.nth", "self.seen <= self.target.nth", "fault_plans"),
    Bug("faults/armed.py", "and main is None", "", "fault_plans"),
    Bug("faults/armed.py", "self.passed >= len(self.steps)", "self.passed > len(self.steps)", "fault_plans"),
    Bug("faults/armed.py", "self.fired += self.step is not None", "self.fired += 1", "fault_plans"),
    Bug("faults/wire.py", "return _lost(exchange.answer(), End.RESET)", "return _lost(nothing(), End.RESET)", "faults"),
    Bug("faults/wire.py", "len(body) - 1", "len(body)", "faults"),
    Bug(
        "faults/answers.py",
        "exchange.now + timedelta(seconds=self.seconds))\n        values",
        "exchange.now)\n        values",
        "faults",
    ),
    Bug("faults/bodies.py", "len(whole) - self.missing", "len(whole)", "faults"),
    # uploads in parts
    Bug("uploads.py", "if last < first or last >= total:", "if last < first or last > total:", "rules_core"),
    Bug("uploads.py", "if size != last - first + 1:", "if size < last - first + 1:", "rules_core"),
    Bug("uploads.py", '["expires"]) <= now', '["expires"]) < now', "rules_core"),
    Bug("uploads.py", 'row["status"] != COMPLETE and datetime', "datetime", "rules_core"),
    Bug("uploads.py", "self._forgotten.add(row", "(lambda pk: None)(row", "transfer_faults"),
    Bug("rules/core.py", "if start != offset:", "if start > offset:", "rules_core"),
    Bug("rules/core.py", 'if total != row["size"]:', "if False:", "rules_core"),
    Bug("rules/core.py", 'if row["offset"] < row["size"]:', "if False:", "rules_core"),
    Bug("rules/core.py", "if stop <= offset:", "if stop < offset:", "rules_core"),
    Bug("rules/core.py", 'if content.md5 != call.body["md5"]:', "if False:", "rules_core"),
    Bug("content.py", "self._md5.update(data)", "self._md5 = hashlib.md5(data)", "rules_core"),
    Bug("content.py", "_write(self._file, data, self.size)", "_write(self._file, data, 0)", "rules_core"),
    Bug("storing.py", "if further > free_bytes", "if further >= free_bytes", "rules_core"),
    # stored files and the storage
    Bug("media.py", "min(int(last) + 1, size)", "min(int(last), size)", "media"),
    Bug("media.py", 'headers.get("if-range", etag) != etag', "False", "media"),
    Bug("media.py", "max(size - int(final), 0)", "max(size - int(final), 1)", "media"),
    Bug("media.py", "if start >= stop:", "if start > stop:", "media"),
    Bug("storage.py", "if any(name is not None and name in", "if all(name is not None and name in", "storage"),
    Bug("storage.py", "if query == wanted and", "if query.keys() == wanted.keys() and", "storage"),
    Bug("storage.py", ">= ticket.expires:", "> ticket.expires + 10:", "storage"),
    Bug("storage.py", "before.md5 == content.md5", "True", "storage"),
    Bug("storage.py", "if whole.size != file", "if whole.size < file", "storage"),
    Bug("storage.py", "!= numbers or sorted(ticket.objects) != numbers", "!= numbers", "storage"),
    Bug("rules/data_collection.py", "if ticket.data_file is None:", "if True:", "storage"),
    # streams and log entries
    Bug("storage.py", "MAX_PARTS * options", "MAX_PARTS + options", "storage"),
    Bug("streams.py", "sent += len(lines)", "sent = len(lines)", "tails"),
    Bug("streams.py", "silent = 0.0 if lines else silent", "silent = 0.0", "tails"),
    Bug("streams.py", "if status in FINAL:", 'if status == "completed":', "tails"),
    Bug("jobs.py", "key=lambda line: line[0])", "key=lambda line: 0)", "tails"),
    Bug("consoles.py", "    if problems:\n", "    if len(problems) > 1:\n", "later_integration"),
    # what is kept of requests
    Bug("recording.py", "self._bytes -= held", "pass", "reading"),
    Bug("accounting.py", "self.bytes_stored += stored", "self.bytes_stored += stored + resent", "rules_core"),
    # faults of transfers
    Bug("faults/transfers.py", "stop - start - 1)] ^= 1", "stop - start - 1)] ^= 0", "transfer_faults"),
    Bug("faults/transfers.py", "int(first) + kept - 1}", "int(first) + kept}", "transfer_faults"),
    Bug("faults/target.py", "request.target.startswith(self.operation)", "True", "transfer_faults"),
    Bug("faults/events.py", "events < self.after", "events <= self.after", "tails"),
    # accounting and state
    Bug("accounting.py", "part.size if key in self._seen else 0", "0", "accounting"),
    Bug(
        "accounting.py",
        "writes.updated += table.replaced > replaced",
        "writes.updated += table.replaced - replaced",
        "accounting",
    ),
    Bug("accounting.py", "MASK if is_credential(name) else masked(item)", "masked(item)", "accounting"),
    Bug("saving.py", "or pk in seen", "", "saving"),
    Bug("jobs.py", 'jobs._plans.extend(Plan(**plan) for plan in data["plans"])', "pass", "saving"),
]


def copy_of_package(folder: Path) -> Path:
    return Path(shutil.copytree(PACKAGE, folder / "synapse_backend", ignore=shutil.ignore_patterns("__pycache__")))


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

    def run(self, folder: Path, *names: str) -> Outcome:
        """Run files of tests with the copy in a folder."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        files = [f"tests/unit/testing/test_{name}.py" for name in names]
        # None of the plugins is needed, and loading them takes longer than the tests.
        options = ["-q", "-x", "-c", os.devnull, "--rootdir", str(PROJECT), "-p", "no:cacheprovider", "-k", _QUICK]
        output = folder / "output"
        self._process.stdin.write(json.dumps([str(folder), str(output), [*options, *files]]) + "\n")
        self._process.stdin.flush()
        return Outcome(int(self._process.stdout.readline()), output.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([path for path in sys.path[1:] if Path(path) != PACKAGE.parent]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    # What measures this run must not measure the copy.
    environment = {name: value for name, value in environment.items() if not name.startswith("COVERAGE_PROCESS")}
    command = [sys.executable, "-c", _FORKING]
    with subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Runner(process)


def test_without_a_bug_the_tests_of_the_copy_pass(runner: Runner, tmp_path: Path) -> None:
    copy_of_package(tmp_path)
    done = runner.run(tmp_path, *sorted({bug.tests for bug in BUGS}))
    assert done.status == 0, done.output
    assert len(BUGS) >= 20


def test_the_tests_run_with_the_copy(runner: Runner, tmp_path: Path) -> None:
    module = copy_of_package(tmp_path) / "testing" / "app.py"
    module.write_text("raise RuntimeError('this is the copy')\n", encoding="utf-8")
    done = runner.run(tmp_path, "requests")
    assert done.status != 0
    assert "this is the copy" in done.output


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_a_planted_bug_is_found(bug: Bug, runner: Runner, tmp_path: Path) -> None:
    module = copy_of_package(tmp_path) / "testing" / bug.file
    source = module.read_text(encoding="utf-8")
    assert source.count(bug.text) == 1, "the bug does not fit the module any more"
    module.write_text(source.replace(bug.text, bug.replacement), encoding="utf-8")
    done = runner.run(tmp_path, bug.tests)
    assert done.status == 1, f"{bug} was not found\n{done.output[-2000:]}"
    assert " failed" in done.output
