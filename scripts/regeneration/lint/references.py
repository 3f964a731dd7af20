"""Rules for references."""

import re
from collections.abc import Iterator

from regeneration.contract import Contract
from regeneration.document import Pointer
from regeneration.lint.rule import Problem, Rule

_COMPONENT = re.compile(r"#/components/[A-Za-z]+/[A-Za-z0-9._-]+")


def reference_target(contract: Contract) -> Iterator[Problem]:
    """The generator follows references to components only: nothing in other files, nothing inside a component."""
    for pointer, value in contract.references():
        if not isinstance(value, str) or not _COMPONENT.fullmatch(value):
            message = f"the reference {value!r} leads to something other than a component of this file"
            yield Problem(pointer, message, "move it to a component and write '#/components/<section>/<name>'")
        elif not contract.follow((), {"$ref": value}).data:
            yield Problem(pointer, f"the reference {value!r} leads nowhere", "write the name of a component")
        elif value.split("/")[2] != (section := _section(pointer)):
            message = f"the reference {value!r} stands where one of `{section}` is due"
            yield Problem(pointer, message, f"write '#/components/{section}/<name>'")


def reference_siblings(contract: Contract) -> Iterator[Problem]:
    """The generator ignores what stands beside a reference."""
    for pointer, schema in contract.schemas():
        if isinstance(schema, dict) and "$ref" in schema:
            beside = {key for key in schema if not key.startswith("x-")} - {"$ref", "description", "summary", "title"}
            if beside:
                names = ", ".join(f"`{key}`" for key in sorted(beside))
                message = f"{names} beside a `$ref` is ignored"
                yield Problem((*pointer, min(beside)), message, "write it into the schema that is referred to")


def schema_definitions(contract: Contract) -> Iterator[Problem]:
    """The generator does not look into `$defs`."""
    for pointer, schema in contract.schemas():
        if isinstance(schema, dict) and "$defs" in schema:
            yield Problem((*pointer, "$defs"), "`$defs` is ignored", "move the schemas to `components`")


def _section(pointer: Pointer) -> str:
    """Return the section of the components that a reference must lead into."""
    if pointer[0] == "components" and len(pointer) == 4:
        return str(pointer[1])
    if pointer[0] == "paths" and len(pointer) == 3:
        return "pathItems"
    _, holder, parent, _ = ("", "", *pointer)[-4:]
    if parent == "requestBody":
        return "requestBodies"
    return str(holder) if holder in ("parameters", "responses", "headers", "links", "callbacks") else "schemas"


# What must hold before the contract can be validated at all.
FIRST: tuple[Rule, ...] = (reference_target,)
RULES: tuple[Rule, ...] = (reference_siblings, schema_definitions)
