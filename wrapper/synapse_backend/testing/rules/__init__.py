"""What each operation does, one function per operationId; the module is named after the tag."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from synapse_backend.testing.app import Call
    from synapse_backend.testing.contract import Contract
    from synapse_backend.testing.messages import JsonObject

# Status and body of an answer.
Answer: TypeAlias = tuple[int, object]


@dataclass(frozen=True, slots=True)
class Rule:
    """The behaviour of one operation.

    Attributes:
        answer: Carries the call out.
        target: Finds the object that the path names, or raises a 404. It runs before query and body are looked at,
            because a backend also says that there is no such object before it says what is wrong with the rest.
        tag: Name of the module that the rule stands in.
    """

    answer: Callable[[Call], Answer]
    target: Callable[[Call], JsonObject] | None
    tag: str


RULES: dict[str, Rule] = {}


def rule(
    target: Callable[[Call], JsonObject] | None = None,
) -> Callable[[Callable[[Call], Answer]], Callable[[Call], Answer]]:
    """Register a function as the rule of the operation that has its name."""

    def register(answer: Callable[[Call], Answer]) -> Callable[[Call], Answer]:
        RULES[answer.__name__] = Rule(answer, target, answer.__module__.rpartition(".")[2])
        return answer

    return register


def check_rules(contract: Contract, rules: Mapping[str, Rule]) -> None:
    """Every operation has a rule, and every rule an operation with its tag.

    Raises:
        LookupError: It names those that have none.
    """
    complaints: list[str] = []
    for operation in contract.operations.values():
        found = rules.get(operation.id)
        if found is None:
            complaints.append(
                f"operation {operation.id} has no rule: write it in synapse_backend/testing/rules/{operation.tag}.py"
            )
        elif found.tag != operation.tag:
            complaints.append(f"the rule of {operation.id} stands in {found.tag}.py, its tag is {operation.tag}")
    complaints += [f"rule {name} has no operation" for name in rules if name not in contract.operations]
    if complaints:
        raise LookupError("the mock does not fit the contract: " + "; ".join(complaints))


# The modules of rules need what stands above.
from synapse_backend.testing.rules import annotation as annotation  # noqa: E402
from synapse_backend.testing.rules import core as core  # noqa: E402
from synapse_backend.testing.rules import data_collection as data_collection  # noqa: E402
from synapse_backend.testing.rules import hitl as hitl  # noqa: E402
from synapse_backend.testing.rules import integration as integration  # noqa: E402
from synapse_backend.testing.rules import ml as ml  # noqa: E402
