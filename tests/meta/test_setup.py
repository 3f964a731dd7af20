"""`scripts/env.sh` on machines where something is missing, and its states.

A stand-in for Python answers what the script asks without creating anything slow; everything else goes to the real one.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
INPUTS = ("pyproject.toml", "scripts/env.sh", "scripts/constraints.txt", "wrapper/synapse_backend/_version.py")
COMMANDS = ("cat", "cp", "dirname", "grep", "mkdir", "mv", "rm", "sh", "sleep", "tail", "touch")

# `-m venv DIR` copies the stand-in itself, `-m pip install` waits while the file $MACHINE/hold exists and then does what
# the file $MACHINE/pip says; both leave a line in the journal.
STAND_IN = r"""#!/bin/sh
machine='{machine}'
case "$*" in
    *ensurepip*) exit {ensurepip} ;;
    *python_version*) echo {version}; exit ;;
    *version_info*) exit {too_old} ;;
    "-m venv "*) echo venv >>"$machine/journal"; mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; exit ;;
    "-m pip --version") exit ;;
    "-m pip install"*)
        echo pip >>"$machine/journal"
        touch "$machine/installing"
        while [ -e "$machine/hold" ]; do sleep 0.02; done
        . "$machine/pip"; exit ;;
esac
exec '{real}' "$@"
"""


class Machine:
    """A checkout in a folder with a space in its name, and a PATH that holds only what the test puts there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.checkout = folder / "my checkout"
        self.journal = folder / "journal"
        self.journal.touch()
        (folder / "pip").write_text("exit 0\n")
        for name in INPUTS:
            (self.checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, self.checkout / name)
        self.script = self.checkout / "scripts" / "hello"
        self.script.write_text('#!/bin/sh\n. "$(dirname -- "$0")/env.sh"\necho hello from "$VIRTUAL_ENV"\n')
        self.script.chmod(0o755)
        (folder / "bin").mkdir()
        for command in COMMANDS:
            found = shutil.which(command)
            assert found, command
            (folder / "bin" / command).symlink_to(found)

    def add_python(self, name: str, version: str = "3.11.9", *, too_old: bool = False, ensurepip: bool = True) -> Path:
        path = self.folder / "bin" / name
        text = STAND_IN.format(
            machine=self.folder,
            version=version,
            too_old=int(too_old),
            ensurepip=int(not ensurepip),
            real=sys.executable,
        )
        path.write_text(text)
        path.chmod(0o755)
        return path

    def start(self, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(self.script)],
            cwd="/",
            env={"PATH": str(self.folder / "bin"), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, **environment: str) -> tuple[int, str, str]:
        process = self.start(**environment)
        out, err = process.communicate(timeout=30)
        return process.returncode, out, err

    def wait_for(self, name: str) -> None:
        deadline = time.monotonic() + 30
        while not (self.folder / name).exists():
            assert time.monotonic() < deadline, f"{name} never appeared"
            time.sleep(0.01)

    @property
    def done(self) -> list[str]:
        return self.journal.read_text().split()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_first_run_installs_and_the_second_is_silent(machine: Machine) -> None:
    machine.add_python("python3.11")

    status, out, err = machine.run()
    assert (status, out) == (0, f"hello from {machine.checkout}/.venv\n")
    assert "Setting up .venv with Python 3.11.9" in err
    assert machine.done == ["venv", "pip", "pip"]

    assert machine.run() == (0, out, "")
    assert machine.done == ["venv", "pip", "pip"]


def test_no_python_is_said_so(machine: Machine) -> None:
    status, _, err = machine.run()
    assert status == 1
    assert "Python 3.11 or newer is needed (found: none)" in err


def test_an_old_python_is_named_with_its_version(machine: Machine) -> None:
    machine.add_python("python3", "3.9.2", too_old=True)
    status, _, err = machine.run()
    assert status == 1
    assert "found: python3 is 3.9.2" in err


def test_a_newer_python_is_found_behind_an_old_one(machine: Machine) -> None:
    machine.add_python("python3", "3.9.2", too_old=True)
    machine.add_python("python3.12", "3.12.1")
    status, _, err = machine.run()
    assert status == 0
    assert "Python 3.12.1" in err


