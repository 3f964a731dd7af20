"""Many data units in one call: what it takes and returns, and what of it needs no waiting. Pure."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from synapse_backend._bodies import SMALL_FILE, encode_json, read_all
from synapse_backend._errors import (
    AuthenticationError,
    ChecksumMismatchError,
    ClientError,
    HTTPError,
    RateLimitError,
    ServerError,
    SourceChangedError,
    UploadError,
)
from synapse_backend._retry import Failure, delay_before_next
from synapse_backend._units import BATCH, Unit

if TYPE_CHECKING:
    from synapse_backend._answers import Reader
    from synapse_backend._units import UploadedUnit, UploadedUnitFile

_FEWEST_FAILURES = 20
# What is wrong with these requests is wrong with the file or unit that they carry, so that the next may be right.
_OF_ONE_ITEM = frozenset({400, 413, 415, 422})
_OF_ONE_OF_SEVERAL = frozenset({400, 413, 422})
SHORTEST_LOOK: Final = 2.0
"""Seconds for which a request whose answer was lost is looked for at least, before it is sent again."""
LONGEST_LOOK: Final = 60.0
NO_TIME: Final = 0.001
"""Seconds that are not worth a wait; clocks may be coarser."""
STILL_AT_WORK = 30.0
"""Seconds for which a server may be at work on the request of a process that was killed."""


@dataclass(frozen=True, slots=True)
class UnitResult:
    """What became of one data unit of a bulk upload."""

    index: int
    """Its place in the data, from 0."""
    unit_id: int | None = None
    """Id of the unit; None when it was not created."""
    task_id: int | None = None
    """Id of its task; None when none was created."""
    files: Mapping[str, UploadedUnitFile] = field(default_factory=dict)
    """Its files that were uploaded, by name."""
    errors: Mapping[str, Exception] = field(default_factory=dict)
    """What its other files raised, by name."""
    error: Exception | None = None
    """Why it was not created, or why it has no task."""
    skipped: bool = False
    """Whether the journal says that it was created earlier."""


@dataclass(frozen=True, slots=True)
class BulkProgress:
    """How far a bulk upload came."""

    created: int
    """Units that were created."""
    skipped: int
    """Units that the journal knew of."""
    failed: int
    """Units that were not created, or have no task."""
    files: int
    """Files that were uploaded."""
    bytes: int
    """Bytes of these files."""


@dataclass(slots=True)
class CollectionUpload:
    """What `upload_data_collection` did."""

    created: int = 0
    """Units that were created."""
    skipped: int = 0
    """Units that the journal knew of."""
    failed: int = 0
    """Units that were not created, or have no task."""
    files: int = 0
    """Files that were uploaded."""
    bytes: int = 0
    """Bytes of these files."""
    tasks: int = 0
    """Tasks that were created."""
    unit_ids: dict[int, int] = field(default_factory=dict)
    """Id of each unit by its place in the data, from 0; empty when `on_result` was passed."""
    failures: list[UnitResult] = field(default_factory=list)
    """What was not created, and why; empty when `on_result` was passed."""

    def progress(self) -> BulkProgress:
        """Return how far it came."""
        return BulkProgress(self.created, self.skipped, self.failed, self.files, self.bytes)


def check_limits(batch_size: object, max_workers: object) -> None:
    """Refuse limits that cannot be used.

    Raises:
        TypeError: One is no int.
        ValueError: One is out of range.
    """
    for name, value, most in (("batch_size", batch_size, BATCH), ("max_workers", max_workers, 100)):
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError(f"{name} must be an int, not {type(value).__name__}")
        if not 1 <= value <= most:
            raise ValueError(f"{name} must be from 1 to {most}, not {value}")


class Specifications:
    """The files that the units of a collection have."""

    def __init__(self, reader: Reader, collection: object) -> None:
        """Read them from a collection; one that has none takes every file.

        Raises:
            ResponseError: They cannot be read.
        """
        found = reader.value(collection, dict).get("file_specifications")
        listed = reader.objects([] if found is None else found, "file_specifications")
        names = [reader.value(one.get("name"), str, "file_specifications[].name") for one in listed]
        self._names = None if found is None else names
        self._required = [name for name, one in zip(names, listed, strict=True) if one.get("is_required")]

    def check(self, place: str, unit: Unit) -> None:
        """Refuse a unit that the collection does not take.

        Raises:
            ValueError: A file is not one of the collection, or a required one is missing.
        """
        if self._names is None:
            return
        if unknown := [name for name in unit.paths if name not in self._names]:
            raise ValueError(f"{place}: the collection has no file {unknown[0]!r}; it has {', '.join(self._names)}")
        if missing := [name for name in self._required if name not in unit.paths]:
            raise ValueError(f"{place}: the file {missing[0]!r} is missing; the collection requires it")


# --- files --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file as it was when it was opened."""

    path: str
    size: int
    modified: int
    content: bytes | None
    """What is in it; None when it is large."""
    md5: str | None
    """MD5 of the content."""

    @property
    def name(self) -> str:
        """Its name without the folder."""
        return os.path.basename(self.path)  # noqa: PTH119 - of a str, and often

    @property
    def stamp(self) -> list[int]:
        """What tells it from the same file after a change."""
        return [self.size, self.modified]


