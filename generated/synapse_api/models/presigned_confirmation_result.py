# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.confirmed_file import ConfirmedFile


T = TypeVar("T", bound="PresignedConfirmationResult")


@_attrs_define
class PresignedConfirmationResult:
    """What became of the uploaded files."""

    results: list[ConfirmedFile]
    """ One for each file of the request, in its order. """
    created_count: int
    """ Number of data files that were created. """
    failed_count: int
    """ Number of files that failed. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        results = []
        for results_item_data in self.results:
            results_item = results_item_data.to_dict()
            results.append(results_item)

        created_count = self.created_count

        failed_count = self.failed_count

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "results": results,
                "created_count": created_count,
                "failed_count": failed_count,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.confirmed_file import ConfirmedFile  # noqa: PLC0415

        d = dict(src_dict)
        results = []
        _results = d.pop("results")
        for results_item_data in _results:
            results_item = ConfirmedFile.from_dict(results_item_data)

            results.append(results_item)

        created_count = d.pop("created_count")

        failed_count = d.pop("failed_count")

        presigned_confirmation_result = cls(
            results=results,
            created_count=created_count,
            failed_count=failed_count,
        )

        presigned_confirmation_result.additional_properties = d
        return presigned_confirmation_result

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
