# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="FileInfo")


@_attrs_define
class FileInfo:
    """A file and where to get it."""

    url: str
    """ URL of the file. """
    name: str | Unset = UNSET
    """ Name of the file in its data unit, for example `image`. """
    file_name_original: str | Unset = UNSET
    """ Name that the file had when it was uploaded. """
    is_primary: bool | Unset = UNSET
    """ Whether it is the main file of its data unit. """
    checksum: str | Unset = UNSET
    """ MD5 of the file, 32 hexadecimal digits. """
    size: int | Unset = UNSET
    """ Size in bytes. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        url = self.url

        name = self.name

        file_name_original = self.file_name_original

        is_primary = self.is_primary

        checksum = self.checksum

        size = self.size

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "url": url,
            }
        )
        if name is not UNSET:
            field_dict["name"] = name
        if file_name_original is not UNSET:
            field_dict["file_name_original"] = file_name_original
        if is_primary is not UNSET:
            field_dict["is_primary"] = is_primary
        if checksum is not UNSET:
            field_dict["checksum"] = checksum
        if size is not UNSET:
            field_dict["size"] = size

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        url = d.pop("url")

        name = d.pop("name", UNSET)

        file_name_original = d.pop("file_name_original", UNSET)

        is_primary = d.pop("is_primary", UNSET)

        checksum = d.pop("checksum", UNSET)

        size = d.pop("size", UNSET)

        file_info = cls(
            url=url,
            name=name,
            file_name_original=file_name_original,
            is_primary=is_primary,
            checksum=checksum,
            size=size,
        )

        file_info.additional_properties = d
        return file_info

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
