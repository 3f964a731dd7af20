"""Writes `operations.py`: one table of what the contract says about each operation."""

from collections.abc import Mapping

from regeneration.contract import Contract, OperationNode, TransferNode
from regeneration.shapes import (
    binary_parts,
    bodies,
    error_statuses,
    header_names,
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
    """One operation; T is the decoded answer of a success, or one event where the answer is a stream of events."""

    id: str
    """The operationId, which is also the name of the method of the clients."""
    method: str
    path: str
    """Template, with `{name}` for each path parameter; of a transfer the whole URL, `{url}`."""
    tag: str
    retry: Literal["safe", "idempotent", "never"]
    """Whether the call may be sent again when it was sent and no answer came."""
    lookup: str
    """How to find out whether a call that must not be sent again was carried out; empty for all others."""
    success: tuple[int, ...]
    """Documented statuses of a success, ascending."""
    errors: tuple[str, ...]
    """The other documented statuses; `5XX` stands for all from 500 to 599."""
    bodies: tuple[str, ...]
    """Media types of the request body, in the order of the contract; empty when there is no body."""
    files: tuple[str, ...]
    """Names of the parts of a multipart body that are files."""
    headers: tuple[str, ...]
    """Names of the header parameters as the contract spells them."""
    secrets: tuple[str, ...]
    """Names of the path parameters that are secrets (`format: password`)."""
    minimums: Mapping[str, int] = field(hash=False)
    """Smallest values of the query parameters that have one."""
    stream: bool
    """Whether a success answers with server-sent events, each of which carries JSON."""
    module: str
    """The module that builds the request; import it at the first call. A transfer has none."""


@dataclass(frozen=True, slots=True)
class ListOperation(Operation[T]):
    """An operation that answers with a page object (or may do so); T is an item."""

'''


def render_operations(contract: Contract, package: str) -> str:
    """Return the module; it is formatted later."""
    operations = list(contract.operations())
    entries = [_entry(contract, operation, package) for operation in operations]
    transfers = list(contract.transfers())
    entries += [_transfer(transfer) for transfer in transfers]
    tables = [
        _table("OPERATIONS", "Operation[Any]", [operation.id for operation in operations]),
        '"""All operations by id, in the order of the contract."""\n',
        _table("TRANSFERS", "Operation[None]", [transfer.name for transfer in transfers]),
        '"""Requests to URLs that the backend hands out, by name; they are no operations of the API."""\n',
    ]
    return "\n".join([_HEAD, *entries, "", *tables])


def _table(name: str, kind: str, ids: list[str]) -> str:
    values = f"{{operation.id: operation for operation in ({', '.join(ids)},)}}" if ids else "{}"
    return f"{name}: Final[Mapping[str, {kind}]] = {values}"


def _entry(contract: Contract, operation: OperationNode, package: str) -> str:
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
        "bodies": tuple(bodies(contract, operation)),
        "files": binary_parts(contract, operation),
        "headers": header_names(contract, operation),
        "secrets": secrets(contract, operation),
        "minimums": minimums(contract, operation),
        "stream": answer.is_stream,
        "module": f"{package}.api.{operation.tag}.{operation.id}",
    }
    return _constant(operation.id, kind, answer.type_expression("dicts."), values)


def _transfer(transfer: TransferNode) -> str:
    values = {
        "id": transfer.name,
        "method": transfer.data["method"].upper(),
        "path": "{url}",
        "tag": "transfer",
        "retry": transfer.data["x-retry"],
        "lookup": "",
        "success": tuple(sorted(transfer.data["success"])),
        "errors": (),
        "bodies": (),
        "files": (),
        "headers": (),
        "secrets": (),
        "minimums": {},
        "stream": False,
        "module": "",
    }
    return _constant(transfer.name, "Operation", "None", values)


def _constant(name: str, kind: str, answer: str, values: Mapping[str, object]) -> str:
    arguments = "".join(f"    {key}={value!r},\n" for key, value in values.items())
    return f"{name}: Final[{kind}[{answer}]] = {kind}(\n{arguments})"
