# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset, format_datetime, parse_datetime

if TYPE_CHECKING:
    from ..models.ground_truth_dataset import GroundTruthDataset
    from ..models.ground_truth_version_statistics import GroundTruthVersionStatistics


T = TypeVar("T", bound="GroundTruthVersion")


@_attrs_define
class GroundTruthVersion:
    """A version of a ground truth dataset."""

    id: int
    """ Id of the version. """
    version: str
    """ Name of the version. """
    ground_truth_dataset: GroundTruthDataset
    """ A ground truth dataset. """
    event_count: int
    """ Number of its events. """
    description: str
    """ What changed; empty when nobody said. """
    is_active: bool
    """ Whether it is in use. """
    statistics: GroundTruthVersionStatistics
    """ Figures about its events. """
    created_at: datetime.datetime
    """ When it was created. """
    is_archived: bool | Unset = UNSET
    """ Whether it is put away. """
    updated_at: datetime.datetime | Unset = UNSET
    """ When it was last changed. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        version = self.version

        ground_truth_dataset = self.ground_truth_dataset.to_dict()

        event_count = self.event_count

        description = self.description

        is_active = self.is_active

        statistics = self.statistics.to_dict()

        created_at = format_datetime(self.created_at)

        is_archived = self.is_archived

        updated_at: str | Unset = UNSET
        if not isinstance(self.updated_at, Unset):
            updated_at = format_datetime(self.updated_at)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "version": version,
                "ground_truth_dataset": ground_truth_dataset,
                "event_count": event_count,
                "description": description,
                "is_active": is_active,
                "statistics": statistics,
                "created_at": created_at,
            }
        )
        if is_archived is not UNSET:
            field_dict["is_archived"] = is_archived
        if updated_at is not UNSET:
            field_dict["updated_at"] = updated_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.ground_truth_dataset import GroundTruthDataset  # noqa: PLC0415
        from ..models.ground_truth_version_statistics import GroundTruthVersionStatistics  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        version = d.pop("version")

        ground_truth_dataset = GroundTruthDataset.from_dict(d.pop("ground_truth_dataset"))

        event_count = d.pop("event_count")

        description = d.pop("description")

        is_active = d.pop("is_active")

        statistics = GroundTruthVersionStatistics.from_dict(d.pop("statistics"))

        created_at = parse_datetime(d.pop("created_at"))

        is_archived = d.pop("is_archived", UNSET)

        _updated_at = d.pop("updated_at", UNSET)
        updated_at: datetime.datetime | Unset
        if isinstance(_updated_at, Unset):
            updated_at = UNSET
        else:
            updated_at = parse_datetime(_updated_at)

        ground_truth_version = cls(
            id=id,
            version=version,
            ground_truth_dataset=ground_truth_dataset,
            event_count=event_count,
            description=description,
            is_active=is_active,
            statistics=statistics,
            created_at=created_at,
            is_archived=is_archived,
            updated_at=updated_at,
        )

        ground_truth_version.additional_properties = d
        return ground_truth_version

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
