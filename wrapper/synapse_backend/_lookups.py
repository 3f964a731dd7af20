"""What some methods work out from their arguments before a call, and from the answer after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from synapse_api import operations
from synapse_backend._errors import NotFoundError

if TYPE_CHECKING:
    from synapse_api import dicts


def releases_of(
    plugin: int | str | None, params: dicts.ListPluginReleasesParams | Mapping[str, Any] | None
) -> Mapping[str, Any] | None:
    """Return the query for the releases of a plugin, or of all plugins when it is None."""
    if plugin is None:
        return params
    of_plugin: dicts.ListPluginReleasesParams = {"plugin": plugin}
    return {**of_plugin, **(params or {})}


def release_with(
    expand: dicts.PluginReleaseExpand | list[dicts.PluginReleaseExpand] | None,
) -> dicts.GetPluginReleaseParams:
    """Return the query for a release with parts of it sent whole."""
    query: dicts.GetPluginReleaseParams = {} if expand is None else {"expand": expand}
    return query


def internal_storages() -> dicts.ListStoragesParams:
    """Return the query for the storages that the backend keeps its own files in."""
    query: dicts.ListStoragesParams = {"category": "internal"}
    return query


def default_storage(storages: Sequence[dicts.StorageSummary]) -> dicts.StorageSummary:
    """Return the storage that is marked as default, else the first.

    Raises:
        NotFoundError: There is none.
    """
    marked = (storage for storage in storages if storage.get("is_default"))
    storage = next(marked, storages[0] if storages else None)
    if storage is None:
        raise NotFoundError(
            "the backend has no internal storage; make one with create_storage",
            status_code=404,
            method=operations.list_storages.method,
            path=operations.list_storages.path,
        )
    return storage
