# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.plugin_create_configuration import PluginCreateConfiguration


T = TypeVar("T", bound="PluginCreate")


@_attrs_define
class PluginCreate:
    """A new plugin."""

    name: str
    """ Name of the plugin. """
    code: str | Unset = UNSET
    """ Short name for URLs. Required by later backends. """
    description: str | Unset = UNSET
    """ What the plugin does. """
    version: str | Unset = UNSET
    """ Version of the plugin. """
    author: str | Unset = UNSET
    """ Who wrote it. """
    category: str | Unset = UNSET
    """ Free text, for example `data_processing`. """
    configuration: PluginCreateConfiguration | Unset = UNSET
    """ Schema of the configuration; `parameters` maps a name to its `type` and `default`. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        code = self.code

        description = self.description

        version = self.version

        author = self.author

        category = self.category

        configuration: dict[str, Any] | Unset = UNSET
        if not isinstance(self.configuration, Unset):
            configuration = self.configuration.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
            }
        )
        if code is not UNSET:
            field_dict["code"] = code
        if description is not UNSET:
            field_dict["description"] = description
        if version is not UNSET:
            field_dict["version"] = version
        if author is not UNSET:
            field_dict["author"] = author
        if category is not UNSET:
            field_dict["category"] = category
        if configuration is not UNSET:
            field_dict["configuration"] = configuration

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.plugin_create_configuration import PluginCreateConfiguration  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        code = d.pop("code", UNSET)

        description = d.pop("description", UNSET)

        version = d.pop("version", UNSET)

        author = d.pop("author", UNSET)

        category = d.pop("category", UNSET)

        _configuration = d.pop("configuration", UNSET)
        configuration: PluginCreateConfiguration | Unset
        if isinstance(_configuration, Unset):
            configuration = UNSET
        else:
            configuration = PluginCreateConfiguration.from_dict(_configuration)

        plugin_create = cls(
            name=name,
            code=code,
            description=description,
            version=version,
            author=author,
            category=category,
            configuration=configuration,
        )

        plugin_create.additional_properties = d
        return plugin_create

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
