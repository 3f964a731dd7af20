# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.task_tag_meta import TaskTagMeta


T = TypeVar("T", bound="TaskTag")


@_attrs_define
class TaskTag:
    """A tag for tasks and assignments."""

    id: int
    """ Id of the tag. """
    name: str
    """ Name of the tag. """
    description: str
    """ What it means; empty when nobody said. """
    meta: TaskTagMeta
    """ Notes on the tag. """
    project: int | None | Unset = UNSET
    """ Id of its project; null when every project can use it. """
    color: str | Unset = UNSET
    """ Colour as `#rrggbb`. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        description = self.description

        meta = self.meta.to_dict()

        project: int | None | Unset
        if isinstance(self.project, Unset):
            project = UNSET
        else:
            project = self.project

        color = self.color

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "description": description,
                "meta": meta,
            }
        )
        if project is not UNSET:
            field_dict["project"] = project
        if color is not UNSET:
            field_dict["color"] = color

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.task_tag_meta import TaskTagMeta  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        description = d.pop("description")

        meta = TaskTagMeta.from_dict(d.pop("meta"))

        def _parse_project(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        project = _parse_project(d.pop("project", UNSET))

        color = d.pop("color", UNSET)

        task_tag = cls(
            id=id,
            name=name,
            description=description,
            meta=meta,
            project=project,
            color=color,
        )

        task_tag.additional_properties = d
        return task_tag

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
