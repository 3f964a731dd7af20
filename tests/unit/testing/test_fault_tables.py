"""The tables of docs/faults.md are those of the faults, and no scenario of a server is without one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

import fault_tables
from synapse_backend.testing.faults import KINDS


def test_the_document_is_up_to_date() -> None:
    command = [sys.executable, str(Path(fault_tables.__file__)), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_scenario_of_a_server_has_a_fault_and_every_fault_a_scenario() -> None:
    played = {number for kind in KINDS.values() for number in kind.scenarios}
    assert played == set(fault_tables.SCENARIOS)
    assert {*fault_tables.SCENARIOS, *fault_tables.OF_THE_CLIENT} >= set(range(1, 86))
    assert not fault_tables.SCENARIOS.keys() & fault_tables.OF_THE_CLIENT.keys()


def test_the_words_of_an_argument_are_listed() -> None:
    tables = fault_tables.tables()
    for name, words in fault_tables._WORDS.items():
        (row,) = [line for line in tables.splitlines() if f".{name}(" in line]
        assert all(f"`{word}`" in row for word in get_args(words))


def test_an_old_document_is_seen_and_written_anew(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = tmp_path / "faults.md"
    document.write_text("<!-- tables: written by scripts/fault_tables.py -->\n\nold\n\n<!-- end of tables -->\n")
    assert fault_tables.main(["--check"], document) == 1
    assert capsys.readouterr().err == "faults.md is out of date; run: python scripts/fault_tables.py\n"
    assert fault_tables.main([], document) == 0
    assert fault_tables.main(["--check"], document) == 0
    document.write_text("nothing")
    with pytest.raises(ValueError, match="the marks around the tables are missing"):
        fault_tables.main([], document)
