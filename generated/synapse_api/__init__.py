# Written by scripts/regenerate from openapi.yaml; edit that, not this file.

"""A client library for accessing Synapse Backend"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .client import AuthenticatedClient, Client

_MODULES: dict[str, str] = {"AuthenticatedClient": ".client", "Client": ".client"}


def __dir__() -> list[str]:
    return sorted({**globals(), **_MODULES})


if not TYPE_CHECKING:  # a type checker would take any name from __getattr__

    def __getattr__(name: str) -> object:
        """Import what was asked for when it is asked for."""
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(_MODULES[name], __name__), name)
        globals()[name] = value
        return value


__all__ = (
    "AuthenticatedClient",
    "Client",
)
