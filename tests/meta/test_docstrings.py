"""Every public method says what it takes, returns and raises, and which route it calls."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

import synapse_backend
from synapse_api.operations import OPERATIONS, TRANSFERS
from synapse_backend import AsyncBackendClient, BackendClient

CLIENTS: tuple[type, ...] = (BackendClient, AsyncBackendClient)
ROUTE = re.compile(r"``([A-Z]+) (\S+)``")
BUILT_IN_ERRORS = {"TypeError", "ValueError", "FileNotFoundError", "IsADirectoryError", "OSError", "RuntimeError"}
# These come with Python's own protocols; what they do needs no sections.
LIFE = {"close", "__enter__", "__exit__", "__aenter__", "__aexit__"}

COMPOSITES = {
    "annotate_task_data_batch": "annotate_task_data",
    "data_files_verify_checksums": "verify_data_files_checksums",
    "get_default_storage": "list_storages",
    "get_plugin_release_by_lookup": "get_plugin_release",
    "iter_data_collections": "list_data_collection",
    "list_data_collections": "list_data_collection",
    "upload_data_collection": "create_data_units",
    "upload_data_file": "create_data_file",
    "upload_files_bulk": "request_presigned_upload",
}
"""Methods that stand on an operation of another name."""


def sections(docstring: str) -> dict[str, list[str]]:
    """Return the lines of each Google-style section, by its title; what stands before and after them is not there."""
    found: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in docstring.splitlines():
        if re.fullmatch(r"[A-Z][a-z]+:", line):
            current = found.setdefault(line[:-1], [])
        elif line.startswith("    ") and current is not None:
            current.append(line[4:])
        elif line:
            current = None
    return found


def names(lines: list[str]) -> list[str]:
    """Return what the entries of a section describe, `pk` of `pk: Id of the job.`."""
    return [line.partition(":")[0] for line in lines if not line.startswith(" ")]


def problems(name: str, method: Callable[..., Any]) -> list[str]:
    """Return what the docstring of a method that calls the API lacks."""
    docstring = inspect.getdoc(method)
    if not docstring:
        return ["it has no docstring"]
    found = []
    parts = sections(docstring)
    first, *rest = docstring.splitlines()
    if not first.endswith(".") or (rest and rest[0]):
        found.append("its first line is not one sentence on its own")
    signature = inspect.signature(method)
    parameters = [parameter for parameter in signature.parameters if parameter != "self"]
    if names(parts.get("Args", [])) != parameters:
        found.append(f"its Args are {names(parts.get('Args', []))}, its parameters {parameters}")
    if (str(signature.return_annotation) != "None") != bool(parts.get("Returns")):
        found.append("its Returns do not fit what it returns")
    unknown = [error for error in names(parts.get("Raises", [])) if not is_ours(error)]
    if unknown or not parts.get("Raises"):
        found.append(f"its Raises name {unknown or 'nothing'} where errors of this package are due")
    return found + route_problems(name, docstring.splitlines()[-1].split(", "))


def route_problems(name: str, written: list[str]) -> list[str]:
    """Return what is wrong with the routes in the last line: the first is that of the method, others may follow."""
    routes = {(known.method, known.path): known.id for known in (*OPERATIONS.values(), *TRANSFERS.values())}
    matches = [ROUTE.fullmatch(text) for text in written]
    if None in matches:
        return ["its last line is not its route in double backticks"]
    called = {match[0]: routes.get((match[1], match[2])) for match in matches if match}
    found = [f"{text} is no route of openapi.yaml" for text, operation in called.items() if operation is None]
    own = called[written[0]]
    if own is not None and own != operation_of(name):
        found.append(f"{written[0]} is the route of {own}")
    return found


def operation_of(method: str) -> str:
    """Return the operation that a method calls: that of its name, or the list that it walks over."""
    return COMPOSITES.get(method) or re.sub(r"^iter_", "list_", method)


def is_ours(error: str) -> bool:
    value = getattr(synapse_backend, error, None)
    return error in BUILT_IN_ERRORS or (inspect.isclass(value) and issubclass(value, synapse_backend.ClientError))


def public_methods(client: type) -> Mapping[str, Callable[..., Any]]:
    return {name: method for name, method in inspect.getmembers(client, inspect.isfunction) if not name.startswith("_")}


@pytest.mark.parametrize("client", CLIENTS)
def test_every_method_that_calls_the_backend_is_documented_whole(client: type) -> None:
    calling = {name: method for name, method in public_methods(client).items() if name not in LIFE}
    assert set(OPERATIONS) <= set(calling)
    found = [f"{name}: {problem}" for name, method in calling.items() for problem in problems(name, method)]
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("client", CLIENTS)
def test_everything_else_that_is_public_has_a_docstring(client: type) -> None:
    members = {name: value for name, value in inspect.getmembers_static(client) if not name.startswith("_")}
    assert [name for name, member in members.items() if not inspect.getdoc(member)] == []
    arguments = list(inspect.signature(client).parameters)
    assert names(sections(inspect.getdoc(client) or "")["Args"]) == arguments
    assert set(names(sections(inspect.getdoc(client) or "")["Raises"])) <= BUILT_IN_ERRORS


def test_every_exported_name_is_documented() -> None:
    values = {name: getattr(synapse_backend, name) for name in synapse_backend.__all__ if name != "__version__"}
    assert [name for name, value in values.items() if not inspect.getdoc(value)] == []


def test_what_is_missing_is_told() -> None:
    def get_job(self: object, pk: int, params: None = None) -> dict[str, int]:
        raise NotImplementedError

    get_job.__doc__ = """Get a job

        Args:
            pk: Id of the job.

        Raises:
            JobError: It is not there.

        ``GET /jobs/``
        """

    assert problems("get_job", get_job) == [
        "its first line is not one sentence on its own",
        "its Args are ['pk'], its parameters ['pk', 'params']",
        "its Returns do not fit what it returns",
        "its Raises name ['JobError'] where errors of this package are due",
        "``GET /jobs/`` is the route of list_jobs",
    ]
