"""Writes `dicts.py`: the TypedDicts of all named schemas and of the query parameters of each operation.

datamodel-code-generator writes the classes. What it is given differs from the contract where a type for Python code
has to differ from a schema for JSON: enumerations are open, files can be paths, dates can be datetimes.
"""

import ast
import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from regeneration import processes
from regeneration.contract import Contract, OperationNode, subschemas
from regeneration.document import JsonObject
from regeneration.errors import RegenerationError
from regeneration.shapes import is_binary, params_name, query_parameters

UPLOAD = "Upload"
_UPLOAD_WRITTEN = f"{UPLOAD}: TypeAlias = Any\n"
_UPLOAD_MEANT = f"{UPLOAD}: TypeAlias = bytes | str | PathLike[str] | IO[bytes]\n"
_DATETIME = {"anyOf": [{"type": "string"}, {"customTypePath": "datetime.datetime"}]}

_OPTIONS = (
    "--ignore-pyproject",
    "--encoding=utf-8",
    "--input-file-type=openapi",
    "--output-model-type=typing.TypedDict",
    "--target-python-version=3.11",
    "--formatters=builtin",
    "--disable-timestamp",
    "--enum-field-as-literal=all",
    "--use-schema-description",
    "--use-field-description",
    "--use-single-line-docstring",
    "--keep-model-order",
    "--custom-file-header=# TypedDicts of the contract: what the API sends and takes, as plain dicts.",
    "--no-use-closed-typed-dict",
)


def start(contract: Contract, work: Path) -> "subprocess.Popen[str]":
    """Start to write `work/dicts.py`."""
    prepared = prepare(contract)
    source = work / "dicts.json"
    source.write_text(json.dumps(prepared), encoding="utf-8")
    imports = ["--additional-imports=os.PathLike,typing.IO"] if UPLOAD in prepared["components"]["schemas"] else []
    command = [sys.executable, "-m", "datamodel_code_generator", f"--input={source}", f"--output={work / 'dicts.py'}"]
    return processes.start([*command, *imports, *_OPTIONS], work)


def finish(process: "subprocess.Popen[str]", work: Path) -> str:
    """Wait for what `start` started and return the module.

    Raises:
        RegenerationError: datamodel-code-generator failed, warned, or wrote something else than expected.
    """
    output, _ = process.communicate()
    if process.returncode or output.strip():
        raise RegenerationError(f"datamodel-code-generator failed:\n{output.strip()}")
    text = (work / "dicts.py").read_text(encoding="utf-8")
    expected = (
        1 if UPLOAD in json.loads((work / "dicts.json").read_text(encoding="utf-8"))["components"]["schemas"] else 0
    )
    if text.count(_UPLOAD_WRITTEN) != expected:
        raise RegenerationError(f"datamodel-code-generator no longer writes {_UPLOAD_WRITTEN.strip()!r} for {UPLOAD}.")
    return _with_exports(text.replace(_UPLOAD_WRITTEN, _UPLOAD_MEANT))


def _with_exports(text: str) -> str:
    """Add `__all__`, so that whoever imports everything gets the types and not what they are made of."""
    defined = (node for node in ast.parse(text).body if isinstance(node, ast.ClassDef | ast.AnnAssign | ast.Assign))
    names = {node.name if isinstance(node, ast.ClassDef) else ast.unparse(_target(node)) for node in defined}
    return f"{text}\n\n__all__ = {sorted(names)!r}\n"


def _target(node: ast.AnnAssign | ast.Assign) -> ast.expr:
    return node.target if isinstance(node, ast.AnnAssign) else node.targets[0]


def prepare(contract: Contract) -> JsonObject:
    """Return a document whose schemas are the TypedDicts to write."""
    schemas: JsonObject = copy.deepcopy(contract.component_schemas())
    for operation in contract.operations():
        parameters = query_parameters(contract, operation)
        if parameters:
            schemas[params_name(operation.id)] = _params_schema(operation, copy.deepcopy(parameters))
    written = [schema for named in schemas.values() for _, schema in subschemas((), named) if isinstance(schema, dict)]
    has_files = any(is_binary(schema) for schema in written)
    for schema in written:
        _prepare_schema(schema)
    if has_files:
        schemas[UPLOAD] = {"description": "A file to send: its content, its path, or the open file."}
    return {
        "openapi": "3.1.0",
        "info": {"title": "TypedDicts", "version": "0"},
        "paths": {},
        "components": {"schemas": schemas},
    }


def _prepare_schema(schema: JsonObject) -> None:
    """Make the type of a schema the type of a value in Python code."""
    if isinstance(schema.get("description"), str):
        schema["description"] = schema["description"].strip()
    _require_on_request(schema)
    if is_binary(schema):
        _replace(schema, {"$ref": f"#/components/schemas/{UPLOAD}"})
    elif "enum" in schema:
        values = schema["enum"]
        kinds: list[JsonObject] = [{"type": kind} for kind in ("integer", "string") if _has(values, kind)]
        if None in values:
            kinds.append({"type": "null"})
        _replace(schema, {"anyOf": [{"enum": [value for value in values if value is not None]}, *kinds]})
    # A string stays a string in JSON, whatever its format, and the tool warns of formats that it does not know.
    schema.pop("format", None)
    schema.pop("x-enum-varnames", None)


def _has(values: list[Any], kind: str) -> bool:
    return any(isinstance(value, {"integer": int, "string": str}[kind]) for value in values)


def _require_on_request(schema: JsonObject) -> None:
    """Type what a query parameter asks for as present: who reads it has asked for it."""
    for name, part in (schema.get("properties") or {}).items():
        if isinstance(part, dict) and "x-on-request" in part:
            schema["required"] = [*schema.get("required", ()), name]
            note = f"Sent only when `{part.pop('x-on-request')}` asks for it."
            part["description"] = f"{part.get('description', '').strip()} {note}".strip()


def _params_schema(operation: OperationNode, parameters: list[JsonObject]) -> JsonObject:
    properties = {}
    for parameter in parameters:
        schema = parameter.get("schema", {})
        if schema.get("type") == "array":
            schema = {"anyOf": [schema.get("items", {}), schema]}
        elif schema.get("format") == "date-time":
            schema = copy.deepcopy(_DATETIME)
        description = str(parameter.get("description", "")).strip()
        properties[parameter["name"]] = (
            {"allOf": [schema], "description": description}
            if "$ref" in schema
            else {
                **schema,
                "description": description,
            }
        )
    return {"type": "object", "description": f"Query parameters of `{operation.id}`.", "properties": properties}


def _replace(schema: JsonObject, new: JsonObject) -> None:
    description = schema.get("description")
    schema.clear()
    schema.update(new)
    if description is not None:
        schema["description"] = description
