# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset, format_datetime, parse_datetime

if TYPE_CHECKING:
    from ..models.plugin_configuration import PluginConfiguration


T = TypeVar("T", bound="Plugin")


@_attrs_define
class Plugin:
    """A plugin."""

    id: int
    """ Id of the plugin. """
    name: str
    """ Name of the plugin. """
    description: str
    """ What the plugin does; empty when nobody said. """
    version: str
    """ Version of the plugin; empty when nobody said. """
    author: str
    """ Who wrote it; empty when nobody said. """
    category: str
    """ Free text; empty when nobody said. """
    configuration: PluginConfiguration
    """ Schema of the configuration; `parameters` maps a name to its `type` and `default`. """
    code: str | Unset = UNSET
    """ Short name for URLs. """
    created_at: datetime.datetime | Unset = UNSET
    """ When the plugin was created. """
    updated_at: datetime.datetime | Unset = UNSET
    """ When the plugin was last changed. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        description = self.description

        version = self.version

        author = self.author

        category = self.category

        configuration = self.configuration.to_dict()

        code = self.code

        created_at: str | Unset = UNSET
        if not isinstance(self.created_at, Unset):
            created_at = format_datetime(self.created_at)

        updated_at: str | Unset = UNSET
        if not isinstance(self.updated_at, Unset):
            updated_at = format_datetime(self.updated_at)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "description": description,
                "version": version,
                "author": author,
                "category": category,
                "configuration": configuration,
            }
        )
        if code is not UNSET:
            field_dict["code"] = code
        if created_at is not UNSET:
            field_dict["created_at"] = created_at
        if updated_at is not UNSET:
            field_dict["updated_at"] = updated_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.plugin_configuration import PluginConfiguration  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        description = d.pop("description")

        version = d.pop("version")

        author = d.pop("author")

        category = d.pop("category")

        configuration = PluginConfiguration.from_dict(d.pop("configuration"))

        code = d.pop("code", UNSET)

        _created_at = d.pop("created_at", UNSET)
        created_at: datetime.datetime | Unset
        if isinstance(_created_at, Unset):
            created_at = UNSET
        else:
            created_at = parse_datetime(_created_at)

        _updated_at = d.pop("updated_at", UNSET)
        updated_at: datetime.datetime | Unset
        if isinstance(_updated_at, Unset):
            updated_at = UNSET
        else:
            updated_at = parse_datetime(_updated_at)

        plugin = cls(
            id=id,
            name=name,
            description=description,
            version=version,
            author=author,
            category=category,
            configuration=configuration,
            code=code,
            created_at=created_at,
            updated_at=updated_at,
        )

        plugin.additional_properties = d
        return plugin

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
