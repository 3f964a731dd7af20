"""Checks that the contract is OpenAPI 3.1, and that its examples and defaults are what its schemas say."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # has no stubs
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from regeneration.contract import Contract, subschemas
from regeneration.document import Pointer
from regeneration.findings import Finding

_CONTRACT = "urn:contract"
_LONGEST_MESSAGE = 240


def validate(contract: Contract) -> list[Finding]:
    """Return which schemas are none, or else what is not OpenAPI, or else which examples do not match their schemas."""
    problems = list(_schema_errors(contract)) or list(_document_errors(contract))
    if all(problem.pointer == () for problem in problems):
        # The validator does not say where a default is wrong; what is found here has its place.
        values = list(_value_errors(contract))
        known = {value.message for value in values}
        problems = [*values, *(problem for problem in problems if problem.message not in known)]
    line = contract.document.line
    return sorted({Finding(line(problem.pointer), problem.rule, problem.message) for problem in problems})


class _Problem(NamedTuple):
    pointer: Pointer
    rule: str
    message: str


def _schema_errors(contract: Contract) -> Iterator[_Problem]:
    """Find what is wrong inside schemas; the validator of documents does not say where."""
    meta = Draft202012Validator(Draft202012Validator.META_SCHEMA)
    for pointer, schema in contract.root_schemas():
        for error in meta.iter_errors(schema):
            yield _Problem((*pointer, *error.absolute_path), "schema", _shorten(error.message))


def _document_errors(contract: Contract) -> Iterator[_Problem]:
    errors: list[tuple[Pointer, str]] = []
    try:
        for error in OpenAPIV31SpecValidator(contract.data).iter_errors():
            errors.append((_locate(contract, error), _shorten(error.message)))  # noqa: PERF401  # kept when it crashes
    except Exception as exc:  # the validator trips over what it has just reported
        if not errors:
            errors.append(((), f"the validator failed with {type(exc).__name__}: {exc}"))
    for pointer, message in errors:
        # What is wrong further inside makes the whole look as if it did not belong there.
        is_consequence = message.startswith("Unevaluated properties") and any(
            other[: len(pointer)] == pointer and not text.startswith("Unevaluated") for other, text in errors
        )
        if not is_consequence:
            yield _Problem(pointer, "openapi", message)


def _locate(contract: Contract, error: Any) -> Pointer:  # the validator hands out errors of several libraries
    """Return where an error is, also for those that only name the path and the verb."""
    pointer: Pointer = ()
    value: Any = contract.data
    for part in error.absolute_path:
        pointer = (*pointer, part if isinstance(value, list) else str(part))
        value = value[part] if isinstance(value, list) else value.get(str(part))
    if not pointer:
        quoted = re.findall(r"'([^']*)'", error.message)
        path = next((text for text in quoted if text.startswith("/")), None)
        method = next((text for text in quoted if text in ("get", "put", "post", "delete", "patch")), None)
        if path is not None:
            pointer = ("paths", path, method) if method else ("paths", path)
    return pointer


def _value_errors(contract: Contract) -> Iterator[_Problem]:
    """Find examples and defaults that their schemas refuse."""
    registry = Registry[Any]().with_resource(_CONTRACT, DRAFT202012.create_resource(contract.data))
    for schema_pointer, pointer, value in _values(contract):
        fragment = "/".join(str(part).replace("~", "~0").replace("/", "~1") for part in schema_pointer)
        validator = Draft202012Validator({"$ref": f"{_CONTRACT}#/{_quote(fragment)}"}, registry=registry)
        for error in validator.iter_errors(value):
            yield _Problem((*pointer, *error.absolute_path), "example", _shorten(error.message))


def _values(contract: Contract) -> Iterator[tuple[Pointer, Pointer, Any]]:
    """Yield schema, place and value of each example and default."""
    for pointer, holder in contract.schema_holders():
        schema = (*pointer, "schema")
        if "example" in holder:
            yield schema, (*pointer, "example"), holder["example"]
        for name, example in (holder.get("examples") or {}).items():
            if "value" in example:
                yield schema, (*pointer, "examples", name, "value"), example["value"]
    for root, outermost in contract.root_schemas():
        for pointer, schema_data in subschemas(root, outermost):
            if isinstance(schema_data, dict):
                for index, example in enumerate(schema_data.get("examples") or ()):
                    yield pointer, (*pointer, "examples", index), example
                for key in ("default", "example"):
                    if key in schema_data:
                        yield pointer, (*pointer, key), schema_data[key]


def _quote(fragment: str) -> str:
    return fragment.replace("%", "%25").replace("{", "%7B").replace("}", "%7D").replace(" ", "%20")


def _shorten(message: str) -> str:
    text = " ".join(message.partition("\n\nFailed validating")[0].split()).rstrip(".")
    return text if len(text) <= _LONGEST_MESSAGE else f"{text[:100]} … {text[-120:]}"
