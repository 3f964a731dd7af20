# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset, format_datetime, parse_datetime

if TYPE_CHECKING:
    from ..models.data_unit import DataUnit
    from ..models.ground_truth_event_data_type_0 import GroundTruthEventDataType0
    from ..models.ground_truth_event_files import GroundTruthEventFiles
    from ..models.ground_truth_event_metadata import GroundTruthEventMetadata


T = TypeVar("T", bound="GroundTruthEvent")


@_attrs_define
class GroundTruthEvent:
    """An annotation that counts as true in a version of a dataset."""

    id: int
    """ Id of the event. """
    data: GroundTruthEventDataType0 | None
    """ The annotation. """
    data_unit: DataUnit
    """ A data unit: files that belong together. """
    ground_truth_dataset_version: int
    """ Id of the version. """
    metadata: GroundTruthEventMetadata
    """ Notes on the event. """
    created_at: datetime.datetime
    """ When it was created. """
    project: int | Unset = UNSET
    """ Id of the project that it comes from. """
    category: str | Unset = UNSET
    """ `train`, `validation` or `test`. """
    data_type: str | Unset = UNSET
    """ Kind of data, for example `image`. """
    files: GroundTruthEventFiles | Unset = UNSET
    """ The files of the data unit by name. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.ground_truth_event_data_type_0 import GroundTruthEventDataType0  # noqa: PLC0415

        id = self.id

        data: dict[str, Any] | None
        if isinstance(self.data, GroundTruthEventDataType0):
            data = self.data.to_dict()
        else:
            data = self.data

        data_unit = self.data_unit.to_dict()

        ground_truth_dataset_version = self.ground_truth_dataset_version

        metadata = self.metadata.to_dict()

        created_at = format_datetime(self.created_at)

        project = self.project

        category = self.category

        data_type = self.data_type

        files: dict[str, Any] | Unset = UNSET
        if not isinstance(self.files, Unset):
            files = self.files.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "data": data,
                "data_unit": data_unit,
                "ground_truth_dataset_version": ground_truth_dataset_version,
                "metadata": metadata,
                "created_at": created_at,
            }
        )
        if project is not UNSET:
            field_dict["project"] = project
        if category is not UNSET:
            field_dict["category"] = category
        if data_type is not UNSET:
            field_dict["data_type"] = data_type
        if files is not UNSET:
            field_dict["files"] = files

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.data_unit import DataUnit  # noqa: PLC0415
        from ..models.ground_truth_event_data_type_0 import GroundTruthEventDataType0  # noqa: PLC0415
        from ..models.ground_truth_event_files import GroundTruthEventFiles  # noqa: PLC0415
        from ..models.ground_truth_event_metadata import GroundTruthEventMetadata  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        def _parse_data(data: object) -> GroundTruthEventDataType0 | None:
            if data is None:
                return data
            if not isinstance(data, dict):
                raise TypeError()
            data_type_0 = GroundTruthEventDataType0.from_dict(data)

            return data_type_0

        data = _parse_data(d.pop("data"))

        data_unit = DataUnit.from_dict(d.pop("data_unit"))

        ground_truth_dataset_version = d.pop("ground_truth_dataset_version")

        metadata = GroundTruthEventMetadata.from_dict(d.pop("metadata"))

        created_at = parse_datetime(d.pop("created_at"))

        project = d.pop("project", UNSET)

        category = d.pop("category", UNSET)

        data_type = d.pop("data_type", UNSET)

        _files = d.pop("files", UNSET)
        files: GroundTruthEventFiles | Unset
        if isinstance(_files, Unset):
            files = UNSET
        else:
            files = GroundTruthEventFiles.from_dict(_files)

        ground_truth_event = cls(
            id=id,
            data=data,
            data_unit=data_unit,
            ground_truth_dataset_version=ground_truth_dataset_version,
            metadata=metadata,
            created_at=created_at,
            project=project,
            category=category,
            data_type=data_type,
            files=files,
        )

        ground_truth_event.additional_properties = d
        return ground_truth_event

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
