# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.task_tagging_action import TaskTaggingAction
from ..types import UNSET, Unset

T = TypeVar("T", bound="TaskTagging")


@_attrs_define
class TaskTagging:
    """Tags to set: `task_ids` and `tag_ids`, or `ids`, `tags` and `action`."""

    task_ids: list[int] | Unset = UNSET
    """ Ids of the tasks. """
    tag_ids: list[int] | Unset = UNSET
    """ Ids of the tags. """
    ids: list[int] | Unset = UNSET
    """ Ids of the tasks. """
    tags: list[int] | Unset = UNSET
    """ Ids of the tags. """
    action: TaskTaggingAction | Unset = UNSET
    """ What to do with the tags; `add` when absent. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        task_ids: list[int] | Unset = UNSET
        if not isinstance(self.task_ids, Unset):
            task_ids = self.task_ids

        tag_ids: list[int] | Unset = UNSET
        if not isinstance(self.tag_ids, Unset):
            tag_ids = self.tag_ids

        ids: list[int] | Unset = UNSET
        if not isinstance(self.ids, Unset):
            ids = self.ids

        tags: list[int] | Unset = UNSET
        if not isinstance(self.tags, Unset):
            tags = self.tags

        action: str | Unset = UNSET
        if not isinstance(self.action, Unset):
            action = getattr(self.action, "value", self.action)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if task_ids is not UNSET:
            field_dict["task_ids"] = task_ids
        if tag_ids is not UNSET:
            field_dict["tag_ids"] = tag_ids
        if ids is not UNSET:
            field_dict["ids"] = ids
        if tags is not UNSET:
            field_dict["tags"] = tags
        if action is not UNSET:
            field_dict["action"] = action

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        task_ids = cast(list[int], d.pop("task_ids", UNSET))

        tag_ids = cast(list[int], d.pop("tag_ids", UNSET))

        ids = cast(list[int], d.pop("ids", UNSET))

        tags = cast(list[int], d.pop("tags", UNSET))

        _action = d.pop("action", UNSET)
        action: TaskTaggingAction | Unset
        if isinstance(_action, Unset):
            action = UNSET
        else:
            action = TaskTaggingAction(_action)

        task_tagging = cls(
            task_ids=task_ids,
            tag_ids=tag_ids,
            ids=ids,
            tags=tags,
            action=action,
        )

        task_tagging.additional_properties = d
        return task_tagging

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
