# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset, format_datetime, parse_datetime

T = TypeVar("T", bound="AgentHealth")


@_attrs_define
class AgentHealth:
    """State of an agent and of its connection."""

    status: str
    """ `connected` when the backend reached the agent. """
    id: int | Unset = UNSET
    """ Id of the agent. """
    name: str | Unset = UNSET
    """ Name of the agent. """
    url: str | Unset = UNSET
    """ Address at which the backend reached the agent. """
    connected_at: datetime.datetime | Unset = UNSET
    """ When the connection was made. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        status = self.status

        id = self.id

        name = self.name

        url = self.url

        connected_at: str | Unset = UNSET
        if not isinstance(self.connected_at, Unset):
            connected_at = format_datetime(self.connected_at)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "status": status,
            }
        )
        if id is not UNSET:
            field_dict["id"] = id
        if name is not UNSET:
            field_dict["name"] = name
        if url is not UNSET:
            field_dict["url"] = url
        if connected_at is not UNSET:
            field_dict["connected_at"] = connected_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        status = d.pop("status")

        id = d.pop("id", UNSET)

        name = d.pop("name", UNSET)

        url = d.pop("url", UNSET)

        _connected_at = d.pop("connected_at", UNSET)
        connected_at: datetime.datetime | Unset
        if isinstance(_connected_at, Unset):
            connected_at = UNSET
        else:
            connected_at = parse_datetime(_connected_at)

        agent_health = cls(
            status=status,
            id=id,
            name=name,
            url=url,
            connected_at=connected_at,
        )

        agent_health.additional_properties = d
        return agent_health

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
