# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="ConfirmedFile")


@_attrs_define
class ConfirmedFile:
    """What became of an uploaded file."""

    file_key: str
    """ Key of the file. """
    checksum: str
    """ Checksum of the file. """
    success: bool
    """ Whether it is a data file now. """
    data_file_id: int | None | Unset = UNSET
    """ Id of the data file; null when it failed. """
    error: None | str | Unset = UNSET
    """ Why it failed; null when it did not. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        file_key = self.file_key

        checksum = self.checksum

        success = self.success

        data_file_id: int | None | Unset
        if isinstance(self.data_file_id, Unset):
            data_file_id = UNSET
        else:
            data_file_id = self.data_file_id

        error: None | str | Unset
        if isinstance(self.error, Unset):
            error = UNSET
        else:
            error = self.error

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "file_key": file_key,
                "checksum": checksum,
                "success": success,
            }
        )
        if data_file_id is not UNSET:
            field_dict["data_file_id"] = data_file_id
        if error is not UNSET:
            field_dict["error"] = error

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        file_key = d.pop("file_key")

        checksum = d.pop("checksum")

        success = d.pop("success")

        def _parse_data_file_id(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        data_file_id = _parse_data_file_id(d.pop("data_file_id", UNSET))

        def _parse_error(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        error = _parse_error(d.pop("error", UNSET))

        confirmed_file = cls(
            file_key=file_key,
            checksum=checksum,
            success=success,
            data_file_id=data_file_id,
            error=error,
        )

        confirmed_file.additional_properties = d
        return confirmed_file

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
