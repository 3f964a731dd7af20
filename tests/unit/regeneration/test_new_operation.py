"""What the person sees who adds an operation to the contract: it is generated, and the tests say what to write next."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from regeneration import cli
from regeneration.contract import METHODS
from tests.unit.regeneration import tools
from tests.unit.regeneration.specs import PROJECT

OPERATION = """\
  /jobs/{pk}/cancel/:
    post:
      operationId: cancel_job
      tags: [integration]
      summary: Cancel a job.
      x-retry: idempotent
      parameters:
        - $ref: '#/components/parameters/JobPk'
        - name: reason
          in: query
          description: Why.
          schema:
            $ref: '#/components/schemas/CancelReason'
      responses:
        '200':
          description: The cancelled job.
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/Job'
        '401':
          $ref: '#/components/responses/Unauthorized'
        5XX:
          $ref: '#/components/responses/ServerError'

components:
"""
SCHEMA = """\
  schemas:
    CancelReason:
      type: string
      description: Why a job is cancelled.
      enum: [mistake, cost]
"""
USE = """\
from typing import assert_type
from synapse_api import dicts
from synapse_api.api.integration.cancel_job import _get_kwargs, sync
from synapse_api.models import CancelReason, ErrorBody, Job
from synapse_api.operations import OPERATIONS, Operation, cancel_job
from synapse_api import AuthenticatedClient

assert_type(cancel_job, Operation[dicts.Job])
params: dicts.CancelJobParams = {"reason": "mistake"}
client = AuthenticatedClient(base_url="", token="")
print(_get_kwargs(7, reason=CancelReason.COST)["url"], OPERATIONS["cancel_job"].retry)


def use() -> None:
    assert_type(sync(7, client=client), ErrorBody | Job | None)
"""


COPIED = ("generated", "scripts", "tests", "wrapper", "generator-config.yaml", "openapi.yaml", "pyproject.toml")


def copy_of_the_project(root: Path) -> None:
    for name in COPIED:
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, root / name)


@pytest.fixture(scope="module")
def extended(finished: Path, shared: Path) -> Path:
    """A copy of this project with one more operation, regenerated, and what the run reported; not to be changed."""

    def make(root: Path) -> None:
        copy_of_the_project(root)
        # Most of what mypy has to read is the same in all projects.
        shutil.copytree(finished / "build", root / "build")
        spec = root / "openapi.yaml"
        text = spec.read_text(encoding="utf-8")
        assert text.count("\ncomponents:\n") == text.count("\n  schemas:\n") == 1
        text = text.replace("components:\n", OPERATION, 1).replace("  schemas:\n", SCHEMA, 1)
        spec.write_text(text, encoding="utf-8")
        shown = io.StringIO()
        with contextlib.redirect_stdout(shown):
            assert cli.main(["--root", str(root), "--report", "json"]) == 0
        (root / "report.json").write_text(shown.getvalue(), encoding="utf-8")

    return tools.once(shared / "extended", make)


def test_a_new_operation_is_there_in_all_forms(extended: Path, tmp_path: Path) -> None:
    report = json.loads((extended / "report.json").read_text(encoding="utf-8"))
    assert [change["subject"] for change in report["changes"]] == ["cancel_job", "CancelReason"]
    assert report["breaking"] == 0
    assert "cancel_job" in report["without_wrapper_method"]

    (tmp_path / "use.py").write_text(USE)
    environment = {"PYTHONPATH": str(extended / "generated"), "MYPYPATH": str(extended / "generated")}
    cache = extended / "build" / "regenerate" / "mypy"
    type_check = ["-m", "mypy", "--strict", "--config-file=", "--python-version=3.11", f"--cache-dir={cache}", "use.py"]
    for command in (type_check, ["use.py"]):
        done = subprocess.run(
            [sys.executable, *command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == "/jobs/7/cancel/ idempotent\n"

    # What was generated is what the contract says, also for someone who reads the contract in another way.
    paths = yaml.safe_load((extended / "openapi.yaml").read_text(encoding="utf-8"))["paths"]
    expected = {
        operation["operationId"] for item in paths.values() for method, operation in item.items() if method in METHODS
    }
    modules = {path.stem for path in (extended / "generated/synapse_api/api").glob("*/*.py")} - {"__init__"}
    assert modules == expected


def test_the_tests_say_what_to_write_next(extended: Path) -> None:
    # The project is installed from its own folder, so the copy has to come first.
    path = os.pathsep.join(str(extended / folder) for folder in ("generated", "wrapper", "scripts"))
    # What runs in the copy says nothing about the coverage of the project, and with CI pytest says everything twice.
    environment = {
        name: value for name, value in os.environ.items() if name != "CI" and not name.startswith("COVERAGE_")
    }
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest"]
    tested = subprocess.run(
        [*command, "tests/contract/test_coverage.py"],
        cwd=extended,
        env={**environment, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    told = [line.removeprefix("E").strip() for line in tested.stdout.splitlines()]
    assert tested.returncode == 1, tested.stdout
    assert "1 failed" in told[-1]
    route = "cancel_job (POST /jobs/{pk}/cancel/) lacks"
    assert [line for line in told if line.startswith(route)] == [
        f"{route} the method cancel_job() of BackendClient and AsyncBackendClient: "
        "write it in wrapper/synapse_backend/_async/integration.py, then run scripts/fix",
        f"{route} the rule cancel_job() of the mock backend: write it in wrapper/synapse_backend/testing/rules/integration.py",
        f"{route} an example call in the tests: add 'cancel_job' to CALLS in tests/contract/calls/integration.py",
    ]
