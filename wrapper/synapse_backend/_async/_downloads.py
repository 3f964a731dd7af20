"""Downloads: the files behind URLs that the backend hands out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from synapse_api import operations
from synapse_backend import _handed_out
from synapse_backend._async._patience import AsyncPatience
from synapse_backend._conversion import Downloads, Functions, Place, data_of
from synapse_backend._downloads import (
    RANGE_NOT_SATISFIABLE,
    REDIRECTS,
    WRITE_BYTES,
    Destination,
    DownloadError,
    PartFile,
    PrivateFolder,
    Progress,
    file_name,
    next_hop,
    remove,
)
from synapse_backend._errors import ChecksumMismatchError, ClientError, ResponseError
from synapse_backend._secrets import Unshown
from synapse_backend._slots import open_async, run_async
from synapse_backend._workers import run_bounded_async

if TYPE_CHECKING:
    from synapse_backend._async._transport import AsyncAnswerStream, AsyncCaller
    from synapse_backend._config import CallOptions, ClientConfig

_File: TypeAlias = tuple[str, str | None, str | None]
"""URL, name and checksum: what tells one file from another."""
_AT_ONCE = 8
"""Files that are downloaded at once."""


class AsyncDownloader:
    """Downloads files for one client."""

    def __init__(self, config: ClientConfig, caller: AsyncCaller) -> None:
        self._config = config
        self._caller = caller
        self._private = PrivateFolder()

    async def download(
        self,
        url: str,
        destination: Destination,
        *,
        name: str | None = None,
        checksum: str | None = None,
        on_progress: Callable[[int, int | None], object] | None = None,
        resume: bool = True,
        options: CallOptions | None = None,
    ) -> Path:
        """Download a file, and return where it is.

        Args:
            url: Where it is to be had; one that no traceback shows.
            destination: Where it goes.
            name: What it is called, where that is known.
            checksum: Its MD5 in lower case, where that is known.
            on_progress: Called with the number of bytes that came and that of the file, where it is known.
            resume: Whether to go on where the download broke off.
            options: Timeout, deadline and retries.

        Raises:
            UrlError: The URL must not be followed.
            ClientError: The file did not come as a whole.
            OSError: It cannot be written.
        """
        # Refused before there is a file.
        _handed_out.resolve(self._config, url)
        part = await open_async(PartFile.discard, PartFile, destination)
        try:
            download = _Download(self._config, self._caller, part, on_progress, resume=resume, options=options)
            stream = await download.run(url)
            if checksum is not None and part.md5() != checksum:
                raise stream.error(
                    ChecksumMismatchError,
                    f"the file that came has the MD5 {part.md5()} instead of {checksum}",
                    local=part.md5(),
                    remote=checksum,
                )
            return await run_async(part.keep, file_name(name, download.progress.described, url))
        finally:
            part.discard()

    async def convert(self, answer: Unshown[Any], conversion: Functions | Downloads) -> None:
        """Convert the URLs in an answer, an object or a list of them, in place.

        Raises:
            Exception: Whatever fails; then the answer is as it was, and no file is left.
        """
        if isinstance(conversion, Functions):
            conversion.apply(answer)
            return
        found = conversion.places(answer.value)
        if not found:
            return
        folder = await run_async(self._folder, conversion)
        # What several objects refer to is downloaded once.
        places = {_file_of(place): place for place in reversed(found)}
        paths: dict[_File, Path] = {}

        async def fetch(file: _File) -> None:
            # Kept here and not where it is waited for, because that may end while other files still arrive.
            paths[file] = await self._fetch(places[file], folder)

        async def check(file: _File, outcome: Exception | None) -> None:
            if outcome is not None:
                raise _explained(outcome, places[file])

        try:
            await run_bounded_async(list(reversed(places)), fetch, _AT_ONCE, check)
            conversion.apply(found, [paths[_file_of(place)] for place in found])
        except BaseException:
            remove(list(paths.values()))
            raise

    def _folder(self, conversion: Downloads) -> Destination:
        if conversion.folder is None:
            return Destination(self._private.path())
        conversion.folder.mkdir(parents=True, exist_ok=True)
        return Destination(conversion.folder)

    async def _fetch(self, place: Place, folder: Destination) -> Path:
        try:
            data = data_of(place.url)
            if data is None:
                return await self.download(place.url, folder, name=place.name, checksum=place.checksum)
        except ValueError as error:
            # The server is to blame, not the caller.
            raise ResponseError(f"A URL of a file was refused: {error}.", kind="url", status_code=502) from None
        content, ending = data
        return await run_async(_store, folder, content, file_name(place.name, {}, f"data{ending}"))


def _file_of(place: Place) -> _File:
    return place.url, place.name, place.checksum


def _store(folder: Destination, content: bytes, name: str) -> Path:
    part = PartFile(folder)
    try:
        part.write(content)
        return part.keep(name)
    finally:
        part.discard()


def _explained(error: Exception, place: Place) -> Exception:
    """Return an error that says which file it is about."""
    named = "" if place.shown_name is None else f" ({place.shown_name})"
    if isinstance(error, ClientError):
        error.args = (f"{error.args[0]} This was {place.where}{named}, in url_conversion.",)
    else:
        error.add_note(f"This was {place.where}{named}, in url_conversion.")
    return error


class _Download:
    """One download, in as many requests as it takes."""

    def __init__(
        self,
        config: ClientConfig,
        caller: AsyncCaller,
        part: PartFile,
        on_progress: Callable[[int, int | None], object] | None,
        *,
        resume: bool,
        options: CallOptions | None,
    ) -> None:
        self._config = config
        self._caller = caller
        self._part = part
        self._on_progress = on_progress
        self.progress = Progress(may_resume=resume)
        self._patience = AsyncPatience(config, caller.budget, operations.download_file, options)

    async def run(self, url: str) -> AsyncAnswerStream:
        """Fetch all of the file, and return the last answer, which is closed."""
        while True:
            stream = await self._open(url, self.progress.headers(self._part.size))
            async with stream:
                failure = await self._take(stream)
            if failure is None or self.progress.is_far_further(self._part.size):
                self._patience.renew()
            if failure is None:
                return stream
            await self._patience.wait(failure)

    async def _open(self, url: str, headers: Mapping[str, str]) -> AsyncAnswerStream:
        """Ask for the file, and follow redirects. Tokens go to the backend alone, and no further than to its answer."""
        hop, with_tokens = 0, True
        while True:
            caller, target = await self._caller.at(url, with_tokens=with_tokens)
            stream = await caller.open(
                operations.download_file,
                (),
                headers=headers,
                target=target,
                options=self._patience.options(),
                also=REDIRECTS | {RANGE_NOT_SATISFIABLE},
            )
            if stream.status not in REDIRECTS:
                return stream
            hop, with_tokens = hop + 1, with_tokens and caller is self._caller
            async with stream:
                await stream.skip()
                try:
                    url = next_hop(self._config, url, stream.headers.get("location"), hop)
                except _handed_out.UrlError as error:
                    raise stream.refused("url", f"its redirect is not followed: {error}") from None

    async def _take(self, stream: AsyncAnswerStream) -> ClientError | None:
        """Write what an answer brings; return why the file is not there as a whole yet."""
        part, progress = self._part, self.progress
        try:
            start = progress.begin(stream.status, stream.headers)
            if start is None:
                return stream.refused("truncated", "the file is not the one whose beginning came before")
            if start < part.size:
                await run_async(part.start_over)
            failure = await self._copy(stream)
            if failure is None and not progress.is_whole(part.size):
                failure = stream.refused("truncated", f"only {part.size} of {progress.total} bytes came")
            return failure
        except DownloadError as error:
            raise stream.refused(error.kind, str(error)) from None

    async def _copy(self, stream: AsyncAnswerStream) -> ClientError | None:
        """Write a body, and return why it broke off, if it did."""
        pieces: list[bytes] = []
        size = 0
        try:
            async for piece in stream:
                pieces.append(piece)
                size += len(piece)
                if size >= WRITE_BYTES:
                    await self._write(pieces)
                    pieces, size = [], 0
        except ClientError as error:
            if error is not stream.failure:
                raise
        if pieces:
            await self._write(pieces)
        return stream.failure

    async def _write(self, pieces: Sequence[bytes]) -> None:
        await run_async(self._part.write, b"".join(pieces))
        if self._on_progress is not None:
            self._on_progress(self._part.size, self.progress.total)
