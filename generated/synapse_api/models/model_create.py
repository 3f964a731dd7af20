# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.model_type import ModelType
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.model_create_configuration import ModelCreateConfiguration
    from ..models.model_create_metrics import ModelCreateMetrics


T = TypeVar("T", bound="ModelCreate")


@_attrs_define
class ModelCreate:
    """A new model, whose file was uploaded before."""

    name: str
    """ Name of the model. """
    project: int
    """ Id of the project. """
    chunked_upload: int | UUID
    """ An integer or a UUID. """
    model_type: ModelType | Unset = UNSET
    """ What a model does. """
    description: str | Unset = UNSET
    """ What the model does. """
    metrics: ModelCreateMetrics | Unset = UNSET
    """ Measured values by name, for example `accuracy`. """
    configuration: ModelCreateConfiguration | Unset = UNSET
    """ How it was trained, for example `framework`. """
    is_active: bool | Unset = UNSET
    """ Whether it is in use; true when absent. """
    plugin: str | Unset = UNSET
    """ Code of the plugin that trained it. Known by later backends. """
    version: str | Unset = UNSET
    """ Version of the model. Known by later backends. """
    checkpoint: int | Unset = UNSET
    """ Id of the model that it was trained from. Known by later backends. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        project = self.project

        chunked_upload: int | str
        if isinstance(self.chunked_upload, UUID):
            chunked_upload = str(self.chunked_upload)
        else:
            chunked_upload = self.chunked_upload

        model_type: str | Unset = UNSET
        if not isinstance(self.model_type, Unset):
            model_type = getattr(self.model_type, "value", self.model_type)

        description = self.description

        metrics: dict[str, Any] | Unset = UNSET
        if not isinstance(self.metrics, Unset):
            metrics = self.metrics.to_dict()

        configuration: dict[str, Any] | Unset = UNSET
        if not isinstance(self.configuration, Unset):
            configuration = self.configuration.to_dict()

        is_active = self.is_active

        plugin = self.plugin

        version = self.version

        checkpoint = self.checkpoint

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "project": project,
                "chunked_upload": chunked_upload,
            }
        )
        if model_type is not UNSET:
            field_dict["model_type"] = model_type
        if description is not UNSET:
            field_dict["description"] = description
        if metrics is not UNSET:
            field_dict["metrics"] = metrics
        if configuration is not UNSET:
            field_dict["configuration"] = configuration
        if is_active is not UNSET:
            field_dict["is_active"] = is_active
        if plugin is not UNSET:
            field_dict["plugin"] = plugin
        if version is not UNSET:
            field_dict["version"] = version
        if checkpoint is not UNSET:
            field_dict["checkpoint"] = checkpoint

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.model_create_configuration import ModelCreateConfiguration  # noqa: PLC0415
        from ..models.model_create_metrics import ModelCreateMetrics  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        project = d.pop("project")

        def _parse_chunked_upload(data: object) -> int | UUID:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                componentsschemas_upload_id_type_1 = UUID(data)

                return componentsschemas_upload_id_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(int | UUID, data)

        chunked_upload = _parse_chunked_upload(d.pop("chunked_upload"))

        _model_type = d.pop("model_type", UNSET)
        model_type: ModelType | Unset
        if isinstance(_model_type, Unset):
            model_type = UNSET
        else:
            model_type = ModelType(_model_type)

        description = d.pop("description", UNSET)

        _metrics = d.pop("metrics", UNSET)
        metrics: ModelCreateMetrics | Unset
        if isinstance(_metrics, Unset):
            metrics = UNSET
        else:
            metrics = ModelCreateMetrics.from_dict(_metrics)

        _configuration = d.pop("configuration", UNSET)
        configuration: ModelCreateConfiguration | Unset
        if isinstance(_configuration, Unset):
            configuration = UNSET
        else:
            configuration = ModelCreateConfiguration.from_dict(_configuration)

        is_active = d.pop("is_active", UNSET)

        plugin = d.pop("plugin", UNSET)

        version = d.pop("version", UNSET)

        checkpoint = d.pop("checkpoint", UNSET)

        model_create = cls(
            name=name,
            project=project,
            chunked_upload=chunked_upload,
            model_type=model_type,
            description=description,
            metrics=metrics,
            configuration=configuration,
            is_active=is_active,
            plugin=plugin,
            version=version,
            checkpoint=checkpoint,
        )

        model_create.additional_properties = d
        return model_create

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
