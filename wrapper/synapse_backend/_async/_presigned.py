"""One bulk upload of files to the storage behind the backend."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from synapse_api import dicts, operations
from synapse_backend import _bulk, _presigned
from synapse_backend._async._attempts import AsyncAttempts
from synapse_backend._async._confirmation import AsyncConfirmations
from synapse_backend._errors import AuthorizationError, ClientError, SourceChangedError, UploadError
from synapse_backend._handed_out import UrlError
from synapse_backend._presigned import Candidate, FileSlice, Hash, Part
from synapse_backend._secrets import Unshown
from synapse_backend._slots import run_async
from synapse_backend._workers import run_bounded_async

if TYPE_CHECKING:
    from synapse_backend._async._transport import AsyncCaller
    from synapse_backend._async.data_collection import AsyncDataCollectionClientMixin
    from synapse_backend._config import CallOptions, ClientConfig
    from synapse_backend._files_journal import FilesJournal
    from synapse_backend._responses import Answer

_NAME = "upload_files_bulk"


async def _nothing(_: ClientError) -> None:
    """Look for nothing: what is sent twice does no harm."""


class AsyncFilesUpload:
    """Asks for URLs, uploads to them, and confirms, batch by batch."""

    def __init__(
        self,
        client: AsyncDataCollectionClientMixin,
        config: ClientConfig,
        caller: AsyncCaller,
        *,
        batch_size: int,
        max_workers: int,
        max_retries: int,
        expiration: int,
        on_progress: Callable[[_bulk.BulkProgress], object] | None,
        on_result: _presigned.OnFile | None,
        journal: FilesJournal | None,
        options: CallOptions | None,
    ) -> None:
        self._client = client
        self._config = config
        self._caller = caller
        self._batch_size = batch_size
        self._max_workers = max_workers
        self._max_retries = max_retries
        self._expiration = expiration
        self._on_progress = on_progress
        self._on_result = on_result
        self._journal = journal
        _, retries, _ = config.options_for(operations.confirm_presigned_upload, options)
        # Whether and when to try again is decided here, for all workers together.
        self._once: CallOptions = {**(options or {}), "retries": 0}
        self._attempts = AsyncAttempts(config.clock, retries)
        self._storage = AsyncAttempts(config.clock, retries)
        self._confirmations = AsyncConfirmations(client, config, self._attempts, journal=journal, options=options)
        self._takes_type: bool | None = None
        """Whether the storage takes media types; None until one file shows it."""
        self._streak = _bulk.Streak(max_workers)
        self._result: _presigned.BulkFiles = {
            "results": [],
            "created_count": 0,
            "failed_count": 0,
            "skipped_count": 0,
        }
        self._bytes = 0

    async def run(self, paths: Iterable[object]) -> _presigned.BulkFiles:
        """Upload everything, and return what became of each file."""
        await self._confirmations.go_on()
        source = iter(paths)
        while batch := await run_async(self._look, list(islice(source, self._batch_size))):
            await self._upload(batch)
            self._tell(batch)
        return self._result

    def _look(self, paths: Sequence[object]) -> list[Candidate]:
        found = _presigned.candidates(paths)
        if self._journal is not None:
            self._journal.recall(found)
        return found

    async def _upload(self, batch: Sequence[Candidate]) -> None:
        for _ in range(1 + self._max_retries):
            waiting = [candidate for candidate in batch if candidate.pk is None and not candidate.is_final]
            if not waiting:
                return
            for candidate in waiting:
                candidate.start_over()
            try:
                await self._ask(waiting)
                await run_bounded_async(_presigned.work(waiting), self._do, self._max_workers, self._done)
                await self._confirmations.confirm([candidate for candidate in waiting if candidate.error is None])
            except ClientError as error:
                for candidate in waiting:
                    if candidate.pk is None:
                        candidate.fail(error, is_final=True)

    async def _ask(self, waiting: Sequence[Candidate]) -> None:
        body = dicts.PresignedUploadRequest(
            files=[candidate.announced() for candidate in waiting], expiration=self._expiration
        )
        answer: Unshown[object] = Unshown(
            await self._attempts.repeat(
                lambda: self._client.request_presigned_upload(body, options=self._once), _nothing
            )
        )
        _presigned.hand_out(self._config, waiting, answer)

    # --- storage --------------------------------------------------------------------------------------------------

    async def _do(self, work: Part | Hash) -> None:
        candidate = work.candidate
        if candidate.error is not None:
            return
        if isinstance(work, Hash):
            md5 = await run_async(_bulk.md5_of, candidate.path)
            # Its parts may have been sent before.
            await self._check(candidate)
            candidate.md5 = md5
            return
        content = FileSlice(candidate.path, work.start, work.end)
        answer = await self._storage.repeat(lambda: self._put(work, content), _nothing)
        await self._check(candidate)
        if work.number:
            candidate.etags[work.number] = answer.headers.get("etag", "").strip('"')
        else:
            candidate.md5 = content.hexdigest()

    async def _check(self, candidate: Candidate) -> None:
        if not await run_async(_bulk.is_unchanged, candidate.path, [candidate.size, candidate.modified]):
            raise SourceChangedError(f"{candidate.path} changed while it was sent", status_code=409)

    async def _put(self, work: Part, content: FileSlice) -> Answer:
        caller, target = await self._caller.at(work.url, with_tokens=False)

        async def send(*, with_type: bool) -> Answer:
            return await caller.send(
                operations.upload_to_storage,
                target=target,
                data=content,
                headers=work.headers(with_type=with_type),
                options=self._once,
            )

        if work.number or self._takes_type is not None:
            return await send(with_type=self._takes_type is True)
        try:
            answer = await send(with_type=True)
        except AuthorizationError:
            # Signatures of the older kind hold for exactly one media type, and often for none.
            answer = await send(with_type=False)
            self._takes_type = False
        else:
            self._takes_type = True
        return answer

    async def _done(self, work: Part | Hash, outcome: Exception | None) -> None:
        if isinstance(outcome, ClientError | OSError | UrlError):
            # A URL that is over is a refusal of the storage, too, and the next one may be used.
            is_final = isinstance(outcome, OSError | UrlError | SourceChangedError)
            work.candidate.fail(outcome, is_final=is_final)
        elif outcome is not None:
            raise outcome

    # --- what was done --------------------------------------------------------------------------------------------

    def _tell(self, batch: Sequence[Candidate]) -> None:
        result = self._result
        last: Exception | None = None
        for candidate in batch:
            if self._on_result is None:
                result["results"].append(candidate.result())
            else:
                self._on_result(candidate.result())
            if candidate.is_known:
                result["skipped_count"] += 1
            elif candidate.pk is None:
                result["failed_count"] += 1
                if candidate.error is not None and self._streak.fail([candidate.error]):
                    last = candidate.error
            else:
                result["created_count"] += 1
                self._bytes += candidate.size
                self._streak.succeed()
        if self._on_progress is not None:
            created = result["created_count"]
            progress = _bulk.BulkProgress(
                created, result["skipped_count"], result["failed_count"], created, self._bytes
            )
            self._on_progress(progress)
        if last is not None:
            raise self._stopped(last)

    def _stopped(self, cause: Exception) -> UploadError:
        error = UploadError(
            f"{_NAME}: stopped, because one file after the other failed. The last error: {cause}",
            status_code=cause.status_code if isinstance(cause, ClientError) else 500,
        )
        error.summary = self._result
        error.__cause__ = cause
        return error
