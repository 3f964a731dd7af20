"""Shows figures: as a table in a terminal, in a page of the documents, as JSON."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.table import Table

from .measuring import Figure

BEGIN, END = "<!-- figures: scripts/bench --page writes what follows -->", "<!-- end of the figures -->"
HEADINGS = ("", "median", "lowest", "highest", "ours / this", "promised")


def machine() -> dict[str, str]:
    """Describe where the figures come from."""
    cpuinfo = Path("/proc/cpuinfo")
    models = (
        [line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        if cpuinfo.exists()
        else []
    )
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": f"{os.cpu_count()}{f' x {models[0]}' if models else ''}",
        "load": f"{os.getloadavg()[0]:.1f}",
        "httpx": version("httpx"),
        "synapse-backend-client": version("synapse-backend-client"),
    }


def row(figure: Figure) -> tuple[str, ...]:
    """Return a figure as text, a column each."""
    digits = 2 if figure.unit == "s" or figure.highest < 10 else 0 if figure.unit.endswith("/s") else 1
    values = [f"{value:.{digits}f}" for value in (figure.value, figure.lowest, figure.highest)]
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
    return figure.name, f"{values[0]} {figure.unit}", values[1], values[2], ratio, figure.target


def notes(figures: Iterable[Figure]) -> list[str]:
    """Return what is to know about the figures, each once."""
    return list(dict.fromkeys(figure.note for figure in figures if figure.note))


def print_table(figures: Sequence[Figure], about: dict[str, str]) -> None:
    """Print the medians with the spread of the rounds."""
    console = Console()
    if not console.is_terminal:
        console.width = 120
    table = Table(caption=", ".join(f"{key} {value}" for key, value in about.items()))
    for heading in HEADINGS:
        table.add_column(heading, justify="left" if heading in ("", "promised") else "right", no_wrap=bool(heading))
    for group, members in groupby(figures, key=lambda figure: figure.group):
        table.add_row(f"[bold]{group}")
        for figure in members:
            name, *values = row(figure)
            table.add_row(f"  {name}", *values)
        table.add_section()
    console.print(table)
    for note in notes(figures):
        console.print(note, style="dim")


def as_json(figures: Iterable[Figure], about: dict[str, str]) -> str:
    """Return the figures as JSON."""
    return json.dumps({"machine": about, "figures": [asdict(figure) for figure in figures]}, indent=2) + "\n"


def as_markdown(figures: Sequence[Figure], about: dict[str, str]) -> str:
    """Return the figures as tables of Markdown, one for each group."""
    lines = [", ".join(f"{key} {value}" for key, value in about.items()) + "."]
    for group, members in groupby(figures, key=lambda figure: figure.group):
        lines += ["", f"| {group} | {' | '.join(HEADINGS[1:])} |", "|---|--:|--:|--:|--:|---|"]
        lines += ["| " + " | ".join(row(figure)) + " |" for figure in members]
    lines += ["", *(f"- {note}" for note in notes(figures))]
    return "\n".join(lines).rstrip() + "\n"


def update_page(page: Path, text: str) -> None:
    """Replace the figures in a page of the documents.

    Raises:
        ValueError: The page has no place for them.
    """
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} has no lines {BEGIN} and {END}")
    page.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", encoding="utf-8")
