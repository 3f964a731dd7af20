# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.serve_application_create_data import ServeApplicationCreateData


T = TypeVar("T", bound="ServeApplicationCreate")


@_attrs_define
class ServeApplicationCreate:
    """A new serve application."""

    job: int | UUID
    """ An integer; later backends use UUIDs. """
    status: str | Unset = UNSET
    """ State of the application. """
    data: ServeApplicationCreateData | Unset = UNSET
    """ Facts about the application. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        job: int | str
        if isinstance(self.job, UUID):
            job = str(self.job)
        else:
            job = self.job

        status = self.status

        data: dict[str, Any] | Unset = UNSET
        if not isinstance(self.data, Unset):
            data = self.data.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "job": job,
            }
        )
        if status is not UNSET:
            field_dict["status"] = status
        if data is not UNSET:
            field_dict["data"] = data

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.serve_application_create_data import ServeApplicationCreateData  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_job(data: object) -> int | UUID:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                componentsschemas_job_id_type_1 = UUID(data)

                return componentsschemas_job_id_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(int | UUID, data)

        job = _parse_job(d.pop("job"))

        status = d.pop("status", UNSET)

        _data = d.pop("data", UNSET)
        data: ServeApplicationCreateData | Unset
        if isinstance(_data, Unset):
            data = UNSET
        else:
            data = ServeApplicationCreateData.from_dict(_data)

        serve_application_create = cls(
            job=job,
            status=status,
            data=data,
        )

        serve_application_create.additional_properties = d
        return serve_application_create

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
