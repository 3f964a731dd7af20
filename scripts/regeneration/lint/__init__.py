"""Rules that a valid contract must obey beyond OpenAPI.

The generator drops, flattens or misreads much of OpenAPI without a word, and the rest of the project relies on
conventions that OpenAPI does not know. Each rule is a function whose name is the name of the rule.
"""

from collections.abc import Iterable

from regeneration.contract import Contract
from regeneration.document import Pointer
from regeneration.findings import Finding
from regeneration.lint import (
    bodies,
    enums,
    names,
    operations,
    parameters,
    references,
    responses,
    schemas,
    transfers,
    unions,
)
from regeneration.lint.rule import Rule

RULES: tuple[Rule, ...] = (
    *operations.RULES,
    *transfers.RULES,
    *parameters.RULES,
    *bodies.RULES,
    *responses.RULES,
    *references.RULES,
    *schemas.RULES,
    *unions.RULES,
    *enums.RULES,
    *names.RULES,
)


FIRST = references.FIRST

ADVICE: tuple[Rule, ...] = (
    bodies.request_schema,
    responses.documented_errors,
    responses.success_schema,
    schemas.inline_object,
)
"""Rules for a contract that reads well; breaking one stops nothing."""


def lint(contract: Contract, rules: Iterable[Rule] = RULES) -> list[Finding]:
    """Return everything that breaks a rule, by line."""
    findings: dict[tuple[str, Pointer, str], Finding] = {}
    for rule in rules:
        for problem in rule(contract):
            # What several operations share is repaired once.
            key = (rule.__name__, problem.pointer, problem.instead)
            line = contract.document.line(problem.pointer)
            findings.setdefault(key, Finding(line, rule_name(rule), problem.message, problem.instead))
    return sorted(findings.values())


def rule_name(rule: Rule) -> str:
    """Return how findings name a rule."""
    return rule.__name__.replace("_", "-")
