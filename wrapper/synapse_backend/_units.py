"""Data units and their files, as callers describe them and as they are sent."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NotRequired, TypeAlias, TypedDict, TypeVar

from synapse_backend._bodies import SupportsToDict, plain
from synapse_backend._errors import ClientError, UploadError

if TYPE_CHECKING:
    from synapse_api import dicts

T = TypeVar("T")
E = TypeVar("E", bound=BaseException)
BATCH: Final = 1000
"""How many units or checksums the backend takes at once."""
LARGE_FILE: Final = 50 * 1024 * 1024
"""Bytes beyond which a file is sent in parts."""


class OrganizedFile(TypedDict):
    """The files that make a data unit, before they are uploaded."""

    files: Mapping[str, str | os.PathLike[str]]
    """Paths by the name that the collection gives each file."""
    meta: NotRequired[Mapping[str, Any]]
    """Facts about the unit."""
    groups: NotRequired[Sequence[str]]
    """Names of groups that the unit belongs to."""


class UploadedUnitFile(TypedDict):
    """A file of a data unit that was uploaded."""

    checksum: str
    """MD5 of the file, 32 hexadecimal digits."""
    path: str
    """Name of the file."""
    id: int
    """Id of the data file."""
    size: int
    """Size in bytes."""


class UploadedUnit(TypedDict):
    """A data unit whose files were uploaded, ready for `create_data_units`."""

    files: dict[str, UploadedUnitFile]
    """The files by the name that the collection gives each."""
    data_collection: int
    """Id of the data collection."""
    meta: dict[str, Any]
    """Facts about the unit."""
    groups: NotRequired[list[str]]
    """Names of groups that the unit belongs to."""


UnitSource: TypeAlias = OrganizedFile | Mapping[str, Any]
"""What callers describe a unit with."""
UnitToCreate: TypeAlias = "dicts.DataUnitCreate | UploadedUnit | Mapping[str, Any] | SupportsToDict"


def without_frames(error: E) -> E:
    """Return an error that is kept, without the frames that it passed; they hold what was sent, files among it."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            one.__traceback__ = None
            waiting += [one.__cause__, one.__context__]
    return error


def upload_error(
    operation: str, outcomes: Mapping[str, UploadedUnitFile | Exception], paths: Mapping[str, str]
) -> UploadError:
    """Return the error that tells what became of each file."""
    errors = {name: without_frames(outcome) for name, outcome in outcomes.items() if isinstance(outcome, Exception)}
    first = next((error for error in errors.values() if isinstance(error, ClientError)), None)
    told = "; ".join(f"{name} ({paths[name]}): {error}" for name, error in errors.items())
    error = UploadError(
        f"{operation}: {len(errors)} of {len(outcomes)} files were not uploaded: {told}",
        # Without an answer the fault is that of a file here, and calling again will not help.
        status_code=400 if first is None else first.status_code,
        response=None if first is None else first.response,
    )
    error.results = {name: outcome for name, outcome in outcomes.items() if not isinstance(outcome, Exception)}
    error.errors = errors
    return error


