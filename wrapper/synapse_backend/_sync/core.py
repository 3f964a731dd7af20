# Derived from wrapper/synapse_backend/_async/core.py by scripts/unasync.py; do not edit.
"""Chunked uploads and downloads."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from synapse_api import operations
from synapse_backend._handed_out import UrlError
from synapse_backend._journals import Journal, fingerprint, open_journal
from synapse_backend._secrets import hidden
from synapse_backend._slots import open_sync, run_sync
from synapse_backend._sources import Source, open_source
from synapse_backend._sync._base import Mixin
from synapse_backend._sync._upload import Upload
from synapse_backend._uploads import DEFAULT_CHUNK_SIZE, check_chunk_size

if TYPE_CHECKING:
    from synapse_api import dicts
    from synapse_backend._bodies import SupportsToDict
    from synapse_backend._config import CallOptions


class CoreClientMixin(Mixin):
    """Chunked uploads and downloads.

    Every method raises `ClientError`, or a subclass of it, when the call fails; `TypeError` or `ValueError` when an
    argument cannot be sent, and then nothing was sent. Every method takes `options`: `timeout`, `deadline` and
    `retries` of this one call, see `CallOptions`.
    """

    def create_chunked_upload(
        self,
        file_path: str | os.PathLike[str] | IO[bytes],
        *,
        chunk_size: int = DEFAULT_CHUNK_SIZE,
        on_progress: Callable[[int, int], object] | None = None,
        resume: bool = False,
        journal: str | os.PathLike[str] | None = None,
        options: CallOptions | None = None,
    ) -> dicts.ChunkedUpload:
        """Upload a file in parts, however large it is.

        The file is read once, hashed while it is sent, and never held in memory. A part whose answer is lost, or that
        the server cannot take just now, is sent again from where the server stands. When the server got other bytes
        than were sent, the whole file is sent again, twice at most.

        Args:
            file_path: Path of the file, or an open binary file, which is sent from where it stands. One that cannot be
                read twice, such as a pipe, is copied to a temporary file first.
            chunk_size: Largest number of bytes in a part; 50 MiB by default.
            on_progress: Called after each part with the number of bytes that the server has, and the size of the file.
                What it raises ends the upload.
            resume: Keep a journal, with which the same call in another process goes on where the server stands. It
                holds no token, and is removed when the upload is complete. What the server has already is read and
                hashed again, but not sent. A file that was changed since is sent from its beginning.
            journal: The journal, or a folder for journals; by default a folder in ``$XDG_STATE_HOME`` or
                ``~/.local/state``.
            options: Timeout and retries of each call, and the deadline of the upload as a whole; none by default.

        Returns:
            The completed upload: `id`, which `create_data_file` and `create_model` take as `chunked_upload`,
            `checksum` (MD5), `size`, `filename`, `file`, `completed_at`.

        Raises:
            FileNotFoundError: There is no such file. Likewise `IsADirectoryError`, `PermissionError`, and
                `BlockingIOError` when another process uploads with the same journal; nothing was sent.
            SourceChangedError: The file changed meanwhile; nothing was completed.
            ChecksumMismatchError: What the server has is not the file.
            HTTPError: The server refused a part; 413 when it is too large, 507 when the server has no room.
            ResponseError: The server says that it has more than was sent, or sends the next part to another host.

        ``PUT /chunked_upload/``, ``PUT /chunked_upload/{pk}/``, ``POST /chunked_upload/{pk}/``
        """
        name = "create_chunked_upload"
        chunk_size = check_chunk_size(name, chunk_size)
        if journal is not None and not resume:
            raise ValueError(f"{name}: journal is of use only with resume=True")
        source = open_sync(Source.close, open_source, name, file_path)
        kept = None
        try:
            if resume:
                same = run_sync(fingerprint, self._config, source)
                kept = open_sync(Journal.close, open_journal, journal, same)
            return Upload(
                self._caller,
                self._config,
                source,
                kept,
                chunk_size=chunk_size,
                on_progress=on_progress,
                options=options,
            ).run()
        finally:
            if kept is not None:
                kept.close()
            source.close()

    def append_chunked_upload(
        self,
        pk: int | str,
        data: dicts.UploadPart | Mapping[str, Any] | SupportsToDict,
        content_range: str,
        *,
        options: CallOptions | None = None,
    ) -> dicts.ChunkedUpload:
        """Send one part of a chunked upload. `create_chunked_upload` does all of it.

        Args:
            pk: Id of the upload.
            data: `filename` of the whole file, and `file` with the bytes of the part: an open binary file, a path or
                bytes.
            content_range: Which bytes they are, the last one included: ``bytes 0-52428799/104857600``.
            options: Timeout, deadline and retries of this call.

        Returns:
            The upload; the next part starts at its `offset`.

        Raises:
            ValidationError: The part does not start where the upload stands; `response` has the right `offset`.
            NotFoundError: There is no such upload.
            OutcomeUnknownError: No answer came; ask `get_chunked_upload` for the offset.

        ``PUT /chunked_upload/{pk}/``
        """
        headers = {"Content-Range": content_range}
        return self._call(operations.append_chunked_upload, pk, data=data, headers=headers, options=options)

    def complete_chunked_upload(
        self,
        pk: int | str,
        data: dicts.UploadCompletion | Mapping[str, Any] | SupportsToDict,
        *,
        options: CallOptions | None = None,
    ) -> dicts.ChunkedUpload:
        """Complete a chunked upload. `create_chunked_upload` does all of it.

        Args:
            pk: Id of the upload.
            data: `md5` of the whole file, 32 hexadecimal digits.
            options: Timeout, deadline and retries of this call.

        Returns:
            The completed upload: `id`, `checksum`, `size`, `file`, `completed_at`.

        Raises:
            ValidationError: The bytes are not those of the MD5, or some are missing.
            NotFoundError: There is no such upload.
            OutcomeUnknownError: No answer came; ask `get_chunked_upload` whether the upload is complete.

        ``POST /chunked_upload/{pk}/``
        """
        return self._call(operations.complete_chunked_upload, pk, data=data, options=options)

    def complete_empty_chunked_upload(
        self,
        data: dicts.UploadCompletion | Mapping[str, Any] | SupportsToDict,
        *,
        options: CallOptions | None = None,
    ) -> dicts.ChunkedUpload:
        """Upload an empty file, which has no parts. `create_chunked_upload` does it by itself.

        Args:
            data: `md5` of nothing, ``d41d8cd98f00b204e9800998ecf8427e``, and `filename`.
            options: Timeout, deadline and retries of this call.

        Returns:
            The completed upload: `id`, `checksum`, `size`, `file`, `completed_at`.

        Raises:
            ValidationError: A field is wrong.

        ``POST /chunked_upload/``
        """
        return self._call(operations.complete_empty_chunked_upload, data=data, options=options)

    def get_chunked_upload(self, pk: int | str, *, options: CallOptions | None = None) -> dicts.ChunkedUpload:
        """Get the state of a chunked upload.

        Args:
            pk: Id of the upload.
            options: Timeout, deadline and retries of this call.

        Returns:
            The upload: `id`, `url`, `offset` (bytes that the server has), `filename`, `status` (2 when complete),
            `expires`; when complete `checksum`, `size`, `file`, `completed_at`.

        Raises:
            NotFoundError: There is no such upload.
            HTTPError: 410, it has expired.

        ``GET /chunked_upload/{pk}/``
        """
        return self._call(operations.get_chunked_upload, pk, options=options)

    def download_file(
        self,
        url: str,
        target: str | os.PathLike[str],
        *,
        checksum: str | None = None,
        on_progress: Callable[[int, int | None], object] | None = None,
        resume: bool = True,
        options: CallOptions | None = None,
    ) -> Path:
        """Download a file whose URL the backend gave, for example in `files` of a task.

        It is written to a temporary file beside its place, which takes its name when all of it has come: whatever goes
        wrong, a file that was there before stays as it was, and nothing half-written is left. Redirects are followed,
        and the tokens of this client go to its backend alone.

        Args:
            url: URL of the file, absolute or relative to the backend.
            target: Path of the file, which is replaced if it is there; or a folder, in which the file gets the name
                that the server gives it and replaces no other.
            checksum: MD5 of the file, such as its `checksum` in an answer; what comes must have it.
            on_progress: Called now and then with the number of bytes that came, and the size of the file or None. What
                it raises ends the download.
            resume: Go on where the download broke off, if the server can and the file is still the same; False begins
                again.
            options: Timeout and retries of each request, and the deadline of the download as a whole; none by default.

        Returns:
            The path of the file.

        Raises:
            ValueError: The URL must not be followed: it is no http URL, would send what it gives access to in clear
                text, or leads into a private network from outside.
            OSError: The file cannot be written, for example because its folder is not there or the disk is full.
            ChecksumMismatchError: The file that came has another checksum.
            ResponseError: The file did not come as a whole, or a redirect must not be followed.
            NotFoundError: There is no such file, or its URL has expired.

        ``GET {url}``
        """
        # Imported here: few need it.
        from synapse_backend._downloads import Destination, parse_checksum

        url = hidden(url)
        if not isinstance(url, str):
            raise TypeError(f"download_file: url must be a str, not {type(url).__name__}")
        checksum = parse_checksum(checksum)
        destination = run_sync(Destination, target)
        try:
            return self._downloader.download(
                url, destination, checksum=checksum, on_progress=on_progress, resume=resume, options=options
            )
        except UrlError as error:
            raise ValueError(f"download_file: url must not be followed: {error}") from None
