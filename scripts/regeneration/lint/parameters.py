"""Rules for parameters."""

from collections.abc import Iterator

from openapi_python_client.strings import PythonIdentifier

from regeneration.contract import Contract, Node
from regeneration.lint.rule import Problem, Rule

# Names that the generated functions use themselves.
_TAKEN = {"body", "client", "cookies", "headers", "params", "url"}


def parameter_content(contract: Contract) -> Iterator[Problem]:
    """The generator drops parameters that have `content` instead of `schema`, without a warning."""
    for node in _parameters(contract):
        if "content" in node.data:
            yield Problem((*node.pointer, "content"), f"{_name(node)} has `content`", "write `schema: {type: string}`")


def parameter_style(contract: Contract) -> Iterator[Problem]:
    """The generator knows one style of each place only, and repeats the name of an array whatever `explode` says."""
    default = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}
    for node in _parameters(contract):
        style, place = node.data.get("style"), node.data.get("in", "query")
        if style is not None and style != default.get(place):
            instead = "declare one parameter for each key, named for example `filter[status]`"
            if style != "deepObject":
                instead = f"leave it out, which means {default.get(place)!r}"
            yield Problem((*node.pointer, "style"), f"{_name(node)} has the style {style!r}", instead)
        if node.data.get("explode") is False and place in ("query", "cookie"):
            instead = "declare `type: string` and say in the description that values are joined by commas"
            yield Problem((*node.pointer, "explode"), f"{_name(node)} has `explode: false`, which is ignored", instead)
        if node.data.get("allowReserved"):
            message = f"{_name(node)} has `allowReserved`, which is ignored"
            yield Problem((*node.pointer, "allowReserved"), message, "remove it; values are always escaped")


def cookie_parameter(contract: Contract) -> Iterator[Problem]:
    """Cookies of a single request are deprecated in httpx."""
    for node in _parameters(contract):
        if node.data.get("in") == "cookie":
            yield Problem((*node.pointer, "in"), f"{_name(node)} is a cookie", "write `in: header` or `in: query`")


def parameter_type(contract: Contract) -> Iterator[Problem]:
    """Objects lose their name on the way to the wire; arrays drop the whole operation from headers and paths."""
    for node in _parameters(contract):
        schema = contract.follow((*node.pointer, "schema"), node.data.get("schema")).data
        place = node.data.get("in")
        kinds = schema.get("type")
        kinds = kinds if isinstance(kinds, list) else [kinds]
        pointer = (*node.pointer, "schema")
        if "object" in kinds or "properties" in schema or "allOf" in schema:
            instead = "declare one parameter for each key, named for example `filter[status]`"
            yield Problem(pointer, f"{_name(node)} is an object, whose keys are sent without its name", instead)
        if "array" in kinds and place in ("header", "path"):
            instead = "declare `type: string` and say in the description how values are joined"
            yield Problem(pointer, f"{_name(node)} is an array in a {place}", instead)
        if "null" in kinds:
            message = f"{_name(node)} can be null, which is never sent"
            yield Problem(pointer, message, "leave null out; an optional parameter can be absent")


def header_name(contract: Contract) -> Iterator[Problem]:
    """OpenAPI ignores header parameters of these names; they follow from the media types and the credentials."""
    for node in _parameters(contract):
        name = str(node.data.get("name", ""))
        if node.data.get("in") == "header" and name.lower() in ("accept", "authorization", "content-type"):
            yield Problem((*node.pointer, "name"), f"{_name(node)} in a header is ignored", "remove it")


def parameter_name(contract: Contract) -> Iterator[Problem]:
    """Each parameter becomes an argument of a function."""
    for operation in contract.operations():
        seen: dict[tuple[str, str], str] = {}
        for node in contract.parameters(operation):
            name, place = str(node.data.get("name", "")), str(node.data.get("in", ""))
            python_name = str(PythonIdentifier(name, "field_"))
            pointer = (*node.pointer, "name")
            if python_name in _TAKEN:
                message = f"the parameter {name!r} takes a name that generated functions use"
                yield Problem(pointer, message, "rename it on the server, or describe it in words")
            other = seen.setdefault((python_name, place), name)
            if other != name:
                message = f"the parameters {other!r} and {name!r} of {operation.id} both become {python_name!r}"
                yield Problem(pointer, message, "rename one")


def parameter_default(contract: Contract) -> Iterator[Problem]:
    """The generator ignores defaults of arrays; it sends the others, so they must be meant to be sent."""
    for node in _parameters(contract):
        schema = contract.follow((), node.data.get("schema")).data
        if schema.get("type") == "array" and "default" in schema:
            pointer = (*node.pointer, "schema")
            yield Problem(
                pointer, f"{_name(node)} has a default for an array, which is ignored", "describe it in words"
            )


def _parameters(contract: Contract) -> Iterator[Node]:
    seen = set()
    for operation in contract.operations():
        for node in contract.parameters(operation):
            if node.pointer not in seen:
                seen.add(node.pointer)
                yield node


def _name(node: Node) -> str:
    return f"the parameter {node.data.get('name')!r}"


RULES: tuple[Rule, ...] = (
    parameter_content,
    parameter_style,
    cookie_parameter,
    parameter_type,
    header_name,
    parameter_name,
    parameter_default,
)
