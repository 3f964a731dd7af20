"""`scripts/bench`: runs the measurements and prints a table or JSON."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import sys
from dataclasses import asdict
from importlib.metadata import version
from typing import TYPE_CHECKING, Protocol

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from .measuring import Figure

SUBJECTS = ("calls", "imports", "mock", "regeneration")


class Subject(Protocol):
    """A module that measures."""

    def measure(self, rounds: int) -> list[Figure]:
        """Run that many rounds."""
        ...


def machine() -> dict[str, str]:
    """Describe where the figures come from."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": str(os.cpu_count()),
        "httpx": version("httpx"),
        "synapse-backend-client": version("synapse-backend-client"),
    }


def print_table(figures: dict[str, list[Figure]]) -> None:
    """Print the medians with the spread of the rounds."""
    console = Console()
    if not console.is_terminal:
        console.width = 120
    table = Table(title="Medians", caption=", ".join(f"{key} {value}" for key, value in machine().items()))
    for heading in ("", "median", "lowest", "highest"):
        table.add_column(heading, justify="right" if heading else "left", no_wrap=bool(heading))
    table.add_column("promised")
    for rows in figures.values():
        for row in rows:
            digits = 2 if row.unit in {"x", "s"} else 0 if row.unit == "req/s" else 1
            values = [f"{value:.{digits}f}" for value in (row.value, row.lowest, row.highest)]
            table.add_row(row.name, f"{values[0]} {row.unit}", *values[1:], row.target)
        table.add_section()
    console.print(table)
    for note in dict.fromkeys(row.note for rows in figures.values() for row in rows if row.note):
        console.print(f"  {note}", style="dim")


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("subjects", nargs="*", metavar="subject", help=f"one of {', '.join(SUBJECTS)}; all without")
    parser.add_argument("--rounds", type=int, default=15, help="rounds that count (default 15)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    given = parser.parse_args()
    if unknown := [name for name in given.subjects if name not in SUBJECTS]:
        parser.error(f"nothing is called {', '.join(unknown)}; there are {', '.join(SUBJECTS)}")
    if given.rounds < 1:
        parser.error("--rounds must be at least 1")
    figures: dict[str, list[Figure]] = {}
    for name in given.subjects or SUBJECTS:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        subject: Subject = importlib.import_module(f"benchmarks.{name}")
        figures[name] = subject.measure(given.rounds)
    if given.json:
        rows = [{"subject": name, **asdict(row)} for name, rows in figures.items() for row in rows]
        print(json.dumps({"machine": machine(), "figures": rows}, indent=2))
    else:
        print_table(figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
