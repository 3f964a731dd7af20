"""Runs the command."""

import sys

from regeneration.errors import RegenerationError
from regeneration.pins import check_pins


def run() -> int:
    """Run the command, or say what is missing to run it."""
    try:
        check_pins()
    except RegenerationError as exc:
        print(exc, file=sys.stderr)
        return 2
    from regeneration.cli import main  # it imports the tools that may be missing

    return main()


sys.exit(run())
