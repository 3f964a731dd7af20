"""The layers stay apart: the contract alone holds routes, and callers see no type of the layers below."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import synapse_backend
from synapse_backend import types
from tests.support.spec import SPEC

PACKAGE = Path(synapse_backend.__file__).parent
# The mock backend serves the routes, so it may name them.
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "testing" not in path.relative_to(PACKAGE).parts)
VERBS = {"GET", "PUT", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS"}
SEGMENTS = {part for path in SPEC.document["paths"] for part in path.split("/") if part and not part.startswith("{")}
QUERY_NAMES = {name for operation in SPEC.operations.values() for name in operation.parameters("query")}


def strings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the string constants that are not documentation."""
    documentation = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in documentation)
    for node in sorted(constants, key=lambda node: (node.lineno, node.col_offset)):
        if isinstance(node.value, str):
            yield node.lineno, node.value


def keys(tree: ast.Module) -> set[tuple[int, str]]:
    """Return the keys that a module writes, but for those that a type checker holds against the contract.

    A name such as `status` is also a word, so that only as a key it can be a query parameter.
    """
    checked = {
        id(node)
        for assignment in ast.walk(tree)
        if isinstance(assignment, ast.AnnAssign) and ast.unparse(assignment.annotation).startswith("dicts.")
        for node in ast.walk(assignment)
    }
    written: list[ast.expr | None] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict) and id(node) not in checked:
            written += node.keys
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            written.append(node.slice)
    return {(key.lineno, str(key.value)) for key in written if isinstance(key, ast.Constant)}


def literals_of_the_api(source: str) -> list[str]:
    """Return the routes, verbs and query parameters that a module writes out."""
    found = []
    tree = ast.parse(source)
    written = keys(tree)
    for line, text in strings(tree):
        segments = SEGMENTS & set(re.findall(r"(?:(?<=/)|^)\w+(?=/)", text))
        if segments:
            found.append(f"{line}: the route {text!r}")
        elif text.upper() in VERBS:
            found.append(f"{line}: the verb {text!r}")
        elif text in QUERY_NAMES and (line, text) in written:
            found.append(f"{line}: the query parameter {text!r}")
    return found


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_route_verb_or_query_parameter_is_written_out(module: Path) -> None:
    assert literals_of_the_api(module.read_text(encoding="utf-8")) == []


def test_what_is_written_out_is_found() -> None:
    source = '''
"""About ``GET /jobs/``."""
def call(pk):
    """``GET /jobs/{pk}/``"""
    send("post", "/jobs/%s/", params={"expand": "logs"})
    send(f"plugins/{pk}", "console_logs", "a job/plugin pair")
    params["page"] = answer["status"]
    query: dicts.ListJobsParams = {"status": "failed"}
    other: dict[str, str] = {"status": "failed"}
'''
    assert literals_of_the_api(source) == [
        "5: the verb 'post'",
        "5: the route '/jobs/%s/'",
        "5: the query parameter 'expand'",
        "6: the route 'plugins/'",
        "7: the query parameter 'page'",
        "9: the query parameter 'status'",
    ]


# --- types ------------------------------------------------------------------------------------------------------------

CLIENT_MODULES = sorted([*(PACKAGE / "_async").glob("*.py"), *(PACKAGE / "_sync").glob("*.py")])
# `client.api` is the documented door to the generated client.
EXCEPTIONS = {("AsyncBackendClient", "api"), ("BackendClient", "api")}


def imported_names(tree: ast.Module) -> dict[str, str]:
    """Return where each imported name comes from, imports for type checkers included."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update({(alias.asname or alias.name).partition(".")[0]: alias.name for alias in node.names})
        elif isinstance(node, ast.ImportFrom):
            found.update({alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names})
    return found


def foreign_types(source: str) -> list[str]:
    """Return the types of httpx and of the generated client that public signatures of a module name.

    The TypedDicts are an exception where `synapse_backend.types` offers them under a public name.
    """
    tree = ast.parse(source)
    origins = imported_names(tree)
    found = []
    for owner in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        if not (owner.name.endswith("Client") or owner.name.endswith("Mixin")):
            continue
        for method in owner.body:
            if not isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if (method.name.startswith("_") and method.name != "__init__") or (owner.name, method.name) in EXCEPTIONS:
                continue
            arguments = [*method.args.posonlyargs, *method.args.args, *method.args.kwonlyargs]
            annotations = [argument.annotation for argument in arguments] + [method.returns]
            for annotation in filter(None, annotations):
                found += [f"{owner.name}.{method.name}: {name}" for name in foreign_names(annotation, origins)]
    return sorted(set(found))


def foreign_names(annotation: ast.expr, origins: dict[str, str]) -> Iterator[str]:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        annotation = ast.parse(annotation.value, mode="eval").body
    if isinstance(annotation, ast.Attribute) and isinstance(annotation.value, ast.Name):
        origin = f"{origins.get(annotation.value.id, annotation.value.id)}.{annotation.attr}"
    elif isinstance(annotation, ast.Name):
        origin = origins.get(annotation.id, "")
    else:
        for part in ast.iter_child_nodes(annotation):
            if isinstance(part, ast.expr):
                yield from foreign_names(part, origins)
        return
    package, _, name = origin.rpartition(".")
    public = package == "synapse_api.dicts" and hasattr(types, name)
    if origin.partition(".")[0] in ("httpx", "httpcore", "synapse_api") and not public:
        yield origin


@pytest.mark.parametrize("module", CLIENT_MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_public_signatures_name_no_type_of_the_layers_below(module: Path) -> None:
    assert foreign_types(module.read_text(encoding="utf-8")) == []


def test_types_of_the_layers_below_are_found() -> None:
    source = """
import httpx
from synapse_api import dicts
from synapse_api.models import Job
class JobsMixin:
    def get_job(self, pk: int) -> dicts.Job: ...
    def send(self, job: Job, timeout: httpx.Timeout | None = None) -> dicts.NoSuchType: ...
    def receive(self) -> "list[httpx.Response]": ...
    def _private(self) -> httpx.Response: ...
"""
    assert foreign_types(source) == [
        "JobsMixin.receive: httpx.Response",
        "JobsMixin.send: httpx.Timeout",
        "JobsMixin.send: synapse_api.dicts.NoSuchType",
        "JobsMixin.send: synapse_api.models.Job",
    ]
