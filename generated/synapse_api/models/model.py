# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.model_type import ModelType
from ..types import UNSET, Unset, format_datetime, parse_datetime

if TYPE_CHECKING:
    from ..models.model_configuration import ModelConfiguration
    from ..models.model_evaluations_item import ModelEvaluationsItem
    from ..models.model_metrics import ModelMetrics
    from ..models.model_versions_item import ModelVersionsItem


T = TypeVar("T", bound="Model")


@_attrs_define
class Model:
    """A machine-learning model."""

    id: int
    """ Id of the model. """
    name: str
    """ Name of the model. """
    description: str
    """ What it does; empty when nobody said. """
    model_type: ModelType | None
    """ What it does; null when nobody said. """
    metrics: ModelMetrics
    """ Measured values by name, for example `accuracy`. """
    project: int
    """ Id of the project. """
    is_active: bool
    """ Whether it is in use. """
    created_at: datetime.datetime
    """ When it was created. """
    file: str | Unset = UNSET
    """ URL of its file; absent when the request says so. """
    checksum: str | Unset = UNSET
    """ MD5 of its file, 32 hexadecimal digits. """
    size: int | Unset = UNSET
    """ Size of its file in bytes. """
    configuration: ModelConfiguration | Unset = UNSET
    """ How it was trained. """
    evaluations: list[ModelEvaluationsItem] | Unset = UNSET
    """ Measurements on datasets. """
    versions: list[ModelVersionsItem] | Unset = UNSET
    """ The versions of the model. """
    updated_at: datetime.datetime | Unset = UNSET
    """ When it was last changed. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        description = self.description

        model_type: None | str
        if isinstance(self.model_type, ModelType):
            model_type = getattr(self.model_type, "value", self.model_type)
        else:
            model_type = self.model_type

        metrics = self.metrics.to_dict()

        project = self.project

        is_active = self.is_active

        created_at = format_datetime(self.created_at)

        file = self.file

        checksum = self.checksum

        size = self.size

        configuration: dict[str, Any] | Unset = UNSET
        if not isinstance(self.configuration, Unset):
            configuration = self.configuration.to_dict()

        evaluations: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.evaluations, Unset):
            evaluations = []
            for evaluations_item_data in self.evaluations:
                evaluations_item = evaluations_item_data.to_dict()
                evaluations.append(evaluations_item)

        versions: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.versions, Unset):
            versions = []
            for versions_item_data in self.versions:
                versions_item = versions_item_data.to_dict()
                versions.append(versions_item)

        updated_at: str | Unset = UNSET
        if not isinstance(self.updated_at, Unset):
            updated_at = format_datetime(self.updated_at)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "description": description,
                "model_type": model_type,
                "metrics": metrics,
                "project": project,
                "is_active": is_active,
                "created_at": created_at,
            }
        )
        if file is not UNSET:
            field_dict["file"] = file
        if checksum is not UNSET:
            field_dict["checksum"] = checksum
        if size is not UNSET:
            field_dict["size"] = size
        if configuration is not UNSET:
            field_dict["configuration"] = configuration
        if evaluations is not UNSET:
            field_dict["evaluations"] = evaluations
        if versions is not UNSET:
            field_dict["versions"] = versions
        if updated_at is not UNSET:
            field_dict["updated_at"] = updated_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.model_configuration import ModelConfiguration  # noqa: PLC0415
        from ..models.model_evaluations_item import ModelEvaluationsItem  # noqa: PLC0415
        from ..models.model_metrics import ModelMetrics  # noqa: PLC0415
        from ..models.model_versions_item import ModelVersionsItem  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        description = d.pop("description")

        def _parse_model_type(data: object) -> ModelType | None:
            if data is None:
                return data
            if not isinstance(data, str):
                raise TypeError()
            model_type_type_0 = ModelType(data)

            return model_type_type_0

        model_type = _parse_model_type(d.pop("model_type"))

        metrics = ModelMetrics.from_dict(d.pop("metrics"))

        project = d.pop("project")

        is_active = d.pop("is_active")

        created_at = parse_datetime(d.pop("created_at"))

        file = d.pop("file", UNSET)

        checksum = d.pop("checksum", UNSET)

        size = d.pop("size", UNSET)

        _configuration = d.pop("configuration", UNSET)
        configuration: ModelConfiguration | Unset
        if isinstance(_configuration, Unset):
            configuration = UNSET
        else:
            configuration = ModelConfiguration.from_dict(_configuration)

        _evaluations = d.pop("evaluations", UNSET)
        evaluations: list[ModelEvaluationsItem] | Unset = UNSET
        if _evaluations is not UNSET:
            evaluations = []
            for evaluations_item_data in _evaluations:
                evaluations_item = ModelEvaluationsItem.from_dict(evaluations_item_data)

                evaluations.append(evaluations_item)

        _versions = d.pop("versions", UNSET)
        versions: list[ModelVersionsItem] | Unset = UNSET
        if _versions is not UNSET:
            versions = []
            for versions_item_data in _versions:
                versions_item = ModelVersionsItem.from_dict(versions_item_data)

                versions.append(versions_item)

        _updated_at = d.pop("updated_at", UNSET)
        updated_at: datetime.datetime | Unset
        if isinstance(_updated_at, Unset):
            updated_at = UNSET
        else:
            updated_at = parse_datetime(_updated_at)

        model = cls(
            id=id,
            name=name,
            description=description,
            model_type=model_type,
            metrics=metrics,
            project=project,
            is_active=is_active,
            created_at=created_at,
            file=file,
            checksum=checksum,
            size=size,
            configuration=configuration,
            evaluations=evaluations,
            versions=versions,
            updated_at=updated_at,
        )

        model.additional_properties = d
        return model

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
