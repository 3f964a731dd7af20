"""`scripts/fuzz`, with a program that plays schemathesis."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import fuzzing
from synapse_backend.testing.rules import RULES, Rule

CALL = """
import sys, urllib.request
arguments = sys.argv[1:]
url = arguments[arguments.index("--url") + 1]
name, _, value = arguments[arguments.index("--header") + 1].partition(": ")
print(*arguments)
try:
    urllib.request.urlopen(urllib.request.Request(url + "/jobs/789/", headers={name: value}))
except OSError as error:
    print(error)
"""


def program(folder: Path, text: str) -> Path:
    # Through a shell, because the path of the interpreter may hold a space, which a first line cannot name.
    script = folder / "schemathesis.py"
    script.write_text(text)
    path = folder / "schemathesis"
    path.write_text(f"#!/bin/sh\nexec '{sys.executable}' '{script}' \"$@\"\n")
    path.chmod(0o755)
    return path


def test_it_passes_when_nothing_was_found(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert fuzzing.fuzz(program(tmp_path, CALL), 7, ["--workers", "2"]) == 0
    out = capfd.readouterr().out
    assert "--max-examples 7 --generation-deterministic" in out
    assert out.rstrip().endswith("--workers 2")
    assert str(fuzzing.PROJECT / "openapi.yaml") in out


@pytest.mark.parametrize(("text", "status"), [(CALL + "sys.exit(3)", 3), ("", 1)], ids=["findings", "sent nothing"])
def test_it_fails_when_something_was_found_or_nothing_tried(tmp_path: Path, text: str, status: int) -> None:
    assert fuzzing.fuzz(program(tmp_path, text), 1, []) == status


def test_it_fails_when_the_mock_found_itself_at_fault(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RULES, "get_job", Rule(lambda _call: (200, {}), None, "integration"))
    assert fuzzing.fuzz(program(tmp_path, CALL), 1, []) == 1
    assert "Defect of the mock in get_job" in capfd.readouterr().err


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that would have run."""
    ran: list[list[str]] = []

    def run(command: list[str], *, check: bool) -> subprocess.CompletedProcess[str]:
        assert check, "a failure would go unseen"
        ran.append(command)
        Path(ran[0][-1]).mkdir(exist_ok=True)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    return ran


def test_the_environment_is_made_once(tmp_path: Path, commands: list[list[str]]) -> None:
    constraints = tmp_path / "constraints.txt"
    constraints.write_text("schemathesis==1\n")
    environment = tmp_path / "environment"
    for _ in range(2):
        assert fuzzing.set_up(environment, constraints) == environment / "bin" / "schemathesis"
    assert [command[1:3] for command in commands] == [["-m", "venv"], ["-m", "pip"]]
    constraints.write_text("schemathesis==2\n")
    fuzzing.set_up(environment, constraints)
    assert len(commands) == 4


def test_the_command_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    calls: list[tuple[object, ...]] = []

    def set_up(*arguments: object) -> Path:
        calls.append(arguments)
        return Path("schemathesis")

    def fuzz(*arguments: object) -> int:
        calls.append(arguments)
        return 5

    monkeypatch.setattr(fuzzing, "set_up", set_up)
    monkeypatch.setattr(fuzzing, "fuzz", fuzz)
    assert fuzzing.main(["--examples", "9", "--workers", "2"]) == 5
    assert calls == [(fuzzing.ENVIRONMENT, fuzzing.CONSTRAINTS), (Path("schemathesis"), 9, ["--workers", "2"])]

    def fail(*_arguments: object) -> Path:
        raise subprocess.CalledProcessError(1, "pip")

    monkeypatch.setattr(fuzzing, "set_up", fail)
    assert fuzzing.main([]) == 2
    assert ".venv-fuzz could not be set up" in capsys.readouterr().err


def test_it_runs_as_a_program() -> None:
    command = [sys.executable, fuzzing.__file__, "--help"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, "--examples" in result.stdout) == (0, True)
