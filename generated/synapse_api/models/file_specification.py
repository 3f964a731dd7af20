# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="FileSpecification")


@_attrs_define
class FileSpecification:
    """A file that data units of a collection have."""

    name: str
    """ Name of the file in a data unit, for example `image`. """
    is_required: bool
    """ Whether each unit must have it. """
    id: int | Unset = UNSET
    """ Id of the specification. """
    is_primary: bool | Unset = UNSET
    """ Whether it is the main file. """
    file_type: str | Unset = UNSET
    """ Kind of file, for example `image` or `data`. """
    description: str | Unset = UNSET
    """ What the file holds. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        is_required = self.is_required

        id = self.id

        is_primary = self.is_primary

        file_type = self.file_type

        description = self.description

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "is_required": is_required,
            }
        )
        if id is not UNSET:
            field_dict["id"] = id
        if is_primary is not UNSET:
            field_dict["is_primary"] = is_primary
        if file_type is not UNSET:
            field_dict["file_type"] = file_type
        if description is not UNSET:
            field_dict["description"] = description

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        is_required = d.pop("is_required")

        id = d.pop("id", UNSET)

        is_primary = d.pop("is_primary", UNSET)

        file_type = d.pop("file_type", UNSET)

        description = d.pop("description", UNSET)

        file_specification = cls(
            name=name,
            is_required=is_required,
            id=id,
            is_primary=is_primary,
            file_type=file_type,
            description=description,
        )

        file_specification.additional_properties = d
        return file_specification

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
