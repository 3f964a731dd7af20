"""What happens when the contract gains an operation: it is generated, and the tests say what to write next."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.spec import PROJECT, Spec

COPIED = ("generated", "scripts", "tests", "wrapper", "generator-config.yaml", "openapi.yaml", "pyproject.toml")
NEIGHBOUR = "  /jobs/{pk}/console_logs/:\n"
ADDED = """\
  /jobs/{pk}/stop/:
    post:
      operationId: stop_job
      tags: [integration]
      summary: Stop a job.
      x-retry: idempotent
      parameters:
        - $ref: '#/components/parameters/JobPk'
      responses:
        '200':
          description: The job.
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/Job'
        '400':
          $ref: '#/components/responses/BadRequest'
        '401':
          $ref: '#/components/responses/Unauthorized'
        '403':
          $ref: '#/components/responses/Forbidden'
        '404':
          $ref: '#/components/responses/NotFound'
        '405':
          $ref: '#/components/responses/MethodNotAllowed'
        '409':
          $ref: '#/components/responses/Conflict'
        '429':
          $ref: '#/components/responses/TooManyRequests'
        5XX:
          $ref: '#/components/responses/ServerError'

"""


def python(checkout: Path, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a module in the copy. The project is installed from its own folder, so the copy has to come first."""
    path = os.pathsep.join(str(checkout / folder) for folder in ("generated", "wrapper", "scripts"))
    # What runs in the copy says nothing about the coverage of the project, and with CI pytest says everything twice.
    environment = {
        name: value for name, value in os.environ.items() if name != "CI" and not name.startswith("COVERAGE_")
    }
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=checkout,
        env={**environment, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the project whose contract has one operation more."""
    for name in COPIED:
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path / name)
    contract = tmp_path / "openapi.yaml"
    text = contract.read_text(encoding="utf-8")
    assert text.count(NEIGHBOUR) == 1
    contract.write_text(text.replace(NEIGHBOUR, ADDED + NEIGHBOUR), encoding="utf-8")
    return tmp_path


def test_a_new_operation_is_generated_and_the_tests_say_what_to_write(checkout: Path) -> None:
    assert "stop_job" in Spec(checkout / "openapi.yaml").operations

    regenerated = python(checkout, "regeneration")
    assert regenerated.returncode == 0, regenerated.stdout
    assert "stop_job" in regenerated.stdout
    assert (checkout / "generated/synapse_api/api/integration/stop_job.py").is_file()

    tested = python(checkout, "pytest", "-q", "-p", "no:cacheprovider", "tests/contract/test_coverage.py")
    told = [line.removeprefix("E").strip() for line in tested.stdout.splitlines()]
    assert tested.returncode == 1, tested.stdout
    assert "1 failed" in told[-1]
    route = "stop_job (POST /jobs/{pk}/stop/) lacks"
    assert [line for line in told if line.startswith(route)] == [
        f"{route} the method stop_job() of BackendClient and AsyncBackendClient: "
        "write it in wrapper/synapse_backend/_async/integration.py, then run scripts/fix",
        f"{route} the rule stop_job() of the mock backend: write it in wrapper/synapse_backend/testing/rules/integration.py",
        f"{route} an example call in the tests: add 'stop_job' to CALLS in tests/contract/calls/integration.py",
    ]
