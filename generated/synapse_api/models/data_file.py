# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset, format_datetime, parse_datetime

if TYPE_CHECKING:
    from ..models.data_file_meta import DataFileMeta


T = TypeVar("T", bound="DataFile")


@_attrs_define
class DataFile:
    """A file that data units can refer to."""

    id: int
    """ Id of the file. """
    checksum: str
    """ MD5 of the file, 32 hexadecimal digits. """
    size: int
    """ Size in bytes. """
    created_at: datetime.datetime
    """ When it was created. """
    file: str | Unset = UNSET
    """ URL of the file. """
    meta: DataFileMeta | Unset = UNSET
    """ Facts about the file, for example its `filename`. """
    updated_at: datetime.datetime | Unset = UNSET
    """ When it was last changed. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        checksum = self.checksum

        size = self.size

        created_at = format_datetime(self.created_at)

        file = self.file

        meta: dict[str, Any] | Unset = UNSET
        if not isinstance(self.meta, Unset):
            meta = self.meta.to_dict()

        updated_at: str | Unset = UNSET
        if not isinstance(self.updated_at, Unset):
            updated_at = format_datetime(self.updated_at)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "checksum": checksum,
                "size": size,
                "created_at": created_at,
            }
        )
        if file is not UNSET:
            field_dict["file"] = file
        if meta is not UNSET:
            field_dict["meta"] = meta
        if updated_at is not UNSET:
            field_dict["updated_at"] = updated_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.data_file_meta import DataFileMeta  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        checksum = d.pop("checksum")

        size = d.pop("size")

        created_at = parse_datetime(d.pop("created_at"))

        file = d.pop("file", UNSET)

        _meta = d.pop("meta", UNSET)
        meta: DataFileMeta | Unset
        if isinstance(_meta, Unset):
            meta = UNSET
        else:
            meta = DataFileMeta.from_dict(_meta)

        _updated_at = d.pop("updated_at", UNSET)
        updated_at: datetime.datetime | Unset
        if isinstance(_updated_at, Unset):
            updated_at = UNSET
        else:
            updated_at = parse_datetime(_updated_at)

        data_file = cls(
            id=id,
            checksum=checksum,
            size=size,
            created_at=created_at,
            file=file,
            meta=meta,
            updated_at=updated_at,
        )

        data_file.additional_properties = d
        return data_file

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
