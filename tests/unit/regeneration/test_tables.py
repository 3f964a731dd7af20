"""The operation table and the TypedDicts: what they hold at run time, and what type checkers make of them."""

from __future__ import annotations

import dataclasses
import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NotRequired, get_args, get_origin, get_type_hints

import pytest

from regeneration import dicts, operations
from regeneration.errors import RegenerationError
from tests.unit.regeneration.specs import SPEC, changed, contract
from tests.unit.regeneration.test_shapes import USE as USE_OF_WIDE

USE = """\
import io
import pathlib
from datetime import datetime
from typing import assert_type

from thing_api import dicts
from thing_api.models import Thing
from thing_api.operations import ListOperation, Operation, create_thing, delete_thing, list_things, upload_file

assert_type(create_thing, Operation[dicts.Thing])
assert_type(delete_thing, Operation[None])
assert_type(list_things, ListOperation[dicts.Thing])
assert_type(upload_file, Operation[list[dicts.Thing]])
assert_type(Thing.from_dict({}), Thing)


def read(thing: dicts.Thing) -> bool:
    assert_type(thing["id"], int)
    assert_type(thing["note"], str)
    return thing["kind"] == "small" or thing["kind"] == "unheard of"


created: dicts.ThingCreate = {"name": "a", "kind": "unheard of"}
params: dicts.ListThingsParams = {"kind": "small", "since": datetime.now(), "flag": True}
others: dicts.ListThingsParams = {"since": "2025-09-01"}
one: dicts.UploadFileParams = {"parts": "note"}
many: dicts.UploadFileParams = {"parts": ["note"]}
uploads: list[dicts.FileUpload] = [
    {"file": file, "public": True} for file in (b"zip", "a.zip", pathlib.Path("a.zip"), io.BytesIO(b"zip"))
]
"""
MISUSE = {
    'dicts.Thing(**{})["nope"]': "nope",
    'x: dicts.ThingCreate = {"kind": "small"}': "name",
    'x: dicts.ThingCreate = {"name": 1}': "int",
    'x: dicts.ListThingsParams = {"flag": "yes"}': "str",
    'x: dicts.FileUpload = {"file": 1, "public": True}': "int",
    "create_thing.route": "route",
    'create_thing.id = "x"': "id",
    "from thing_api.models import Nothing": "Nothing",
    "from thing_api import Nobody": "Nobody",
}


@pytest.fixture(scope="module")
def package(generated: Path) -> Iterator[Path]:
    sys.path.insert(0, str(generated))
    yield generated / "thing_api"
    sys.path.remove(str(generated))
    for name in [name for name in sys.modules if name.split(".")[0] == "thing_api"]:
        del sys.modules[name]


@pytest.fixture
def table(package: Path) -> ModuleType:
    return importlib.import_module(f"{package.name}.operations")


@pytest.fixture
def types(package: Path) -> ModuleType:
    return importlib.import_module(f"{package.name}.dicts")


