"""A run that fails says one thing and changes nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from regeneration import cli, dicts, operations, output, pipeline, swap, validation, verify
from regeneration.client import generate
from regeneration.client.corrections import CORRECTIONS
from regeneration.drift import read_tree
from regeneration.errors import RegenerationError
from tests.unit.regeneration.specs import CHANGED, changed, run


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

    def test_a_warning_of_the_generator_shows_no_addresses(
        self, project: Path, generated: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (project / "openapi.yaml").write_text(
            changed(
                ("    ThingPage:\n", "    ThingExtra: {type: object, additionalProperties: true}\n    ThingPage:\n")
            )
        )
        monkeypatch.setattr(pipeline, "lint", lambda *_: [])
        message = "Cannot parse response for status code … (Could not find reference in parsed models or enums)"
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
