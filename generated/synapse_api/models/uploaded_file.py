# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.uploaded_multipart import UploadedMultipart


T = TypeVar("T", bound="UploadedFile")


@_attrs_define
class UploadedFile:
    """A file that was uploaded to the storage."""

    file_key: str
    """ Key that came with the URL. """
    checksum: str
    """ MD5 of the file in hexadecimal digits; SHA-1 is taken, too. """
    size: int
    """ Size in bytes. """
    multipart: UploadedMultipart | Unset = UNSET
    """ The parts of a large file that were uploaded. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        file_key = self.file_key

        checksum = self.checksum

        size = self.size

        multipart: dict[str, Any] | Unset = UNSET
        if not isinstance(self.multipart, Unset):
            multipart = self.multipart.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "file_key": file_key,
                "checksum": checksum,
                "size": size,
            }
        )
        if multipart is not UNSET:
            field_dict["multipart"] = multipart

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.uploaded_multipart import UploadedMultipart  # noqa: PLC0415

        d = dict(src_dict)
        file_key = d.pop("file_key")

        checksum = d.pop("checksum")

        size = d.pop("size")

        _multipart = d.pop("multipart", UNSET)
        multipart: UploadedMultipart | Unset
        if isinstance(_multipart, Unset):
            multipart = UNSET
        else:
            multipart = UploadedMultipart.from_dict(_multipart)

        uploaded_file = cls(
            file_key=file_key,
            checksum=checksum,
            size=size,
            multipart=multipart,
        )

        uploaded_file.additional_properties = d
        return uploaded_file

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