class TestOperations:
    def test_all_operations_are_there_in_the_order_of_the_contract(self, table: ModuleType) -> None:
        assert list(table.OPERATIONS) == ["list_things", "create_thing", "delete_thing", "upload_file"]
        assert all(table.OPERATIONS[name] is getattr(table, name) for name in table.OPERATIONS)

    def test_what_the_contract_says_of_an_operation(self, table: ModuleType) -> None:
        assert dataclasses.asdict(table.upload_file) == {
            "id": "upload_file",
            "method": "PUT",
            "path": "/things/{pk}/file/",
            "tag": "things",
            "retry": "idempotent",
            "lookup": "",
            "success": (200,),
            "errors": ("401", "5XX"),
            "bodies": ("multipart/form-data",),
            "files": ("file",),
            "headers": (),
            "secrets": (),
            "minimums": {},
            "stream": False,
            "module": "thing_api.api.things.upload_file",
        }
        assert table.delete_thing.bodies == ()
        assert table.create_thing.bodies == ("application/json",)
        assert table.create_thing.files == ()

    def test_lists_are_operations_of_their_own(self, table: ModuleType) -> None:
        lists = [name for name, operation in table.OPERATIONS.items() if type(operation) is table.ListOperation]
        assert lists == ["list_things"]

    def test_every_module_builds_its_request(self, table: ModuleType) -> None:
        for operation in table.OPERATIONS.values():
            assert callable(importlib.import_module(operation.module)._get_kwargs)

    def test_operations_cannot_be_changed(self, table: ModuleType) -> None:
        with pytest.raises(dataclasses.FrozenInstanceError):
            table.list_things.retry = "never"
        assert len({table.list_things, table.create_thing, table.list_things}) == 2

    @pytest.mark.parametrize(
        ("schema", "written"),
        [
            ("{oneOf: [{type: array, items: {$ref: X}}, {$ref: Y}]}", "a: Final[ListOperation[dicts.Thing]]"),
            ("{$ref: Y}", "a: Final[ListOperation[dicts.Thing]]"),
            ("{type: array, items: {$ref: X}}", "a: Final[Operation[list[dicts.Thing]]]"),
            ("{oneOf: [{$ref: X}, {type: array, items: {$ref: X}}]}", "a: Final[Operation[dicts.Thing | list[dicts.Thing]]]"),
            ("{oneOf: [{type: array, items: {$ref: X}}, {type: array, items: {$ref: Z}}]}", "a: Final[Operation[list[dicts.Thing] | list[dicts.ThingCreate]]]"),
            ("{oneOf: [{$ref: X}, {$ref: Z}]}", "a: Final[Operation[dicts.Thing | dicts.ThingCreate]]"),
            ("{$ref: X}", "a: Final[Operation[dicts.Thing]]"),
        ],
    )  # fmt: skip
    def test_types_of_answers(self, tmp_path: Path, schema: str, written: str) -> None:
        for letter, name in {"X": "Thing", "Y": "ThingPage", "Z": "ThingCreate"}.items():
            schema = schema.replace(f"$ref: {letter}", f"$ref: '#/components/schemas/{name}'")
        answer = f"{{description: '', content: {{application/json: {{schema: {schema}}}}}}}"
        operation = (
            f"  /a/:\n    get: {{operationId: a, tags: [things], x-retry: safe, responses: {{'200': {answer}}}}}\n"
        )
        text = changed(("components:\n  securitySchemes:", f"{operation}components:\n  securitySchemes:"))
        assert written in operations.render_operations(contract(tmp_path, text), "thing_api")

    def test_secrets_and_minimums(self, tmp_path: Path) -> None:
        text = changed(
            (
                "        schema: {type: integer}\n    delete",
                "        schema: {type: string, format: password}\n    delete",
            ),
            ("          schema: {type: boolean}\n", "          schema: {type: integer, minimum: 1}\n"),
        )
        written = operations.render_operations(contract(tmp_path, text), "thing_api")
        assert "    id='delete_thing'," in written
        assert "    secrets=('pk',),\n" in written
        assert "    minimums={'flag': 1},\n" in written

    def test_files_of_a_list(self, tmp_path: Path) -> None:
        text = changed(
            ("        file: {type: string, format: binary}\n", "        file: {type: array, items: {type: string, format: binary}}\n")
        )  # fmt: skip
        assert "files=('file',)" in operations.render_operations(contract(tmp_path, text), "thing_api")


