"""Data collections, data files and data units."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from synapse_backend.testing import showing
from synapse_backend.testing.adding import file_info
from synapse_backend.testing.clock import wire
from synapse_backend.testing.content import keep
from synapse_backend.testing.data import store
from synapse_backend.testing.data.basics import checksum_of
from synapse_backend.testing.errors import REQUIRED
from synapse_backend.testing.listing import Listing, page_of
from synapse_backend.testing.messages import JsonObject, RequestError, invalid, not_found
from synapse_backend.testing.rules import Answer, rule
from synapse_backend.testing.storage import assemble
from synapse_backend.testing.storing import check_space

if TYPE_CHECKING:
    from synapse_backend.testing.app import Call
    from synapse_backend.testing.state import State

MAX_UNITS = 1000
# The documents write ids of files like this, too.
_FILE_ID = re.compile(r"(?:file_id_)?([0-9]{1,18})", re.ASCII)

_COLLECTIONS = Listing(text=lambda _state, row: f"{row['name']}\n{row['description']}")
_UNITS = Listing(exact=("data_collection",), ordering=("id", "data_collection", "created_at", "updated_at"))


# --- data collections -----------------------------------------------------------------------------------------------


def collection_by_id(call: Call) -> JsonObject:
    """The data collection that the path names."""
    collection = call.state.data_collections.get(call.path["pk"])
    if collection is None:
        raise not_found()
    return collection


@rule(target=collection_by_id)
def get_data_collection(call: Call) -> Answer:
    """The data collection, with its file specifications when asked."""
    asked = call.query.get("expand", "").split(",")
    return 200, call.target if "file_specifications" in asked else _without_specifications(call.target)


@rule()
def list_data_collection(call: Call) -> Answer:
    """One page of the data collections that match, newest first."""
    table = call.state.data_collections
    return 200, page_of(call, table, _COLLECTIONS, "/data_collections/", _without_specifications)


def _without_specifications(row: JsonObject) -> JsonObject:
    return {name: value for name, value in row.items() if name != "file_specifications"}


# --- data files -----------------------------------------------------------------------------------------------------


@rule()
def create_data_file(call: Call) -> Answer:
    """A file that comes with the request, or one that was uploaded in parts before."""
    stored, meta = _sent_file(call) if "file" in call.files else _uploaded_file(call)
    return 201, showing.data_file(call.state, add_data_file(call, stored, meta), call.base_url)


def add_data_file(call: Call, stored: JsonObject, meta: JsonObject) -> JsonObject:
    """Make a data file of a stored one.

    Args:
        call: The call.
        stored: Its `file`, `checksum` and `size`.
        meta: Facts about it.
    """
    moment = wire(call.now)
    return call.state.data_files.add({**stored, "meta": meta, "created_at": moment, "updated_at": moment})


def _sent_file(call: Call) -> tuple[JsonObject, JsonObject]:
    part = call.files["file"]
    check_space(call, part.size, part.size)
    filename = part.filename or "file"
    content_type = part.content_type or "application/octet-stream"
    return store(call.state.files, "data_files", filename, part.content, content_type), {"filename": filename}


def _uploaded_file(call: Call) -> tuple[JsonObject, JsonObject]:
    upload = uploaded(call)
    stored = {name: upload[name] for name in ("file", "checksum", "size")}
    return stored, {"filename": upload["filename"], **call.body.get("meta", {})}


def uploaded(call: Call) -> JsonObject:
    """The complete upload that the body names as `chunked_upload`.

    Raises:
        RequestError: 400, there is none, or parts of it are missing.
    """
    key, uploads = call.body["chunked_upload"], call.state.uploads
    upload = uploads.completed(key)
    if upload is None:
        exists = uploads.find(key) is not None
        message = "The upload is not complete." if exists else f'Invalid pk "{key}" - object does not exist.'
        raise invalid(chunked_upload=message)
    return upload


@rule()
def verify_data_files_checksums(call: Call) -> Answer:
    """The ids of those files that exist, by checksum."""
    found = {checksum: call.state.data_files.find(checksum=checksum) for checksum in call.body["checksums"]}
    return 200, {checksum: file["id"] for checksum, file in found.items() if file is not None}


# --- data units -----------------------------------------------------------------------------------------------------


def unit_by_id(call: Call) -> JsonObject:
    """The data unit that the path names."""
    unit = call.state.data_units.get(call.path["pk"])
    if unit is None:
        raise not_found()
    return unit


@rule(target=unit_by_id)
def get_data_unit(call: Call) -> Answer:
    """The data unit, with its files when asked."""
    return 200, _shown(call, call.target)


@rule()
def list_data_units(call: Call) -> Answer:
    """One page of the data units that match, newest first."""
    return 200, page_of(call, call.state.data_units, _UNITS, "/data_units/", lambda row: _shown(call, row))


def _shown(call: Call, row: JsonObject) -> JsonObject:
    if "files" in call.query.get("expand", ()):
        return showing.data_unit(call.state, row, call.base_url)
    return {name: value for name, value in row.items() if name != "files"}


@rule()
def create_data_units(call: Call) -> Answer:
    """New data units of files that were uploaded before; all of them or none."""
    items = call.items
    if len(items) > MAX_UNITS:
        detail = f"At most {MAX_UNITS} data units can be created at once, not {len(items)}."
        raise RequestError(400, {"code": "BULK_SIZE_EXCEEDED", "detail": detail})
    rows: list[JsonObject] = []
    problems: JsonObject = {}
    for position, item in enumerate(items):
        try:
            rows.append(_unit(call, item))
        except RequestError as error:
            problems[str(position)] = error.body
    if problems:
        raise RequestError(400, problems if isinstance(call.body, list) else problems["0"])
    return 201, [_shown(call, call.state.data_units.add(row)) for row in rows]


def _unit(call: Call, item: JsonObject) -> JsonObject:
    if "data_collection" in item and "file" in item:
        raise invalid(non_field_errors="data_collection and file belong to different forms of this call.")
    if "data_collection" in item:
        files = _files_by_checksum(call.state, item)
    elif "file" in item:
        files = _files_by_id(call.state, item["file"])
    else:
        raise invalid(data_collection=REQUIRED)
    moment = wire(call.now)
    return {
        "data_collection": item.get("data_collection"),
        "files": files,
        "meta": item.get("meta", {}),
        "groups": item.get("groups", []),
        "checksum": checksum_of(info["checksum"] for info in files.values()),
        "created_at": moment,
        "updated_at": moment,
    }


def _files_by_checksum(state: State, item: JsonObject) -> JsonObject:
    collection = state.data_collections.get(item["data_collection"])
    if collection is None:
        raise invalid(data_collection=f'Invalid pk "{item["data_collection"]}" - object does not exist.')
    specifications = {specification["name"]: specification for specification in collection["file_specifications"]}
    files: JsonObject = {}
    problems: JsonObject = {}
    for name, wanted in item["files"].items():
        file = state.data_files.find(checksum=wanted["checksum"])
        if name not in specifications:
            problems[name] = [f"The collection has no such file; it has {', '.join(specifications)}."]
        elif file is None:
            problems[name] = [f"No file with the checksum {wanted['checksum']:.64} was uploaded."]
        else:
            original = wanted.get("path", "").replace("\\", "/").rpartition("/")[2]
            files[name] = file_info(name, file, original, is_primary=specifications[name].get("is_primary", False))
    for name, specification in specifications.items():
        if specification["is_required"] and name not in item["files"]:
            problems[name] = [REQUIRED]
    if problems:
        raise RequestError(400, {"files": problems})
    return files


def _files_by_id(state: State, wanted: JsonObject) -> JsonObject:
    files: JsonObject = {}
    problems: JsonObject = {}
    for name, key in wanted.items():
        match = _FILE_ID.fullmatch(str(key))
        file = None if match is None else state.data_files.get(int(match[1]))
        if file is None:
            problems[name] = [f'Invalid pk "{key!s:.100}" - object does not exist.']
        else:
            files[name] = file_info(name, file, is_primary=not files)
    if problems:
        raise RequestError(400, {"file": problems})
    return files


# --- uploads to the storage -----------------------------------------------------------------------------------------


@rule()
def request_presigned_upload(call: Call) -> Answer:
    """A URL for each file, or for each part of a large one."""
    for file in call.body["files"]:
        check_space(call, file["size"], 0)
    expires = call.now + timedelta(seconds=call.body.get("expiration", 3600))
    return 200, call.state.objects.issue(call.body["files"], expires, call.base_url, call.options.uploads)


@rule()
def confirm_presigned_upload(call: Call) -> Answer:
    """A data file of each file that is there and is what the client says it is."""
    created = call.state.data_files.added
    results = [_confirmed(call, file) for file in call.body["files"]]
    failed = sum(not result["success"] for result in results)
    return 200, {
        "results": results,
        "created_count": call.state.data_files.added - created,
        "failed_count": failed,
    }


def _confirmed(call: Call, file: JsonObject) -> JsonObject:
    result = {"file_key": file["file_key"], "checksum": file["checksum"]}
    ticket = call.state.objects.find(file["file_key"])
    if ticket is None:
        return {**result, "success": False, "data_file_id": None, "error": "There is no such key."}
    if ticket.data_file is None:
        try:
            stored = assemble(ticket, file)
        except RequestError as error:
            return {**result, "success": False, "data_file_id": None, "error": error.body["detail"]}
        fields = keep(call.state.files, "data_files", ticket.filename, stored)
        ticket.data_file = add_data_file(call, fields, {"filename": ticket.filename})["id"]
        ticket.objects.clear()
    return {**result, "success": True, "data_file_id": ticket.data_file, "error": None}
