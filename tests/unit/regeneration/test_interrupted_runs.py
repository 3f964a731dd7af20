"""A run that is killed, or meets another one, leaves a whole tree."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from regeneration import swap
from regeneration.drift import read_tree
from tests.support.campaign import sample
from tests.unit.regeneration.specs import CHANGED, run
from tests.unit.regeneration.tools import Start

STEPS = {
    "before the validation": ("regeneration.validation", "validate"),
    "before the generator": ("regeneration.pipeline", "generate_client"),
    "before the TypedDicts are ready": ("regeneration.dicts", "finish"),
    "before the formatter": ("regeneration.output", "format_tree"),
    "before the type check": ("regeneration.verify", "check_tree"),
    "before the exchange": ("regeneration.swap", "swap"),
}


class TestKilled:
    @pytest.mark.campaign("steps before which a regeneration is killed", 1)
    @pytest.mark.parametrize("step", sample(list(STEPS), 2))
    def test_a_killed_run_leaves_the_tree(self, project: Path, generated: Path, start: Start, step: str) -> None:
        module, name = STEPS[step]
        (project / "openapi.yaml").write_text(CHANGED)
        process = start(
            project,
            f"import os, signal, {module} as m\nm.{name} = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)",
            store=None,  # a generator outlives the run that is killed, and goes on to write
        )
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        assert read_tree(project / "generated") == read_tree(generated)
        left = list((project / "build" / "regenerate").glob("work-*"))
        assert len(left) == (step != "before the validation")

        (project / "openapi.yaml").write_text("a: [")
        assert run(project) == 2
        assert list((project / "build" / "regenerate").glob("work-*")) == [], "the next run removes what is left"

    def test_after_the_exchange_the_new_tree_is_there(self, project: Path, start: Start) -> None:
        (project / "openapi.yaml").write_text(CHANGED)
        kill = (
            "import os, signal, regeneration.swap as m\n"
            "exchange = m.exchange\n"
            "m.exchange = lambda *a: exchange(*a) and os.kill(os.getpid(), signal.SIGKILL)"
        )
        process = start(project, kill)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        assert (project / "generated/thing_api/api/things/copy_thing.py").exists()
        assert run(project, "--check") == 0

    def test_a_system_without_exchange_is_repaired_by_the_next_run(
        self, project: Path, generated: Path, start: Start
    ) -> None:
        (project / "openapi.yaml").write_text(CHANGED)
        kill = (
            "import os, pathlib, signal, regeneration.swap as m\n"
            "m.exchange = lambda *a: False\n"
            "rename = pathlib.Path.rename\n"
            "def once(self, target):\n"
            "    rename(self, target)\n"
            "    os.kill(os.getpid(), signal.SIGKILL)\n"
            "pathlib.Path.rename = once"
        )
        start(project, kill).communicate()
        assert not (project / "generated").exists()
        (project / "openapi.yaml").write_text("a: [")
        assert run(project) == 2
        assert read_tree(project / "generated") == read_tree(generated)

    def test_a_run_that_is_told_to_end_says_so(self, project: Path, generated: Path, start: Start) -> None:
        (project / "openapi.yaml").write_text(CHANGED)
        process = start(
            project,
            "import os, signal, regeneration.verify as m\nm.check_tree = lambda *a: os.kill(os.getpid(), signal.SIGTERM)",
        )
        _, errors = process.communicate()
        assert process.returncode == 130
        assert errors == "Interrupted; generated/ was not changed.\n"
        assert read_tree(project / "generated") == read_tree(generated)
        assert list((project / "build" / "regenerate").glob("work-*")) == []


class TestTogether:
    def test_a_second_run_is_refused(self, project: Path, generated: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (project / "openapi.yaml").write_text(CHANGED)
        with swap.only_run(project / "build" / "regenerate"):
            assert run(project) == 2
        assert f"Another regeneration is running (process {os.getpid()})" in capsys.readouterr().err
        assert read_tree(project / "generated") == read_tree(generated)
        assert run(project) == 0

    def test_a_check_beside_a_run_is_fine(self, project: Path) -> None:
        with swap.only_run(project / "build" / "regenerate"):
            assert run(project, "--check") == 0

    def test_runs_at_once_leave_one_whole_tree(self, project: Path, start: Start) -> None:
        (project / "openapi.yaml").write_text(CHANGED)
        processes = [start(project), start(project)]
        codes = []
        for process in processes:
            _, errors = process.communicate()
            codes.append(process.returncode)
            assert process.returncode == 0 or "Another regeneration is running" in errors
        assert 0 in codes
        assert run(project, "--check") == 0
