"""Long tests: how much they try, with which chance, and the table of what came of it.

A test that tries many cases is marked with what it tries and how often, `@pytest.mark.campaign("creates", CREATES)`, and
takes its numbers and its chance from here. `scripts/test` runs a small size of it, `scripts/campaign` the full one; both
take the cases by the seed that orders the tests.
"""

from __future__ import annotations

import random
import shlex
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import pytest

Case = TypeVar("Case")
PROPERTY = "campaign"

_size: float | None = None
_seed = 0


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `scripts/campaign` say how much is to be tried."""
    parser.addoption("--campaign-size", type=float, help="Run the long tests at this part of their full length.")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Take size and seed before the tests are collected, for they decide which cases there are."""
    global _size, _seed
    _size = config.getoption("--campaign-size")
    _seed = config.getoption("randomly_seed", 0)


def count(full: int, small: int) -> int:
    """Return how many cases to try, of those that a campaign of size 1 tries and those of every test run."""
    return small if _size is None else max(small, round(full * _size))


def chance(name: str) -> random.Random:
    """Return the chance of one test, the same for the same seed."""
    return random.Random(f"{_seed} {name}")


def sample(cases: Sequence[Case], small: int) -> list[Case]:
    """Return all cases in a campaign, and a few of them, chosen by the seed, in a test run; in their order."""
    if _size is not None:
        return list(cases)
    numbers = chance("sample").sample(range(len(cases)), small)
    return [cases[number] for number in sorted(numbers)]


def command(nodeid: str) -> str:
    """Return the command that repeats one test alone."""
    if _size is None:
        return f"scripts/test --randomly-seed={_seed} {shlex.quote(nodeid)}"
    return f"scripts/campaign --size {_size:g} --seed {_seed} {shlex.quote(nodeid)}"


# --- what is told -----------------------------------------------------------------------------------------------------


@dataclass
class Row:
    """What became of the tests of one campaign."""

    tried: int = 0
    held: int = 0
    found: int = 0


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say of a test that failed how to repeat it, and of a campaign what it tried."""
    report = yield
    if report.failed:
        report.sections.append(("Repeat with", command(item.nodeid)))
    marker = item.get_closest_marker(PROPERTY)
    if marker is not None:
        report.user_properties.append((PROPERTY, marker.args))
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table of the campaigns, when they are what was asked for."""
    if _size is None:
        return
    rows: dict[str, Row] = {}
    failed: list[str] = []
    for report in [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]:
        told = dict(report.user_properties).get(PROPERTY)
        if told is None or (report.passed and report.when != "call"):
            continue
        title, tried = told
        row = rows.setdefault(title, Row())
        row.tried += tried
        row.held += tried * report.passed
        row.found += report.failed
        if report.failed:
            failed.append(command(report.nodeid))
    terminalreporter.section(f"campaign of size {_size:g}, seed {_seed}")
    width = max(map(len, rows), default=0)
    terminalreporter.line(f"{'':{width}}  {'tried':>8}  {'held':>8}  {'found':>8}")
    for title, row in sorted(rows.items()):
        terminalreporter.line(f"{title:{width}}  {row.tried:>8,}  {row.held:>8,}  {row.found:>8,}")
    for line in failed:
        terminalreporter.line(f"Repeat with: {line}")
