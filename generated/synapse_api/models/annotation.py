# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Annotation")


@_attrs_define
class Annotation:
    """One shape or label."""

    type_: str | Unset = UNSET
    """ For example `bbox` or `polygon`. """
    coordinates: list[float] | Unset = UNSET
    """ The box: left, top, right, bottom in pixels. """
    points: list[list[float]] | Unset = UNSET
    """ The corners of a polygon, each x and y in pixels. """
    label: str | Unset = UNSET
    """ Class of the object. """
    confidence: float | Unset = UNSET
    """ How sure the annotator is, from 0 to 1. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        type_ = self.type_

        coordinates: list[float] | Unset = UNSET
        if not isinstance(self.coordinates, Unset):
            coordinates = self.coordinates

        points: list[list[float]] | Unset = UNSET
        if not isinstance(self.points, Unset):
            points = []
            for points_item_data in self.points:
                points_item = points_item_data

                points.append(points_item)

        label = self.label

        confidence = self.confidence

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if type_ is not UNSET:
            field_dict["type"] = type_
        if coordinates is not UNSET:
            field_dict["coordinates"] = coordinates
        if points is not UNSET:
            field_dict["points"] = points
        if label is not UNSET:
            field_dict["label"] = label
        if confidence is not UNSET:
            field_dict["confidence"] = confidence

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        type_ = d.pop("type", UNSET)

        coordinates = cast(list[float], d.pop("coordinates", UNSET))

        _points = d.pop("points", UNSET)
        points: list[list[float]] | Unset = UNSET
        if _points is not UNSET:
            points = []
            for points_item_data in _points:
                points_item = cast(list[float], points_item_data)

                points.append(points_item)

        label = d.pop("label", UNSET)

        confidence = d.pop("confidence", UNSET)

        annotation = cls(
            type_=type_,
            coordinates=coordinates,
            points=points,
            label=label,
            confidence=confidence,
        )

        annotation.additional_properties = d
        return annotation

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
