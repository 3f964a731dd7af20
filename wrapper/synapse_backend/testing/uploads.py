"""Files that come in parts: each part must continue where the last one ended, and the whole must have the MD5 that is claimed."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from synapse_backend.testing.clock import wire
from synapse_backend.testing.content import Content, StoredFile, keep
from synapse_backend.testing.messages import JsonObject, RequestError
from synapse_backend.testing.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, MutableMapping

    from synapse_backend.testing.content import Bytes

UPLOADING = 1
COMPLETE = 2
_CONTENT_TYPE = "application/octet-stream"
_RANGE = re.compile(r"bytes ([0-9]+)-([0-9]+)/([0-9]+)", re.ASCII)


class Uploads:
    """All uploads in parts: their rows, and the bytes of those that are not complete.

    Attributes:
        table: Rows are uploads as answered, but `id` is an integer, and `url` and `file` are paths on the mock.
    """

    def __init__(
        self,
        rows: Iterable[JsonObject] | Callable[[], Iterable[JsonObject]] = (),
        contents: Mapping[int, Content] | None = None,
    ) -> None:
        self.table = Table("upload", rows)
        self._contents = dict(contents or {})
        self._forgotten: set[int] = set()

    def find(self, key: object) -> JsonObject | None:
        """The upload with this id, whether the client knows it as an integer or as a UUID."""
        row = self.table.find(uuid=key) if isinstance(key, str) else self.table.get(key)
        return None if row is None or row["id"] in self._forgotten else row

    def completed(self, key: object) -> JsonObject | None:
        """The same, once all of it is there."""
        row = self.find(key)
        return row if row is not None and row["status"] == COMPLETE else None

    @property
    def open_bytes(self) -> int:
        """Bytes of what is not complete."""
        return sum(content.size for content in self._contents.values())

    def start(self, filename: str, size: int, now: datetime, seconds: float) -> JsonObject:
        """A new upload, still empty."""
        pk = self.table.next_id
        self._contents[pk] = Content()
        return self.table.add(
            {
                "id": pk,
                "uuid": uuid_of(pk),
                "url": f"/chunked_upload/{pk}/",
                "filename": filename,
                "offset": 0,
                "size": size,
                "status": UPLOADING,
                "created_at": wire(now),
                "expires": wire(now + timedelta(seconds=seconds)),
                "completed_at": None,
                "file": None,
                "checksum": None,
            }
        )

    @property
    def contents(self) -> Mapping[int, Content]:
        """What is there of the uploads that are not complete."""
        return self._contents

    def append(self, row: JsonObject, data: Bytes) -> JsonObject:
        """The upload with further bytes at its end."""
        content = self._contents[row["id"]]
        content.append(data)
        return self.table.put({**row, "offset": content.size})

    def content(self, row: JsonObject) -> Content:
        """What is there of an upload that is not complete."""
        return self._contents[row["id"]]

    def add_complete(
        self, files: MutableMapping[str, StoredFile], filename: str, content: bytes, now: datetime
    ) -> JsonObject:
        """An upload that is complete as soon as it begins."""
        row = self.append(self.start(filename, len(content), now, 0), content)
        return self.keep(row, files, now)

    def keep(self, row: JsonObject, files: MutableMapping[str, StoredFile], now: datetime) -> JsonObject:
        """The upload, complete; its bytes are a stored file now."""
        content = self._contents.pop(row["id"])
        stored = keep(files, "chunked_uploads", row["filename"], StoredFile(content, _CONTENT_TYPE, content.md5))
        return self.table.put({**row, **stored, "status": COMPLETE, "completed_at": wire(now)})

    def give_up(self, row: JsonObject) -> None:
        """Let the bytes of an upload go that has expired."""
        self._contents.pop(row["id"], None)

    def end(self, row: JsonObject, now: datetime, *, forget: bool) -> None:
        """Let an upload expire, or forget that there ever was one."""
        if forget:
            self._forgotten.add(row["id"])
            self.give_up(row)
        else:
            self.table.put({**row, "status": UPLOADING, "expires": wire(now)})


def uuid_of(pk: int) -> str:
    """What an upload is called where the mock answers UUIDs."""
    digits = hashlib.sha256(f"upload {pk}".encode()).hexdigest()
    # Version 4, as if it were random.
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:32]}"


def is_expired(row: JsonObject, now: datetime) -> bool:
    """Whether it is too late to go on with an upload."""
    return row["status"] != COMPLETE and datetime.fromisoformat(row["expires"]) <= now


def part_range(header: str, size: int) -> tuple[int, int, int]:
    """First byte, byte after the last, and total of a `Content-Range` that the contract allows.

    Args:
        header: Its value.
        size: Bytes of the part.

    Raises:
        RequestError: 400, it contradicts itself or the part.
    """
    match = _RANGE.fullmatch(header)
    assert match is not None  # noqa: S101  # the contract has a pattern for it
    first, last, total = map(int, match.groups())
    if last < first or last >= total:
        raise RequestError(400, {"Content-Range": [f"{header} is not a range of a file of {total} bytes."]})
    if size != last - first + 1:
        raise RequestError(400, {"detail": f"The part has {size} bytes, its Content-Range names {last - first + 1}."})
    return first, last + 1, total


def refuse_offset(detail: str, expected: int) -> RequestError:
    """The error for a part that does not continue the upload; it says where to go on."""
    return RequestError(400, {"detail": detail, "offset": expected})
