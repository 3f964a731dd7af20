# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.task_priority import TaskPriority
from ..models.task_status import TaskStatus
from ..types import UNSET, Unset, format_datetime, parse_datetime

if TYPE_CHECKING:
    from ..models.annotation import Annotation
    from ..models.assignment import Assignment
    from ..models.data_unit import DataUnit
    from ..models.task_data_type_0 import TaskDataType0
    from ..models.task_files import TaskFiles
    from ..models.task_metadata import TaskMetadata


T = TypeVar("T", bound="Task")


@_attrs_define
class Task:
    """A task: one data unit to be annotated."""

    id: int
    """ Id of the task. """
    project: int
    """ Id of the project. """
    data_unit: DataUnit | int
    """ Id of the data unit, or the whole unit with `expand=data_unit`. """
    status: TaskStatus
    """ State of a task. """
    priority: TaskPriority
    """ How soon something should be done. """
    assignee: int | None
    """ Id of the user who works on it; null when nobody does. """
    metadata: TaskMetadata
    """ Notes on the task. """
    tags: list[int]
    """ Ids of the tags that are set. """
    created_at: datetime.datetime
    """ When it was created. """
    assignment: Assignment | int | None | Unset = UNSET
    """ Id of its assignment, or the whole assignment with `expand=assignment`; null when there is none. """
    annotations: list[Annotation] | Unset = UNSET
    """ The shapes. """
    data: None | TaskDataType0 | Unset = UNSET
    """ The annotation in the schema of the project; null before there is one. """
    files: TaskFiles | Unset = UNSET
    """ The files of the data unit by name. """
    updated_at: datetime.datetime | Unset = UNSET
    """ When it was last changed. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.assignment import Assignment  # noqa: PLC0415
        from ..models.data_unit import DataUnit  # noqa: PLC0415
        from ..models.task_data_type_0 import TaskDataType0  # noqa: PLC0415

        id = self.id

        project = self.project

        data_unit: dict[str, Any] | int
        if isinstance(self.data_unit, DataUnit):
            data_unit = self.data_unit.to_dict()
        else:
            data_unit = self.data_unit

        status = getattr(self.status, "value", self.status)

        priority = getattr(self.priority, "value", self.priority)

        assignee: int | None
        assignee = self.assignee

        metadata = self.metadata.to_dict()

        tags = self.tags

        created_at = format_datetime(self.created_at)

        assignment: dict[str, Any] | int | None | Unset
        if isinstance(self.assignment, Unset):
            assignment = UNSET
        elif isinstance(self.assignment, Assignment):
            assignment = self.assignment.to_dict()
        else:
            assignment = self.assignment

        annotations: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.annotations, Unset):
            annotations = []
            for annotations_item_data in self.annotations:
                annotations_item = annotations_item_data.to_dict()
                annotations.append(annotations_item)

        data: dict[str, Any] | None | Unset
        if isinstance(self.data, Unset):
            data = UNSET
        elif isinstance(self.data, TaskDataType0):
            data = self.data.to_dict()
        else:
            data = self.data

        files: dict[str, Any] | Unset = UNSET
        if not isinstance(self.files, Unset):
            files = self.files.to_dict()

        updated_at: str | Unset = UNSET
        if not isinstance(self.updated_at, Unset):
            updated_at = format_datetime(self.updated_at)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "project": project,
                "data_unit": data_unit,
                "status": status,
                "priority": priority,
                "assignee": assignee,
                "metadata": metadata,
                "tags": tags,
                "created_at": created_at,
            }
        )
        if assignment is not UNSET:
            field_dict["assignment"] = assignment
        if annotations is not UNSET:
            field_dict["annotations"] = annotations
        if data is not UNSET:
            field_dict["data"] = data
        if files is not UNSET:
            field_dict["files"] = files
        if updated_at is not UNSET:
            field_dict["updated_at"] = updated_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.annotation import Annotation  # noqa: PLC0415
        from ..models.assignment import Assignment  # noqa: PLC0415
        from ..models.data_unit import DataUnit  # noqa: PLC0415
        from ..models.task_data_type_0 import TaskDataType0  # noqa: PLC0415
        from ..models.task_files import TaskFiles  # noqa: PLC0415
        from ..models.task_metadata import TaskMetadata  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        project = d.pop("project")

        def _parse_data_unit(data: object) -> DataUnit | int:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                data_unit_type_1 = DataUnit.from_dict(data)

                return data_unit_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(DataUnit | int, data)

        data_unit = _parse_data_unit(d.pop("data_unit"))

        status = TaskStatus(d.pop("status"))

        priority = TaskPriority(d.pop("priority"))

        def _parse_assignee(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        assignee = _parse_assignee(d.pop("assignee"))

        metadata = TaskMetadata.from_dict(d.pop("metadata"))

        tags = cast(list[int], d.pop("tags"))

        created_at = parse_datetime(d.pop("created_at"))

        def _parse_assignment(data: object) -> Assignment | int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                assignment_type_2 = Assignment.from_dict(data)

                return assignment_type_2
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Assignment | int | None | Unset, data)

        assignment = _parse_assignment(d.pop("assignment", UNSET))

        _annotations = d.pop("annotations", UNSET)
        annotations: list[Annotation] | Unset = UNSET
        if _annotations is not UNSET:
            annotations = []
            for annotations_item_data in _annotations:
                annotations_item = Annotation.from_dict(annotations_item_data)

                annotations.append(annotations_item)

        def _parse_data(data: object) -> None | TaskDataType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            if not isinstance(data, dict):
                raise TypeError()
            data_type_0 = TaskDataType0.from_dict(data)

            return data_type_0

        data = _parse_data(d.pop("data", UNSET))

        _files = d.pop("files", UNSET)
        files: TaskFiles | Unset
        if isinstance(_files, Unset):
            files = UNSET
        else:
            files = TaskFiles.from_dict(_files)

        _updated_at = d.pop("updated_at", UNSET)
        updated_at: datetime.datetime | Unset
        if isinstance(_updated_at, Unset):
            updated_at = UNSET
        else:
            updated_at = parse_datetime(_updated_at)

        task = cls(
            id=id,
            project=project,
            data_unit=data_unit,
            status=status,
            priority=priority,
            assignee=assignee,
            metadata=metadata,
            tags=tags,
            created_at=created_at,
            assignment=assignment,
            annotations=annotations,
            data=data,
            files=files,
            updated_at=updated_at,
        )

        task.additional_properties = d
        return task

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
