"""The command `synapse-backend`."""

from __future__ import annotations

import sys

_EXTRA = frozenset({"typer", "rich"})


def main() -> None:
    """Run the command with the arguments of the process."""
    try:
        from synapse_backend.cli.app import app
    except ModuleNotFoundError as error:
        if error.name not in _EXTRA:
            raise
        sys.exit("synapse-backend: the command needs the extra 'cli': pip install 'synapse-backend-client[cli]'")
    app(prog_name="synapse-backend")
