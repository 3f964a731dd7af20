"""Finds operations of the contract that a part of the project does not know, and says where to write what is missing."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Iterable, Mapping
from typing import Protocol


class Described(Protocol):
    """What an operation has to tell: the table that is written from the contract has it, and so has the contract."""

    @property
    def id(self) -> str:
        """The operationId."""
        ...

    @property
    def tag(self) -> str:
        """The tag, which names the files."""
        ...

    @property
    def method(self) -> str:
        """The verb."""
        ...

    @property
    def path(self) -> str:
        """The path template."""
        ...


def gaps(
    operations: Iterable[Described],
    clients: Mapping[str, type],
    rules: Collection[str],
    calls: Collection[str],
) -> list[str]:
    """Return one line for each thing that an operation lacks, with the file in which it belongs.

    Args:
        operations: The operations that must be covered.
        clients: Name of each client and its class.
        rules: Operations that the mock backend has a rule for.
        calls: Operations that have an example call.
    """
    found = []
    for operation in operations:
        missing = []
        without = [name for name, client in clients.items() if not _has_method(client, operation.id)]
        if without:
            place = f"wrapper/synapse_backend/_async/{operation.tag}.py, then run scripts/fix"
            missing.append(f"the method {operation.id}() of {' and '.join(without)}: write it in {place}")
        if operation.id not in rules:
            place = f"wrapper/synapse_backend/testing/rules/{operation.tag}.py"
            missing.append(f"the rule {operation.id}() of the mock backend: write it in {place}")
        if operation.id not in calls:
            place = f"tests/contract/calls/{operation.tag}.py"
            missing.append(f"an example call in the tests: add {operation.id!r} to CALLS in {place}")
        found += [f"{operation.id} ({operation.method} {operation.path}) lacks {what}" for what in missing]
    return found


def leftovers(operations: Iterable[Described], known: Mapping[str, Collection[str]]) -> list[str]:
    """Return one line for each name in a table that no operation has.

    Args:
        operations: The operations that there are.
        known: What to call a table, and the operations that it names.
    """
    ids = {operation.id for operation in operations}
    return [
        f"{what} names {name}, which is no operation of openapi.yaml"
        for what, names in known.items()
        for name in sorted(names)
        if name not in ids
    ]


def _has_method(client: type, name: str) -> bool:
    return inspect.isfunction(inspect.getattr_static(client, name, None))
