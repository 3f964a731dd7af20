# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset, format_datetime, parse_datetime

if TYPE_CHECKING:
    from ..models.file_specification import FileSpecification


T = TypeVar("T", bound="DataCollection")


@_attrs_define
class DataCollection:
    """A data collection."""

    id: int
    """ Id of the data collection. """
    name: str
    """ Name of the data collection. """
    description: str
    """ What it holds; empty when nobody said. """
    project: int | None
    """ Id of the project that uses it. """
    created_at: datetime.datetime
    """ When it was created. """
    category: str | Unset = UNSET
    """ Kind of data, for example `image`. """
    file_specifications: list[FileSpecification] | Unset = UNSET
    """ The files that its data units have. """
    updated_at: datetime.datetime | Unset = UNSET
    """ When it was last changed. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        description = self.description

        project: int | None
        project = self.project

        created_at = format_datetime(self.created_at)

        category = self.category

        file_specifications: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.file_specifications, Unset):
            file_specifications = []
            for file_specifications_item_data in self.file_specifications:
                file_specifications_item = file_specifications_item_data.to_dict()
                file_specifications.append(file_specifications_item)

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
                "project": project,
                "created_at": created_at,
            }
        )
        if category is not UNSET:
            field_dict["category"] = category
        if file_specifications is not UNSET:
            field_dict["file_specifications"] = file_specifications
        if updated_at is not UNSET:
            field_dict["updated_at"] = updated_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.file_specification import FileSpecification  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        description = d.pop("description")

        def _parse_project(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        project = _parse_project(d.pop("project"))

        created_at = parse_datetime(d.pop("created_at"))

        category = d.pop("category", UNSET)

        _file_specifications = d.pop("file_specifications", UNSET)
        file_specifications: list[FileSpecification] | Unset = UNSET
        if _file_specifications is not UNSET:
            file_specifications = []
            for file_specifications_item_data in _file_specifications:
                file_specifications_item = FileSpecification.from_dict(file_specifications_item_data)

                file_specifications.append(file_specifications_item)

        _updated_at = d.pop("updated_at", UNSET)
        updated_at: datetime.datetime | Unset
        if isinstance(_updated_at, Unset):
            updated_at = UNSET
        else:
            updated_at = parse_datetime(_updated_at)

        data_collection = cls(
            id=id,
            name=name,
            description=description,
            project=project,
            created_at=created_at,
            category=category,
            file_specifications=file_specifications,
            updated_at=updated_at,
        )

        data_collection.additional_properties = d
        return data_collection

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
