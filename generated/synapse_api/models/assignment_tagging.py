# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.assignment_tagging_action import AssignmentTaggingAction
from ..types import UNSET, Unset

T = TypeVar("T", bound="AssignmentTagging")


@_attrs_define
class AssignmentTagging:
    """Tags to set: `assignment_ids` and `tag_ids`, or `ids`, `tags` and `action`."""

    assignment_ids: list[int] | Unset = UNSET
    """ Ids of the assignments. """
    tag_ids: list[int] | Unset = UNSET
    """ Ids of the tags. """
    ids: list[int] | Unset = UNSET
    """ Ids of the assignments. """
    tags: list[int] | Unset = UNSET
    """ Ids of the tags. """
    action: AssignmentTaggingAction | Unset = UNSET
    """ What to do with the tags; `add` when absent. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        assignment_ids: list[int] | Unset = UNSET
        if not isinstance(self.assignment_ids, Unset):
            assignment_ids = self.assignment_ids

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
        if assignment_ids is not UNSET:
            field_dict["assignment_ids"] = assignment_ids
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
        assignment_ids = cast(list[int], d.pop("assignment_ids", UNSET))

        tag_ids = cast(list[int], d.pop("tag_ids", UNSET))

        ids = cast(list[int], d.pop("ids", UNSET))

        tags = cast(list[int], d.pop("tags", UNSET))

        _action = d.pop("action", UNSET)
        action: AssignmentTaggingAction | Unset
        if isinstance(_action, Unset):
            action = UNSET
        else:
            action = AssignmentTaggingAction(_action)

        assignment_tagging = cls(
            assignment_ids=assignment_ids,
            tag_ids=tag_ids,
            ids=ids,
            tags=tags,
            action=action,
        )

        assignment_tagging.additional_properties = d
        return assignment_tagging

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
