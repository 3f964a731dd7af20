# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset, format_datetime, parse_datetime

T = TypeVar("T", bound="ChunkedUpload")


@_attrs_define
class ChunkedUpload:
    """A file that is sent in parts."""

    id: int | UUID
    """ An integer or a UUID. """
    url: str
    """ Where the next part goes. """
    offset: int
    """ Number of bytes that the server has. """
    filename: str | Unset = UNSET
    """ Name of the file. """
    status: int | Unset = UNSET
    """ 1 while parts are due, 2 when it is complete. """
    expires: datetime.datetime | Unset = UNSET
    """ When it is given up. """
    completed_at: datetime.datetime | None | Unset = UNSET
    """ When it was completed; null before. """
    file: None | str | Unset = UNSET
    """ URL of the file; null before it is complete. """
    checksum: None | str | Unset = UNSET
    """ MD5 of the whole file; null before it is complete. """
    size: int | Unset = UNSET
    """ Size of the file in bytes. """
    created_at: datetime.datetime | Unset = UNSET
    """ When it was started. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id: int | str
        if isinstance(self.id, UUID):
            id = str(self.id)
        else:
            id = self.id

        url = self.url

        offset = self.offset

        filename = self.filename

        status = self.status

        expires: str | Unset = UNSET
        if not isinstance(self.expires, Unset):
            expires = format_datetime(self.expires)

        completed_at: None | str | Unset
        if isinstance(self.completed_at, Unset):
            completed_at = UNSET
        elif isinstance(self.completed_at, datetime.datetime):
            completed_at = format_datetime(self.completed_at)
        else:
            completed_at = self.completed_at

        file: None | str | Unset
        if isinstance(self.file, Unset):
            file = UNSET
        else:
            file = self.file

        checksum: None | str | Unset
        if isinstance(self.checksum, Unset):
            checksum = UNSET
        else:
            checksum = self.checksum

        size = self.size

        created_at: str | Unset = UNSET
        if not isinstance(self.created_at, Unset):
            created_at = format_datetime(self.created_at)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "url": url,
                "offset": offset,
            }
        )
        if filename is not UNSET:
            field_dict["filename"] = filename
        if status is not UNSET:
            field_dict["status"] = status
        if expires is not UNSET:
            field_dict["expires"] = expires
        if completed_at is not UNSET:
            field_dict["completed_at"] = completed_at
        if file is not UNSET:
            field_dict["file"] = file
        if checksum is not UNSET:
            field_dict["checksum"] = checksum
        if size is not UNSET:
            field_dict["size"] = size
        if created_at is not UNSET:
            field_dict["created_at"] = created_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_id(data: object) -> int | UUID:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                componentsschemas_upload_id_type_1 = UUID(data)

                return componentsschemas_upload_id_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(int | UUID, data)

        id = _parse_id(d.pop("id"))

        url = d.pop("url")

        offset = d.pop("offset")

        filename = d.pop("filename", UNSET)

        status = d.pop("status", UNSET)

        _expires = d.pop("expires", UNSET)
        expires: datetime.datetime | Unset
        if isinstance(_expires, Unset):
            expires = UNSET
        else:
            expires = parse_datetime(_expires)

        def _parse_completed_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            if not isinstance(data, str):
                raise TypeError()
            completed_at_type_0 = parse_datetime(data)

            return completed_at_type_0

        completed_at = _parse_completed_at(d.pop("completed_at", UNSET))

        def _parse_file(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        file = _parse_file(d.pop("file", UNSET))

        def _parse_checksum(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        checksum = _parse_checksum(d.pop("checksum", UNSET))

        size = d.pop("size", UNSET)

        _created_at = d.pop("created_at", UNSET)
        created_at: datetime.datetime | Unset
        if isinstance(_created_at, Unset):
            created_at = UNSET
        else:
            created_at = parse_datetime(_created_at)

        chunked_upload = cls(
            id=id,
            url=url,
            offset=offset,
            filename=filename,
            status=status,
            expires=expires,
            completed_at=completed_at,
            file=file,
            checksum=checksum,
            size=size,
            created_at=created_at,
        )

        chunked_upload.additional_properties = d
        return chunked_upload

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
