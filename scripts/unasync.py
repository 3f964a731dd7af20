"""Derives the synchronous code from the asynchronous: ``_sync`` from ``_async``, for the client and for its tests.

What is asynchronous is written once, and everything without `await` lives in neither tree.

    unasync.py            write the derived files
    unasync.py --check    write nothing; fail on differences, on derived files without a source, and on unused rules
"""

from __future__ import annotations

import argparse
import difflib
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TREES = {
    ROOT / "wrapper/synapse_backend/_async": ROOT / "wrapper/synapse_backend/_sync",
    ROOT / "tests/_async": ROOT / "tests/_sync",
}

# Applied in this order, as whole words unless the pattern says otherwise.
RULES = {
    r"async def": "def",
    r"async for": "for",
    r"async with": "with",
    r"await ": "",
    r"Awaitable\[((?:[^\[\]]|\[[^\[\]]*\])*)\]": r"\1",
    r"AsyncIterator": "Iterator",
    r"AsyncByteStream": "SyncByteStream",
    r"Async(?=[A-Z])": "",
    r"AnyIOBackend": "SyncBackend",
    r"handle_async_request": "handle_request",
    r"aclose": "close",
    r"aclosing": "closing",
    r"asleep": "sleep",
    r"asyncio_detailed": "sync_detailed",
    r"asyncio\(": "sync(",
    r"__aiter__": "__iter__",
    r"__anext__": "__next__",
    r"aiter\(": "iter(",
    r"anext\(": "next(",
    r"StopAsyncIteration": "StopIteration",
    r"__aenter__": "__enter__",
    r"__aexit__": "__exit__",
    r"_async": "_sync",
    r"ThreadedStream": "BlockingStream",
}

HEADER = "# Derived from {source} by scripts/unasync.py; do not edit.\n"


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description="Derive the synchronous code from the asynchronous.")
    parser.add_argument("--check", action="store_true", help="write nothing, fail where something would change")
    check = parser.parse_args().check
    used: set[str] = set()
    derived = {target: derive(source, used) for source, target in pairs()}
    problems = [f"rule {pattern!r} matches nothing; remove it" for pattern in RULES if pattern not in used]
    orphans = [path for tree in TREES.values() for path in sorted(tree.rglob("*.py")) if path not in derived]
    if not check:
        for path in orphans:
            path.unlink()
        for path, text in derived.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists() or path.read_text() != text:
                path.write_text(text)
    else:
        problems += [f"{path.relative_to(ROOT)} has no source" for path in orphans]
        problems += [difference(path, text) for path, text in derived.items() if not is_same(path, text)]
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems and check:
        print("The synchronous code is not what the asynchronous gives; run scripts/fix.", file=sys.stderr)
    return 1 if problems else 0


def pairs() -> list[tuple[Path, Path]]:
    """Return every source with the file that is derived from it."""
    return [
        (source, target_tree / source.relative_to(source_tree))
        for source_tree, target_tree in TREES.items()
        for source in sorted(source_tree.rglob("*.py"))
    ]


def derive(source: Path, used: set[str]) -> str:
    """Return the synchronous form of a file, and note which rules were used."""
    text = source.read_text()
    for pattern, replacement in RULES.items():
        text, count = re.subn(rf"(?<![A-Za-z0-9_]){pattern}" if pattern[0] != "_" else pattern, replacement, text)
        if count:
            used.add(pattern)
    return formatted(HEADER.format(source=source.relative_to(ROOT)) + text, source)


def formatted(text: str, source: Path) -> str:
    """Return the text as the formatter leaves it: shorter names change where lines break and how imports sort."""
    for command in (["check", "--select", "F401,I", "--fix-only", "--quiet"], ["format", "--quiet"]):
        call = [sys.executable, "-m", "ruff", *command, "--stdin-filename", str(source), "-"]
        text = subprocess.run(call, input=text, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    return text


def is_same(path: Path, text: str) -> bool:
    """Tell whether a derived file is what it should be."""
    return path.exists() and path.read_text() == text


def difference(path: Path, text: str) -> str:
    """Return a unified diff from what a derived file is to what it should be."""
    name = str(path.relative_to(ROOT))
    old = path.read_text().splitlines() if path.exists() else []
    return "\n".join(difflib.unified_diff(old, text.splitlines(), name, f"{name} (derived)", lineterm=""))


if __name__ == "__main__":
    sys.exit(main())