def read_ahead(paths: Sequence[str]) -> dict[str, LocalFile]:
    """Read several files as `read_local` does; those that cannot be read, or are too many at once, are left out."""
    files: dict[str, LocalFile] = {}
    taken = 0
    for path in paths:
        if taken > SMALL_FILE:
            break
        with contextlib.suppress(OSError, ValueError):
            files[path] = file = read_local(path)
            taken += len(file.content or b"")
    return files


def md5_of(path: str) -> str:
    """Return the MD5 of a file.

    Raises:
        OSError: It cannot be read.
    """
    with open(path, "rb") as file:  # noqa: PTH123 - of a str
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def read_local(path: str) -> LocalFile:
    """Look at a file, and read it if it is small.

    Raises:
        ValueError: It is no ordinary file.
        OSError: It cannot be opened or read.
    """
    # Opening a named pipe would wait until somebody writes to it.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        found = os.fstat(descriptor)
        if found.st_mode & 0o170000 != 0o100000:
            raise ValueError(f"{path} is no ordinary file")
        content = read_all(descriptor) if found.st_size <= SMALL_FILE else None
    finally:
        os.close(descriptor)
    md5 = None if content is None else hashlib.md5(content, usedforsecurity=False).hexdigest()
    return LocalFile(path, found.st_size, found.st_mtime_ns, content, md5)


def is_unchanged(path: str, stamp: object) -> bool:
    """Tell whether a file is what it was when it was uploaded."""
    try:
        found = os.stat(path)  # noqa: PTH116 - of a str
    except OSError:
        return False
    return [found.st_size, found.st_mtime_ns] == stamp


# --- failures -----------------------------------------------------------------------------------------------------------


def failure_of(error: ClientError) -> Failure:
    """Return what the retry policy needs to know of a call that failed."""
    if isinstance(error, HTTPError):
        retry_after = error.retry_after if isinstance(error, RateLimitError | ServerError) else None
        return Failure("answered", error.status_code, retry_after)
    # The usual delays also where nothing was sent: a server that is restarted is back after seconds, not at once.
    return Failure("sent")


def is_unknown(error: ClientError) -> bool:
    """Tell whether a call that failed may have been carried out.

    It was not where nothing was sent, and where the backend refused it. That what arrived was compared and is something
    else is known, too.
    """
    if isinstance(error, HTTPError):
        return error.status_code >= 500 or error.status_code == HTTPStatus.REQUEST_TIMEOUT
    return error.sent and not isinstance(error, ChecksumMismatchError | SourceChangedError | UploadError)


def is_refused_for_one(error: ClientError) -> bool:
    """Tell whether a request that creates several things may be refused because of one of them."""
    return isinstance(error, HTTPError) and error.status_code in _OF_ONE_OF_SEVERAL


def delay_after(error: ClientError, attempt: int, retries: int) -> float | None:
    """Return the seconds to wait before another attempt, None when there is none.

    Whether a lost call may be repeated at all is settled before: what it would have done was looked for and not found.
    """
    failure = failure_of(error)
    return delay_before_next("idempotent", failure, attempt=attempt, retries=retries, random=random.random)


