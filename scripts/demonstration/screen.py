"""How the demo looks: coloured and unhurried on a terminal, plain lines elsewhere."""

from __future__ import annotations

import ast
import inspect
import os
import textwrap
import time
from typing import TYPE_CHECKING, TypeVar

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.progress import BarColumn, Progress, TextColumn
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from .pictures import braille

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from synapse_backend import ClientError
    from synapse_backend.types import ConsoleLogEntry, Job

T = TypeVar("T")

_INDENT = "   "
_LEVELS = {"debug": "dim", "info": "cyan", "warning": "yellow", "error": "red"}


def source_of(function: Callable[[], object]) -> str:
    """Return the one expression of a function, so that what the demo shows is what it runs."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)).strip())
    shown = [
        node.body if isinstance(node, ast.Lambda) else node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Lambda | ast.Return)
    ]
    if len(shown) != 1 or shown[0] is None:
        raise ValueError("a step is one lambda in a statement of its own, or a function that only returns")
    return ast.unparse(shown[0]).replace("'", '"')


class Screen:
    """Prints the steps of the demo."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False)
        if not self.console.is_terminal:
            self.console.width = 110
        self._draws = "utf" in self.console.encoding.lower()
        self.animated = self.console.is_terminal and not os.environ.get("CI")
        self._number = 0

    def open(self, title: str, subtitle: str) -> None:
        """Say what is going to happen."""
        text = f"[bold]{title}[/]\n{subtitle}"
        self.console.print(Panel(text, expand=False, border_style="cyan", padding=(0, 2)))

    def announce(self, title: str, call: Callable[[], object]) -> None:
        """Open a step and show the code that it runs."""
        self._number += 1
        self.console.print(f"\n[bold cyan]{self._number}[/]  [bold]{title}[/]")
        code = Syntax("", "python", theme="ansi_dark").highlight(source_of(call))
        code.rstrip()
        code.no_wrap = False
        self.console.print(Padding(code, (0, 0, 0, len(_INDENT)), expand=False))
        self.pause(0.35)

    def step(self, title: str, call: Callable[[], T]) -> T:
        """Open a step, run it and return its result."""
        self.announce(title, call)
        return call()

    def done(self, text: str) -> None:
        """Say what a step came to."""
        self.console.print(f"{_INDENT}[green]{'✓' if self._draws else 'ok:'}[/] {text}")

    def refused(self, error: ClientError) -> None:
        """Show an error and what it carries."""
        table = Table.grid(padding=(0, 2))
        for name in ("status_code", "response", "method", "path", "request_id"):
            table.add_row(f"{_INDENT}  [dim]{name}[/]", Text(repr(getattr(error, name))))
        self.console.print(f"{_INDENT}[yellow]![/] [bold]{type(error).__name__}[/]", table)

    def follow(self, looks: Iterable[tuple[Job, list[ConsoleLogEntry]]]) -> None:
        """Show the progress of a job and each line of its console as it comes."""
        bar = Progress(
            TextColumn(f"{_INDENT}[bold]{{task.description:<9}}[/]"),
            BarColumn(40),
            TextColumn("{task.percentage:>3.0f} %"),
            console=self.console,
            disable=not self.animated,
        )
        shown = 0
        with bar:
            task = bar.add_task("queued", total=100)
            for job, lines in looks:
                for line in lines[shown:]:
                    self._log_line(job, line)
                shown = len(lines)
                bar.update(task, completed=job["progress"], description=job["status"])
                self.pause(0.35)

    def _log_line(self, job: Job, line: ConsoleLogEntry) -> None:
        progress = "" if self.animated else f"{job['status']:<9} {job['progress']:>3.0f} %  "
        text = Text(f"{_INDENT}{progress}")
        text.append(f"{line['timestamp'][11:19]}  ", style="dim")
        text.append(f"{line['level']:<5}  ", style=_LEVELS.get(line["level"].lower(), ""))
        text.append(line["message"])
        self.console.print(text)

    def figures(self, table: Mapping[str, Iterable[str]]) -> None:
        """Show columns of figures; the first holds names."""
        shown = Table(box=None, padding=(0, 3, 0, 0), header_style="dim")
        for position, heading in enumerate(table):
            shown.add_column((_INDENT if not position else "") + heading, justify="right" if position else "left")
        for first, *rest in zip(*table.values(), strict=True):
            shown.add_row(_INDENT + first, *rest)
        self.console.print(shown)

    def pictures(self, images: Iterable[Path]) -> None:
        """Draw black and white images side by side, where the terminal has the characters."""
        if not self._draws:
            return
        row = Table.grid(padding=(0, 2, 0, 0))
        row.add_row(_INDENT.rstrip(), *(Text("\n".join(braille(image)), "cyan") for image in images))
        self.console.print()
        self.console.print(row)

    def pause(self, seconds: float) -> None:
        """Give a reader time, where there is one."""
        if self.animated:
            time.sleep(seconds)
