"""The command `scripts/regenerate`."""

import argparse
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from regeneration import pipeline
from regeneration.errors import RegenerationError
from regeneration.output import COMMAND
from regeneration.pins import check_pins

ROOT = Path(__file__).parents[2]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    options = _parser().parse_args(arguments)
    project = pipeline.Project(options.root.resolve())
    as_json = options.report == "json"
    # A run that is told to end shall remove what it began, as an interrupted one does.
    previous = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return (_check if options.check else _write)(project, as_json=as_json)
    except RegenerationError as exc:
        print(f"{exc}\n{'Nothing was compared' if options.check else 'generated/ was not changed'}.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Interrupted; generated/ was not changed.", file=sys.stderr)
        return 130
    finally:
        signal.signal(signal.SIGTERM, previous)


def _write(project: pipeline.Project, *, as_json: bool) -> int:
    started = time.monotonic()
    changed, report = pipeline.regenerate(project, check_pins())
    state = "was written" if changed else "is up to date"
    status = f"generated/ {state} ({time.monotonic() - started:.1f} s)."
    if as_json:
        print(report.json())
        print(status, file=sys.stderr)
    else:
        print(f"{report.text()}\n{status}")
    return 0


def _check(project: pipeline.Project, *, as_json: bool) -> int:
    difference, report = pipeline.check(project, check_pins())
    if as_json:
        print(report.json())
    if not difference:
        print("generated/ is what openapi.yaml gives.", file=sys.stderr)
        return 0
    if not as_json:
        print(f"{difference}\n\n{report.text()}")
    print(f"generated/ is not what openapi.yaml gives. Run {COMMAND} and commit the result.", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=COMMAND, description="Write generated/ from openapi.yaml.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 when generated/ differs")
    parser.add_argument(
        "--report", choices=("text", "json"), default="text", help="how to say what changed for callers (default: text)"
    )
    parser.add_argument("--root", type=Path, default=ROOT, help="the project (default: the one this script stands in)")
    return parser
