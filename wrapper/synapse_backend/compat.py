"""Lets code that was written for the platform's own SDK run on this client."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

from synapse_backend import _errors
from synapse_backend._async.client import AsyncBackendClient
from synapse_backend._sync.client import BackendClient

_ROOT = "synapse_sdk"


def install_as_synapse_sdk(*, force: bool = False) -> None:
    """Make `synapse_sdk.clients.backend` and `synapse_sdk.clients.exceptions` importable, backed by this client.

    Call it once, before the first import of `synapse_sdk`. A second call does nothing.

    Args:
        force: Take the place of the real package where that is installed.

    Raises:
        RuntimeError: The real package is installed, and `force` is not given.
    """
    if _is_ours(sys.modules.get(_ROOT)):
        return
    if not force and (_ROOT in sys.modules or importlib.util.find_spec(_ROOT) is not None):
        raise RuntimeError(
            "the real synapse_sdk is installed, and code that imports it would get this client instead; "
            "uninstall it, or call install_as_synapse_sdk(force=True)"
        )
    for name in [name for name in sys.modules if name == _ROOT or name.startswith(f"{_ROOT}.")]:
        del sys.modules[name]
    clients = {"BackendClient": BackendClient, "AsyncBackendClient": AsyncBackendClient}
    errors = {name: getattr(_errors, name) for name in _errors.__all__ if name != "error_for_status"}
    root = _module(_ROOT, {}, is_package=True)
    package = _module(f"{_ROOT}.clients", {}, is_package=True)
    root.__dict__["clients"] = package
    package.__dict__["backend"] = _module(f"{_ROOT}.clients.backend", clients)
    package.__dict__["exceptions"] = _module(f"{_ROOT}.clients.exceptions", errors)


def _is_ours(module: ModuleType | None) -> bool:
    return getattr(module, "__synapse_backend__", False) is True


def _module(name: str, names: dict[str, type], *, is_package: bool = False) -> ModuleType:
    module = ModuleType(name, f"Stands in for `{name}`; see `synapse_backend.install_as_synapse_sdk`.")
    module.__dict__.update(names, __synapse_backend__=True)
    if is_package:
        module.__path__ = []
    else:
        module.__dict__["__all__"] = sorted(names)
    sys.modules[name] = module
    return module