class Unit:
    """A unit as its caller describes it, checked.

    Attributes:
        paths: Path of each file by its name in the collection.
        meta: Facts about the unit.
        groups: Groups that it belongs to; None when the caller names none.
    """

    __slots__ = ("groups", "meta", "paths")

    def __init__(self, place: str, source: object) -> None:
        """Check what a caller passed; it is left as it was.

        Raises:
            TypeError: It is no dict, or a part of it has the wrong type.
            ValueError: It has no files.
        """
        if not isinstance(source, Mapping):
            raise TypeError(f"{place} must be a dict with files, not {type(source).__name__}")
        files = source.get("files")
        if not isinstance(files, Mapping):
            raise TypeError(f"{place}['files'] must be a dict of names and paths, not {type(files).__name__}")
        if not files:
            raise ValueError(f"{place}['files'] is empty; a data unit has at least one file")
        self.paths: dict[str, str] = {}
        for name, path in files.items():
            if not isinstance(name, str):
                raise TypeError(f"{place}['files']: names must be str, not {type(name).__name__}")
            if not isinstance(path, str | os.PathLike) or not isinstance(spelled := os.fspath(path), str):
                raise TypeError(f"{place}['files'][{name!r}] must be a path, not {type(path).__name__}")
            self.paths[name] = spelled
        meta, groups = source.get("meta"), source.get("groups")
        if not isinstance(meta, Mapping | None):
            raise TypeError(f"{place}['meta'] must be a dict, not {type(meta).__name__}")
        if isinstance(groups, str) or not isinstance(groups, Sequence | None):
            raise TypeError(f"{place}['groups'] must be a list of names, not {type(groups).__name__}")
        self.meta: dict[str, Any] = dict(meta or {})
        self.groups: list[str] | None = None if groups is None else list(groups)

    def body(self, collection: int, files: dict[str, UploadedUnitFile]) -> UploadedUnit:
        """Return what creates the unit, once its files are uploaded."""
        body = uploaded_unit(collection, files, self.meta)
        if self.groups is not None:
            body["groups"] = self.groups
        return body


def uploaded_unit(collection: int, files: dict[str, UploadedUnitFile], meta: dict[str, Any]) -> UploadedUnit:
    """Return a unit in the form that creates it."""
    return UploadedUnit(files=files, data_collection=collection, meta=meta)


def uploaded_file(path: str, answer: dicts.DataFile) -> UploadedUnitFile:
    """Return what a unit has to say of a file that was uploaded."""
    name = Path(path).name
    return {"checksum": answer["checksum"], "path": name, "id": answer["id"], "size": answer["size"]}


def units_to_create(data: UnitToCreate | Sequence[UnitToCreate]) -> list[Any]:
    """Return the bodies of the requests that create units: one unit, or lists of as many as the backend takes at once.

    Raises:
        TypeError: A unit is neither a dict nor a generated model.
    """
    if isinstance(data, list | tuple):
        return list(batches([plain("create_data_units", unit) for unit in data]))
    return [plain("create_data_units", data)]


def checksums_of(data: dicts.ChecksumQuery | Mapping[str, Any] | Iterable[str]) -> list[str]:
    """Return the checksums of a query, each once, from the documented dict or from a list of them.

    Raises:
        TypeError: It is neither.
    """
    listed: Any = data.get("checksums") if isinstance(data, Mapping) else data
    if isinstance(listed, str | bytes) or not isinstance(listed, Iterable):
        raise TypeError("verify_data_files_checksums: checksums must be a list of str, or a dict that has one")
    found: dict[str, None] = {}
    for checksum in listed:
        if not isinstance(checksum, str):
            raise TypeError(f"verify_data_files_checksums: a checksum must be a str, not {type(checksum).__name__}")
        found[checksum.strip().lower()] = None
    return list(found)


def one_of(name: str, value: T | None, other_name: str, other: T | None) -> T:
    """Return the one value that was given under either of two names.

    Raises:
        TypeError: None was given, or both.
    """
    if value is not None and other is not None:
        raise TypeError(f"{other_name} is another name of {name}; pass one of them")
    if (given := other if value is None else value) is None:
        raise TypeError(f"{name} is missing")
    return given


def batches(items: Sequence[T], size: int = BATCH) -> Iterator[Sequence[T]]:
    """Yield the items in batches that the backend takes at once; at least one batch, so that nothing is a call, too."""
    for start in range(0, max(len(items), 1), size):
        yield items[start : start + size]


def is_large(file: object) -> bool:
    """Tell whether a file is better sent in parts; one that the caller opened is sent whole unless the caller says so.

    Raises:
        FileNotFoundError: It is not there.
    """
    return isinstance(file, str | os.PathLike) and os.stat(file).st_size > LARGE_FILE  # noqa: PTH116 - of either


def name_of(file: object) -> str:
    """Return what to call a file, from its path or from what opened it."""
    known = file if isinstance(file, str | os.PathLike) else getattr(file, "name", None)
    return Path(known).name if isinstance(known, str | os.PathLike) else "file"
