# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.ground_truth_data_type_0 import GroundTruthDataType0
    from ..models.ground_truth_files import GroundTruthFiles


T = TypeVar("T", bound="GroundTruth")


@_attrs_define
class GroundTruth:
    """What is true of a data unit."""

    id: int
    """ Id of the ground truth. """
    files: GroundTruthFiles
    """ The files of the data unit by name. """
    data: GroundTruthDataType0 | None
    """ The annotation. """
    ground_truth_dataset: int | Unset = UNSET
    """ Id of the dataset. """
    data_unit: int | Unset = UNSET
    """ Id of the data unit. """
    category: str | Unset = UNSET
    """ `train`, `validation` or `test`. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.ground_truth_data_type_0 import GroundTruthDataType0  # noqa: PLC0415

        id = self.id

        files = self.files.to_dict()

        data: dict[str, Any] | None
        if isinstance(self.data, GroundTruthDataType0):
            data = self.data.to_dict()
        else:
            data = self.data

        ground_truth_dataset = self.ground_truth_dataset

        data_unit = self.data_unit

        category = self.category

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "files": files,
                "data": data,
            }
        )
        if ground_truth_dataset is not UNSET:
            field_dict["ground_truth_dataset"] = ground_truth_dataset
        if data_unit is not UNSET:
            field_dict["data_unit"] = data_unit
        if category is not UNSET:
            field_dict["category"] = category

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.ground_truth_data_type_0 import GroundTruthDataType0  # noqa: PLC0415
        from ..models.ground_truth_files import GroundTruthFiles  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        files = GroundTruthFiles.from_dict(d.pop("files"))

        def _parse_data(data: object) -> GroundTruthDataType0 | None:
            if data is None:
                return data
            if not isinstance(data, dict):
                raise TypeError()
            data_type_0 = GroundTruthDataType0.from_dict(data)

            return data_type_0

        data = _parse_data(d.pop("data"))

        ground_truth_dataset = d.pop("ground_truth_dataset", UNSET)

        data_unit = d.pop("data_unit", UNSET)

        category = d.pop("category", UNSET)

        ground_truth = cls(
            id=id,
            files=files,
            data=data,
            ground_truth_dataset=ground_truth_dataset,
            data_unit=data_unit,
            category=category,
        )

        ground_truth.additional_properties = d
        return ground_truth

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
