"""`scripts/bench`: runs the measurements and shows what came out."""

from __future__ import annotations

import argparse
import importlib
import subprocess
import sys
from pathlib import Path
from typing import Protocol

from . import plot, report
from .libraries import ENVIRONMENT
from .measuring import Figure

SUBJECTS = ("bulk", "calls", "concurrency", "clients", "imports", "lists", "memory", "mock", "regeneration", "uploads")


class Subject(Protocol):
    """A module that measures."""

    def measure(self, rounds: int) -> list[Figure]:
        """Run that many rounds."""
        ...


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Measures what users wait for.")
    parser.add_argument("subjects", nargs="*", metavar="subject", help=f"one of {', '.join(SUBJECTS)}; all without")
    parser.add_argument("--rounds", type=int, default=15, help="rounds that count (default 15)")
    parser.add_argument("--json", metavar="FILE", help="write the figures as JSON; - prints them instead of the table")
    parser.add_argument("--plot", metavar="FILE", type=Path, help="draw what a call costs, as .svg or .png")
    parser.add_argument("--page", metavar="FILE", type=Path, help="replace the figures in a page of the documents")
    given = parser.parse_args(arguments)
    names = given.subjects or SUBJECTS
    if unknown := [name for name in names if name not in SUBJECTS]:
        parser.error(f"nothing is called {', '.join(unknown)}; there are {', '.join(SUBJECTS)}")
    if given.rounds < 1:
        parser.error("--rounds must be at least 1")
    if given.plot is not None and (given.plot.suffix not in (".svg", ".png") or "calls" not in names):
        parser.error("--plot needs a name that ends in .svg or .png, and calls among what is measured")
    if given.page is not None and not given.page.is_file():
        parser.error(f"--page: there is no file {given.page}")

    # Before the measurements, which load the machine themselves.
    about = report.machine()
    figures: list[Figure] = []
    try:
        for name in names:
            print(f"measuring {name} ...", file=sys.stderr, flush=True)
            subject: Subject = importlib.import_module(f"benchmarks.{name}")
            figures += subject.measure(given.rounds)
        if given.plot is not None:
            plot.draw(figures, given.plot)
    except subprocess.CalledProcessError as error:
        if str(ENVIRONMENT) not in str(error.cmd):
            raise
        print(f"{ENVIRONMENT.name} could not be set up: {error}", file=sys.stderr)
        return 2
    if given.json == "-":
        print(report.as_json(figures, about), end="")
    else:
        report.print_table(figures, about)
        if given.json is not None:
            Path(given.json).write_text(report.as_json(figures, about), encoding="utf-8")
    if given.page is not None:
        report.update_page(given.page, report.as_markdown(figures, about))
    return 0


if __name__ == "__main__":
    sys.exit(main())
