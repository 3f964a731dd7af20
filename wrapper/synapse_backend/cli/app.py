"""The commands and their options."""

from __future__ import annotations

from typing import Annotated

import typer

from synapse_backend._version import __version__
from synapse_backend.cli.mock import mock

app = typer.Typer(
    name="synapse-backend",
    help="Tools for the Synapse backend.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"synapse-backend {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Tools for the Synapse backend."""


app.command("mock")(mock)
