"""Uploads of large files in parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synapse_backend.testing.content import Content
from synapse_backend.testing.messages import JsonObject, RequestError, not_found
from synapse_backend.testing.rules import Answer, rule
from synapse_backend.testing.storing import check_space, count
from synapse_backend.testing.uploads import COMPLETE, is_expired, part_range, refuse_offset

if TYPE_CHECKING:
    from synapse_backend.testing.app import Call


def upload_by_key(call: Call) -> JsonObject:
    """The upload that the path names, unless it has expired."""
    uploads, key = call.state.uploads, call.path["pk"]
    row = uploads.find(key) if isinstance(key, str) == (call.options.uploads.ids == "uuid") else None
    if row is None:
        raise not_found()
    if is_expired(row, call.now):
        uploads.give_up(row)
        raise RequestError(410, {"detail": "The upload has expired."})
    return row


@rule()
def create_chunked_upload(call: Call) -> Answer:
    """A new upload with its first part."""
    start, stop, total = part_range(call.headers["Content-Range"], call.files["file"].size)
    if start:
        raise refuse_offset("A new upload starts with its first byte.", 0)
    check_space(call, total, stop)
    uploads = call.state.uploads
    row = uploads.start(call.body["filename"], total, call.now, call.options.uploads.expires_after)
    return 200, _shown(call, _append(call, row))


@rule(target=upload_by_key)
def append_chunked_upload(call: Call) -> Answer:
    """The part, at the end of what is there."""
    row, part = call.target, call.files["file"]
    offset = row["offset"]
    start, stop, total = part_range(call.headers["Content-Range"], part.size)
    if stop <= offset:
        count(call, resent=part.size)
    if row["status"] == COMPLETE:
        raise RequestError(400, {"detail": "The upload is already complete."})
    if total != row["size"]:
        raise refuse_offset(f"The upload was started for {row['size']} bytes, not for {total}.", offset)
    if call.body["filename"] != row["filename"]:
        raise refuse_offset("The upload was started for a file of another name.", offset)
    if start != offset:
        raise refuse_offset("The part does not start where the last one ended.", offset)
    check_space(call, total, part.size)
    return 200, _shown(call, _append(call, row))


def _append(call: Call, row: JsonObject) -> JsonObject:
    part = call.files["file"]
    count(call, stored=part.size)
    return call.state.uploads.append(row, part.data)


@rule(target=upload_by_key)
def complete_chunked_upload(call: Call) -> Answer:
    """The upload as a file, when it is whole and has the MD5 that it should have."""
    row = call.target
    if row["status"] == COMPLETE:
        raise RequestError(400, {"detail": "The upload is already complete."})
    if row["offset"] < row["size"]:
        detail = f"The upload is not complete: {row['offset']} of {row['size']} bytes are there."
        raise refuse_offset(detail, row["offset"])
    _check_md5(call, call.state.uploads.content(row))
    return 200, _shown(call, call.state.uploads.keep(row, call.state.files, call.now))


@rule()
def complete_empty_chunked_upload(call: Call) -> Answer:
    """An upload of nothing, complete at once."""
    _check_md5(call, Content())
    filename = call.body.get("filename", "empty")
    return 200, _shown(call, call.state.uploads.add_complete(call.state.files, filename, b"", call.now))


def _check_md5(call: Call, content: Content) -> None:
    if content.md5 != call.body["md5"]:
        raise RequestError(400, {"detail": "The MD5 of the upload is not the one that was named."})


@rule(target=upload_by_key)
def get_chunked_upload(call: Call) -> Answer:
    """The upload as it stands."""
    return 200, _shown(call, call.target)


def _shown(call: Call, row: JsonObject) -> JsonObject:
    options = call.options.uploads
    shown = {name: value for name, value in row.items() if name != "uuid"}
    if options.ids == "uuid":
        shown["id"] = row["uuid"]
        shown["url"] = f"/chunked_upload/{row['uuid']}/"
    if options.urls == "absolute":
        shown["url"] = call.base_url + shown["url"]
    if row["file"] is not None:
        shown["file"] = call.base_url + row["file"]
    return shown
