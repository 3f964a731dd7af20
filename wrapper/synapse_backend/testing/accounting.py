"""What was asked of the mock, counted and told: for assertions, and for their messages."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from synapse_backend.testing.messages import MASK, is_credential

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from synapse_backend.testing.multipart import Part
    from synapse_backend.testing.recording import RecordedRequest
    from synapse_backend.testing.state import State

_SHOWN_REQUESTS = 20
_SHOWN_CHARACTERS = 200


@dataclass(slots=True)
class Writes:
    """How often clients changed the objects of one kind.

    Attributes:
        created: Objects that were added.
        updated: Calls that changed an object.
    """

    created: int = 0
    updated: int = 0


class Ledger:
    """Counts what clients write.

    Attributes:
        writes: Changes by kind of object.
        bytes_stored: Bytes of the files that were kept.
        bytes_resent: Bytes of files that came again with the same content.
    """

    def __init__(self) -> None:
        self.writes: dict[str, Writes] = {}
        self.bytes_stored = 0
        self.bytes_resent = 0
        self._seen: set[tuple[str, str]] = set()

    def before(self, state: State) -> list[tuple[int, int]]:
        """What to compare with after a call."""
        return [(table.added, table.replaced) for table in state.tables().values()]

    def after(self, state: State, before: list[tuple[int, int]]) -> None:
        """Count the objects that a call changed."""
        for (name, table), (added, replaced) in zip(state.tables().items(), before, strict=True):
            created = table.added - added
            if created or table.replaced > replaced:
                writes = self.writes.setdefault(name, Writes())
                writes.created += created
                # One call may replace a row in several steps.
                writes.updated += table.replaced > replaced

    def count_files(self, operation: str, files: Mapping[str, Part], stored: bool) -> None:
        """Count the files that came with a call; one that comes again is known by its content."""
        for part in files.values():
            key = (operation, hashlib.md5(part.data, usedforsecurity=False).hexdigest())
            self.bytes_resent += part.size if key in self._seen else 0
            self.bytes_stored += part.size if stored else 0
            self._seen.add(key)

    def count_bytes(self, stored: int, resent: int) -> None:
        """Count bytes that the rule of an operation has told apart itself."""
        self.bytes_stored += stored
        self.bytes_resent += resent


def attempts(requests: Iterable[RecordedRequest], operation: str) -> list[int]:
    """How many requests each call took, told apart by the `X-Request-ID` that its attempts share."""
    counts: dict[str, int] = {}
    for request in requests:
        if request.operation_id == operation:
            key = request.headers.get("x-request-id", f"request {request.number}")
            counts[key] = counts.get(key, 0) + 1
    return list(counts.values())


def matches(request: RecordedRequest, operation: str, body: Mapping[str, object] | None) -> bool:
    """Whether a request calls the operation, with at least these fields in its JSON body."""
    if request.operation_id != operation:
        return False
    return body is None or (isinstance(request.json, dict) and _holds(request.json, body))


def _holds(value: Mapping[str, object], wanted: Mapping[str, object]) -> bool:
    for name, expected in wanted.items():
        found = value.get(name)
        if name not in value:
            return False
        if isinstance(expected, dict) and isinstance(found, dict):
            if not _holds(found, expected):
                return False
        elif found != expected:
            return False
    return True


def arrivals(requests: Sequence[RecordedRequest]) -> str:
    """What arrived, for the message of an assertion: the latest requests, one per line, without secrets."""
    if not requests:
        return "Nothing arrived."
    lines = [line(request) for request in requests[-_SHOWN_REQUESTS:]]
    left_out = len(requests) - len(lines)
    return "\n".join(["What arrived:" if not left_out else f"What arrived, after {left_out} others:", *lines])


def line(request: RecordedRequest) -> str:
    """One request on one line."""
    text = f"  {request.number}. {request.operation_id or 'unknown'}: {request.method} {shown_path(request)}"
    if request.query:
        text += f" {_short(masked(request.query))}"
    if request.json is not None:
        text += f" {_short(masked(request.json))}"
    if request.parts:
        text += f" form of {', '.join(request.parts)}"
    text += f" -> {request.status or 'no answer'}"
    return text + (f" [{', '.join(request.faults)}]" if request.faults else "")


def shown_path(request: RecordedRequest) -> str:
    """The path without tokens."""
    template = request.path_template
    if template is None:
        return _cut(request.path)
    pairs = zip(template.split("/"), request.path.split("/"), strict=False)
    return _cut("/".join(MASK if name.startswith("{") and is_credential(name) else part for name, part in pairs))


def masked(value: object) -> object:
    """A JSON value without the values of keys that sound like secrets."""
    if isinstance(value, dict):
        return {name: MASK if is_credential(name) else masked(item) for name, item in value.items()}
    return [masked(item) for item in value] if isinstance(value, list) else value


def _short(value: object) -> str:
    return _cut(json.dumps(value, ensure_ascii=False))


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}..."
