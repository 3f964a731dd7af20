# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="JobConsoleEvent")


@_attrs_define
class JobConsoleEvent:
    """One event of a console that is followed."""

    type_: str
    """ `connected`, `log`, `complete` or `error`. """
    job_id: int | Unset | UUID = UNSET
    """ An integer; later backends use UUIDs. """
    data: Any | Unset = UNSET
    """ The line of a `log`: an object with `message`, plain text, or the text of an event. """
    message: str | Unset = UNSET
    """ What ended the stream, for `complete` and `error`. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        type_ = self.type_

        job_id: int | str | Unset
        if isinstance(self.job_id, Unset):
            job_id = UNSET
        elif isinstance(self.job_id, UUID):
            job_id = str(self.job_id)
        else:
            job_id = self.job_id

        data = self.data

        message = self.message

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "type": type_,
            }
        )
        if job_id is not UNSET:
            field_dict["job_id"] = job_id
        if data is not UNSET:
            field_dict["data"] = data
        if message is not UNSET:
            field_dict["message"] = message

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        type_ = d.pop("type")

        def _parse_job_id(data: object) -> int | Unset | UUID:
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                componentsschemas_job_id_type_1 = UUID(data)

                return componentsschemas_job_id_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(int | Unset | UUID, data)

        job_id = _parse_job_id(d.pop("job_id", UNSET))

        data = d.pop("data", UNSET)

        message = d.pop("message", UNSET)

        job_console_event = cls(
            type_=type_,
            job_id=job_id,
            data=data,
            message=message,
        )

        job_console_event.additional_properties = d
        return job_console_event

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