def test_a_python_without_ensurepip_is_explained(machine: Machine) -> None:
    machine.add_python("python3", ensurepip=False)
    status, _, err = machine.run()
    assert status == 1
    assert "python3-venv" in err


def test_a_named_python_is_the_only_one_tried(machine: Machine) -> None:
    machine.add_python("python3.11")
    status, _, err = machine.run(PYTHON="/no/such/python")
    assert status == 1
    assert "PYTHON=/no/such/python cannot be used" in err
    assert machine.done == []


@pytest.mark.parametrize(
    ("said", "hint"),
    [("Temporary failure in name resolution", "package index cannot be reached"), ("No space left", "No space left")],
)
def test_a_failed_installation_says_why_and_the_next_run_starts_over(machine: Machine, said: str, hint: str) -> None:
    machine.add_python("python3")
    (machine.folder / "pip").write_text(f"echo '{said}'; exit 1\n")
    status, _, err = machine.run()
    assert status == 1
    assert hint in err

    (machine.folder / "pip").write_text("exit 0\n")
    assert machine.run()[0] == 0
    assert machine.done == ["venv", "pip", "venv", "pip", "pip"]


def test_a_killed_setup_is_rebuilt(machine: Machine) -> None:
    machine.add_python("python3")
    (machine.folder / "hold").touch()
    process = machine.start()
    machine.wait_for("installing")
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=30)

    (machine.folder / "hold").unlink()
    status, _, err = machine.run()
    assert status == 0
    assert "Setting up" in err
    assert machine.done == ["venv", "pip", "venv", "pip", "pip"]


def test_two_that_start_at_once_install_once(machine: Machine) -> None:
    machine.add_python("python3")
    (machine.folder / "hold").touch()
    first = machine.start()
    machine.wait_for("installing")
    second = machine.start()
    assert second.stderr is not None
    assert "Waiting for another script" in second.stderr.readline()
    (machine.folder / "hold").unlink()

    for process in (first, second):
        out, _ = process.communicate(timeout=30)
        assert (process.returncode, out) == (0, f"hello from {machine.checkout}/.venv\n")
    assert machine.done == ["venv", "pip", "pip"]


@pytest.mark.parametrize("changed", ["scripts/constraints.txt", "wrapper/synapse_backend/_version.py"])
def test_changed_inputs_update_in_place(machine: Machine, changed: str) -> None:
    machine.add_python("python3")
    machine.run()
    with (machine.checkout / changed).open("a") as file:
        file.write("\n# another release\n")

    status, _, err = machine.run()
    assert status == 0
    assert "Updating .venv" in err
    assert machine.done == ["venv", "pip", "pip", "pip", "pip"]


def test_settings_of_linters_do_not_reinstall(machine: Machine) -> None:
    machine.add_python("python3")
    machine.run()
    pyproject = machine.checkout / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace("line-length = 120", "line-length = 121"))

    assert machine.run()[2] == ""


def test_a_moved_checkout_is_set_up_again(machine: Machine) -> None:
    machine.add_python("python3")
    machine.run()
    moved = machine.checkout.rename(machine.folder / "moved")
    machine.script = moved / "scripts" / "hello"

    status, out, err = machine.run()
    assert (status, out) == (0, f"hello from {moved}/.venv\n")
    assert "Updating .venv" in err


def test_the_linked_environment_of_another_checkout_is_left_alone(machine: Machine) -> None:
    machine.add_python("python3")
    machine.run()
    own = machine.checkout / ".venv"
    own.rename(machine.folder / "elsewhere")
    own.symlink_to(machine.folder / "elsewhere")
    (machine.folder / "elsewhere" / ".setup-state").write_text("of another checkout\n")

    assert machine.run()[2] == ""
    assert machine.done == ["venv", "pip", "pip"]


def test_a_link_that_leads_nowhere_is_replaced(machine: Machine) -> None:
    machine.add_python("python3")
    (machine.checkout / ".venv").symlink_to(machine.folder / "gone")

    status, _, err = machine.run()
    assert status == 0
    assert "Setting up" in err
    assert not (machine.checkout / ".venv").is_symlink()
