# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset, format_datetime, parse_datetime

if TYPE_CHECKING:
    from ..models.plugin import Plugin


T = TypeVar("T", bound="PluginRelease")


@_attrs_define
class PluginRelease:
    """A release of a plugin."""

    id: int
    """ Id of the release. """
    plugin: int | Plugin
    """ Id of the plugin, or the whole plugin with `expand=plugin`. """
    version: str
    """ Version of the release. """
    changelog: str
    """ What changed; empty when nobody said. """
    is_stable: bool
    """ Whether the release is meant for everybody. """
    file: str
    """ URL of the package. """
    checksum: str | Unset = UNSET
    """ MD5 of the package, 32 hexadecimal digits. """
    size: int | Unset = UNSET
    """ Size of the package in bytes. """
    created_at: datetime.datetime | Unset = UNSET
    """ When the release was created. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.plugin import Plugin  # noqa: PLC0415

        id = self.id

        plugin: dict[str, Any] | int
        if isinstance(self.plugin, Plugin):
            plugin = self.plugin.to_dict()
        else:
            plugin = self.plugin

        version = self.version

        changelog = self.changelog

        is_stable = self.is_stable

        file = self.file

        checksum = self.checksum

        size = self.size

        created_at: str | Unset = UNSET
        if not isinstance(self.created_at, Unset):
            created_at = format_datetime(self.created_at)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "plugin": plugin,
                "version": version,
                "changelog": changelog,
                "is_stable": is_stable,
                "file": file,
            }
        )
        if checksum is not UNSET:
            field_dict["checksum"] = checksum
        if size is not UNSET:
            field_dict["size"] = size
        if created_at is not UNSET:
            field_dict["created_at"] = created_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.plugin import Plugin  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        def _parse_plugin(data: object) -> int | Plugin:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                plugin_type_1 = Plugin.from_dict(data)

                return plugin_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(int | Plugin, data)

        plugin = _parse_plugin(d.pop("plugin"))

        version = d.pop("version")

        changelog = d.pop("changelog")

        is_stable = d.pop("is_stable")

        file = d.pop("file")

        checksum = d.pop("checksum", UNSET)

        size = d.pop("size", UNSET)

        _created_at = d.pop("created_at", UNSET)
        created_at: datetime.datetime | Unset
        if isinstance(_created_at, Unset):
            created_at = UNSET
        else:
            created_at = parse_datetime(_created_at)

        plugin_release = cls(
            id=id,
            plugin=plugin,
            version=version,
            changelog=changelog,
            is_stable=is_stable,
            file=file,
            checksum=checksum,
            size=size,
            created_at=created_at,
        )

        plugin_release.additional_properties = d
        return plugin_release

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
