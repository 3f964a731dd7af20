"""Runs the command."""

import io
import sys
from typing import NoReturn

from regeneration.errors import RegenerationError
from regeneration.pins import check_pins


def run() -> NoReturn:
    """Run the command, or say what is missing to run it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # contracts hold what a terminal may not be able to show
    try:
        check_pins()
    except RegenerationError as exc:
        print(exc, file=sys.stderr)
        sys.exit(2)
    from regeneration.cli import main  # it imports the tools that may be missing

    sys.exit(main())


if __name__ == "__main__":
    run()
