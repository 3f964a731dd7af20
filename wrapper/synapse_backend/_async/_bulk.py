"""One bulk upload: files by several workers, units and tasks in batches, each of them once."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

from synapse_api import operations
from synapse_backend import _bulk
from synapse_backend._answers import Reader, data_file
from synapse_backend._async._attempts import AsyncAttempts
from synapse_backend._async._creation import AsyncCreation
from synapse_backend._bodies import FileForm
from synapse_backend._errors import (
    ClientError,
    OutcomeUnknownError,
    UploadError,
)
from synapse_backend._slots import AsyncEvent, run_async
from synapse_backend._units import LARGE_FILE, Unit, uploaded_file, without_frames
from synapse_backend._workers import run_bounded_async

if TYPE_CHECKING:
    from synapse_backend._async.data_collection import AsyncDataCollectionClientMixin
    from synapse_backend._bulk import OnProgress, OnResult, Pending, Window
    from synapse_backend._bulk_journal import BulkJournal
    from synapse_backend._config import CallOptions, ClientConfig
    from synapse_backend._units import UploadedUnitFile

_MOST_BATCHES_READY = 2
_LOOK_SECONDS = 0.01
_NAME = "upload_data_collection"


@dataclass(slots=True)
class _Files:
    """The work of uploading the files of a unit."""

    window: Window
    index: int
    key: str
    unit: Unit


@dataclass(slots=True)
class _Group:
    """Units whose files one worker uploads, one after the other."""

    members: list[_Files]
    outcomes: list[Pending] = field(default_factory=list)
    seconds: float = 0.0


@dataclass(slots=True)
class _Batch:
    """The work of creating the units of a window, and their tasks."""

    window: Window
    ended: AsyncEvent = field(default_factory=AsyncEvent)


class AsyncBulkUpload:
    """Uploads the files of many units, and creates the units in batches.

    Its state belongs to the task that runs it: workers return what they did, and only that task takes note of it.
    """

    def __init__(
        self,
        client: AsyncDataCollectionClientMixin,
        config: ClientConfig,
        collection: int,
        *,
        project: int | None,
        batch_size: int,
        max_workers: int,
        skip_existing: bool,
        on_progress: OnProgress | None,
        on_result: OnResult | None,
        journal: BulkJournal | None,
        options: CallOptions | None,
    ) -> None:
        self._client = client
        self._collection = collection
        self._batch_size = batch_size
        self._skip_existing = skip_existing
        self._on_progress = on_progress
        self._on_result = on_result
        self._journal = journal
        self._options = options
        _, retries, _ = config.options_for(operations.create_data_file, options)
        self._attempts = AsyncAttempts(config.clock, retries)
        self._creation = AsyncCreation(
            client,
            config,
            self._attempts,
            collection,
            project=project,
            batch_size=batch_size,
            journal=journal,
            options=options,
        )
        # Whether and when to try again is decided here, for all workers together.
        self._once: CallOptions = {**(options or {}), "retries": 0}
        self._part = operations.create_data_file.files[0]
        # That files arrive says nothing about the creation of units.
        self._streak = _bulk.Streak(max_workers)
        self._streak_of_requests = _bulk.Streak(max_workers)
        self._config = config
        self._specifications = _bulk.Specifications(Reader(config, operations.get_data_collection), {})
        self._summary = _bulk.CollectionUpload()
        self._pace = _bulk.Pace(max_workers)
        self._looked = time.perf_counter(), time.process_time()
        self._window = _bulk.Window()
        self._ready: deque[Window] = deque()
        self._batch: _Batch | None = None

    async def run(self, data: Iterable[object]) -> _bulk.CollectionUpload:
        """Upload everything, and return what was done."""
        collection = await self._client.get_data_collection(self._collection, options=self._options)
        self._specifications = _bulk.Specifications(Reader(self._config, operations.get_data_collection), collection)
        self._summary.tasks += await self._creation.start()
        await run_bounded_async(self._work(data), self._do, lambda: self._pace.workers, self._done)
        self._close_window()
        while self._ready:
            batch = _Batch(self._ready.popleft())
            await self._creation.create(batch.window.units)
            await self._told(batch.window)
        return self._summary

    # --- what is to be done ---------------------------------------------------------------------------------------

    def _work(self, data: Iterable[object]) -> Iterator[_Group | _Batch]:
        members: list[_Files] = []
        for index, source in enumerate(data):
            if self._ready and self._batch is None:
                self._batch = _Batch(self._ready.popleft())
                yield self._batch
            work = self._prepared(index, source)
            if len(self._window.units) + self._window.waiting >= self._batch_size:
                self._close_window()
            if work is not None:
                members.append(work)
            if len(members) >= self._pace.group_size:
                yield _Group(members)
                members = []
        if members:
            yield _Group(members)

    def _close_window(self) -> None:
        window, self._window = self._window, _bulk.Window()
        window.is_full = True
        self._settle(window)

    def _settle(self, window: Window) -> None:
        if window.is_complete and window.units:
            window.units.sort(key=lambda pending: pending.index)
            self._ready.append(window)

    def _prepared(self, index: int, source: object) -> _Files | None:
        """Return the work that a unit takes; None when its files were uploaded earlier, or it cannot be uploaded."""
        place = f"{_NAME}: data[{index}]"
        try:
            unit = Unit(place, source)
            self._specifications.check(place, unit)
            key = "" if self._journal is None else _bulk.key_of(unit)
        except (TypeError, ValueError) as error:
            self._tell(_bulk.UnitResult(index, error=without_frames(error)))
            return None
        if self._journal is not None:
            if created := self._journal.created.get(key):
                pk = created.popleft()
                self._tell(_bulk.UnitResult(index, pk, error=self._creation.without_task.get(pk), skipped=True))
                return None
            if (known := self._known(self._journal, key, unit)) is not None:
                self._window.units.append(known(index))
                return None
        self._window.waiting += 1
        return _Files(self._window, index, key, unit)

    def _known(self, journal: BulkJournal, key: str, unit: Unit) -> Callable[[int], Pending] | None:
        while uploaded := journal.uploaded.get(key):
            if all(_bulk.is_unchanged(path, uploaded[0].stamps.get(name)) for name, path in unit.paths.items()):
                body = uploaded.popleft().body
                return lambda index: _bulk.Pending(index, key, body)
            journal.note_changed(key)
        return None

    # --- what was done --------------------------------------------------------------------------------------------

    async def _do(self, work: _Group | _Batch) -> None:
        if isinstance(work, _Batch):
            try:
                await self._creation.create(work.window.units)
            finally:
                work.ended.set()
        else:
            await self._upload_group(work)

    async def _done(self, work: _Group | _Batch, outcome: Exception | None) -> None:
        if outcome is not None:
            raise outcome
        if isinstance(work, _Batch):
            self._batch = None
            await self._told(work.window)
        else:
            self._pace.take(len(work.members), work.seconds)
            self._look()
            for member, pending in zip(work.members, work.outcomes, strict=True):
                await self._take(member, pending)
            if len(self._ready) >= _MOST_BATCHES_READY and self._batch is not None:
                # Files are uploaded faster than units are created: what waits for that must not grow without bounds.
                await self._batch.ended.wait()

    async def _take(self, work: _Files, pending: Pending) -> None:
        window = work.window
        window.waiting -= 1
        if pending.errors:
            first = next(iter(pending.errors.values()))
            self._tell(_bulk.UnitResult(work.index, files=pending.files, errors=pending.errors, error=first))
            if self._streak.fail(pending.errors.values()):
                await self._stop([*pending.errors.values()][-1])
        else:
            self._streak.succeed()
            window.units.append(pending)
        self._settle(window)

    async def _told(self, window: Window) -> None:
        self._tell_all(window)
        if (error := self._streak_of_requests.take(window.units)) is not None:
            await self._stop(error)

    def _tell_all(self, window: Window) -> None:
        for pending in window.units:
            if pending.unit_id is None and pending.error is None:
                message = f"{_NAME}: the upload stopped while the unit was created"
                pending.error = OutcomeUnknownError(message, status_code=408)
            files = {} if pending.body is None else pending.body["files"]
            self._tell(
                _bulk.UnitResult(pending.index, pending.unit_id, pending.task_id, files, {}, pending.error),
            )

    def _tell(self, result: _bulk.UnitResult) -> None:
        summary = self._summary
        if result.error is not None:
            summary.failed += 1
        elif result.skipped:
            summary.skipped += 1
        if result.unit_id is not None and not result.skipped:
            summary.created += 1
        summary.tasks += result.task_id is not None
        summary.files += len(result.files)
        summary.bytes += sum(file["size"] for file in result.files.values())
        if self._on_result is not None:
            self._on_result(result)
        else:
            if result.unit_id is not None:
                summary.unit_ids[result.index] = result.unit_id
            if result.error is not None:
                summary.failures.append(result)
        if self._on_progress is not None:
            self._on_progress(summary.progress())

    async def _stop(self, cause: Exception) -> NoReturn:
        if self._batch is not None:
            # What was sent is not taken back.
            await self._batch.ended.wait()
            self._tell_all(self._batch.window)
        raise self._stopped(cause)

    def _stopped(self, cause: Exception) -> UploadError:
        error = UploadError(
            f"{_NAME}: stopped, because one unit after the other failed; {self._summary.created} were created. "
            f"The last error: {cause}",
            status_code=cause.status_code if isinstance(cause, ClientError) else 500,
            response=cause.response if isinstance(cause, ClientError) else None,
        )
        error.summary = self._summary
        error.__cause__ = cause
        return error

    # --- files ----------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Look now and then whether more workers would help."""
        now, busy = time.perf_counter(), time.process_time()
        if (seconds := now - self._looked[0]) >= _LOOK_SECONDS:
            self._pace.share(busy - self._looked[1], seconds)
            self._looked = now, busy

    async def _upload_group(self, group: _Group) -> None:
        started = time.perf_counter()
        paths = [path for member in group.members for path in member.unit.paths.values()]
        # Together, because going to another thread for each would take longer than reading it.
        read = await run_async(_bulk.read_ahead, paths)
        for member in group.members:
            group.outcomes.append(await self._upload(member, read))
        group.seconds = time.perf_counter() - started

    async def _upload(self, work: _Files, read: Mapping[str, _bulk.LocalFile]) -> Pending:
        files: dict[str, UploadedUnitFile] = {}
        stamps: dict[str, list[int]] = {}
        errors: dict[str, Exception] = {}
        for name, path in work.unit.paths.items():
            try:
                file = read.get(path)
                if file is None:
                    file = await run_async(_bulk.read_local, path)
                files[name] = await self._upload_file(file)
                stamps[name] = file.stamp
            except (ClientError, OSError, ValueError) as error:
                errors[name] = without_frames(error)
        if errors:
            return _bulk.Pending(work.index, work.key, None, errors, files)
        body = work.unit.body(self._collection, files)
        if self._journal is not None:
            self._journal.note_uploaded(work.key, body, stamps)
        return _bulk.Pending(work.index, work.key, body)

    async def _upload_file(self, file: _bulk.LocalFile) -> UploadedUnitFile:
        async def send() -> UploadedUnitFile:
            known = await self._existing(file) if self._skip_existing else None
            return await self._send_file(file) if known is None else known

        return await self._attempts.repeat(send, lambda _: self._existing(file))

    async def _send_file(self, file: _bulk.LocalFile) -> UploadedUnitFile:
        if file.content is None or file.md5 is None:
            # What is sent in parts goes on by itself where it broke off.
            options = self._options if file.size > LARGE_FILE else self._once
            return uploaded_file(file.path, await self._client.create_data_file(file.path, options=options))
        form = FileForm(self._part, file.name, file.content)
        answer = await self._client._call(operations.create_data_file, data=form, options=self._once)
        created = data_file(self._config, answer, file.path, size=len(file.content), md5=file.md5)
        return uploaded_file(file.path, created)

    async def _existing(self, file: _bulk.LocalFile) -> UploadedUnitFile | None:
        """Return a file that the backend has already."""
        md5 = file.md5
        if md5 is None:
            md5 = await run_async(_bulk.md5_of, file.path)
        found = await self._client.verify_data_files_checksums([md5], options=self._options)
        pk = found.get(md5)
        return None if pk is None else {"checksum": md5, "path": file.name, "id": pk, "size": file.size}
