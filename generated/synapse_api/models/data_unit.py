# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset, format_datetime, parse_datetime

if TYPE_CHECKING:
    from ..models.data_unit_files import DataUnitFiles
    from ..models.data_unit_meta import DataUnitMeta


T = TypeVar("T", bound="DataUnit")


@_attrs_define
class DataUnit:
    """A data unit: files that belong together."""

    id: int
    """ Id of the data unit. """
    data_collection: int | None
    """ Id of the data collection; null for a unit in the older form. """
    meta: DataUnitMeta
    """ Facts about the unit. """
    created_at: datetime.datetime
    """ When it was created. """
    files: DataUnitFiles | Unset = UNSET
    """ The files by name. """
    groups: list[str] | Unset = UNSET
    """ Names of groups that the unit belongs to. """
    checksum: str | Unset = UNSET
    """ Checksum over its files. """
    updated_at: datetime.datetime | Unset = UNSET
    """ When it was last changed. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        data_collection: int | None
        data_collection = self.data_collection

        meta = self.meta.to_dict()

        created_at = format_datetime(self.created_at)

        files: dict[str, Any] | Unset = UNSET
        if not isinstance(self.files, Unset):
            files = self.files.to_dict()

        groups: list[str] | Unset = UNSET
        if not isinstance(self.groups, Unset):
            groups = self.groups

        checksum = self.checksum

        updated_at: str | Unset = UNSET
        if not isinstance(self.updated_at, Unset):
            updated_at = format_datetime(self.updated_at)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "data_collection": data_collection,
                "meta": meta,
                "created_at": created_at,
            }
        )
        if files is not UNSET:
            field_dict["files"] = files
        if groups is not UNSET:
            field_dict["groups"] = groups
        if checksum is not UNSET:
            field_dict["checksum"] = checksum
        if updated_at is not UNSET:
            field_dict["updated_at"] = updated_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.data_unit_files import DataUnitFiles  # noqa: PLC0415
        from ..models.data_unit_meta import DataUnitMeta  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        def _parse_data_collection(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        data_collection = _parse_data_collection(d.pop("data_collection"))

        meta = DataUnitMeta.from_dict(d.pop("meta"))

        created_at = parse_datetime(d.pop("created_at"))

        _files = d.pop("files", UNSET)
        files: DataUnitFiles | Unset
        if isinstance(_files, Unset):
            files = UNSET
        else:
            files = DataUnitFiles.from_dict(_files)

        groups = cast(list[str], d.pop("groups", UNSET))

        checksum = d.pop("checksum", UNSET)

        _updated_at = d.pop("updated_at", UNSET)
        updated_at: datetime.datetime | Unset
        if isinstance(_updated_at, Unset):
            updated_at = UNSET
        else:
            updated_at = parse_datetime(_updated_at)

        data_unit = cls(
            id=id,
            data_collection=data_collection,
            meta=meta,
            created_at=created_at,
            files=files,
            groups=groups,
            checksum=checksum,
            updated_at=updated_at,
        )

        data_unit.additional_properties = d
        return data_unit

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
