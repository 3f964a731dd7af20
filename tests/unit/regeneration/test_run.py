"""The command from end to end: what it writes, and how it compares."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from regeneration import output, pipeline
from regeneration.__main__ import run as entry_point
from regeneration.drift import read_tree
from regeneration.errors import RegenerationError
from regeneration.pins import check_pins
from tests.unit.regeneration.specs import CHANGED, PROJECT, run
from tests.unit.regeneration.specs import project as make_project
from tests.unit.regeneration.tools import Start


class TestWriting:
    def test_the_tree_is_complete(self, generated: Path) -> None:
        files = set(read_tree(generated))
        assert {"README.md", "generation.lock"} < files
        package = {name.removeprefix("thing_api/") for name in files if name.startswith("thing_api/")}
        assert {"__init__.py", "client.py", "dicts.py", "errors.py", "openapi.json", "operations.py"} < package
        assert {"py.typed", "types.py", "api/things/list_things.py", "models/thing.py"} < package

    def test_every_module_says_who_wrote_it(self, generated: Path) -> None:
        for path in generated.rglob("*.py"):
            assert path.read_text().startswith("# Written by scripts/regenerate from openapi.yaml"), path
        assert "scripts/regenerate" in (generated / "README.md").read_text()

    def test_the_contract_is_bundled_as_it_is(self, generated: Path, project: Path) -> None:
        text = (generated / "thing_api" / "openapi.json").read_text()
        assert json.loads(text) == pipeline.read_contract(pipeline.Project(project)).data
        assert text.count("\n") == 1

    def test_the_lock_names_sources_and_tools(self, generated: Path, project: Path) -> None:
        lock = json.loads((generated / "generation.lock").read_text())
        assert lock["sha256"]["openapi.yaml"] == output.sha256(project / "openapi.yaml")
        assert set(lock["sha256"]) == {"openapi.yaml", "generator-config.yaml", "corrections"}
        assert lock["tools"] == check_pins()
        assert set(lock["tools"]) == {"openapi-python-client", "datamodel-code-generator", "ruff"}

    def test_the_code_is_formatted(self, generated: Path) -> None:
        for command in (["format", "--check"], ["check", "--select=F401,F811,F821,I"]):
            settings = ["--isolated", "--no-cache", "--line-length=120", "--target-version=py311"]
            done = subprocess.run(
                [output.find_ruff(), *command, *settings, generated], capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stdout

    def test_nothing_of_this_machine_is_in_it(self, generated: Path) -> None:
        for name, content in read_tree(generated).items():
            for trace in (str(generated.parents[1]), "/tmp/", str(PROJECT), str(Path.home()), "site-packages", "work-"):  # noqa: S108
                assert trace.encode() not in content, (name, trace)

    def test_the_script_gives_the_same_bytes_from_anywhere(
        self, finished: Path, generated: Path, tmp_path: Path
    ) -> None:
        root = make_project(tmp_path / "somewhere" / "else")
        # What mypy remembers makes it fast, and has no part in what is written.
        shutil.copytree(finished / "build", root / "build")
        command: list[str | Path] = [PROJECT / "scripts" / "regenerate", "--root", root]
        environment = {**os.environ, "PYTHONHASHSEED": "4711"}
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert "generated/ was written" in done.stdout
        assert read_tree(root / "generated") == read_tree(generated)

    def test_settings_of_the_shell_do_not_matter(self, copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in {"PYTHONWARNINGS": "always", "PYTHONDEVMODE": "1", "LC_ALL": "C", "COLUMNS": "20"}.items():
            monkeypatch.setenv(name, value)
        (copied / "pyproject.toml").write_text("[tool.datamodel-codegen]\nsnake-case-field = true\nbroken = 1\n")
        assert run(copied, "--check") == 0

    def test_any_terminal_can_show_any_contract(self, project: Path, start: Start) -> None:
        (project / "openapi.yaml").write_text("설명: a\n설명: b\n", encoding="utf-8")
        process = start(project, "import sys\nsys.stderr.reconfigure(encoding='ascii', errors='strict')")
        _, errors = process.communicate()
        assert process.returncode == 2
        assert errors.startswith("openapi.yaml:2: [yaml-duplicate-key] the key '\\uc124\\uba85' stands on line 1")

    def test_a_second_run_finds_nothing_to_do(self, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
        before = (project / "generated").stat()
        assert run(project) == 0
        shown = capsys.readouterr()
        assert "Nothing changed for callers.\n" in shown.out
        assert "generated/ is up to date" in shown.out
        assert (project / "generated").stat().st_ino == before.st_ino

    def test_a_changed_contract_replaces_the_tree(self, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (project / "generated" / "stale.py").write_text("")
        (project / "openapi.yaml").write_text(CHANGED)
        assert run(project) == 0
        shown = capsys.readouterr().out
        assert "copy_thing: added operation, POST /things/{pk}/copies/" in shown
        assert "generated/ was written" in shown
        assert not (project / "generated" / "stale.py").exists()
        assert (project / "generated/thing_api/api/things/copy_thing.py").exists()
        assert list((project / "build" / "regenerate").glob("work-*")) == []

    def test_json_is_all_that_goes_to_standard_output(self, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (project / "openapi.yaml").write_text(CHANGED)
        assert run(project, "--report", "json") == 0
        shown = capsys.readouterr()
        report = json.loads(shown.out)
        assert [change["subject"] for change in report["changes"]] == ["copy_thing"]
        assert report["breaking"] == 0
        assert "copy_thing" in report["without_wrapper_method"]
        assert "was written" in shown.err


class TestChecking:
    def snapshot(self, root: Path) -> dict[str, tuple[float, bytes]]:
        return {
            str(path): (path.stat().st_mtime, path.read_bytes()) for path in sorted(root.rglob("*")) if path.is_file()
        }

    def test_a_clean_tree_passes_and_nothing_is_written(
        self, project: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before = self.snapshot(project)
        assert run(project, "--check") == 0
        assert "generated/ is what openapi.yaml gives." in capsys.readouterr().err
        assert self.snapshot(project) == before

    @pytest.mark.parametrize("is_json", [False, True])
    def test_drift_is_shown_in_both_directions(
        self, project: Path, capsys: pytest.CaptureFixture[str], is_json: bool
    ) -> None:
        package = project / "generated" / "thing_api"
        (package / "types.py").write_text((package / "types.py").read_text().replace("UNSET: Unset", "UNSET: object"))
        (package / "errors.py").unlink()
        (package / "extra.py").write_text("")
        before = self.snapshot(project)
        assert run(project, "--check", *(["--report", "json"] if is_json else [])) == 1
        shown = capsys.readouterr()
        assert "Run scripts/regenerate and commit the result." in shown.err
        assert self.snapshot(project) == before
        if is_json:
            assert json.loads(shown.out)["changes"] == []
            return
        assert "missing: generated/thing_api/errors.py\n" in shown.out
        assert "not from the contract: generated/thing_api/extra.py\n" in shown.out
        assert "-UNSET: object = Unset()\n+UNSET: Unset = Unset()\n" in shown.out

    def test_a_changed_contract_is_drift(self, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (project / "openapi.yaml").write_text(CHANGED)
        assert run(project, "--check") == 1
        shown = capsys.readouterr().out
        assert "missing: generated/thing_api/api/things/copy_thing.py" in shown
        assert "copy_thing: added operation" in shown

    def test_a_long_difference_is_cut(self, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
        for path in (project / "generated").rglob("*.py"):
            path.write_text("pass\n")
        assert run(project, "--check") == 1
        lines = capsys.readouterr().out.splitlines()
        assert any(line.startswith("… and ") and line.endswith(" more lines") for line in lines)
        assert len(lines) < 230

    def test_a_project_without_a_tree_has_drifted(self, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
        for folder in ("build", "generated"):
            shutil.rmtree(project / folder)
        assert run(project, "--check") == 1
        assert "There is no earlier contract to compare with." in capsys.readouterr().out
        assert sorted(path.name for path in project.iterdir()) == ["generator-config.yaml", "openapi.yaml"]

    def test_an_unreadable_earlier_contract_is_none(self, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (project / "generated" / "thing_api" / "openapi.json").write_text("{")
        assert run(project, "--check") == 1
        assert "There is no earlier contract to compare with." in capsys.readouterr().out


class TestCommand:
    def test_help_goes_to_any_kind_of_stream(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "argv", ["regenerate", "--help"])
        with contextlib.redirect_stdout(io.StringIO()) as shown, pytest.raises(SystemExit) as caught:
            entry_point()
        assert caught.value.code == 0
        assert "--check" in shown.getvalue()

    @pytest.mark.parametrize(
        ("pins", "message"),
        [
            ("", "ruff has no line 'name==version' in constraints.txt"),
            ("ruff==0.0.1\n", "constraints.txt pins 0.0.1"),
        ],
    )
    def test_pins(self, tmp_path: Path, pins: str, message: str) -> None:
        constraints = tmp_path / "constraints.txt"
        constraints.write_text(pins)
        with pytest.raises(RegenerationError) as caught:
            check_pins(constraints)
        assert message in str(caught.value)
        assert "Install the development dependencies" in str(caught.value)

    def test_pins_of_what_is_not_installed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def missing(name: str) -> str:
            raise cli_metadata.PackageNotFoundError(name)

        from importlib import metadata as cli_metadata

        monkeypatch.setattr(cli_metadata, "version", missing)
        with pytest.raises(RegenerationError, match=r"ruff .* is not installed"):
            check_pins()

    def test_without_the_tools_the_command_says_what_to_install(self, tmp_path: Path) -> None:
        (tmp_path / "sitecustomize.py").write_text("import importlib.metadata as m\nm.version = lambda name: '0'\n")
        environment = {**os.environ, "PYTHONPATH": f"{tmp_path}:{PROJECT / 'scripts'}"}
        command = [sys.executable, "-m", "regeneration"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert done.stderr.startswith("The tools are not the pinned ones: openapi-python-client is 0")
