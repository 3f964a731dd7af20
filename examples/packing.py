"""Packs the folder of a plugin into the zip archive that `create_plugin_release` uploads."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from pathlib import Path

    from synapse_backend.types import PluginCreate

# Part of the folder, but of no use on the backend.
_LEFT_OUT = {"README.md", "__init__.py", "__main__.py"}


def describe(folder: Path) -> PluginCreate:
    """Return what `create_plugin` wants to know, from the `config.yaml` of the plugin."""
    config: dict[str, Any] = yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))
    return {
        "name": config["name"],
        "code": config["code"],
        "version": config["version"],
        "description": config["description"],
        "author": config["author"],
        "category": config["category"],
        "configuration": config["configuration"],
    }


def pack(folder: Path, target: Path) -> Path:
    """Write the archive; the same files give the same bytes, so that checksums can be compared.

    Args:
        folder: The plugin: `config.yaml` and its sources.
        target: The archive to write.
    """
    files = sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and str(path.relative_to(folder)) not in _LEFT_OUT
    )
    with zipfile.ZipFile(target, "w") as archive:
        for path in files:
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix())
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return target
