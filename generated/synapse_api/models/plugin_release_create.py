# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import types
from ..types import UNSET, File, Unset

T = TypeVar("T", bound="PluginReleaseCreate")


@_attrs_define
class PluginReleaseCreate:
    """A new release and its package."""

    plugin: int | str
    """ Id of the plugin; later backends take its code, too. """
    version: str
    """ Version of the release; new for this plugin. """
    file: File
    """ The package, a zip archive; never empty. """
    changelog: str | Unset = UNSET
    """ What changed, for people. """
    is_stable: bool | Unset = UNSET
    """ Whether the release is meant for everybody. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        plugin: int | str
        plugin = self.plugin

        version = self.version

        file = self.file.to_tuple()

        changelog = self.changelog

        is_stable = self.is_stable

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "plugin": plugin,
                "version": version,
                "file": file,
            }
        )
        if changelog is not UNSET:
            field_dict["changelog"] = changelog
        if is_stable is not UNSET:
            field_dict["is_stable"] = is_stable

        return field_dict

    def to_multipart(self) -> types.RequestFiles:
        files: types.RequestFiles = []

        if isinstance(self.plugin, int):
            files.append(("plugin", (None, str(self.plugin).encode(), "text/plain")))
        else:
            files.append(("plugin", (None, str(self.plugin).encode(), "text/plain")))

        files.append(("version", (None, str(self.version).encode(), "text/plain")))

        files.append(("file", self.file.to_tuple()))

        if not isinstance(self.changelog, Unset):
            files.append(("changelog", (None, str(self.changelog).encode(), "text/plain")))

        if not isinstance(self.is_stable, Unset):
            files.append(("is_stable", (None, b"true" if self.is_stable else b"false", "text/plain")))

        for prop_name, prop in self.additional_properties.items():
            files.append((prop_name, (None, str(prop).encode(), "text/plain")))

        return files

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_plugin(data: object) -> int | str:
            return cast(int | str, data)

        plugin = _parse_plugin(d.pop("plugin"))

        version = d.pop("version")

        file = File(payload=BytesIO(d.pop("file")))

        changelog = d.pop("changelog", UNSET)

        is_stable = d.pop("is_stable", UNSET)

        plugin_release_create = cls(
            plugin=plugin,
            version=version,
            file=file,
            changelog=changelog,
            is_stable=is_stable,
        )

        plugin_release_create.additional_properties = d
        return plugin_release_create

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
