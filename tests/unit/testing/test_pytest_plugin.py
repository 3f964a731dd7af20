"""The fixtures, in a pytest of their own, as applications use them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

USE = """
import asyncio
import pytest
from synapse_backend.testing import MockBackend

def test_changes_something(mock_backend, backend_client):
    plugin = backend_client.create_plugin({"name": "x"})
    assert plugin["id"] == 126
    assert mock_backend.requests[0].operation_id == "create_plugin"
    mock_backend.jobs.fail_next()

def test_sees_nothing_of_it(mock_backend, backend_client):
    assert 126 not in mock_backend.plugins
    assert backend_client.get_job(789)["status"] == "completed"
    assert len(mock_backend.requests) == 1

def test_asyncio_run(async_backend_client):
    async def scenario():
        jobs = await asyncio.gather(*[async_backend_client.get_job(789) for _ in range(5)])
        assert {job["id"] for job in jobs} == {789}
    asyncio.run(scenario())

@pytest.mark.anyio
async def test_anyio(async_backend_client, mock_backend):
    await async_backend_client.run_plugin(123, {})
    assert mock_backend.requests[0].status == 202

def test_both_at_once(backend_client, async_backend_client, mock_backend):
    backend_client.get_job(789)
    asyncio.run(async_backend_client.get_job(789))
    assert len(mock_backend.requests) == 2

def test_another_backend_beside_it(mock_backend):
    with MockBackend() as other:
        assert other.url != mock_backend.url
"""


DEFECT = """
import httpx
from synapse_backend.testing.rules import RULES, Rule

def test_meets_it(mock_backend, monkeypatch):
    monkeypatch.setitem(RULES, "get_job", Rule(lambda call: (200, {}), None, "integration"))
    with httpx.Client(transport=mock_backend.transport(), base_url="http://x") as client:
        assert client.get("/jobs/789/", headers={"Authorization": "Token t"}).status_code == 500

def test_is_fine(backend_client):
    backend_client.get_job(789)
"""

CONFTEST = """
import pytest

@pytest.fixture(scope='session')
def anyio_backend():
    return 'asyncio'
"""

OPTIONS = """
@pytest.fixture(scope='session')
def mock_backend_options():
    return {'page_size': 3}
"""


def run_pytest(folder: Path, files: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    for name, text in files.items():
        (folder / name).write_text(text)
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    # Hypothesis takes longer to load than all of the rest.
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-q", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_fixtures_leave_nothing_behind_and_a_defect_fails_the_test_that_met_it(tmp_path: Path) -> None:
    result = run_pytest(tmp_path, {"conftest.py": CONFTEST, "test_use.py": USE, "test_defect.py": DEFECT})
    assert "ContractError: Defect of the mock in get_job" in result.stdout
    assert re.findall(r"^ERROR (.*?) - ", result.stdout, re.MULTILINE) == ["test_defect.py::test_meets_it"]
    assert "8 passed, 1 error" in result.stdout, result.stdout + result.stderr
    assert "warning" not in result.stdout.lower()


def test_the_fixtures_work_in_two_processes_with_options(tmp_path: Path) -> None:
    test = "def test_it(backend_client):\n    assert len(backend_client.list_jobs().items) == 3\n"
    files = {"conftest.py": CONFTEST + OPTIONS, "test_use.py": USE, "test_options.py": test}
    result = run_pytest(tmp_path, files, "-n", "2")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "7 passed" in result.stdout
    assert "warning" not in result.stdout.lower()


def test_nothing_is_imported_before_a_test_asks(tmp_path: Path) -> None:
    test = """
import sys

def test_nothing_is_loaded():
    loaded = {"httpx", "httptools", "jsonschema_rs", "synapse_backend.testing.backend", "synapse_api"} & set(sys.modules)
    assert "synapse_backend.testing.pytest_plugin" in sys.modules
    assert not loaded
"""
    result = run_pytest(tmp_path, {"test_unused.py": test}, "-p", "no:anyio")
    assert result.returncode == 0, result.stdout


def test_the_plugin_loads_next_to_nothing_when_it_is_not_used() -> None:
    code = (
        "import pytest, sys\n"
        "before = set(sys.modules)\n"
        "import synapse_backend.testing.pytest_plugin\n"
        "print(*sorted(set(sys.modules) - before))\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.split() == [
        "synapse_backend",
        "synapse_backend._version",
        "synapse_backend.testing",
        "synapse_backend.testing.pytest_plugin",
    ]
