# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.storage_category import StorageCategory
from ..models.storage_provider import StorageProvider
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.storage_configuration import StorageConfiguration


T = TypeVar("T", bound="Storage")


@_attrs_define
class Storage:
    """A storage."""

    id: int
    """ Id of the storage. """
    name: str
    """ Name of the storage. """
    provider: StorageProvider
    """ Kind of storage. """
    category: StorageCategory
    """ Whether the backend owns the storage or only reads it. """
    is_default: bool
    """ Whether the backend uses it when nothing else is said. """
    configuration: StorageConfiguration | Unset = UNSET
    """ What the provider needs. Holds secrets. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        provider = getattr(self.provider, "value", self.provider)

        category = getattr(self.category, "value", self.category)

        is_default = self.is_default

        configuration: dict[str, Any] | Unset = UNSET
        if not isinstance(self.configuration, Unset):
            configuration = self.configuration.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "provider": provider,
                "category": category,
                "is_default": is_default,
            }
        )
        if configuration is not UNSET:
            field_dict["configuration"] = configuration

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.storage_configuration import StorageConfiguration  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        provider = StorageProvider(d.pop("provider"))

        category = StorageCategory(d.pop("category"))

        is_default = d.pop("is_default")

        _configuration = d.pop("configuration", UNSET)
        configuration: StorageConfiguration | Unset
        if isinstance(_configuration, Unset):
            configuration = UNSET
        else:
            configuration = StorageConfiguration.from_dict(_configuration)

        storage = cls(
            id=id,
            name=name,
            provider=provider,
            category=category,
            is_default=is_default,
            configuration=configuration,
        )

        storage.additional_properties = d
        return storage

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
