"""`synapse-backend mock` as a process, and the command around it."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from synapse_backend import __version__
from synapse_backend.testing import MockBackend

COMMAND = [sys.executable, "-m", "synapse_backend"]


@contextlib.contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and the address that it printed."""
    process = subprocess.Popen(
        [*COMMAND, "mock", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("Mock backend on http://127.0.0.1:"), process.communicate()
        yield process, line.split()[-1]
    finally:
        process.kill()
        process.communicate()


def run(*arguments: str, code: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code] if code is not None else [*COMMAND, *arguments]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1", **environment},
    )


def get(url: str, target: str, user: str = "t") -> tuple[int, Any]:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=60)
    try:
        connection.request("GET", target, headers={"Authorization": f"Token {user}"})
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_interrupted(number: signal.Signals) -> None:
    with running() as (process, url):
        assert get(url, "/jobs/789/")[1]["id"] == 789
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (0, "", "")


def test_its_options_reach_the_backend() -> None:
    with running("--seed", "7", "--clock", "virtual", "--token", "one", "--token", "two") as (_, url):
        expected = MockBackend(7).jobs[789]
        status, job = get(url, "/jobs/789/?expand=logs,metrics,result", "one")
        assert (status, job) == (200, expected)
        assert get(url, "/jobs/789/", "two")[0] == 200
        assert get(url, "/jobs/789/", "three")[0] == 401


def test_it_listens_where_it_is_told() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with running("--port", str(port)) as (_, url):
        assert url == f"http://127.0.0.1:{port}"


def test_a_taken_port_is_one_clear_line() -> None:
    with running() as (_, url):
        port = url.rpartition(":")[2]
        result = run("mock", "--port", port)
    message = f"synapse-backend: port {port} is taken; choose another with --port, or let --port 0 take a free one\n"
    assert (result.returncode, result.stdout, result.stderr) == (1, "", message)


def test_it_needs_no_http_client() -> None:
    code = (
        "import sys\n"
        "import synapse_backend.cli.app, synapse_backend.testing.backend\n"
        "synapse_backend.testing.backend.MockBackend().start().stop()\n"
        "sys.exit(' '.join({'httpx', 'asyncio', 'attrs', 'rich'} & set(sys.modules)))"
    )
    result = run(code=code)
    assert (result.returncode, result.stderr) == (1, "\n"), result.stderr


def test_the_version() -> None:
    result = run("--version")
    assert (result.returncode, result.stdout) == (0, f"synapse-backend {__version__}\n")


def test_help_names_the_commands_and_the_options() -> None:
    assert "mock" in run("--help").stdout
    shown = run("mock", "--help").stdout
    for option in ("--port", "--seed", "--token", "--clock"):
        assert option in shown
    assert "--host" not in shown
    assert run().returncode == 2


@pytest.mark.parametrize(
    "arguments", [("mock", "--clock", "fast"), ("mock", "--port", "70000"), ("mock", "--seed", "x")]
)
def test_a_wrong_option_is_explained(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.returncode == 2
    assert arguments[1] in result.stderr
    assert "Traceback" not in result.stderr


def test_an_empty_token_is_explained() -> None:
    result = run("mock", "--token", "")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == "synapse-backend: tokens must be a set of non-empty strings, or None to accept any token\n"


MAIN = "import sys; sys.modules[{missing!r}] = None; sys.argv = ['synapse-backend', 'mock']; from synapse_backend.cli import main; main()"


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("typer", "synapse-backend: the command needs the extra 'cli': pip install 'synapse-backend-client[cli]'\n"),
        (
            "httptools",
            "synapse-backend: MockBackend needs the extra 'testing': pip install 'synapse-backend-client[testing]'\n",
        ),
    ],
)
def test_a_missing_extra_is_one_clear_line(missing: str, message: str) -> None:
    result = run(code=MAIN.format(missing=missing))
    assert (result.returncode, result.stdout, result.stderr) == (1, "", message)


def test_any_other_missing_module_is_no_missing_extra() -> None:
    result = run(code=MAIN.format(missing="errno"))
    assert "ModuleNotFoundError: import of errno halted" in result.stderr


BROKEN = """
import os, signal, sys, threading, urllib.request, urllib.error
from synapse_backend.testing import backend
from synapse_backend.testing.rules import RULES, Rule

class Broken(backend.MockBackend):
    def start(self):
        super().start()
        {act}
        return self

backend.MockBackend = Broken
sys.argv = ["synapse-backend", "mock"]
from synapse_backend.cli import main
main()
"""


def test_a_defect_of_the_mock_is_reported_at_the_end() -> None:
    act = "self.contract_errors.append('Defect of the mock'); os.kill(os.getpid(), signal.SIGTERM)"
    result = run(code=BROKEN.format(act=act))
    assert (result.returncode, result.stderr) == (1, "synapse-backend: Defect of the mock\n")


def test_a_port_that_is_not_allowed_is_one_clear_line() -> None:
    result = run(code=BROKEN.format(act="raise PermissionError(13, 'no')"))
    assert result.returncode == 1
    assert "port 0 is not allowed for this user; choose another" in result.stderr


def test_another_failure_of_the_system_is_not_hidden() -> None:
    result = run(code=BROKEN.format(act="raise OSError(24, 'Too many open files')"))
    assert "OSError: [Errno 24] Too many open files" in result.stderr
