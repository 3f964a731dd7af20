# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.task_priority import TaskPriority
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.task_create_data_item import TaskCreateDataItem
    from ..models.task_create_metadata import TaskCreateMetadata


T = TypeVar("T", bound="TaskCreate")


@_attrs_define
class TaskCreate:
    """A new task."""

    project: int
    """ Id of the project. """
    data_unit: int | Unset = UNSET
    """ Id of the data unit to annotate. """
    priority: TaskPriority | Unset = UNSET
    """ How soon something should be done. """
    assignee: int | Unset = UNSET
    """ Id of the user who shall do it. """
    metadata: TaskCreateMetadata | Unset = UNSET
    """ Notes on the task. """
    data: list[TaskCreateDataItem] | Unset = UNSET
    """ The form of later backends: one task for each item, which names its `data_unit`. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        project = self.project

        data_unit = self.data_unit

        priority: str | Unset = UNSET
        if not isinstance(self.priority, Unset):
            priority = getattr(self.priority, "value", self.priority)

        assignee = self.assignee

        metadata: dict[str, Any] | Unset = UNSET
        if not isinstance(self.metadata, Unset):
            metadata = self.metadata.to_dict()

        data: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.data, Unset):
            data = []
            for data_item_data in self.data:
                data_item = data_item_data.to_dict()
                data.append(data_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "project": project,
            }
        )
        if data_unit is not UNSET:
            field_dict["data_unit"] = data_unit
        if priority is not UNSET:
            field_dict["priority"] = priority
        if assignee is not UNSET:
            field_dict["assignee"] = assignee
        if metadata is not UNSET:
            field_dict["metadata"] = metadata
        if data is not UNSET:
            field_dict["data"] = data

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.task_create_data_item import TaskCreateDataItem  # noqa: PLC0415
        from ..models.task_create_metadata import TaskCreateMetadata  # noqa: PLC0415

        d = dict(src_dict)
        project = d.pop("project")

        data_unit = d.pop("data_unit", UNSET)

        _priority = d.pop("priority", UNSET)
        priority: TaskPriority | Unset
        if isinstance(_priority, Unset):
            priority = UNSET
        else:
            priority = TaskPriority(_priority)

        assignee = d.pop("assignee", UNSET)

        _metadata = d.pop("metadata", UNSET)
        metadata: TaskCreateMetadata | Unset
        if isinstance(_metadata, Unset):
            metadata = UNSET
        else:
            metadata = TaskCreateMetadata.from_dict(_metadata)

        _data = d.pop("data", UNSET)
        data: list[TaskCreateDataItem] | Unset = UNSET
        if _data is not UNSET:
            data = []
            for data_item_data in _data:
                data_item = TaskCreateDataItem.from_dict(data_item_data)

                data.append(data_item)

        task_create = cls(
            project=project,
            data_unit=data_unit,
            priority=priority,
            assignee=assignee,
            metadata=metadata,
            data=data,
        )

        task_create.additional_properties = d
        return task_create

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
