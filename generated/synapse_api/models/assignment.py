# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.assignment_status import AssignmentStatus
from ..models.task_priority import TaskPriority
from ..types import UNSET, Unset, format_datetime, parse_datetime

if TYPE_CHECKING:
    from ..models.assignment_data_type_0 import AssignmentDataType0
    from ..models.assignment_files import AssignmentFiles
    from ..models.assignment_metadata import AssignmentMetadata


T = TypeVar("T", bound="Assignment")


@_attrs_define
class Assignment:
    """A task in the hands of a person."""

    id: int
    """ Id of the assignment. """
    project: int
    """ Id of the project. """
    status: AssignmentStatus
    """ State of an assignment. """
    assignee: int
    """ Id of the user. """
    data: AssignmentDataType0 | None
    """ The annotation; null before there is one. """
    file: None | str
    """ URL of the main file; null when there is none. """
    metadata: AssignmentMetadata
    """ Notes on the assignment. """
    created_at: datetime.datetime
    """ When it was created. """
    updated_at: datetime.datetime
    """ When it was last changed. """
    task: int | Unset = UNSET
    """ Id of the task. """
    priority: TaskPriority | Unset = UNSET
    """ How soon something should be done. """
    files: AssignmentFiles | Unset = UNSET
    """ The files of the data unit by name. """
    tags: list[int] | Unset = UNSET
    """ Ids of the tags that are set. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.assignment_data_type_0 import AssignmentDataType0  # noqa: PLC0415

        id = self.id

        project = self.project

        status = getattr(self.status, "value", self.status)

        assignee = self.assignee

        data: dict[str, Any] | None
        if isinstance(self.data, AssignmentDataType0):
            data = self.data.to_dict()
        else:
            data = self.data

        file: None | str
        file = self.file

        metadata = self.metadata.to_dict()

        created_at = format_datetime(self.created_at)

        updated_at = format_datetime(self.updated_at)

        task = self.task

        priority: str | Unset = UNSET
        if not isinstance(self.priority, Unset):
            priority = getattr(self.priority, "value", self.priority)

        files: dict[str, Any] | Unset = UNSET
        if not isinstance(self.files, Unset):
            files = self.files.to_dict()

        tags: list[int] | Unset = UNSET
        if not isinstance(self.tags, Unset):
            tags = self.tags

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "project": project,
                "status": status,
                "assignee": assignee,
                "data": data,
                "file": file,
                "metadata": metadata,
                "created_at": created_at,
                "updated_at": updated_at,
            }
        )
        if task is not UNSET:
            field_dict["task"] = task
        if priority is not UNSET:
            field_dict["priority"] = priority
        if files is not UNSET:
            field_dict["files"] = files
        if tags is not UNSET:
            field_dict["tags"] = tags

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.assignment_data_type_0 import AssignmentDataType0  # noqa: PLC0415
        from ..models.assignment_files import AssignmentFiles  # noqa: PLC0415
        from ..models.assignment_metadata import AssignmentMetadata  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        project = d.pop("project")

        status = AssignmentStatus(d.pop("status"))

        assignee = d.pop("assignee")

        def _parse_data(data: object) -> AssignmentDataType0 | None:
            if data is None:
                return data
            if not isinstance(data, dict):
                raise TypeError()
            data_type_0 = AssignmentDataType0.from_dict(data)

            return data_type_0

        data = _parse_data(d.pop("data"))

        def _parse_file(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        file = _parse_file(d.pop("file"))

        metadata = AssignmentMetadata.from_dict(d.pop("metadata"))

        created_at = parse_datetime(d.pop("created_at"))

        updated_at = parse_datetime(d.pop("updated_at"))

        task = d.pop("task", UNSET)

        _priority = d.pop("priority", UNSET)
        priority: TaskPriority | Unset
        if isinstance(_priority, Unset):
            priority = UNSET
        else:
            priority = TaskPriority(_priority)

        _files = d.pop("files", UNSET)
        files: AssignmentFiles | Unset
        if isinstance(_files, Unset):
            files = UNSET
        else:
            files = AssignmentFiles.from_dict(_files)

        tags = cast(list[int], d.pop("tags", UNSET))

        assignment = cls(
            id=id,
            project=project,
            status=status,
            assignee=assignee,
            data=data,
            file=file,
            metadata=metadata,
            created_at=created_at,
            updated_at=updated_at,
            task=task,
            priority=priority,
            files=files,
            tags=tags,
        )

        assignment.additional_properties = d
        return assignment

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
