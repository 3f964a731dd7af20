"""Writes the report for people and for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from regeneration.report.changes import Change
from regeneration.report.coverage import MissingMethod

_MOST_OPERATIONS = 3


@dataclass(frozen=True)
class Report:
    """What a run found out."""

    changes: Sequence[Change] | None
    """None when there was no contract to compare with."""
    missing: Sequence[MissingMethod]
    advice: Sequence[str] = ()
    """What could be written better in the contract."""

    def text(self) -> str:
        """Return the report for people."""
        lines = _changes(self.changes)
        if self.missing:
            lines.append("No wrapper method yet:")
            lines += [f"  {one.operation}: write it in {one.mixin}, {one.file}" for one in self.missing]
        if self.advice:
            lines.append("Could be written better:")
            lines += [f"  {line}" for line in self.advice]
        return "\n".join(lines)

    def json(self) -> str:
        """Return the report for programs."""
        changes = None if self.changes is None else [asdict(change) for change in self.changes]
        return json.dumps(
            {
                "changes": changes,
                "breaking": sum(change.breaks for change in self.changes or ()),
                "without_wrapper_method": [one.operation for one in self.missing],
                "advice": list(self.advice),
            },
            indent=2,
        )


def _changes(changes: Sequence[Change] | None) -> list[str]:
    if changes is None:
        return ["There is no earlier contract to compare with."]
    if not changes:
        return ["Nothing changed for callers."]
    lines = ["Changed for callers:"]
    for change in changes:
        mark = "BREAKS" if change.breaks else "      "
        lines.append(f"  {mark} {change.subject}: {change.kind} {change.description}{_reach(change)}")
    breaking = sum(change.breaks for change in changes)
    lines.append(f"{breaking} of {len(changes)} changes break callers." if breaking else "No change breaks callers.")
    return lines


def _reach(change: Change) -> str:
    if not change.operations:
        return ""
    more = len(change.operations) - _MOST_OPERATIONS
    names = ", ".join(change.operations[:_MOST_OPERATIONS])
    return f" ({names}{f' and {more} more' if more > 0 else ''})"
