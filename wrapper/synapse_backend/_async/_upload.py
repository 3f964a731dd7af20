"""One chunked upload, from its first part to its completion."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from synapse_api import operations
from synapse_backend import _events, _uploads
from synapse_backend._digests import Digest
from synapse_backend._errors import ChecksumMismatchError, ClientError, HTTPError, ResponseError
from synapse_backend._journals import Entry
from synapse_backend._retry import delay_before_next
from synapse_backend._slots import run_async

if TYPE_CHECKING:
    from synapse_api import dicts
    from synapse_api.operations import Operation
    from synapse_backend._async._transport import AsyncCaller
    from synapse_backend._config import CallOptions, ClientConfig
    from synapse_backend._journals import Journal
    from synapse_backend._sources import Source

logger = logging.getLogger("synapse_backend")


class AsyncUpload:
    """Sends a file in parts. The server says where the next part begins; what it did not keep is read and sent again.

    Parts and the completion are never repeated blindly: when an answer is lost, the state of the upload says how to
    go on.
    """

    def __init__(
        self,
        caller: AsyncCaller,
        config: ClientConfig,
        source: Source,
        journal: Journal | None,
        *,
        chunk_size: int,
        on_progress: Callable[[int, int], object] | None,
        options: CallOptions | None,
    ) -> None:
        self._caller = caller
        self._config = config
        self._source = source
        self._journal = journal
        self._chunk_size = chunk_size
        self._on_progress = on_progress
        self._options = options
        _, self._retries, limit = config.options_for(operations.append_chunked_upload, options)
        self._deadline = None if limit is None else config.clock.monotonic() + limit
        self._progress = _uploads.Progress(source.size, chunk_size)
        self._digest = Digest(source.size)
        self._pk: int | str | None = None
        self._target: str | None = None
        self._completed: dicts.ChunkedUpload | None = None
        self._failures = 0
        self._spent = 0
        self._resends = 0
        self._may_start_over = True

    async def run(self) -> dicts.ChunkedUpload:
        """Upload the file, and return the completed upload."""
        try:
            completed = await (self._upload() if self._source.size else self._complete_empty())
        except ClientError as error:
            out_of_time = self._deadline is not None and self._config.clock.monotonic() >= self._deadline
            told = _uploads.explained(error, self._chunk_size, out_of_time=out_of_time)
            if told is error:
                raise
            raise told from error
        finally:
            self._digest.close()
        if self._journal is not None:
            await run_async(self._journal.remove)
        return completed

    async def _upload(self) -> dicts.ChunkedUpload:
        if self._journal is not None:
            await self._resume(self._journal)
        while self._completed is None:
            await run_async(self._source.check)
            if self._progress.offset < self._source.size:
                await self._send_part()
            else:
                await self._complete()
        return await self._verified(self._completed)

    async def _complete_empty(self) -> dicts.ChunkedUpload:
        operation = operations.complete_empty_chunked_upload
        data = {"md5": self._digest.hexdigest(), "filename": self._source.name}
        self._note(operation, await self._call(operation, data=data), completes=True)
        self._tell()
        return await self._verified(cast("dicts.ChunkedUpload", self._completed))

    # --- steps ----------------------------------------------------------------------------------------------------

    async def _send_part(self) -> None:
        start, end = self._progress.offset, self._progress.next_end()
        part = _uploads.FilePart(self._source, start, end, self._digest)
        headers = {"Content-Range": f"bytes {start}-{end - 1}/{self._source.size}"}
        if self._pk is None:
            operation = operations.create_chunked_upload
            answer = await self._call(operation, data=part, headers=headers)
        else:
            await self._save()
            operation = operations.append_chunked_upload
            try:
                answer = await self._call(operation, self._pk, data=part, headers=headers, target=self._target)
            except ClientError as error:
                await self._recover(operation, error)
                return
        offset = self._note(operation, answer)
        if operation is operations.create_chunked_upload:
            await self._save()
        if offset is None:
            # What was not acknowledged is not skipped.
            await self._ask()
        else:
            self._move_to(operation, offset, should_advance=True)

    async def _complete(self) -> None:
        operation = operations.complete_chunked_upload
        data = {"md5": await run_async(self._digest.hexdigest)}
        try:
            answer = await self._call(operation, self._pk, data=data, target=self._target)
        except ClientError as error:
            if isinstance(error, HTTPError) and error.status_code == 400:
                await self._refused(error)
            else:
                await self._recover(operation, error)
        else:
            self._note(operation, answer, completes=True)

    def _note(
        self, operation: Operation[dicts.ChunkedUpload], answer: dicts.ChunkedUpload, *, completes: bool = False
    ) -> int | None:
        """Take note of what an answer says, and return its offset."""
        standing = _uploads.read_standing(self._config, operation, answer)
        if self._pk is None:
            self._pk = standing.pk
        elif standing.pk != self._pk:
            raise _uploads.distrust(self._config, operation, "schema", "the answer is about another upload")
        self._target = standing.target or self._target
        if completes or standing.is_complete:
            self._completed = answer
        return standing.offset

    def _move_to(self, operation: Operation[Any], offset: int, *, should_advance: bool) -> None:
        before = self._progress.offset
        if problem := self._progress.move_to(offset, should_advance=should_advance):
            raise _uploads.distrust(self._config, operation, "offset", problem)
        if offset > before:
            self._failures = 0
            self._caller.budget.give_back(self._spent)
            self._spent = 0
        if offset != before:
            self._tell()

    def _tell(self) -> None:
        if self._on_progress is not None:
            self._on_progress(self._progress.offset, self._source.size)

    async def _verified(self, completed: dicts.ChunkedUpload) -> dicts.ChunkedUpload:
        """Return what the server completed, with the facts about the file that it may leave out."""
        await self._take_in(self._digest, self._source.size)
        md5 = await run_async(self._digest.hexdigest)
        return _uploads.verified(self._config, operations.complete_chunked_upload, completed, self._source, md5)

    # --- failures -------------------------------------------------------------------------------------------------

    async def _recover(self, operation: Operation[Any], error: ClientError) -> None:
        """Find out how to go on after a failure; raise it where that is no use."""
        if _uploads.is_gone(error):
            await self._start_again_once(error)
        elif (offset := _uploads.offset_of(error)) is not None:
            self._move_to(operation, offset, should_advance=True)
        elif isinstance(error, HTTPError) and error.status_code == 400:
            # A part that does not fit is refused so, and not every refusal says which one would.
            if await self._stays():
                raise error
        else:
            await self._wait(error)
            await self._ask()

    async def _wait(self, error: ClientError) -> None:
        self._failures += 1
        failure, config = _uploads.failure_of(error), self._config
        delay = delay_before_next(
            "idempotent", failure, attempt=self._failures, retries=self._retries, random=random.random, is_long=True
        )
        if delay is None or (self._deadline is not None and config.clock.monotonic() + delay >= self._deadline):
            raise error
        cost = self._caller.budget.take(throttled=False)
        if cost is None:
            raise error
        self._spent += cost
        if config.hooks.on_retry is not None:
            called = operations.create_chunked_upload.id, error.method, error.path, error.request_id or ""
            config.hooks.on_retry(_events.RetryEvent(*called, self._failures, delay, error))
        await config.clock.asleep(delay)

    async def _ask(self) -> None:
        """Ask how far the server is, and go on from there."""
        operation = operations.get_chunked_upload
        try:
            offset = self._note(operation, await self._patient_call(operation, self._pk))
        except ClientError as error:
            if not _uploads.is_gone(error):
                raise
            await self._start_again_once(error)
            return
        if self._completed is None:
            if offset is None:
                raise _uploads.distrust(self._config, operation, "offset", "the answer has no offset")
            self._move_to(operation, offset, should_advance=False)

    async def _stays(self) -> bool:
        """Ask how far the server is, and tell whether that is what was believed."""
        before = self._pk, self._progress.offset
        await self._ask()
        return self._completed is None and before == (self._pk, self._progress.offset)

    async def _refused(self, error: ClientError) -> None:
        """Find out why an upload was not completed, and send the file again if the server got other bytes."""
        if not await self._stays():
            return
        await self._read_again()
        self._resends += 1
        if self._resends > _uploads.MOST_RESENDS:
            problem = f"the server got other bytes than were sent, {self._resends} times"
            advice = "The file is unchanged; something on the way alters it."
            md5 = await run_async(self._digest.hexdigest)
            operation = operations.complete_chunked_upload
            raise _uploads.mismatch(self._config, operation, problem, advice, local=md5) from error
        await self._start_over()

    async def _read_again(self) -> None:
        """Require that the file still is what was sent."""
        again = Digest(self._source.size)
        try:
            await run_async(self._source.check)
            await self._take_in(again, self._source.size)
            if await run_async(again.hexdigest) != await run_async(self._digest.hexdigest):
                raise self._source.differs()
        finally:
            again.close()

    async def _start_again_once(self, error: ClientError) -> None:
        if not self._may_start_over:
            raise error
        self._may_start_over = False
        await self._start_over()

    async def _start_over(self) -> None:
        self._progress.start_over()
        self._pk = self._target = self._completed = None
        if self._journal is not None:
            await run_async(self._journal.remove)

    async def _take_in(self, digest: Digest, end: int) -> None:
        # Not in one go: whoever cancels the upload does not want to wait for the rest of the file.
        while await run_async(_uploads.take_in, self._source, digest, end):
            pass

    # --- journal --------------------------------------------------------------------------------------------------

    async def _save(self) -> None:
        if self._journal is not None:
            await run_async(self._journal.save, Entry(cast("int | str", self._pk), self._progress.sent))

    async def _resume(self, journal: Journal) -> None:
        """Go on with what an earlier call began, if the server has it and it fits."""
        entry = await run_async(journal.load)
        if entry is None:
            return
        self._pk = entry.pk
        self._progress.sent = min(entry.sent, self._source.size)
        try:
            await self._ask()
            if self._completed is not None:
                await self._verified(self._completed)
        except (ChecksumMismatchError, ResponseError) as error:
            if isinstance(error, ResponseError) and error.kind != "offset":
                raise
            logger.warning("the upload begun earlier is not used, and the file is sent from its beginning: %s", error)
            await self._start_over()
        await self._take_in(self._digest, self._progress.offset)

    # --- calls ----------------------------------------------------------------------------------------------------

    async def _patient_call(self, operation: Operation[dicts.ChunkedUpload], *arguments: object) -> dicts.ChunkedUpload:
        """Make a call that waits for a server which restarts."""
        while True:
            try:
                return await self._call(operation, *arguments)
            except ClientError as error:
                if _uploads.failure_of(error).stage != "unsent":
                    raise
                await self._wait(error)

    async def _call(
        self, operation: Operation[dicts.ChunkedUpload], *arguments: object, **named: Any
    ) -> dicts.ChunkedUpload:
        options = cast("CallOptions", dict(self._options or {}))
        if self._deadline is not None:
            # A call whose time is up says so itself.
            options["deadline"] = max(self._deadline - self._config.clock.monotonic(), 0.001)
        answer: dicts.ChunkedUpload = await self._caller.call(operation, arguments, **named, options=options)
        return answer
