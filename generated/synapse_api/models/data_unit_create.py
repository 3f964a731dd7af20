# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.data_unit_create_file import DataUnitCreateFile
    from ..models.data_unit_create_files import DataUnitCreateFiles
    from ..models.data_unit_create_meta import DataUnitCreateMeta


T = TypeVar("T", bound="DataUnitCreate")


@_attrs_define
class DataUnitCreate:
    """A new data unit: `data_collection` and `files`, or, in the older form, `file`."""

    data_collection: int | Unset = UNSET
    """ Id of the data collection. """
    files: DataUnitCreateFiles | Unset = UNSET
    """ The files by the name that the collection gives them. """
    meta: DataUnitCreateMeta | Unset = UNSET
    """ Facts about the unit, for example `origin_file_stem`. """
    groups: list[str] | Unset = UNSET
    """ Names of groups that the unit belongs to. """
    id: int | Unset = UNSET
    """ Number of the unit in the request, in the older form. """
    file: DataUnitCreateFile | Unset = UNSET
    """ Ids of the files by name, in the older form. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        data_collection = self.data_collection

        files: dict[str, Any] | Unset = UNSET
        if not isinstance(self.files, Unset):
            files = self.files.to_dict()

        meta: dict[str, Any] | Unset = UNSET
        if not isinstance(self.meta, Unset):
            meta = self.meta.to_dict()

        groups: list[str] | Unset = UNSET
        if not isinstance(self.groups, Unset):
            groups = self.groups

        id = self.id

        file: dict[str, Any] | Unset = UNSET
        if not isinstance(self.file, Unset):
            file = self.file.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if data_collection is not UNSET:
            field_dict["data_collection"] = data_collection
        if files is not UNSET:
            field_dict["files"] = files
        if meta is not UNSET:
            field_dict["meta"] = meta
        if groups is not UNSET:
            field_dict["groups"] = groups
        if id is not UNSET:
            field_dict["id"] = id
        if file is not UNSET:
            field_dict["file"] = file

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.data_unit_create_file import DataUnitCreateFile  # noqa: PLC0415
        from ..models.data_unit_create_files import DataUnitCreateFiles  # noqa: PLC0415
        from ..models.data_unit_create_meta import DataUnitCreateMeta  # noqa: PLC0415

        d = dict(src_dict)
        data_collection = d.pop("data_collection", UNSET)

        _files = d.pop("files", UNSET)
        files: DataUnitCreateFiles | Unset
        if isinstance(_files, Unset):
            files = UNSET
        else:
            files = DataUnitCreateFiles.from_dict(_files)

        _meta = d.pop("meta", UNSET)
        meta: DataUnitCreateMeta | Unset
        if isinstance(_meta, Unset):
            meta = UNSET
        else:
            meta = DataUnitCreateMeta.from_dict(_meta)

        groups = cast(list[str], d.pop("groups", UNSET))

        id = d.pop("id", UNSET)

        _file = d.pop("file", UNSET)
        file: DataUnitCreateFile | Unset
        if isinstance(_file, Unset):
            file = UNSET
        else:
            file = DataUnitCreateFile.from_dict(_file)

        data_unit_create = cls(
            data_collection=data_collection,
            files=files,
            meta=meta,
            groups=groups,
            id=id,
            file=file,
        )

        data_unit_create.additional_properties = d
        return data_unit_create

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
