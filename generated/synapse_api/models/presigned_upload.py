# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.presigned_multipart import PresignedMultipart


T = TypeVar("T", bound="PresignedUpload")


@_attrs_define
class PresignedUpload:
    """Where to upload a file; it has either a `presigned_url` or `multipart`."""

    filename: str
    """ Name of the file. """
    file_key: str
    """ What to confirm the upload with. """
    presigned_url: None | str | Unset = UNSET
    """ URL to PUT the file to. Whoever has it can upload. """
    multipart: None | PresignedMultipart | Unset = UNSET
    """ The parts of a large file. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.presigned_multipart import PresignedMultipart  # noqa: PLC0415

        filename = self.filename

        file_key = self.file_key

        presigned_url: None | str | Unset
        if isinstance(self.presigned_url, Unset):
            presigned_url = UNSET
        else:
            presigned_url = self.presigned_url

        multipart: dict[str, Any] | None | Unset
        if isinstance(self.multipart, Unset):
            multipart = UNSET
        elif isinstance(self.multipart, PresignedMultipart):
            multipart = self.multipart.to_dict()
        else:
            multipart = self.multipart

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "filename": filename,
                "file_key": file_key,
            }
        )
        if presigned_url is not UNSET:
            field_dict["presigned_url"] = presigned_url
        if multipart is not UNSET:
            field_dict["multipart"] = multipart

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.presigned_multipart import PresignedMultipart  # noqa: PLC0415

        d = dict(src_dict)
        filename = d.pop("filename")

        file_key = d.pop("file_key")

        def _parse_presigned_url(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        presigned_url = _parse_presigned_url(d.pop("presigned_url", UNSET))

        def _parse_multipart(data: object) -> None | PresignedMultipart | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            if not isinstance(data, dict):
                raise TypeError()
            multipart_type_1 = PresignedMultipart.from_dict(data)

            return multipart_type_1

        multipart = _parse_multipart(d.pop("multipart", UNSET))

        presigned_upload = cls(
            filename=filename,
            file_key=file_key,
            presigned_url=presigned_url,
            multipart=multipart,
        )

        presigned_upload.additional_properties = d
        return presigned_upload

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
