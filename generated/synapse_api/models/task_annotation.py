# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.task_annotation_action import TaskAnnotationAction
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.annotation import Annotation
    from ..models.task_annotation_data_type_0 import TaskAnnotationDataType0
    from ..models.task_annotation_metadata import TaskAnnotationMetadata


T = TypeVar("T", bound="TaskAnnotation")


@_attrs_define
class TaskAnnotation:
    """An annotation to save: `annotations` and `metadata`, or `action` and `data`."""

    annotations: list[Annotation] | Unset = UNSET
    """ The shapes. """
    metadata: TaskAnnotationMetadata | Unset = UNSET
    """ Who made it and when. """
    action: TaskAnnotationAction | Unset = UNSET
    """ `save` keeps the task open, `submit` completes it. """
    data: None | TaskAnnotationDataType0 | Unset = UNSET
    """ The annotation in the schema of the project. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.task_annotation_data_type_0 import TaskAnnotationDataType0  # noqa: PLC0415

        annotations: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.annotations, Unset):
            annotations = []
            for annotations_item_data in self.annotations:
                annotations_item = annotations_item_data.to_dict()
                annotations.append(annotations_item)

        metadata: dict[str, Any] | Unset = UNSET
        if not isinstance(self.metadata, Unset):
            metadata = self.metadata.to_dict()

        action: str | Unset = UNSET
        if not isinstance(self.action, Unset):
            action = getattr(self.action, "value", self.action)

        data: dict[str, Any] | None | Unset
        if isinstance(self.data, Unset):
            data = UNSET
        elif isinstance(self.data, TaskAnnotationDataType0):
            data = self.data.to_dict()
        else:
            data = self.data

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if annotations is not UNSET:
            field_dict["annotations"] = annotations
        if metadata is not UNSET:
            field_dict["metadata"] = metadata
        if action is not UNSET:
            field_dict["action"] = action
        if data is not UNSET:
            field_dict["data"] = data

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.annotation import Annotation  # noqa: PLC0415
        from ..models.task_annotation_data_type_0 import TaskAnnotationDataType0  # noqa: PLC0415
        from ..models.task_annotation_metadata import TaskAnnotationMetadata  # noqa: PLC0415

        d = dict(src_dict)
        _annotations = d.pop("annotations", UNSET)
        annotations: list[Annotation] | Unset = UNSET
        if _annotations is not UNSET:
            annotations = []
            for annotations_item_data in _annotations:
                annotations_item = Annotation.from_dict(annotations_item_data)

                annotations.append(annotations_item)

        _metadata = d.pop("metadata", UNSET)
        metadata: TaskAnnotationMetadata | Unset
        if isinstance(_metadata, Unset):
            metadata = UNSET
        else:
            metadata = TaskAnnotationMetadata.from_dict(_metadata)

        _action = d.pop("action", UNSET)
        action: TaskAnnotationAction | Unset
        if isinstance(_action, Unset):
            action = UNSET
        else:
            action = TaskAnnotationAction(_action)

        def _parse_data(data: object) -> None | TaskAnnotationDataType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            if not isinstance(data, dict):
                raise TypeError()
            data_type_0 = TaskAnnotationDataType0.from_dict(data)

            return data_type_0

        data = _parse_data(d.pop("data", UNSET))

        task_annotation = cls(
            annotations=annotations,
            metadata=metadata,
            action=action,
            data=data,
        )

        task_annotation.additional_properties = d
        return task_annotation

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
