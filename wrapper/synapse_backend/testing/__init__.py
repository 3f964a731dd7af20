"""A Synapse backend for tests: it runs inside the test process, holds state, and keeps to the contract.

    from synapse_backend.testing import MockBackend

    with MockBackend() as backend:
        client = backend.client()

With pytest, ask for the fixture `mock_backend`, `backend_client` or `async_backend_client`. It needs the extra `testing`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from synapse_backend.testing.app import ContractError
    from synapse_backend.testing.backend import MockBackend
    from synapse_backend.testing.faults import FaultError
    from synapse_backend.testing.jobs import Plan
    from synapse_backend.testing.options import TailOptions, UploadOptions
    from synapse_backend.testing.recording import RecordedRequest

__all__ = ["ContractError", "FaultError", "MockBackend", "Plan", "RecordedRequest", "TailOptions", "UploadOptions"]

_MODULES = {
    "ContractError": "app",
    "FaultError": "faults",
    "MockBackend": "backend",
    "Plan": "jobs",
    "RecordedRequest": "recording",
    "TailOptions": "options",
    "UploadOptions": "options",
}
_EXTRA = frozenset({"httptools", "jsonschema_rs"})


def __getattr__(name: str) -> object:
    # Loaded at first use: pytest imports this package at every start, to look for fixtures.
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = import_module(f".{_MODULES[name]}", __name__)
    except ModuleNotFoundError as error:
        if error.name not in _EXTRA:
            raise
        message = f"{name} needs the extra 'testing': pip install 'synapse-backend-client[testing]'"
        raise ImportError(message, name=error.name) from error
    value: object = getattr(module, name)
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
