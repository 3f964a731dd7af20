"""What is used of answers about files and units. Where the contract is not kept, the call failed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from synapse_api import operations
from synapse_backend import _uploads
from synapse_backend._errors import ResponseError

if TYPE_CHECKING:
    from synapse_api import dicts
    from synapse_api.operations import Operation
    from synapse_backend._config import ClientConfig

T = TypeVar("T")
_KINDS: Final = {
    dict: "an object",
    list: "a list",
    str: "text",
    bool: "a boolean",
    int: "an integer",
    float: "a number",
    type(None): "missing or null",
}


class Reader:
    """Reads the answer of an operation.

    Every method raises `ResponseError`, which names the operation and the field, for what is not as it should be.

    Args:
        config: Settings of the client.
        operation: What was called.
    """

    def __init__(self, config: ClientConfig, operation: Operation[Any]) -> None:
        self._config = config
        self._operation = operation

    def refused(self, problem: str) -> ResponseError:
        """Return the error for an answer that cannot be used."""
        return _uploads.distrust(self._config, self._operation, "schema", problem)

    def value(self, found: object, kind: type[T], field: str = "the answer") -> T:
        """Return a value that has the type which it must have."""
        if not isinstance(found, kind) or (isinstance(found, bool) and kind is not bool):
            raise self.refused(f"{field} is {_KINDS[type(found)]} instead of {_KINDS[kind]}")
        return found

    def pk(self, found: object, field: str = "id") -> int:
        """Return an id. Contract and types say that it is a number, but text serves as well."""
        return self.value(found, int, field) if not isinstance(found, str) or not found else cast("int", found)

    def objects(self, found: object, field: str = "the answer") -> list[dict[str, Any]]:
        """Return a list of objects."""
        return [self.value(item, dict, f"an item of {field}") for item in self.value(found, list, field)]

    def ids(self, found: object, number: int) -> list[int]:
        """Return the ids of what a request created, as many as were sent."""
        ids = [self.value(item.get("id"), int, "id") for item in self.objects(found)]
        if len(ids) != number:
            raise self.refused(f"the answer has {len(ids)} ids for {number} that were sent")
        return ids


def data_file(config: ClientConfig, answer: object, path: str, *, size: int, md5: str) -> dicts.DataFile:
    """Return the answer about a file that was created, with the facts that not every backend tells.

    Args:
        config: Settings of the client.
        answer: What came.
        path: Path or name of the file, for messages.
        size: Bytes that were sent.
        md5: Their MD5.

    Raises:
        ResponseError: The answer cannot be used.
        ChecksumMismatchError: The backend has something else than was sent.
    """
    reader = Reader(config, operations.create_data_file)
    found: dict[str, Any] = reader.value(answer, dict)
    reader.pk(found.get("id"))
    checksum, told = found.get("checksum"), found.get("size", found.get("file_size"))
    wrong = []
    if checksum is not None and str(checksum).lower() != md5:
        wrong.append(f"checksum {checksum} instead of {md5}")
    if told is not None and told != size:
        wrong.append(f"{told} bytes instead of {size}")
    if wrong:
        raise _uploads.mismatch(
            config,
            operations.create_data_file,
            f"{path}: the backend has {' and '.join(wrong)}",
            "Upload it again.",
            local=md5,
            remote=None if checksum is None else str(checksum),
        )
    return cast("dicts.DataFile", {**found, "checksum": checksum or md5, "size": size})


def matches(config: ClientConfig, answer: object) -> dict[str, int]:
    """Return the ids of the files that exist, by checksum.

    Raises:
        ResponseError: The answer cannot be used.
    """
    reader = Reader(config, operations.verify_data_files_checksums)
    found: dict[str, Any] = reader.value(answer, dict)
    return {checksum.lower(): reader.pk(pk, checksum) for checksum, pk in found.items() if pk is not None}


def created_units(config: ClientConfig, body: object, answer: object) -> list[dicts.DataUnit]:
    """Return the units that a request created: of a list, a list of as many; of one unit, that one or a list of it.

    Raises:
        ResponseError: The answer cannot be used.
    """
    reader = Reader(config, operations.create_data_units)
    number = len(body) if isinstance(body, list | tuple) else 1
    listed = reader.objects([answer] if isinstance(answer, dict) and isinstance(body, Mapping) else answer)
    if len(listed) != number:
        raise reader.refused(f"the answer has {len(listed)} units for {number} that were sent")
    for unit in listed:
        reader.pk(unit.get("id"))
    return cast("list[dicts.DataUnit]", listed)


def listed_unit(reader: Reader, item: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a unit of a list that can be compared with what was sent.

    Raises:
        ResponseError: It cannot.
    """
    for name, info in reader.value(item.get("files") or {}, dict, "files").items():
        reader.value(info, dict, f"files.{name}")
    reader.value(item.get("meta") or {}, dict, "meta")
    reader.value(item.get("groups") or [], list, "groups")
    return item
