"""What bodies, answers and schemas may look like, from the contract to the generated code and its types."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

import httpx
import pytest

from regeneration import operations
from regeneration.contract import Contract
from regeneration.lint import ADVICE, lint
from regeneration.naming import name_schemas
from regeneration.validation import validate
from tests.unit.regeneration.specs import contract
from tests.unit.regeneration.wide import WIDE, wider

USE = """\
from collections.abc import Mapping
from typing import assert_type

from thing_api import dicts
from thing_api.operations import (
    TRANSFERS, Operation, append_upload, create_many, create_upload, download_file, tail_thing
)

assert_type(create_many, Operation[dicts.Thing | list[dicts.Thing]])
assert_type(tail_thing, Operation[dicts.ThingEvent])
assert_type(append_upload, Operation[None])
assert_type(download_file, Operation[None])
assert_type(TRANSFERS, Mapping[str, Operation[None]])
assert_type(create_upload.bodies, tuple[str, ...])
folder: dicts.Folder = {"files": {}, "lists": {"a": []}, "counts": {"a": 1}, "best": None, "parent": 1, "nothing": None}
assert_type(folder["files"], dict[str, dicts.Thing])
assert_type(folder["best"], dicts.Thing | None)
one: dicts.AppendUploadParams = {"versions": 1}
many: dicts.AppendUploadParams = {"versions": [1, 2]}
"""


class AnyBody:
    """Stands for any body, as the clients pass it."""

    def to_dict(self) -> dict[str, Any]:
        return {}

    to_multipart = to_dict

    def __iter__(self) -> Iterator[Any]:
        return iter(())


@pytest.fixture(scope="module")
def load(widened: Path) -> Iterator[Callable[[str], ModuleType]]:
    sys.path.insert(0, str(widened / "generated"))
    yield lambda name: importlib.import_module(f"thing_api.{name}")
    sys.path.remove(str(widened / "generated"))
    for name in [name for name in sys.modules if name.split(".")[0] == "thing_api"]:
        del sys.modules[name]


Load = Callable[[str], ModuleType]
THING = {"id": 1, "kind": "small", "made_at": "2025-09-01T00:00:00Z"}


def test_the_contract_breaks_no_rule(tmp_path: Path) -> None:
    read = contract(tmp_path, WIDE)
    assert lint(read) == []
    assert validate(read) == []


class TestTable:
    def test_the_media_types_of_a_body(self, load: Load) -> None:
        table = load("operations")
        assert table.create_upload.bodies == ("multipart/form-data", "application/json")
        assert table.create_upload.files == ("file",)
        assert table.create_many.bodies == ("application/json",)
        assert table.tail_thing.bodies == ()

    def test_the_media_types_keep_the_order_of_the_contract(self, tmp_path: Path) -> None:
        form = "          multipart/form-data:\n            schema:\n              $ref: '#/components/schemas/FileUpload'\n"
        start = WIDE.index("operationId: create_upload")
        text = WIDE[:start] + WIDE[start:].replace(form, "", 1)
        named = "              $ref: '#/components/schemas/UploadByName'\n"
        written = operations.render_operations(contract(tmp_path, text.replace(named, named + form)), "x")
        assert "    bodies=('application/json', 'multipart/form-data'),\n    files=('file',),\n" in written

    def test_header_parameters(self, load: Load) -> None:
        table = load("operations")
        assert table.append_upload.headers == ("Content-Range",)
        assert table.create_upload.headers == ()

    def test_streams(self, load: Load) -> None:
        table = load("operations")
        assert [operation.id for operation in table.OPERATIONS.values() if operation.stream] == ["tail_thing"]

    def test_transfers_are_a_table_of_their_own(self, load: Load) -> None:
        table = load("operations")
        assert {
            "download_file": table.download_file,
            "upload_file_there": table.upload_file_there,
        } == table.TRANSFERS
        assert not table.TRANSFERS.keys() & table.OPERATIONS.keys()
        transfer = table.upload_file_there
        assert (transfer.method, transfer.path, transfer.tag, transfer.retry) == (
            "PUT",
            "{url}",
            "transfer",
            "idempotent",
        )
        assert (transfer.success, transfer.errors, transfer.module) == ((200, 201), (), "")

    def test_a_contract_without_transfers_has_an_empty_table(self, finished: Path) -> None:
        written = (finished / "generated/thing_api/operations.py").read_text(encoding="utf-8")
        assert "TRANSFERS: Final[Mapping[str, Operation[None]]] = {}\n" in written


class TestClient:
    def test_every_operation_builds_its_request(self, load: Load) -> None:
        for operation in load("operations").OPERATIONS.values():
            build = importlib.import_module(operation.module)._get_kwargs
            arguments: dict[str, Any] = {name.lower().replace("-", "_"): "x" for name in operation.headers}
            if operation.bodies:
                arguments["body"] = AnyBody()
            if "{pk}" in operation.path:
                arguments["pk"] = 1
            assert build(**arguments)["method"] == operation.method.lower()

    def test_headers_are_sent_under_their_own_name(self, load: Load) -> None:
        build = load("api.things.append_upload")._get_kwargs
        assert build(1, body=AnyBody(), content_range="bytes 0-1/2")["headers"] == {"Content-Range": "bytes 0-1/2"}
        with pytest.raises(TypeError, match="content_range"):
            build(1, body=AnyBody())

    def test_a_body_of_several_media_types_goes_by_its_class(self, load: Load) -> None:
        build = load("api.things.create_upload")._get_kwargs
        named = build(body=load("models").UploadByName(upload=1))
        assert (named["json"], named["headers"]) == ({"upload": 1}, {"Content-Type": "application/json"})
        file = load("types").File(payload=b"x", file_name="a")
        form = build(body=load("models").FileUpload(file=file, public=True))
        assert ("files" in form, "json" in form, form["headers"]) == (True, False, {})

    def test_one_or_many(self, load: Load) -> None:
        build, thing = load("api.things.create_many")._get_kwargs, load("models").ThingCreate(name="a")
        assert build(body=thing)["json"] == {"name": "a"}
        assert build(body=[thing, thing])["json"] == [{"name": "a"}] * 2
        assert load("api.things.replace_many")._get_kwargs(body=[thing])["json"] == [{"name": "a"}]

    def test_one_or_many_are_parsed(self, load: Load) -> None:
        operation, client = load("api.things.create_many"), load("client").Client(base_url="http://api")
        one, many = (
            operation._parse_response(client=client, response=httpx.Response(201, json=value))
            for value in (THING, [THING, THING])
        )
        assert (one.id, [thing.id for thing in many]) == (1, [1, 1])

    def test_maps_and_nulls_are_parsed(self, load: Load) -> None:
        value = {"files": {"a": THING}, "best": None, "parent": 3, "nothing": None, "counts": {"a": 1}}
        folder = load("models").Folder.from_dict(value)
        assert folder.files["a"].id == 1
        assert (folder.best, folder.parent, folder.nothing) == (None, 3, None)
        assert load("models").Folder.from_dict({"best": THING}).best.id == 1


class TestTypedDicts:
    def test_maps_nulls_and_choices(self, load: Load) -> None:
        dicts: Any = load("dicts")
        assert get_type_hints(dicts.Folder) == {
            "files": dict[str, dicts.Thing],
            "lists": dict[str, list[dicts.Thing]],
            "counts": dict[str, int],
            "best": dicts.Thing | None,
            "parent": int | dicts.Thing,
            "nothing": dict[str, Any] | None,
            "emptied": str | None,
        }

    def test_what_only_limits_a_value_is_not_part_of_its_type(self, load: Load) -> None:
        hints = get_type_hints(load("dicts").UploadByName)
        assert hints == {"upload": int, "begin": int, "end": int, "groups": list[str]}

    def test_a_query_array_takes_one_or_many(self, load: Load) -> None:
        assert get_type_hints(load("dicts").AppendUploadParams) == {"versions": int | list[int]}


class TestNames:
    def read(self, directory: Path, text: str) -> Contract:
        read = contract(directory, text)
        name_schemas(read)
        return read

    def test_the_bodies_of_two_media_types(self, tmp_path: Path) -> None:
        text = wider(
            (
                "              $ref: '#/components/schemas/UploadByName'\n",
                "              {type: object, properties: {upload: {type: integer}}}\n",
            )
        )
        read = self.read(tmp_path, text)
        assert "upload" in read.component_schemas()["CreateUploadBody"]["properties"]

    def test_one_or_many(self, tmp_path: Path) -> None:
        item = "                  items:\n                    $ref: '#/components/schemas/ThingCreate'\n"
        text = wider((item, "                  items: {type: object, properties: {a: {type: string}}}\n"))
        read = self.read(tmp_path, text)
        assert read.component_schemas()["CreateManyBodyItem"]["properties"] == {"a": {"type": "string"}}
        assert "CreateManyBody" not in read.component_schemas()

    def test_events(self, tmp_path: Path) -> None:
        named = "              x-event:\n                $ref: '#/components/schemas/ThingEvent'\n"
        text = wider((named, "              x-event: {type: object, properties: {a: {type: string}}}\n"))
        read = contract(tmp_path, text)
        advice = [finding.message for finding in lint(read, ADVICE)]
        assert "the answer 200 of tail_thing has no named schema" in advice
        read = self.read(tmp_path, text)
        assert read.component_schemas()["TailThingEvent"]["properties"] == {"a": {"type": "string"}}
        media = read.data["paths"]["/things/{pk}/tail/"]["get"]["responses"]["200"]["content"]["text/event-stream"]
        assert media == {"schema": {"type": "string"}, "x-event": {"$ref": "#/components/schemas/TailThingEvent"}}


def test_a_wrong_schema_of_events_is_found_on_its_line(tmp_path: Path) -> None:
    text = wider(
        ("              x-event:\n                $ref: '#/components/schemas/ThingEvent'\n", "              x-event: {type: text}\n")
    )  # fmt: skip
    (finding,) = validate(contract(tmp_path, text))
    assert (finding.rule, text.splitlines()[finding.line - 1].strip()) == ("schema", "x-event: {type: text}")


def test_mypy_understands_it(widened: Path, tmp_path: Path) -> None:
    (tmp_path / "use.py").write_text(USE)
    environment = {"MYPYPATH": str(widened / "generated"), "PATH": ""}
    command = [*(sys.executable, "-m", "mypy", "--strict", "--config-file=", "--python-version=3.11", "use.py")]
    cache = f"--cache-dir={widened / 'build' / 'regenerate' / 'mypy'}"
    done = subprocess.run([*command, cache], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
