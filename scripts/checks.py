"""The static checks of the project and what repairs them; `scripts/check` and `scripts/fix` run this."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Check:
    """One tool: how it checks and, where it can, how it repairs.

    Attributes:
        name: What the command line calls it.
        command: The command that only reads.
        fix: The command that writes, if there is one.
        hint: What a person does about a failure that no command repairs.
    """

    name: str
    command: tuple[str, ...]
    fix: tuple[str, ...] | None = None
    hint: str = "mend the lines that it names"


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    check: Check
    passed: bool
    output: str
    seconds: float

    @property
    def line(self) -> str:
        """What the user sees while the commands run."""
        return f"{'ok  ' if self.passed else 'FAIL'}  {self.check.name:<12}{self.seconds:5.1f} s"


def shell_scripts() -> list[str]:
    """Return the shell scripts of the project; their names have no suffix, so their first lines tell."""
    candidates = (path for folder in (".ci", "scripts") for path in sorted((PROJECT / folder).iterdir()))
    return [
        str(path.relative_to(PROJECT))
        for path in candidates
        if path.is_file() and path.read_bytes().startswith((b"#!/bin/sh", b"# shellcheck"))
    ]


# The order is that of scripts/fix: what writes code comes before what tidies it.
CHECKS = (
    Check("regenerate", ("scripts/regenerate", "--check"), fix=("scripts/regenerate",)),
    Check("unasync", ("python", "scripts/unasync.py", "--check"), fix=("python", "scripts/unasync.py")),
    Check("methods", ("python", "scripts/method_tables.py", "--check"), fix=("python", "scripts/method_tables.py")),
    Check(
        "ruff",
        ("ruff", "check", "--quiet", "--output-format=concise"),
        fix=("ruff", "check", "--quiet", "--fix", "--output-format=concise"),
    ),
    Check("format", ("ruff", "format", "--check"), fix=("ruff", "format", "--quiet")),
    Check("mypy", ("mypy", "--no-error-summary")),
    Check("pyright", ("pyright", "--warnings", "tests/type_usage")),
    Check("shellcheck", ("shellcheck", "--external-sources", "--source-path=SCRIPTDIR", *shell_scripts())),
)


def run(check: Check, command: tuple[str, ...]) -> Outcome:
    """Run a command of a check in the project's folder and keep what it says."""
    start = time.perf_counter()
    # Without the variable, pyright prints a note when a newer release exists.
    environment = {**os.environ, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"}
    try:
        done = subprocess.run(
            command,
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        passed, output = done.returncode == 0, done.stdout
    except OSError as error:
        passed, output = False, f"{command[0]} could not be started: {error}\n"
    return Outcome(check, passed, output, time.perf_counter() - start)


def check_all(checks: list[Check]) -> list[Outcome]:
    """Run all checks, as many at once as there are processors, and print one line for each as it ends."""
    outcomes = []
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        # The type checkers and the regeneration take longest, so nothing else should keep a processor from them.
        slow_first = sorted(checks, key=lambda check: check.name not in {"mypy", "regenerate", "pyright"})
        for future in as_completed([pool.submit(run, check, check.command) for check in slow_first]):
            outcome = future.result()
            outcomes.append(outcome)
            print(outcome.line, flush=True)
    return sorted(outcomes, key=lambda outcome: checks.index(outcome.check))


def fix_all(checks: list[Check]) -> list[Outcome]:
    """Run all repairs one after the other; each may write what the next one reads."""
    outcomes = []
    for check in checks:
        if check.fix is not None:
            outcomes.append(run(check, check.fix))
            print(outcomes[-1].line, flush=True)
    return outcomes


def report(outcomes: list[Outcome], *, fixing: bool) -> int:
    """Print the output of what failed and a summary, and return the exit status."""
    failed = [outcome for outcome in outcomes if not outcome.passed]
    for outcome in failed:
        print(f"\n--- {outcome.check.name} ---\n{outcome.output.rstrip()}")
    if not failed:
        print(f"All {len(outcomes)} {'repairs' if fixing else 'checks'} passed.")
        return 0
    print(f"\n{len(failed)} of {len(outcomes)} {'repairs' if fixing else 'checks'} failed:")
    for outcome in failed:
        repairable = outcome.check.fix is not None and not fixing
        print(f"  {outcome.check.name}: {f'scripts/fix {outcome.check.name}' if repairable else outcome.check.hint}")
    return 1


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    names = {check.name: check for check in CHECKS}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("verb", choices=["check", "fix"])
    parser.add_argument("names", nargs="*", metavar="name", help=f"one of {', '.join(names)}; all when none is given")
    given = parser.parse_args(arguments)
    if unknown := [name for name in given.names if name not in names]:
        parser.error(f"no check is called {', '.join(unknown)}; there are {', '.join(names)}")
    chosen = [check for check in CHECKS if not given.names or check.name in given.names]
    if given.verb == "fix":
        return report(fix_all(chosen), fixing=True)
    return report(check_all(chosen), fixing=False)


if __name__ == "__main__":
    sys.exit(main())
