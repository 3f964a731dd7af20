"""Rules for path items and operations."""

import builtins
import keyword
import re
from collections.abc import Iterator

from openapi_python_client.strings import snake_case

from regeneration.contract import METHODS, Contract, is_data, is_name
from regeneration.document import Pointer
from regeneration.lint.rule import Problem, Rule

RETRY_CLASSES = ("safe", "idempotent", "never")
SNAKE_CASE = re.compile("[a-z][a-z0-9]*(_[a-z0-9]+)*")
_EXTENSIONS = (
    "x-case-insensitive",
    "x-enum-varnames",
    "x-event",
    "x-lookup",
    "x-on-request",
    "x-retry",
    "x-transfers",
)
TAKEN = {*dir(builtins), *keyword.kwlist, *keyword.softkwlist, "dicts"}


def operation_id(contract: Contract) -> Iterator[Problem]:
    """The operationId is the name of a method, a module and a constant."""
    for operation in contract.operations():
        name = operation.data.get("operationId")
        if name is None:
            yield Problem(operation.pointer, f"{operation.id} has no operationId", "write the name of its method")
        elif not SNAKE_CASE.fullmatch(str(name)):
            pointer = (*operation.pointer, "operationId")
            yield Problem(pointer, f"the operationId {name!r} is not in snake_case", f"write {snake_case(str(name))!r}")
        elif name in TAKEN:
            pointer = (*operation.pointer, "operationId")
            yield Problem(pointer, f"the operationId {name!r} is a name of Python", f"write for example 'get_{name}'")


def operation_id_unique(contract: Contract) -> Iterator[Problem]:
    """The generator writes the second operation of a name over the first, without a warning."""
    first: dict[str, Pointer] = {}
    for operation in contract.operations():
        name = snake_case(str(operation.data.get("operationId", "")))
        pointer = (*operation.pointer, "operationId")
        if name and name in first:
            line = contract.document.line(first[name])
            yield Problem(pointer, f"the operationId becomes {name!r} as that on line {line} does", "rename one")
        first.setdefault(name, pointer)


def one_tag(contract: Contract) -> Iterator[Problem]:
    """The tag is the mixin that carries the method; the generator uses the first tag only."""
    declared = {tag.get("name") for tag in contract.data.get("tags") or () if isinstance(tag, dict)}
    for operation in contract.operations():
        tags = operation.data.get("tags") or []
        pointer = (*operation.pointer, "tags") if tags else operation.pointer
        if len(tags) != 1:
            yield Problem(pointer, f"{operation.id} has {len(tags)} tags", "write exactly one, its mixin")
        elif not SNAKE_CASE.fullmatch(str(tags[0])) or tags[0] in TAKEN:
            yield Problem(pointer, f"the tag {tags[0]!r} is no name of a module", "write one in snake_case")
        elif tags[0] not in declared:
            yield Problem(pointer, f"the tag {tags[0]!r} is not described", "add it to `tags` at the top level")


def retry_class(contract: Contract) -> Iterator[Problem]:
    """The client must know whether a call may be sent twice; nothing can be assumed from the verb."""
    instead = f"write `x-retry: {' | '.join(RETRY_CLASSES)}`, one of them"
    for operation in contract.operations():
        value = operation.data.get("x-retry")
        if value is None:
            yield Problem(operation.pointer, f"{operation.id} has no x-retry", instead)
        elif value not in RETRY_CLASSES:
            yield Problem((*operation.pointer, "x-retry"), f"the retry class {value!r} does not exist", instead)


def trailing_slash(contract: Contract) -> Iterator[Problem]:
    """The server redirects a path without its slash, and a redirect loses the body."""
    for path, _ in contract.path_items():
        if not path.endswith("/"):
            yield Problem(("paths", path), f"the path {path!r} does not end with '/'", f"write {path + '/'!r}")


def path_item(contract: Contract) -> Iterator[Problem]:
    """The generator skips path items behind a reference, `trace`, and servers of their own."""
    for path, item in contract.path_items():
        if "$ref" in item:
            yield Problem(("paths", path, "$ref"), f"the path {path!r} is a reference", "write its operations here")
        if "servers" in item:
            yield Problem(("paths", path, "servers"), "servers of a path are ignored", "declare them at the top level")
        if "trace" in item:
            yield Problem(("paths", path, "trace"), "the client has no TRACE", "remove the operation")


def operation_servers(contract: Contract) -> Iterator[Problem]:
    """The generator ignores servers of an operation and sends to the base URL."""
    for operation in contract.operations():
        if "servers" in operation.data:
            pointer = (*operation.pointer, "servers")
            yield Problem(pointer, "servers of an operation are ignored", "declare them at the top level")


def callbacks(contract: Contract) -> Iterator[Problem]:
    """The generator ignores what the server calls: callbacks, webhooks and links."""
    instead = "describe it in words, or remove it"
    if contract.data.get("webhooks"):
        yield Problem(("webhooks",), "webhooks are ignored", instead)
    for operation in contract.operations():
        if "callbacks" in operation.data:
            yield Problem((*operation.pointer, "callbacks"), "callbacks are ignored", instead)
        for _, response in contract.responses(operation):
            if "links" in response.data:
                yield Problem((*response.pointer, "links"), "links are ignored", instead)


def extension_names(contract: Contract) -> Iterator[Problem]:
    """A misspelt extension is an extension that nobody reads."""
    for pointer in contract.document.lines:
        key = pointer[-1] if pointer and not is_name(pointer) and not is_data(pointer) else ""
        if isinstance(key, str) and key.startswith("x-") and key not in _EXTENSIONS:
            yield Problem(pointer, f"the extension {key!r} is not known", f"write one of {', '.join(_EXTENSIONS)}")


def operations_exist(contract: Contract) -> Iterator[Problem]:
    """A path without an operation is a slip of the indentation, and so is a contract without one."""
    if not any(contract.operations()):
        yield Problem(("paths",), "there is no operation", "add one")
    for path, item in contract.path_items():
        if "$ref" not in item and not set(METHODS) & item.keys():
            yield Problem(("paths", path), f"the path {path!r} has no operation", "add one or remove the path")


RULES: tuple[Rule, ...] = (
    operation_id,
    operation_id_unique,
    one_tag,
    retry_class,
    trailing_slash,
    path_item,
    operation_servers,
    callbacks,
    extension_names,
    operations_exist,
)
