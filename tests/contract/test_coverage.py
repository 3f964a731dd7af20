"""No operation of the contract is without a method, a rule of the mock backend and a test."""

from __future__ import annotations

from synapse_api.operations import OPERATIONS
from synapse_backend import AsyncBackendClient, BackendClient
from synapse_backend.testing.rules import RULES
from tests.contract.calls import CALLS
from tests.contract.coverage import gaps, leftovers
from tests.support.spec import SPEC

CLIENTS = {"BackendClient": BackendClient, "AsyncBackendClient": AsyncBackendClient}


def test_every_operation_has_a_method_a_rule_and_a_test() -> None:
    found = gaps(OPERATIONS.values(), CLIENTS, RULES, CALLS)
    assert not found, "the contract has operations that the project does not cover:\n" + "\n".join(found)


def test_nothing_is_kept_for_an_operation_that_is_gone() -> None:
    found = leftovers(OPERATIONS.values(), {"the mock backend": RULES, "tests/contract/calls": CALLS})
    assert not found, "\n".join(found)


def test_the_table_is_that_of_the_contract() -> None:
    written = {name: (operation.method, operation.path, operation.tag) for name, operation in OPERATIONS.items()}
    wanted = {name: (operation.method, operation.path, operation.tag) for name, operation in SPEC.operations.items()}
    assert list(written.items()) == list(wanted.items()), "run scripts/regenerate"


def test_every_example_is_a_call() -> None:
    assert [name for name, examples in CALLS.items() if not examples] == []
