# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.data_file_from_upload_meta import DataFileFromUploadMeta


T = TypeVar("T", bound="DataFileFromUpload")


@_attrs_define
class DataFileFromUpload:
    """A file that was uploaded in parts."""

    chunked_upload: int | UUID
    """ An integer or a UUID. """
    meta: DataFileFromUploadMeta | Unset = UNSET
    """ Facts about the file, for example its `filename`. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        chunked_upload: int | str
        if isinstance(self.chunked_upload, UUID):
            chunked_upload = str(self.chunked_upload)
        else:
            chunked_upload = self.chunked_upload

        meta: dict[str, Any] | Unset = UNSET
        if not isinstance(self.meta, Unset):
            meta = self.meta.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "chunked_upload": chunked_upload,
            }
        )
        if meta is not UNSET:
            field_dict["meta"] = meta

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.data_file_from_upload_meta import DataFileFromUploadMeta  # noqa: PLC0415

        d = dict(src_dict)

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

        _meta = d.pop("meta", UNSET)
        meta: DataFileFromUploadMeta | Unset
        if isinstance(_meta, Unset):
            meta = UNSET
        else:
            meta = DataFileFromUploadMeta.from_dict(_meta)

        data_file_from_upload = cls(
            chunked_upload=chunked_upload,
            meta=meta,
        )

        data_file_from_upload.additional_properties = d
        return data_file_from_upload

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
