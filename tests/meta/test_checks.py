"""`scripts/check` and `scripts/fix`: every check runs, every failure is told, and commits run the same checks."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml

import checks
from checks import Check

PROJECT = Path(__file__).resolve().parents[2]
PASSES = Check("passes", ("true",))
FAILS = Check("fails", ("sh", "-c", "echo broken; exit 3"))
REPAIRS = Check("repairs", ("false",), fix=("true",))


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "CHECKS", (PASSES, FAILS, REPAIRS))


@pytest.mark.usefixtures("table")
def test_all_failures_are_told_in_one_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert checks.main(["check"]) == 1
    out = capsys.readouterr().out
    assert "--- fails ---\nbroken" in out
    assert "2 of 3 checks failed" in out
    assert "fails: mend the lines that it names" in out
    assert "repairs: scripts/fix repairs" in out


@pytest.mark.usefixtures("table")
def test_named_checks_run_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert checks.main(["check", "passes"]) == 0
    assert "All 1 checks passed." in capsys.readouterr().out


@pytest.mark.usefixtures("table")
def test_fix_runs_what_can_be_repaired(capsys: pytest.CaptureFixture[str]) -> None:
    assert checks.main(["fix"]) == 0
    assert "All 1 repairs passed." in capsys.readouterr().out


@pytest.mark.usefixtures("table")
def test_an_unknown_name_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        checks.main(["check", "mipy"])
    assert stopped.value.code == 2
    assert "passes, fails, repairs" in capsys.readouterr().err


def test_a_missing_tool_is_a_failure_with_its_name() -> None:
    outcome = checks.run(Check("gone", ("no-such-tool",)), ("no-such-tool",))
    assert not outcome.passed
    assert "no-such-tool could not be started" in outcome.output


def test_every_shell_script_is_checked() -> None:
    written = {
        str(path.relative_to(PROJECT))
        for path in [*PROJECT.glob("scripts/*"), *PROJECT.glob(".ci/*")]
        if path.is_file() and re.match(rb"#!.*\b(ba)?sh\b", path.read_bytes())
    }
    assert {"scripts/test", ".ci/run"} <= written <= set(checks.shell_scripts())


def test_every_check_runs_before_a_commit() -> None:
    config = yaml.safe_load((PROJECT / ".pre-commit-config.yaml").read_text())
    entries = [shlex.split(hook["entry"]) for repository in config["repos"] for hook in repository["hooks"]]
    assert all(entry[0] == "scripts/check" for entry in entries)
    assert {name for entry in entries for name in entry[1:]} == {check.name for check in checks.CHECKS}


def test_the_continuous_integration_runs_the_documented_test_command() -> None:
    run = (PROJECT / ".ci" / "run").read_text()
    assert "\npart test scripts/test\n" in run
    assert os.access(PROJECT / ".ci" / "run", os.X_OK)


def test_scripts_do_not_depend_on_where_they_are_called(tmp_path: Path) -> None:
    done = subprocess.run(
        [PROJECT / "scripts" / "check", "shellcheck"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
