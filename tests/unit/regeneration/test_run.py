"""The command from end to end: what it writes, and that a run that fails in any way changes nothing."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from regeneration import cli, dicts, operations, output, pipeline, swap, validation, verify
from regeneration.client import generate
from regeneration.client.corrections import CORRECTIONS
from regeneration.drift import read_tree
from regeneration.errors import RegenerationError
from regeneration.pins import check_pins
from tests.unit.regeneration.specs import PROJECT, changed
from tests.unit.regeneration.specs import project as make_project

ANOTHER = """\
  /things/{pk}/copies/:
    post:
      operationId: copy_thing
      tags: [things]
      x-retry: never
      parameters:
        - name: pk
          in: path
          required: true
          schema: {type: integer}
        - name: deep
          in: query
          description: Copy everything inside.
          schema: {type: boolean}
      responses:
        '201':
          description: The copy.
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/Thing'
        '401':
          $ref: '#/components/responses/Failure'
        5XX:
          $ref: '#/components/responses/Failure'
"""
CHANGED = changed(("components:\n  securitySchemes:", f"{ANOTHER}components:\n  securitySchemes:"))


def run(root: Path, *arguments: str) -> int:
    return cli.main(["--root", str(root), *arguments])


def start(root: Path, code: str = "", *, seed: str = "0") -> subprocess.Popen[str]:
    """Start a run in a process of its own, after some code."""
    return subprocess.Popen(
        [sys.executable, "-c", f"{code}\nfrom regeneration.__main__ import run\nrun()", "--root", str(root)],
        env={**os.environ, "PYTHONPATH": str(PROJECT / "scripts"), "PYTHONHASHSEED": seed},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


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
            for trace in (str(generated.parents[1]), "/tmp/", "/work/", str(Path.home()), "site-packages", "work-"):  # noqa: S108
                assert trace.encode() not in content, (name, trace)

    def test_two_runs_give_the_same_bytes(self, generated: Path, tmp_path: Path) -> None:
        root = make_project(tmp_path / "somewhere" / "else")
        process = start(root, seed="4711")
        _, errors = process.communicate()
        assert process.returncode == 0, errors
        assert read_tree(root / "generated") == read_tree(generated)

    def test_settings_of_the_shell_do_not_matter(self, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in {"PYTHONWARNINGS": "always", "PYTHONDEVMODE": "1", "LC_ALL": "C", "COLUMNS": "20"}.items():
            monkeypatch.setenv(name, value)
        (project / "pyproject.toml").write_text("[tool.datamodel-codegen]\nsnake-case-field = true\nbroken = 1\n")
        assert run(project, "--check") == 0

    def test_any_terminal_can_show_any_contract(self, project: Path) -> None:
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

    def test_a_project_without_a_tree_has_drifted(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        root = make_project(tmp_path)
        assert run(root, "--check") == 1
        assert "There is no earlier contract to compare with." in capsys.readouterr().out
        assert sorted(path.name for path in root.iterdir()) == ["generator-config.yaml", "openapi.yaml"]

    def test_an_unreadable_earlier_contract_is_none(self, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (project / "generated" / "thing_api" / "openapi.json").write_text("{")
        assert run(project, "--check") == 1
        assert "There is no earlier contract to compare with." in capsys.readouterr().out


def fail(*_: object, **__: object) -> object:
    raise RegenerationError("It failed on purpose.")


class TestFailing:
    """A run that fails leaves the tree as it was, says one thing, and exits with 2."""

    def assert_nothing_changed(
        self, project: Path, generated: Path, capsys: pytest.CaptureFixture[str], message: str
    ) -> None:
        assert run(project) == 2
        shown = capsys.readouterr()
        assert message in shown.err
        assert "Traceback" not in shown.err
        assert shown.err.endswith("generated/ was not changed.\n")
        assert shown.out == ""
        assert read_tree(project / "generated") == read_tree(generated)
        assert list((project / "build" / "regenerate").glob("work-*")) == []

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("paths: [\n", "[yaml-syntax]"),
            (changed(("openapi: 3.1.0", "openapi: 3.0.0")), "openapi.yaml:1: [openapi]"),
            (changed(("version: '1'", "versio: '1'")), "[openapi]"),
            (changed(("      x-retry: safe\n", "")), "[retry-class] list_things has no x-retry"),
            (changed(("ref: '#/components/schemas/ThingPage'", "ref: '#/nowhere'")), "[reference-target]"),
            (changed(("type: boolean}\n        when", "type: bool}\n        when")), "[schema] 'bool' is not"),
            (changed(("example: {name: a}", "example: {nam: a}")), "[example] 'name' is a required property"),
            (
                changed(
                    ("    Level:\n", "    Odd:\n      type: string\n      enum: [a]\n      default: b\n    Level:\n")
                ),
                "[example] 'b' is not one of",
            ),
        ],
    )
    def test_a_broken_contract(
        self, project: Path, generated: Path, capsys: pytest.CaptureFixture[str], text: str, message: str
    ) -> None:
        (project / "openapi.yaml").write_text(text)
        self.assert_nothing_changed(project, generated, capsys, message)

    def test_a_missing_contract(self, project: Path, generated: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (project / "openapi.yaml").unlink()
        self.assert_nothing_changed(project, generated, capsys, "There is no ")

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("a: [", "cannot be used"),
            ("- a\n", "cannot be used"),
            ("package_name_override: [1]\npost_hooks: []\n", "cannot be used"),
            ("package_name_override: a\npost_hooks: []\nliteral_enum: true\n", "ignores: literal_enum"),
            ("package_name_override: a\n", "must say `post_hooks: []`"),
            ("post_hooks: []\n", "must name the package"),
        ],
    )
    def test_wrong_settings(
        self, project: Path, generated: Path, capsys: pytest.CaptureFixture[str], text: str, message: str
    ) -> None:
        (project / "openapi.yaml").write_text(CHANGED)
        (project / "generator-config.yaml").write_text(text)
        self.assert_nothing_changed(project, generated, capsys, message)

    def test_missing_settings(self, project: Path, generated: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (project / "generator-config.yaml").unlink()
        self.assert_nothing_changed(project, generated, capsys, "There is no ")

    @pytest.mark.parametrize(
        ("module", "step"),
        [
            (validation, "validate"),
            (pipeline, "generate_client"),
            (dicts, "finish"),
            (output, "format_tree"),
            (verify, "check_operations"),
            (verify, "check_tree"),
            (swap, "swap"),
        ],
    )
    def test_a_failing_step(
        self,
        project: Path,
        generated: Path,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
        module: object,
        step: str,
    ) -> None:
        (project / "openapi.yaml").write_text(CHANGED)
        monkeypatch.setattr(module, step, fail)
        self.assert_nothing_changed(project, generated, capsys, "It failed on purpose.")

    def test_a_full_disk(
        self, project: Path, generated: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise OSError(28, "No space left on device", "operations.py")

        (project / "openapi.yaml").write_text(CHANGED)
        monkeypatch.setattr(output, "add_contract", full)
        self.assert_nothing_changed(project, generated, capsys, "No space left on device: operations.py")

    def test_no_place_for_work_in_progress(
        self, project: Path, generated: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        shutil.rmtree(project / "build")
        (project / "build").write_text("in the way")
        assert run(project) == 2
        assert capsys.readouterr().err.startswith("Not a directory: ")
        assert read_tree(project / "generated") == read_tree(generated)

    def test_a_warning_of_the_generator(
        self, project: Path, generated: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (project / "openapi.yaml").write_text(changed(("schema: {type: boolean}", "schema: {type: array}")))
        monkeypatch.setattr(pipeline, "lint", lambda *_: [])
        message = "type array must have items or prefixItems defined\n    at {"
        self.assert_nothing_changed(project, generated, capsys, message)

    def test_a_contract_that_the_generator_refuses(
        self, project: Path, generated: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (project / "openapi.yaml").write_text(
            changed(("schema: {type: boolean}", "schema: {type: array, items: true}"))
        )
        monkeypatch.setattr(pipeline, "lint", lambda *_: [])
        self.assert_nothing_changed(project, generated, capsys, "Failed to parse OpenAPI document")

    def test_a_crash_of_the_generator(
        self, project: Path, generated: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (project / "openapi.yaml").write_text(changed(("enum: [small, large]", "enum: [a-b, a_b]")))
        monkeypatch.setattr(pipeline, "lint", lambda *_: [])
        self.assert_nothing_changed(project, generated, capsys, "openapi-python-client failed with ValueError")

    def test_a_correction_that_no_longer_matches(
        self, project: Path, generated: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (project / "openapi.yaml").write_text(CHANGED)
        outdated = (*CORRECTIONS, CORRECTIONS[0])
        monkeypatch.setattr(
            pipeline,
            "generate_client",
            lambda bundle, config, package: generate.generate_client(bundle, config, package, outdated),
        )
        self.assert_nothing_changed(project, generated, capsys, "matches 0 times")

    def test_an_operation_that_was_dropped(
        self, project: Path, generated: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def drop(bundle: object, config: object, package: Path) -> None:
            generate.generate_client(bundle, config, package)  # type: ignore[arg-type]
            (package / "api" / "things" / "copy_thing.py").rename(package / "api" / "things" / "invented.py")

        (project / "openapi.yaml").write_text(CHANGED)
        monkeypatch.setattr(pipeline, "generate_client", drop)
        message = "missing things/copy_thing.py, extra things/invented.py"
        self.assert_nothing_changed(project, generated, capsys, message)

    @pytest.mark.parametrize(
        ("code", "message"),
        [
            (
                "import nothing_of_this_name as x\nprint(x)\n",
                "imported:\nthing_api.operations: ModuleNotFoundError: No",
            ),
            ("x: int = 'no'\n", "does not type-check"),
            ("from . import client\nprint(client)\n", "imports httpx"),
            ("def f(:\n", "ruff format failed:\nerror: Failed to parse thing_api/operations.py"),
        ],
    )
    def test_code_that_does_not_work(
        self,
        project: Path,
        generated: Path,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
        code: str,
        message: str,
    ) -> None:
        (project / "openapi.yaml").write_text(CHANGED)
        monkeypatch.setattr(operations, "render_operations", lambda *_: code)
        self.assert_nothing_changed(project, generated, capsys, message)

    def test_other_versions_of_the_tools(
        self, project: Path, generated: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (project / "openapi.yaml").write_text(CHANGED)
        monkeypatch.setattr(cli, "check_pins", fail)
        self.assert_nothing_changed(project, generated, capsys, "It failed on purpose.")

    def test_a_failing_check_says_so(self, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (project / "openapi.yaml").write_text("a: [")
        assert run(project, "--check") == 2
        assert capsys.readouterr().err.endswith("Nothing was compared.\n")


STEPS = {
    "before the validation": ("regeneration.validation", "validate"),
    "before the generator": ("regeneration.pipeline", "generate_client"),
    "before the TypedDicts are ready": ("regeneration.dicts", "finish"),
    "before the formatter": ("regeneration.output", "format_tree"),
    "before the type check": ("regeneration.verify", "check_tree"),
    "before the exchange": ("regeneration.swap", "swap"),
}


class TestKilled:
    @pytest.mark.parametrize("step", STEPS)
    def test_a_killed_run_leaves_the_tree(self, project: Path, generated: Path, step: str) -> None:
        module, name = STEPS[step]
        (project / "openapi.yaml").write_text(CHANGED)
        process = start(
            project,
            f"import os, signal, {module} as m\nm.{name} = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)",
        )
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        assert read_tree(project / "generated") == read_tree(generated)
        left = list((project / "build" / "regenerate").glob("work-*"))
        assert len(left) == (step != "before the validation")

        (project / "openapi.yaml").write_text("a: [")
        assert run(project) == 2
        assert list((project / "build" / "regenerate").glob("work-*")) == [], "the next run removes what is left"

    def test_after_the_exchange_the_new_tree_is_there(self, project: Path) -> None:
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

    def test_a_system_without_exchange_is_repaired_by_the_next_run(self, project: Path, generated: Path) -> None:
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

    def test_a_run_that_is_told_to_end_says_so(self, project: Path, generated: Path) -> None:
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

    def test_runs_at_once_leave_one_whole_tree(self, project: Path) -> None:
        (project / "openapi.yaml").write_text(CHANGED)
        processes = [start(project), start(project)]
        codes = []
        for process in processes:
            _, errors = process.communicate()
            codes.append(process.returncode)
            assert process.returncode == 0 or "Another regeneration is running" in errors
        assert 0 in codes
        assert run(project, "--check") == 0


class TestCommand:
    def test_the_script_runs_from_anywhere(self, project: Path, tmp_path: Path) -> None:
        command: list[str | Path] = [PROJECT / "scripts" / "regenerate", "--root", project, "--check"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert "generated/ is what openapi.yaml gives." in done.stderr

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
