# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
"""Contains some shared types for properties"""

import datetime
import re
from collections.abc import Mapping, MutableMapping
from http import HTTPStatus
from pathlib import PurePath
from typing import IO, BinaryIO, Generic, Literal, TypeVar

from attrs import define


class Unset:
    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        """Pickle and copy by name, so that it stays the only one"""
        return "UNSET"


UNSET: Unset = Unset()

# The types that `httpx.Client(files=)` can accept, copied from that library.
FileContent = IO[bytes] | bytes | str
FileTypes = (
    # (filename, file (or bytes), content_type)
    tuple[str | None, FileContent, str | None]
    # (filename, file (or bytes), content_type, headers)
    | tuple[str | None, FileContent, str | None, Mapping[str, str]]
)
RequestFiles = list[tuple[str, FileTypes]]


@define
class File:
    """Contains information for file uploads"""

    payload: BinaryIO
    file_name: str | None = None
    mime_type: str | None = None

    def to_tuple(self) -> FileTypes:
        """Return a tuple representation that httpx will accept for multipart/form-data"""
        file_name = self.file_name or PurePath(str(getattr(self.payload, "name", "upload"))).name
        return file_name, self.payload, self.mime_type


_TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d)(:\d\d)?.*")


def parse_datetime(value: str) -> datetime.datetime:
    """Parse a timestamp as RFC 3339 writes it; a leap second becomes the second after it"""
    try:
        return datetime.datetime.fromisoformat(value)
    except ValueError:
        match = _TIMESTAMP.fullmatch(value)
        if match is None:
            raise
        # Needed so seldom that the import should not cost anything otherwise.
        from dateutil.parser import isoparse

        if match[2] != ":60":
            return isoparse(value)
        return isoparse(f"{match[1]}:59{value[match.end(2) :]}") + datetime.timedelta(seconds=1)


def format_datetime(value: datetime.datetime | str) -> str:
    """Return a timestamp with an offset; a datetime without one is in local time, a string stays as it is"""
    if isinstance(value, str):
        return value
    return (value if value.tzinfo else value.astimezone()).isoformat()


def http_status(value: int) -> HTTPStatus | int:
    """Return the member of HTTPStatus, or the number itself where there is none"""
    try:
        return HTTPStatus(value)
    except ValueError:
        return value


T = TypeVar("T")


@define
class Response(Generic[T]):
    """A response from an endpoint"""

    status_code: HTTPStatus | int
    content: bytes
    headers: MutableMapping[str, str]
    parsed: T | None


__all__ = ["UNSET", "File", "FileTypes", "RequestFiles", "Response", "Unset"]
