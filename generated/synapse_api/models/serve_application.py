# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset, format_datetime, parse_datetime

if TYPE_CHECKING:
    from ..models.serve_application_data import ServeApplicationData


T = TypeVar("T", bound="ServeApplication")


@_attrs_define
class ServeApplication:
    """An application that serves a model."""

    id: int
    """ Id of the application. """
    job: int | UUID
    """ An integer; later backends use UUIDs. """
    status: str
    """ For example `DEPLOYING`, `RUNNING`, `UNHEALTHY`, `DEPLOY_FAILED` or `UNAVAILABLE`. """
    data: ServeApplicationData
    """ Facts about the application. """
    plugin_code: None | str | Unset = UNSET
    """ Code of the plugin that the job runs. """
    created_at: datetime.datetime | Unset = UNSET
    """ When it was created. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        job: int | str
        if isinstance(self.job, UUID):
            job = str(self.job)
        else:
            job = self.job

        status = self.status

        data = self.data.to_dict()

        plugin_code: None | str | Unset
        if isinstance(self.plugin_code, Unset):
            plugin_code = UNSET
        else:
            plugin_code = self.plugin_code

        created_at: str | Unset = UNSET
        if not isinstance(self.created_at, Unset):
            created_at = format_datetime(self.created_at)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "job": job,
                "status": status,
                "data": data,
            }
        )
        if plugin_code is not UNSET:
            field_dict["plugin_code"] = plugin_code
        if created_at is not UNSET:
            field_dict["created_at"] = created_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.serve_application_data import ServeApplicationData  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

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

        status = d.pop("status")

        data = ServeApplicationData.from_dict(d.pop("data"))

        def _parse_plugin_code(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        plugin_code = _parse_plugin_code(d.pop("plugin_code", UNSET))

        _created_at = d.pop("created_at", UNSET)
        created_at: datetime.datetime | Unset
        if isinstance(_created_at, Unset):
            created_at = UNSET
        else:
            created_at = parse_datetime(_created_at)

        serve_application = cls(
            id=id,
            job=job,
            status=status,
            data=data,
            plugin_code=plugin_code,
            created_at=created_at,
        )

        serve_application.additional_properties = d
        return serve_application

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
