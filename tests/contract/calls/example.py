"""What an example call is made of."""

from __future__ import annotations

import copy
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from synapse_api.operations import OPERATIONS

PACKAGE = b"PK\x05\x06" + bytes(18)
"""The smallest zip archive: an empty one."""
PACKAGE_MD5 = "76cdb2bad9582d23c1f6f4d868218d6c"


class Upload(Enum):
    """In which form a file is passed; replaced by the file itself just before the call."""

    OPEN_FILE = "an open file"
    PATH = "its path"
    TEXT_PATH = "its path as text"
    CONTENT = "its content"
    BUFFER = "a buffer in memory"

    def of(self, path: Path, stack: ExitStack) -> object:
        """Return the file in this form."""
        match self:
            case Upload.OPEN_FILE:
                return stack.enter_context(path.open("rb"))
            case Upload.PATH:
                return path
            case Upload.TEXT_PATH:
                return str(path)
            case Upload.CONTENT:
                return path.read_bytes()
            case Upload.BUFFER:
                return io.BytesIO(path.read_bytes())


class Invocation(NamedTuple):
    """What is called on a client, and with what."""

    method: str
    arguments: list[Any]
    named: dict[str, Any]


@dataclass(frozen=True)
class Example:
    """One call.

    Attributes:
        path: The path arguments, in order.
        params: The query parameters as the caller writes them.
        data: The body as the caller writes it.
        headers: The header parameters.
        query: What the query string must be, encoded.
        given: What the caller passes where the method takes something else than path, body, query and headers.
        is_part: The method of this name does more than this one request, so the request is made as that method
            makes it, by the private function that all methods stand on.
        is_made_up: There is nothing on the mock backend that the call could find.
    """

    path: tuple[int | str, ...] = ()
    params: Mapping[str, Any] | None = None
    data: Mapping[str, Any] | Sequence[Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    given: tuple[Any, ...] | None = None
    is_part: bool = False
    is_made_up: bool = False

    @contextmanager
    def call(self, name: str, package: Path) -> Iterator[Invocation]:
        """Give the call of an operation, with files where the table says so."""
        with ExitStack() as stack:
            data = _with_files(self.data, package, stack)
            params = None if self.params is None else dict(self.params)
            if self.is_part:
                named = {"params": params, "data": data, "headers": dict(self.headers) or None}
                yield Invocation("_call", [OPERATIONS[name], *self.path], named)
                return
            if self.given is not None:
                yield Invocation(name, [*copy.deepcopy(self.given)], {})
                return
            optional = (argument for argument in (data, params) if argument is not None)
            yield Invocation(name, [*self.path, *optional, *self.headers.values()], {})


def _with_files(data: Mapping[str, Any] | Sequence[Any] | None, package: Path, stack: ExitStack) -> Any:
    if isinstance(data, Mapping):
        return {name: value.of(package, stack) if isinstance(value, Upload) else value for name, value in data.items()}
    return None if data is None else list(data)


Calls: TypeAlias = dict[str, list[Example]]
"""Example calls by operationId."""
