"""Writes `operations.py`: one table of what the contract says about each operation."""

from regeneration.contract import Contract, OperationNode
from regeneration.shapes import (
    binary_parts,
    body_media_type,
    error_statuses,
    minimums,
    secrets,
    success,
    success_statuses,
)

_HEAD = '''\
"""The operations of the contract: what the transport, the mock backend and the tests need to know of each.

Neither httpx nor the models are imported here; `module` names what to import for a call.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Generic, Literal, TypeVar

if TYPE_CHECKING:
    from . import dicts

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Operation(Generic[T]):
    """One operation; T is the decoded answer of a success."""

    id: str
    """The operationId, which is also the name of the method of the clients."""
    method: str
    path: str
    """Template, with `{name}` for each path parameter."""
    tag: str
    retry: Literal["safe", "idempotent", "never"]
    """Whether the call may be sent again when it was sent and no answer came."""
    lookup: str
    """How to find out whether a call that must not be sent again was carried out; empty for all others."""
    success: tuple[int, ...]
    """Documented statuses of a success, ascending."""
    errors: tuple[str, ...]
    """The other documented statuses; `5XX` stands for all from 500 to 599."""
    body: str | None
    """Media type of the request body."""
    files: tuple[str, ...]
    """Names of the parts of a multipart body that are files."""
    secrets: tuple[str, ...]
    """Names of the path parameters that are secrets (`format: password`)."""
    minimums: Mapping[str, int] = field(hash=False)
    """Smallest values of the query parameters that have one."""
    module: str
    """The module that builds the request; import it at the first call."""


@dataclass(frozen=True, slots=True)
class ListOperation(Operation[T]):
    """An operation that answers with a page object (or may do so); T is an item."""

'''


def render_operations(contract: Contract, package: str) -> str:
    """Return the module; it is formatted later."""
    operations = list(contract.operations())
    entries = [_entry(contract, operation, package) for operation in operations]
    ids = ", ".join(operation.id for operation in operations)
    table = (
        f"OPERATIONS: Final[Mapping[str, Operation[Any]]] = {{operation.id: operation for operation in ({ids},)}}\n"
        '"""All operations by id, in the order of the contract."""\n'
    )
    return "\n".join([_HEAD, *entries, "", table])


def _entry(contract: Contract, operation: OperationNode, package: str) -> str:
    media = body_media_type(contract, operation)
    answer = success(contract, operation)
    kind = "ListOperation" if answer.is_list_operation else "Operation"
    values = {
        "id": operation.id,
        "method": operation.method.upper(),
        "path": operation.path,
        "tag": operation.tag,
        "retry": operation.data["x-retry"],
        "lookup": str(operation.data.get("x-lookup", "")),
        "success": success_statuses(contract, operation),
        "errors": error_statuses(contract, operation),
        "body": None if media is None else media[0],
        "files": binary_parts(contract, operation),
        "secrets": secrets(contract, operation),
        "minimums": minimums(contract, operation),
        "module": f"{package}.api.{operation.tag}.{operation.id}",
    }
    arguments = "".join(f"    {name}={value!r},\n" for name, value in values.items())
    return f"{operation.id}: Final[{kind}[{answer.type_expression('dicts.')}]] = {kind}(\n{arguments})"
