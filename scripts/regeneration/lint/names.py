"""Rules for the names of schemas and properties."""

import re
from collections.abc import Iterator

from openapi_python_client.strings import ClassName, PythonIdentifier, pascal_case

from regeneration.contract import Contract
from regeneration.dicts import UPLOAD
from regeneration.document import JsonObject
from regeneration.lint.rule import Problem, Rule
from regeneration.shapes import params_name


def schema_name(contract: Contract) -> Iterator[Problem]:
    """A schema is a class of the same name, in the models and in the TypedDicts."""
    for name in contract.component_schemas():
        if not re.fullmatch("[A-Z][A-Za-z0-9]*", name) or str(ClassName(name, "")) != name:
            pointer = ("components", "schemas", name)
            yield Problem(pointer, f"the schema {name!r} is no name of a class", f"write {str(ClassName(name, 'X'))!r}")


def schema_name_unique(contract: Contract) -> Iterator[Problem]:
    """Names that differ only in case become the same class or module, and one of them is dropped."""
    seen: dict[str, str] = {}
    for name in contract.component_schemas():
        key = str(PythonIdentifier(ClassName(name, ""), "field_")).replace("_", "")
        if key in seen:
            pointer = ("components", "schemas", name)
            yield Problem(pointer, f"the schemas {seen[key]!r} and {name!r} differ only in case", "rename one")
        seen.setdefault(key, name)


def schema_name_taken(contract: Contract) -> Iterator[Problem]:
    """The TypedDicts of query parameters and of files to send are named by the project."""
    taken = {
        params_name(operation.id): f"the query parameters of {operation.id}" for operation in contract.operations()
    }
    taken[UPLOAD] = "files to send"
    for name in contract.component_schemas():
        if name in taken:
            pointer = ("components", "schemas", name)
            yield Problem(pointer, f"the schema {name!r} takes the name of {taken[name]}", "rename it")


def inline_name(contract: Contract) -> Iterator[Problem]:
    """An object inside another becomes a class named after both, and a schema of that name drops the whole."""
    schemas = contract.component_schemas()
    for name, schema in schemas.items():
        properties = schema.get("properties") if isinstance(schema, dict) else None
        for key, part in (properties or {}).items():
            if isinstance(part, dict) and part.get("type") == "object":
                taken = f"{name}{pascal_case(key)}"
                if taken in schemas:
                    pointer = ("components", "schemas", name, "properties", key)
                    message = f"the object {key!r} becomes the class {taken!r}, which is the name of a schema"
                    yield Problem(pointer, message, "rename the schema, or move the object to one of its own")


def property_name(contract: Contract) -> Iterator[Problem]:
    """Properties become attributes, and two with one name drop the schema."""
    for pointer, schema in contract.schemas():
        if not isinstance(schema, dict):
            continue
        seen: dict[str, str] = {}
        properties: JsonObject = schema.get("properties") or {}
        for name in properties:
            attribute = str(PythonIdentifier(name, "field_"))
            if attribute in seen:
                message = f"the properties {seen[attribute]!r} and {name!r} both become {attribute!r}"
                yield Problem((*pointer, "properties", name), message, "rename one")
            seen.setdefault(attribute, name)


RULES: tuple[Rule, ...] = (schema_name, schema_name_unique, schema_name_taken, inline_name, property_name)
