"""Reads the YAML of the contract and remembers on which line everything stands."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from regeneration.errors import RegenerationError
from regeneration.findings import ContractError, Finding

# An OpenAPI document has no closed shape: extensions, examples and schemas hold whatever their authors want.
JsonObject: TypeAlias = dict[str, Any]
Pointer: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """The contract as JSON, with the line of every key and item."""

    name: str
    data: JsonObject
    lines: dict[Pointer, int]

    def line(self, pointer: Pointer) -> int:
        """Return the line of what the pointer names, or of the nearest thing around it."""
        while pointer not in self.lines:
            pointer = pointer[:-1]
        return self.lines[pointer]


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # chosen at run time
    """Knows the scalars of YAML 1.2 and no others: `on` is a word, `12:30` is no number and dates are strings."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  # as PyYAML has it


_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(?:null|Null|NULL|~|)\Z"), ["n", "N", "~", ""])
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z"), list("tTfF")
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)\Z"), list("-+0123456789")
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z"),
    list("-+.0123456789"),
)


def load(path: Path) -> Document:
    """Read a contract.

    Keys are strings, as in JSON, whether they are quoted or not.

    Raises:
        RegenerationError: The file is missing or not UTF-8.
        ContractError: It is not YAML, says the same key twice, or holds what JSON cannot.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise RegenerationError(f"There is no {path}.") from None
    except (OSError, UnicodeDecodeError) as exc:
        raise RegenerationError(f"{path} cannot be read: {exc}.") from exc
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        problem = exc.problem or exc.context or "not YAML"
        raise ContractError(path.name, [Finding(mark.line + 1 if mark else 1, "yaml-syntax", problem)]) from exc
    except yaml.reader.ReaderError as exc:
        line = text.count("\n", 0, exc.position) + 1
        message = f"the character {exc.character!r} is not allowed in YAML"
        raise ContractError(path.name, [Finding(line, "yaml-syntax", message)]) from exc
    if not isinstance(root, yaml.MappingNode):
        raise ContractError(path.name, [Finding(1, "yaml-syntax", "the document is not a mapping")])
    builder = _Builder()
    data = builder.mapping(root, ())
    if builder.findings:
        raise ContractError(path.name, builder.findings)
    return Document(path.name, data, builder.lines)


@dataclass
class _Builder:
    """Turns YAML nodes into JSON values; PyYAML's own constructor keeps neither lines nor duplicate keys."""

    lines: dict[Pointer, int] = field(default_factory=lambda: {(): 1})
    findings: list[Finding] = field(default_factory=list)
    _open: set[int] = field(default_factory=set)

    def mapping(self, node: yaml.MappingNode, pointer: Pointer) -> JsonObject:
        result: JsonObject = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self.findings.append(Finding(line, "yaml-key", "a key is not a scalar", "write a plain string"))
                continue
            key = key_node.value
            if key == "<<" and not key_node.style:
                message = "YAML 1.2 has no merge keys"
                self.findings.append(Finding(line, "yaml-key", message, "write the keys out, or use `$ref`"))
                continue
            child = (*pointer, key)
            if key in result:
                message = f"the key {key!r} stands on line {self.lines[child]} already"
                self.findings.append(Finding(line, "yaml-duplicate-key", message, "remove or rename one of them"))
                continue
            self.lines[child] = line
            result[key] = self.value(value_node, child)
        return result

    def value(self, node: yaml.Node, pointer: Pointer) -> Any:
        line = node.start_mark.line + 1
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, line)
        if id(node) in self._open:
            self.findings.append(Finding(line, "yaml-alias", "an alias contains itself", "use `$ref`"))
            return None
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.MappingNode):
                return self.mapping(node, pointer)
            items = []
            for index, item in enumerate(node.value):
                child = (*pointer, index)
                self.lines[child] = item.start_mark.line + 1
                items.append(self.value(item, child))
            return items
        finally:
            self._open.discard(id(node))

    def _scalar(self, node: yaml.ScalarNode, line: int) -> str | int | float | bool | None:
        text: str = node.value
        match node.tag.removeprefix("tag:yaml.org,2002:"):
            case "str":
                return text
            case "null":
                return None
            case "bool":
                return text.lower() == "true"
            case "int":
                return int(text, 0 if text.startswith(("0o", "0x")) else 10)
            case "float":
                return float(text)
            case tag:
                self.findings.append(Finding(line, "yaml-tag", f"JSON has no {tag!r} values", "write a string"))
                return None
