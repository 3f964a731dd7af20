"""What a test leaves behind fails that test: seen from a run of tests that do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
CONFTEST = """
from tests.support import leaks
pytest_plugins = ("tests.support.leaks",)
leaks.HANG = 0.1
"""
TESTS = """
import asyncio, logging, os, socket, subprocess, tempfile, threading, pytest
import synapse_backend

kept = []

@pytest.fixture(scope="module")
def listening():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server

@pytest.fixture(scope="session")
def anyio_backend():
    return "asyncio"

def test_nothing(listening, monkeypatch, tmp_path):
    monkeypatch.setenv("SEEN", "1")
    with tempfile.TemporaryDirectory():
        threading.Thread(target=int).start()

async def test_no_task():
    await asyncio.create_task(asyncio.sleep(0))

def test_socket():
    kept.append(socket.create_server(("127.0.0.1", 0)))

def test_thread():
    threading.Thread(target=threading.Event().wait, name="stays", daemon=True).start()

async def test_task():
    kept.append(asyncio.create_task(asyncio.Event().wait()))

def test_process():
    kept.append(subprocess.Popen(["sleep", "60"]))

def test_temporary_file():
    os.close(tempfile.mkstemp(prefix="stays")[0])

def test_environment():
    os.environ["STAYS"] = "1"

def test_setting():
    logging.getLogger("synapse_backend").setLevel("CRITICAL")

def test_module():
    synapse_backend.__version__ = "0"

def test_end():
    kept[-1].kill()
    kept[-1].wait()
"""
FOUND = {
    "test_socket": "descriptor of socket",
    "test_thread": "thread stays",
    "test_task": "<Task pending",
    "test_process": "child process",
    "test_temporary_file": "temporary file stays",
    "test_environment": "environment variable STAYS",
    "test_setting": "setting logger synapse_backend",
    "test_module": "module synapse_backend",
}


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What pytest says of these tests."""
    folder = tmp_path_factory.mktemp("leaks")
    (folder / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (folder / "test_leaks.py").write_text(TESTS, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:randomly",
        "-p",
        "no:cacheprovider",
        "-o",
        "anyio_mode=auto",
        str(folder),
    ]
    run = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert run.returncode == 1, run.stdout + run.stderr
    return run.stdout


@pytest.mark.parametrize("test", FOUND)
def test_what_stays_fails_its_test_by_name(test: str, output: str) -> None:
    section = output.partition(f" {test} __")[2].partition("\n___")[0]
    assert FOUND[test] in section
    assert "left" in section


def test_what_ends_with_its_test_is_no_leak(output: str) -> None:
    failed = [line for line in output.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    assert sorted(line.partition("::")[2].partition(" ")[0] for line in failed) == sorted(FOUND)