class TestTypedDicts:
    def hints(self, typed_dict: Any) -> dict[str, Any]:
        return get_type_hints(typed_dict, include_extras=True)

    def optional(self, typed_dict: Any) -> set[str]:
        return {key for key, hint in self.hints(typed_dict).items() if get_origin(hint) is NotRequired}

    def test_there_is_one_for_each_schema_and_set_of_parameters(self, types: ModuleType) -> None:
        names = {name for name in vars(types) if name[0].isupper() and name not in {"Any", "Literal", "NotRequired"}}
        schemas = {"Failure", "FileUpload", "Kind", "Level", "Thing", "ThingCreate", "ThingPage"}
        assert schemas | {"ListThingsParams", "UploadFileParams", "Upload"} <= names

    def test_keys_are_optional_unless_required(self, types: ModuleType) -> None:
        assert self.optional(types.ThingCreate) == {"kind", "due"}
        assert self.hints(types.ThingCreate)["name"] is str

    def test_what_a_parameter_asks_for_is_present(self, types: ModuleType, generated: Path) -> None:
        assert self.hints(types.Thing)["note"] is str
        text = (generated / "thing_api" / "dicts.py").read_text()
        assert '"""A note. Sent only when `parts` asks for it."""' in text

    def test_parameters_are_all_optional(self, types: ModuleType) -> None:
        for params in (types.ListThingsParams, types.UploadFileParams):
            assert self.optional(params) == set(self.hints(params))

    def test_enumerations_are_open(self, types: ModuleType) -> None:
        literal, plain = get_args(types.Kind)
        assert (get_args(literal), plain) == (("small", "large"), str)
        literal, plain = get_args(types.Level)
        assert (get_args(literal), plain) == ((1, 2), int)

    def test_descriptions_are_kept(self, types: ModuleType, generated: Path) -> None:
        assert types.Thing.__doc__ == "A thing."
        assert '"""What the answer carries."""' in (generated / "thing_api" / "dicts.py").read_text()

    def test_nullable_enumerations_formats_and_further_properties(self, tmp_path: Path) -> None:
        text = changed(
            ("        owner:\n          type: [string, 'null']\n", "        owner: {enum: [me, null]}\n"),
            ("        id: {type: integer}\n", "        id: {type: string, format: phone}\n"),
            ("      additionalProperties: true\n    ThingCreate", "      additionalProperties: {type: string}\n    ThingCreate"),
            ("      enum: [1, 2]\n", "      enum: [1, 2]\n      x-enum-varnames: [LOW, HIGH]\n"),
        )  # fmt: skip
        written = write(tmp_path, text)
        assert "owner: NotRequired[Literal['me'] | str | None]" in written
        assert "class Thing(TypedDict):" in written
        assert "    id: str\n" in written
        assert "Level: TypeAlias = Literal[1, 2] | int" in written

    def test_without_files_there_is_no_upload(self, generated: Path, tmp_path: Path) -> None:
        text = changed(("file: {type: string, format: binary}", "file: {type: string}"))
        assert "Upload:" not in write(tmp_path, text)
        written = (generated / "thing_api" / "dicts.py").read_text(encoding="utf-8")
        assert "Upload: TypeAlias = bytes | str | PathLike[str] | IO[bytes]" in written

    def test_an_error_of_the_tool_stops_the_run(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(dicts, "_OPTIONS", (*dicts._OPTIONS, "--no-such-option"))
        with pytest.raises(RegenerationError, match=r"datamodel-code-generator failed:\n[^$]*no-such-option"):
            write(tmp_path, SPEC)

    def test_an_unexpected_alias_stops_the_run(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(dicts, "_UPLOAD_WRITTEN", "Upload = Any\n")
        with pytest.raises(RegenerationError, match="no longer writes 'Upload = Any'"):
            write(tmp_path, SPEC)


def write(directory: Path, text: str) -> str:
    with dicts.start(contract(directory, text), directory) as process:
        return dicts.finish(process, directory)


class TestTypeCheckers:
    @pytest.fixture
    def use(self, tmp_path: Path) -> Path:
        (tmp_path / "use.py").write_text(USE)
        lines = [f"def misuse_{number}() -> None:\n    {line}\n" for number, line in enumerate(MISUSE)]
        (tmp_path / "misuse.py").write_text(USE + "\n" + "\n".join(lines))
        return tmp_path

    def errors(self, output: list[tuple[str, int, str]], use: Path) -> list[str]:
        """Return what is said of each misuse; nothing may be said of the use."""
        assert [message for name, _, message in output if name == "use.py"] == []
        first = USE.count("\n") + 3
        said = []
        for number in range(len(MISUSE)):
            line = first + 3 * number
            said.append(" ".join(message for name, at, message in output if name == "misuse.py" and at == line))
        return said

    def test_mypy(self, use: Path, finished: Path) -> None:
        command = [
            *(sys.executable, "-m", "mypy", "--strict", "--config-file=", "--output=json", "use.py", "misuse.py"),
            *("--python-version=3.11", f"--cache-dir={finished / 'build' / 'regenerate' / 'mypy'}"),
        ]
        environment = {"MYPYPATH": str(finished / "generated"), "PATH": ""}
        done = subprocess.run(command, cwd=use, env=environment, capture_output=True, text=True, check=False)
        found = [json.loads(line) for line in done.stdout.splitlines()]
        errors = [(item["file"], item["line"], item["message"]) for item in found if item["severity"] == "error"]
        for (line, word), said in zip(MISUSE.items(), self.errors(errors, use), strict=True):
            assert word in said, f"{line}: {said}"

    def test_pyright(self, use: Path, finished: Path, widened: Path) -> None:
        # One run for both contracts, for it takes long to start.
        (use / "wide").mkdir()
        (use / "wide" / "wide_use.py").write_text(f"# pyright: strict\n{USE_OF_WIDE}")
        settings = {
            "executionEnvironments": [
                {"root": "wide", "extraPaths": [str(widened / "generated")]},
                {"root": ".", "extraPaths": [str(finished / "generated")]},
            ],
            "pythonVersion": "3.11",
            "typeCheckingMode": "standard",
        }
        (use / "pyrightconfig.json").write_text(json.dumps(settings))
        command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable]
        done = subprocess.run(command, cwd=use, capture_output=True, text=True, check=False)
        report = json.loads(done.stdout)
        assert report["summary"]["filesAnalyzed"] == 3
        errors = [
            (Path(item["file"]).name, item["range"]["start"]["line"] + 1, item["message"])
            for item in report["generalDiagnostics"]
            if item["severity"] == "error"
        ]
        assert [error for error in errors if error[0] == "wide_use.py"] == []
        for (line, word), said in zip(MISUSE.items(), self.errors(errors, use), strict=True):
            assert word in said, f"{line}: {said}"
