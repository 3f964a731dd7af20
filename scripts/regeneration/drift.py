"""Compares the tree that stands there with the tree that the contract gives."""

import difflib
from dataclasses import dataclass
from pathlib import Path

_LONGEST_DIFF = 200


@dataclass(frozen=True)
class Drift:
    """Paths relative to the tree."""

    missing: tuple[str, ...]
    extra: tuple[str, ...]
    changed: tuple[str, ...]

    def __bool__(self) -> bool:
        """Say whether the trees differ."""
        return bool(self.missing or self.extra or self.changed)


def compare(actual: Path, expected: Path) -> Drift:
    """Compare two trees byte for byte, in both directions."""
    have, want = read_tree(actual), read_tree(expected)
    return Drift(
        missing=tuple(sorted(want.keys() - have.keys())),
        extra=tuple(sorted(have.keys() - want.keys())),
        changed=tuple(sorted(name for name in have.keys() & want.keys() if have[name] != want[name])),
    )


def read_tree(tree: Path) -> dict[str, bytes]:
    """Return the files of a tree; what Python caches beside its modules does not belong to it."""
    return {
        path.relative_to(tree).as_posix(): path.read_bytes()
        for path in sorted(tree.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def render(drift: Drift, actual: Path, expected: Path) -> str:
    """Return what differs, as a unified diff of bounded length."""
    lines = [f"missing: {actual.name}/{name}" for name in drift.missing]
    lines += [f"not from the contract: {actual.name}/{name}" for name in drift.extra]
    for name in drift.changed:
        lines += difflib.unified_diff(
            _lines(actual / name),
            _lines(expected / name),
            f"{actual.name}/{name} (there)",
            f"{actual.name}/{name} (from the contract)",
            lineterm="",
        )
    if len(lines) > _LONGEST_DIFF:
        lines[_LONGEST_DIFF:] = [f"… and {len(lines) - _LONGEST_DIFF} more lines"]
    return "\n".join(lines)


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8", errors="replace").splitlines()