class Pace:
    """How many units a worker takes at once, and how many workers there are.

    Handing over takes about as long as a third of the upload of a small file to a server that is near, and nothing
    beside that to one that is far away, where single units keep all workers busy to the end. More workers help while
    those at work wait for the server; once they keep a processor busy, they only get into each other's way.

    Args:
        max_workers: There are never more than that.
    """

    _TARGET_SECONDS = 0.05
    _MOST = 16
    _FEW_WORKERS = 4
    _IDLE, _BUSY = 0.5, 0.8

    def __init__(self, max_workers: int) -> None:
        self.group_size = 1
        self.workers = self._fewest = min(max_workers, self._FEW_WORKERS)
        self._max_workers = max_workers

    def take(self, units: int, seconds: float) -> None:
        """Take note of the time that a group took; the size moves by its double or half at most."""
        wanted = int(self._TARGET_SECONDS * units / max(seconds, 1e-6))
        self.group_size = max(1, self.group_size // 2, min(wanted, 2 * self.group_size, self._MOST))

    def share(self, busy: float, seconds: float) -> None:
        """Take note of how long this process computed in some time; the number of workers moves by one at most."""
        if busy < self._IDLE * seconds:
            self.workers = min(self.workers + 1, self._max_workers)
        elif busy > self._BUSY * seconds:
            self.workers = max(self.workers - 1, self._fewest)


class Streak:
    """Notices that nothing works any more, so that a server that is down is not asked a hundred thousand times."""

    def __init__(self, max_workers: int) -> None:
        self._most = max(_FEWEST_FAILURES, 2 * max_workers)
        self._failures = 0

    def succeed(self) -> None:
        """Take note of a unit that was uploaded."""
        self._failures = 0

    def fail(self, errors: Iterable[Exception]) -> bool:
        """Take note of a unit that failed; return whether to stop."""
        for error in errors:
            if isinstance(error, AuthenticationError):
                return True
            if isinstance(error, ClientError) and error.status_code not in _OF_ONE_ITEM:
                self._failures += 1
                break
        return self._failures >= self._most

    def take(self, units: Collection[Pending]) -> Exception | None:
        """Take note of units that were to be created; return the error to stop for, if there is one."""
        # Units of one request that failed have one error.
        errors = {id(pending.error): pending.error for pending in units if pending.error is not None}
        for error in errors.values():
            if self.fail([error]):
                return error
        if any(pending.error is None for pending in units):
            self.succeed()
        return None


# --- units --------------------------------------------------------------------------------------------------------------


def key_of(unit: Unit) -> str:
    """Return what tells a unit from others in a journal: its files, facts and groups as the caller names them."""
    paths = {name: os.path.abspath(path) for name, path in unit.paths.items()}  # noqa: PTH100 - of a str
    text = encode_json("upload_data_collection", [sorted(paths.items()), _canonical(unit.meta), unit.groups])
    return hashlib.sha256(text).hexdigest()[:32]


def _canonical(value: object) -> Any:
    """Return a value as it comes back from the backend, with the names of objects in order."""
    return json.loads(json.dumps(json.loads(encode_json("upload_data_collection", value)), sort_keys=True))


@dataclass(slots=True)
class Pending:
    """A unit whose files are uploaded, or failed, and which is still to be created."""

    index: int
    key: str
    body: UploadedUnit | None
    errors: Mapping[str, Exception] = field(default_factory=dict)
    files: Mapping[str, UploadedUnitFile] = field(default_factory=dict)
    """What was uploaded of a unit whose other files failed."""
    error: Exception | None = None
    unit_id: int | None = None
    task_id: int | None = None


class Window:
    """Units that follow each other in the data and are created together, in their order."""

    def __init__(self) -> None:
        self.waiting = 0
        self.is_full = False
        self.units: list[Pending] = []

    @property
    def is_complete(self) -> bool:
        """Whether nothing of it is under way any more."""
        return self.is_full and not self.waiting


class Search:
    """Looks among the newest units of a collection for those of a request whose answer was lost.

    The units of a request are created all or none, so that finding only some of them means that others made these.

    Args:
        bodies: The units of the request.
    """

    def __init__(self, bodies: Sequence[UploadedUnit]) -> None:
        self._wanted: dict[object, list[int]] = defaultdict(list)
        self._bodies = [_canonical(body) for body in bodies]
        for number in reversed(range(len(bodies))):
            for with_checksums in (True, False):
                self._wanted[_files_key(self._bodies[number]["files"], with_checksums=with_checksums)].append(number)
        self.found: dict[int, int] = {}
        """Id of each unit by its place in the request."""
        self.doubtful: int | None = None
        """Id of a unit that cannot be told from all of them, nor be taken for one; None when there is none."""

    @property
    def is_complete(self) -> bool:
        """Whether all of them are there."""
        return len(self.found) == len(self._bodies)

    def take(self, listed: Mapping[str, Any]) -> None:
        """Compare a unit that the backend has."""
        files = listed.get("files") or {}
        with_checksums = all(info.get("checksum") for info in files.values())
        for number in self._wanted.get(_files_key(files, with_checksums=with_checksums), ()):
            if number not in self.found and _is_same(self._bodies[number], listed):
                self.found[number] = listed["id"]
                return
        if self.doubtful is None and not all(_is_other(body["files"], files) for body in self._bodies):
            self.doubtful = listed["id"]

    def in_order(self) -> list[int]:
        """Return the ids in the order of the request.

        The newest come first in a list, and units that are equal may be taken for each other: theirs are sorted.
        """
        equal: dict[str, list[int]] = defaultdict(list)
        for number, body in enumerate(self._bodies):
            equal[json.dumps(body, sort_keys=True)].append(number)
        ids = dict(self.found)
        for numbers in equal.values():
            ids |= dict(zip(numbers, sorted(self.found[number] for number in numbers), strict=True))
        return [ids[number] for number in range(len(self._bodies))]


def _files_key(files: Mapping[str, Mapping[str, Any]], *, with_checksums: bool) -> object:
    if with_checksums:
        return frozenset((name, str(info["checksum"]).lower()) for name, info in files.items())
    names = ((name, _original_name(info) or _last_part(info.get("path"))) for name, info in files.items())
    return frozenset(names), "names"


def _original_name(info: Mapping[str, Any]) -> str | None:
    """Return the name that a file had when it was uploaded, where the backend tells it."""
    name = info.get("file_name_original")
    return str(name) if name else None


def _last_part(path: object) -> str:
    return str(path or "").rpartition("/")[2]


def _is_other(files: Mapping[str, Mapping[str, Any]], listed: Mapping[str, Mapping[str, Any]]) -> bool:
    """Tell whether the files of a unit that the backend has show that it is not that of a request.

    Facts and groups show nothing: the backend may write them in another way. Nor does a path, which is the backend's own.
    """
    for name in files.keys() & listed.keys():
        has, was_sent = listed[name], files[name]
        if has.get("checksum"):
            if str(has["checksum"]).lower() != was_sent["checksum"].lower():
                return True
        elif _original_name(has) not in (None, was_sent["path"]):
            return True
    # Where files have other names, only their content tells.
    told = {str(info.get("checksum") or "").lower() for info in listed.values()}
    return bool(told) and "" not in told and told.isdisjoint(info["checksum"].lower() for info in files.values())


def _is_same(body: Mapping[str, Any], listed: Mapping[str, Any]) -> bool:
    """Tell whether a unit that the backend has may be that of a request; the backend may add facts of its own."""
    has: Mapping[str, Any] = listed.get("meta") or {}
    if any(name not in has or has[name] != value for name, value in body["meta"].items()):
        return False
    groups = listed.get("groups")
    return groups is None or not Counter(body.get("groups") or ()) - Counter(map(str, groups))


def refused_units(error: ClientError, number: int) -> list[int]:
    """Return which units of a request the refusal names; none when it does not say."""
    if not isinstance(error.response, Mapping) or not error.response:
        return []
    named = [str(name) for name in error.response]
    if not all(name.isascii() and name.isdigit() and int(name) < number for name in named):
        return []
    return sorted(map(int, named))


OnProgress = Callable[[BulkProgress], object]
OnResult = Callable[[UnitResult], object]
