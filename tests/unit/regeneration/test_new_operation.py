"""What the person sees who adds an operation to the contract of this project."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from regeneration import cli
from regeneration.contract import METHODS
from tests.unit.regeneration.specs import copy_of_the_project

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


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this project with one more operation, not yet regenerated."""
    root = copy_of_the_project(tmp_path_factory.mktemp("extended") / "project")
    spec = root / "openapi.yaml"
    text = spec.read_text(encoding="utf-8")
    assert text.count("\ncomponents:\n") == text.count("\n  schemas:\n") == 1
    spec.write_text(text.replace("components:\n", OPERATION, 1).replace("  schemas:\n", SCHEMA, 1), encoding="utf-8")
    return root


def test_a_new_operation_is_there_in_all_forms(extended: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--root", str(extended), "--report", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert [change["subject"] for change in report["changes"]] == ["cancel_job", "CancelReason"]
    assert report["breaking"] == 0
    assert "cancel_job" in report["without_wrapper_method"]

    (extended / "use.py").write_text(USE)
    environment = {"PYTHONPATH": str(extended / "generated"), "MYPYPATH": str(extended / "generated")}
    cache = extended / "build" / "regenerate" / "mypy"
    type_check = ["-m", "mypy", "--strict", "--config-file=", "--python-version=3.11", f"--cache-dir={cache}", "use.py"]
    for command in (type_check, ["use.py"]):
        done = subprocess.run(
            [sys.executable, *command], cwd=extended, env=environment, capture_output=True, text=True, check=False
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
