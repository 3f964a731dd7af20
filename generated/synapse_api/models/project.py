# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset, format_datetime, parse_datetime

if TYPE_CHECKING:
    from ..models.project_configuration import ProjectConfiguration
    from ..models.project_metadata import ProjectMetadata
    from ..models.project_settings import ProjectSettings


T = TypeVar("T", bound="Project")


@_attrs_define
class Project:
    """A project."""

    id: int
    """ Id of the project. """
    name: str
    """ Name of the project. """
    description: str
    """ What it is for; empty when nobody said. """
    configuration: ProjectConfiguration
    """ Classes and rules of the annotation. """
    category: str | Unset = UNSET
    """ Kind of data, for example `image`. """
    data_collection: int | None | Unset = UNSET
    """ Id of the data collection that its tasks come from. """
    settings: ProjectSettings | Unset = UNSET
    """ How people work on it. """
    metadata: ProjectMetadata | Unset = UNSET
    """ Notes on the project. """
    created_at: datetime.datetime | Unset = UNSET
    """ When it was created. """
    updated_at: datetime.datetime | Unset = UNSET
    """ When it was last changed. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        description = self.description

        configuration = self.configuration.to_dict()

        category = self.category

        data_collection: int | None | Unset
        if isinstance(self.data_collection, Unset):
            data_collection = UNSET
        else:
            data_collection = self.data_collection

        settings: dict[str, Any] | Unset = UNSET
        if not isinstance(self.settings, Unset):
            settings = self.settings.to_dict()

        metadata: dict[str, Any] | Unset = UNSET
        if not isinstance(self.metadata, Unset):
            metadata = self.metadata.to_dict()

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
                "configuration": configuration,
            }
        )
        if category is not UNSET:
            field_dict["category"] = category
        if data_collection is not UNSET:
            field_dict["data_collection"] = data_collection
        if settings is not UNSET:
            field_dict["settings"] = settings
        if metadata is not UNSET:
            field_dict["metadata"] = metadata
        if created_at is not UNSET:
            field_dict["created_at"] = created_at
        if updated_at is not UNSET:
            field_dict["updated_at"] = updated_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.project_configuration import ProjectConfiguration  # noqa: PLC0415
        from ..models.project_metadata import ProjectMetadata  # noqa: PLC0415
        from ..models.project_settings import ProjectSettings  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        description = d.pop("description")

        configuration = ProjectConfiguration.from_dict(d.pop("configuration"))

        category = d.pop("category", UNSET)

        def _parse_data_collection(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        data_collection = _parse_data_collection(d.pop("data_collection", UNSET))

        _settings = d.pop("settings", UNSET)
        settings: ProjectSettings | Unset
        if isinstance(_settings, Unset):
            settings = UNSET
        else:
            settings = ProjectSettings.from_dict(_settings)

        _metadata = d.pop("metadata", UNSET)
        metadata: ProjectMetadata | Unset
        if isinstance(_metadata, Unset):
            metadata = UNSET
        else:
            metadata = ProjectMetadata.from_dict(_metadata)

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

        project = cls(
            id=id,
            name=name,
            description=description,
            configuration=configuration,
            category=category,
            data_collection=data_collection,
            settings=settings,
            metadata=metadata,
            created_at=created_at,
            updated_at=updated_at,
        )

        project.additional_properties = d
        return project

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
