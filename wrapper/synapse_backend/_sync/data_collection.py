# Derived from wrapper/synapse_backend/_async/data_collection.py by scripts/unasync.py; do not edit.
"""Data collections, their files and their units."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import IO, TYPE_CHECKING, Any, Literal, cast, overload

from synapse_api import operations
from synapse_backend._answers import created_units, data_file, matches
from synapse_backend._bulk import check_limits, is_unknown
from synapse_backend._bulk_journal import BulkJournal
from synapse_backend._config import parse_retries
from synapse_backend._errors import ClientError, HTTPError
from synapse_backend._files_journal import FilesJournal
from synapse_backend._hashed import HashedForm
from synapse_backend._presigned import check_expiration
from synapse_backend._slots import open_sync, run_sync
from synapse_backend._sync._base import Mixin
from synapse_backend._sync._bulk import BulkUpload
from synapse_backend._sync._presigned import FilesUpload
from synapse_backend._units import (
    BATCH,
    Unit,
    batches,
    checksums_of,
    is_large,
    name_of,
    one_of,
    units_to_create,
    upload_error,
    uploaded_file,
)
from synapse_backend._workers import gather_sync

if TYPE_CHECKING:
    from synapse_api import dicts
    from synapse_backend._bodies import SupportsToDict
    from synapse_backend._bulk import CollectionUpload, OnProgress, OnResult
    from synapse_backend._config import CallOptions
    from synapse_backend._conversion import UrlConversion
    from synapse_backend._pagination import Page
    from synapse_backend._presigned import BulkFiles, OnFile
    from synapse_backend._sync.core import CoreClientMixin
    from synapse_backend._units import UnitSource, UnitToCreate, UploadedUnit, UploadedUnitFile

_FILES_AT_ONCE = 10


class DataCollectionClientMixin(Mixin):
    """Data collections, their files and their units.

    Every method raises `ClientError`, or a subclass of it, when the call fails; `TypeError` or `ValueError` when an
    argument cannot be sent, and then nothing was sent. Every method takes `options`: `timeout`, `deadline` and
    `retries` of this one call, see `CallOptions`.
    """

    # --- data collections -----------------------------------------------------------------------------------------

    def list_data_collection(
        self,
        params: dicts.ListDataCollectionParams | Mapping[str, Any] | None = None,
        *,
        list_all: bool = True,
        options: CallOptions | None = None,
    ) -> list[dicts.DataCollection]:
        """List data collections.

        Args:
            params: Filter `search`; `page` and `page_size`.
            list_all: Fetch every page; False fetches one.
            options: Timeout, deadline and retries of this call.

        Returns:
            The data collections: `id`, `name`, `description`, `project`, `created_at` of each.

        Raises:
            NotFoundError: The page is past the end.
            ResponseError: A page cannot be read; the list is never short without an error.

        ``GET /data_collections/``
        """
        if list_all:
            return self._collect(operations.list_data_collection, params=params, options=options)
        page = self._page(operations.list_data_collection, params=params, options=options)
        return page.items

    def list_data_collections(
        self,
        params: dicts.ListDataCollectionParams | Mapping[str, Any] | None = None,
        *,
        list_all: bool = True,
        options: CallOptions | None = None,
    ) -> list[dicts.DataCollection]:
        """List data collections; another name of `list_data_collection`.

        Args:
            params: Filter `search`; `page` and `page_size`.
            list_all: Fetch every page; False fetches one.
            options: Timeout, deadline and retries of this call.

        Returns:
            The data collections: `id`, `name`, `description`, `project`, `created_at` of each.

        Raises:
            NotFoundError: The page is past the end.
            ResponseError: A page cannot be read; the list is never short without an error.

        ``GET /data_collections/``
        """
        return self.list_data_collection(params, list_all=list_all, options=options)

    def iter_data_collections(
        self,
        params: dicts.ListDataCollectionParams | Mapping[str, Any] | None = None,
        *,
        options: CallOptions | None = None,
    ) -> Iterator[dicts.DataCollection]:
        """Walk over all data collections, a few pages in memory at a time.

        Args:
            params: Filter `search`; `page_size` says how many come at once.
            options: Timeout, deadline and retries of each request.

        Returns:
            An iterator over the data collections.

        Raises:
            ResponseError: A page cannot be read; raised while walking.

        ``GET /data_collections/``
        """
        return self._iterate(operations.list_data_collection, params=params, options=options)

    def get_data_collection(
        self,
        data_collection_id: int | str,
        params: dicts.GetDataCollectionParams | Mapping[str, Any] | None = None,
        *,
        options: CallOptions | None = None,
    ) -> dicts.DataCollection:
        """Get a data collection with its file specifications.

        Args:
            data_collection_id: Id of the data collection.
            params: `expand`, where something else than the file specifications is wanted.
            options: Timeout, deadline and retries of this call.

        Returns:
            The data collection: `id`, `name`, `description`, `project`, `created_at`; `file_specifications`, a list with
            `name` and `is_required` of each file that its units have.

        Raises:
            NotFoundError: There is no such data collection.

        ``GET /data_collections/{pk}/``
        """
        return self._call(operations.get_data_collection, data_collection_id, params=params, options=options)

    # --- data files -----------------------------------------------------------------------------------------------

    def create_data_file(
        self,
        file_path: str | os.PathLike[str] | IO[bytes],
        use_chunked_upload: bool = False,
        *,
        on_progress: Callable[[int, int], object] | None = None,
        options: CallOptions | None = None,
    ) -> dicts.DataFile:
        """Upload a file.

        A file of more than 50 MiB is sent in parts, and so goes on where it stood when the connection breaks.

        Args:
            file_path: Path of the file, or a file opened in binary mode, which is sent from where it stands.
            use_chunked_upload: Send it in parts whatever its size is.
            on_progress: Called with the number of bytes that were sent and the size, when a part was sent.
            options: Timeout, deadline and retries of this call.

        Returns:
            The data file: `id`, `checksum` (MD5 in hexadecimal digits), `size` in bytes, `created_at`. When the answer
            of a file that was sent in parts is lost and the file is found to be there, the first three.

        Raises:
            FileNotFoundError: There is no such file; nothing was sent.
            OutcomeUnknownError: No answer came; the file may be there. Look with `verify_data_files_checksums`.
            ChecksumMismatchError: The backend has something else than was sent.
            ClientError: 413 when it is too large, 507 when the backend has no space left.

        ``POST /data_files/``
        """
        if use_chunked_upload or run_sync(is_large, file_path):
            try:
                return self._create_from_parts(file_path, on_progress, options)
            except HTTPError as error:
                # An empty file has no parts, and not every backend takes an upload without any.
                empty = operations.complete_empty_chunked_upload
                if error.status_code not in (400, 404, 405) or (error.method, error.path) != (empty.method, empty.path):
                    raise
        operation = operations.create_data_file
        made = open_sync(HashedForm.close, HashedForm, operation.id, operation.files[0], file_path)
        with contextlib.closing(made) as form:
            answer = self._call(operation, data=form, options=options)
            created = data_file(self._config, answer, name_of(file_path), size=form.size, md5=form.md5)
        if on_progress is not None:
            on_progress(created["size"], created["size"])
        return created

    def _create_from_parts(
        self,
        file: str | os.PathLike[str] | IO[bytes],
        on_progress: Callable[[int, int], object] | None,
        options: CallOptions | None,
    ) -> dicts.DataFile:
        client = cast("CoreClientMixin", self)
        upload = client.create_chunked_upload(file, on_progress=on_progress, options=options)
        body: dicts.DataFileFromUpload = {"chunked_upload": upload["id"], "meta": {"filename": name_of(file)}}
        # Not every backend says so itself; the upload was compared with the file.
        checksum, size = str(upload.get("checksum")), upload.get("size", 0)
        try:
            answer = self._call(operations.create_data_file, data=body, options=options)
            return data_file(self._config, answer, name_of(file), size=size, md5=checksum.lower())
        except ClientError as error:
            pk = self._look_for(checksum, options) if is_unknown(error) else None
            if pk is None:
                raise
            return cast("dicts.DataFile", {"id": pk, "checksum": checksum, "size": size})

    def _look_for(self, checksum: str, options: CallOptions | None) -> int | None:
        """Return the id of a file, if the backend has it and can be asked."""
        try:
            return (self.verify_data_files_checksums([checksum], options=options)).get(checksum.lower())
        except ClientError:
            return None

    @overload
    def upload_data_file(
        self,
        organized_file: UnitSource,
        collection_id: int,
        use_chunked_upload: bool = False,
        *,
        options: CallOptions | None = None,
    ) -> UploadedUnit: ...
    @overload
    def upload_data_file(
        self,
        organized_file: UnitSource,
        *,
        data_collection_id: int,
        use_chunked_upload: bool = False,
        options: CallOptions | None = None,
    ) -> UploadedUnit: ...
    @overload
    def upload_data_file(
        self,
        *,
        data: UnitSource,
        data_collection_id: int,
        use_chunked_upload: bool = False,
        options: CallOptions | None = None,
    ) -> UploadedUnit: ...
    def upload_data_file(
        self,
        organized_file: UnitSource | None = None,
        collection_id: int | None = None,
        use_chunked_upload: bool = False,
        *,
        data: UnitSource | None = None,
        data_collection_id: int | None = None,
        options: CallOptions | None = None,
    ) -> UploadedUnit:
        """Upload the files of a data unit, several at once. The unit itself is created by `create_data_units`.

        Args:
            organized_file: `files`, a dict of the name that the collection gives each file and its path; `meta` and
                `groups` of the unit. It is left as it was.
            collection_id: Id of the data collection.
            use_chunked_upload: Send the files in parts whatever their size is.
            data: Another name of `organized_file`.
            data_collection_id: Another name of `collection_id`.
            options: Timeout, deadline and retries of each request.

        Returns:
            What `create_data_units` takes: `files`, by name a dict of `checksum`, `path`, `id` and `size`;
            `data_collection`, `meta` and `groups`.

        Raises:
            UploadError: Some files could not be uploaded; `results` has those that were, `errors` has the others.

        ``POST /data_files/``
        """
        source = one_of("organized_file", organized_file, "data", data)
        collection = one_of("collection_id", collection_id, "data_collection_id", data_collection_id)
        unit = Unit("organized_file", source)

        def upload(path: str) -> UploadedUnitFile:
            return uploaded_file(path, self.create_data_file(path, use_chunked_upload, options=options))

        uploads = [partial(upload, path) for path in unit.paths.values()]
        outcomes = dict(zip(unit.paths, gather_sync(uploads, _FILES_AT_ONCE), strict=True))
        files = {name: outcome for name, outcome in outcomes.items() if not isinstance(outcome, Exception)}
        if len(files) < len(outcomes):
            raise upload_error("upload_data_file", outcomes, unit.paths)
        return unit.body(collection, files)

    def upload_data_collection(
        self,
        data_collection_id: int,
        data: Iterable[UnitSource],
        project_id: int | None = None,
        batch_size: int = BATCH,
        *,
        max_workers: int = 10,
        skip_existing: bool = False,
        on_progress: OnProgress | None = None,
        on_result: OnResult | None = None,
        journal: str | os.PathLike[str] | None = None,
        options: CallOptions | None = None,
    ) -> CollectionUpload:
        """Upload any number of data units: their files, the units, and a task for each where a project is given.

        Files are uploaded by several workers, units and tasks are created in batches, in the order of the data. What is
        wrong with one unit is told with it, and the rest goes on. A request whose answer was lost is looked for before
        it is sent again, so that no unit is created twice. When the backend refuses with 429, all workers wait and then
        keep to its pace; when it is away, for example restarted, they wait up to 40 seconds. After a row of failures
        that are not due to the units, 20 or twice `max_workers` if that is more, or at once when the token is refused,
        the upload stops.

        Args:
            data_collection_id: Id of the data collection.
            data: What `upload_data_file` takes, for each unit: `files`, a dict of names and paths, `meta`, `groups`. It
                is taken lazily, a few batches at most ahead of what is created. The names must be those of the file
                specifications of the collection.
            project_id: Id of a project in which each unit gets a task.
            batch_size: How many units are created at once, up to 1000.
            max_workers: How many files are uploaded at once, up to 100.
            skip_existing: Ask before each file whether the backend has one with the same checksum, and send only
                others.
            on_progress: Called with a `BulkProgress` when something became of a unit.
            on_result: Called with the `UnitResult` of each unit, which the summary then leaves out.
            journal: Path of a file in which the upload notes what it did, so that the same call goes on after the
                process was killed. It holds paths and facts of the units, and no token. A unit is the same when its
                paths, `meta` and `groups` are. Keep it as long as the call may be repeated.
            options: Timeout, deadline and retries of each request.

        Returns:
            The summary: `created`, `skipped`, `failed`, `files`, `bytes`, `tasks`; `unit_ids`, the id of each unit by its
            place in the data; `failures`, the `UnitResult` of each unit that failed.

        Raises:
            NotFoundError: There is no such data collection.
            UploadError: The upload stopped; `summary` says how far it came.
            OSError: The journal cannot be written; `BlockingIOError` when another process uses it.
            ValueError: The journal is that of another upload.

        ``POST /data_units/``, ``POST /data_files/``, ``POST /tasks/``
        """
        check_limits(batch_size, max_workers)
        config = self._config
        with contextlib.ExitStack() as stack:
            book = None
            if journal is not None:
                identity = {
                    "server": config.base_url,
                    "tenant": config.credentials.tenant,
                    "data_collection_id": data_collection_id,
                    "project_id": project_id,
                }
                opened = open_sync(BulkJournal.close, BulkJournal, journal, identity)
                book = stack.enter_context(opened)
            upload = BulkUpload(
                self,
                config,
                data_collection_id,
                project=project_id,
                batch_size=batch_size,
                max_workers=max_workers,
                skip_existing=skip_existing,
                on_progress=on_progress,
                on_result=on_result,
                journal=book,
                options=options,
            )
            return upload.run(data)

    def verify_data_files_checksums(
        self,
        checksums: dicts.ChecksumQuery | Mapping[str, Any] | Iterable[str],
        *,
        options: CallOptions | None = None,
    ) -> dict[str, int]:
        """Ask which files the backend has already.

        Args:
            checksums: MD5 of each file in hexadecimal digits, any number of them; or a dict with the list as `checksums`.
            options: Timeout, deadline and retries of each request.

        Returns:
            The id of each file that exists, by its checksum in lower case; the others are absent.

        Raises:
            ValidationError: A checksum is not an MD5.

        ``POST /data_files/verify_checksums/``
        """
        found: dict[str, int] = {}
        for batch in batches(checksums_of(checksums)):
            query: dicts.ChecksumQuery = {"checksums": list(batch)}
            answer = self._call(operations.verify_data_files_checksums, data=query, options=options)
            found |= matches(self._config, answer)
        return found

    def data_files_verify_checksums(
        self,
        checksums: dicts.ChecksumQuery | Mapping[str, Any] | Iterable[str],
        *,
        options: CallOptions | None = None,
    ) -> dict[str, int]:
        """Ask which files the backend has already; another name of `verify_data_files_checksums`.

        Args:
            checksums: MD5 of each file in hexadecimal digits, any number of them; or a dict with the list as `checksums`.
            options: Timeout, deadline and retries of each request.

        Returns:
            The id of each file that exists, by its checksum in lower case; the others are absent.

        Raises:
            ValidationError: A checksum is not an MD5.

        ``POST /data_files/verify_checksums/``
        """
        return self.verify_data_files_checksums(checksums, options=options)

    def request_presigned_upload(
        self,
        data: dicts.PresignedUploadRequest | Mapping[str, Any] | SupportsToDict,
        *,
        options: CallOptions | None = None,
    ) -> dicts.PresignedUploads:
        """Ask for URLs to upload files to. `upload_files_bulk` does this and what follows.

        Args:
            data: `files`, up to 1000 dicts with `filename` and `size` in bytes; `expiration` of the URLs in seconds.
            options: Timeout, deadline and retries of this call.

        Returns:
            `files`, one for each file in its order: `file_key`, and either `presigned_url` or, for a large file,
            `multipart` with `upload_id`, `part_size` and `parts`; `expires_at`, when the URLs stop working. Whoever has
            a URL can upload.

        Raises:
            ValidationError: A field is wrong.

        ``POST /data_files/presigned_upload/upload/``
        """
        return self._call(operations.request_presigned_upload, data=data, options=options)

    def confirm_presigned_upload(
        self,
        data: dicts.PresignedConfirmation | Mapping[str, Any] | SupportsToDict,
        *,
        options: CallOptions | None = None,
    ) -> dicts.PresignedConfirmationResult:
        """Make data files of what was uploaded to the storage.

        Args:
            data: `files`, up to 1000 dicts with `file_key`, `checksum` and `size`; of a large file also `multipart` with
                `upload_id` and `parts`, the number and ETag of each.
            options: Timeout, deadline and retries of this call.

        Returns:
            `results`, one for each file in its order: `file_key`, `checksum`, `success`, `data_file_id`, `error`;
            `created_count` and `failed_count`.

        Raises:
            OutcomeUnknownError: No answer came; the files may be there. Look with `verify_data_files_checksums`.
            ValidationError: A field is wrong.

        ``POST /data_files/presigned_upload/confirm_upload/``
        """
        return self._call(operations.confirm_presigned_upload, data=data, options=options)

    def upload_files_bulk(
        self,
        paths: Iterable[str | os.PathLike[str]],
        *,
        batch_size: int = 200,
        max_workers: int = 10,
        max_retries: int = 2,
        expiration: int = 3600,
        on_progress: OnProgress | None = None,
        on_result: OnFile | None = None,
        journal: str | os.PathLike[str] | None = None,
        options: CallOptions | None = None,
    ) -> BulkFiles:
        """Upload any number of files straight to the storage behind the backend, and make data files of them.

        For each batch the backend is asked for URLs, the files are sent there by several workers, large ones in parts,
        and the backend is told. The storage gets no token. What is wrong with one file is told with it, and the rest goes
        on; after a row of failures, 20 or twice `max_workers` if that is more, the upload stops.

        Args:
            paths: The files, taken batch by batch.
            batch_size: How many files URLs are asked for at once, up to 1000.
            max_workers: How many files or parts are sent at once, up to 100.
            max_retries: How often a file is sent anew, to another URL, when it failed or its URL was over.
            expiration: Seconds for which the URLs are valid, from 60 to 86400; for slow lines more.
            on_progress: Called with a `BulkProgress` after each batch.
            on_result: Called with the `BulkFile` of each file, which `results` then leaves out.
            journal: Path of a file in which the upload notes what it did, so that the same call goes on after the
                process was killed. It holds paths, and neither tokens nor URLs. A file whose size or time is not what it
                was is uploaded again. Keep it as long as the call may be repeated.
            options: Timeout, deadline and retries of each request.

        Returns:
            `results`, one dict for each path in their order: `path`, `file_key`, `checksum`, `success`, `data_file_id`,
            `error`, and `skipped` where the journal says that it was a data file before; `created_count`, `failed_count`
            and `skipped_count`.

        Raises:
            UploadError: The upload stopped; `summary` is what it would have returned.
            OSError: The journal cannot be written; `BlockingIOError` when another process uses it.
            ValueError: The journal is that of another server, or is damaged.

        ``POST /data_files/presigned_upload/upload/``, ``POST /data_files/presigned_upload/confirm_upload/``
        """
        check_limits(batch_size, max_workers)
        retries, seconds = parse_retries(max_retries), check_expiration(expiration)
        config = self._config
        with contextlib.ExitStack() as stack:
            book = None
            if journal is not None:
                identity = {"server": config.base_url, "tenant": config.credentials.tenant}
                opened = open_sync(FilesJournal.close, FilesJournal, journal, identity)
                book = stack.enter_context(opened)
            upload = FilesUpload(
                self,
                config,
                self._caller,
                batch_size=batch_size,
                max_workers=max_workers,
                max_retries=retries,
                expiration=seconds,
                on_progress=on_progress,
                on_result=on_result,
                journal=book,
                options=options,
            )
            return upload.run(paths)

    # --- data units -----------------------------------------------------------------------------------------------

    def create_data_units(
        self, uploaded_files: UnitToCreate | Sequence[UnitToCreate], *, options: CallOptions | None = None
    ) -> list[dicts.DataUnit]:
        """Create data units from uploaded files.

        Args:
            uploaded_files: A list of what `upload_data_file` returned, or one of them. A unit has `data_collection` and
                `files`, by name a dict of `checksum` and `path`; `meta` and `groups`. The older form, `id` with `file`
                as a dict of file ids by name, is sent as it is. More than 1000 are sent in batches.
            options: Timeout, deadline and retries of each request.

        Returns:
            The units with their new `id`, in the order of the list.

        Raises:
            OutcomeUnknownError: No answer came; the units of one batch may exist, all or none. Look with
                `list_data_units`.
            ValidationError: A unit is wrong; none of its batch was created.
            ClientError: `created` of any error has the units of the batches before.

        ``POST /data_units/``
        """
        created: list[dicts.DataUnit] = []
        for body in units_to_create(uploaded_files):
            try:
                answer = self._call(operations.create_data_units, data=body, options=options)
                created += created_units(self._config, body, answer)
            except ClientError as error:
                if created:
                    error.created = list(created)
                    error.add_note(f"The first {len(created)} units were created by the requests before.")
                raise
        return created

    def get_data_unit(
        self,
        pk: int | str,
        params: dicts.GetDataUnitParams | Mapping[str, Any] | None = None,
        *,
        options: CallOptions | None = None,
    ) -> dicts.DataUnit:
        """Get a data unit.

        Args:
            pk: Id of the data unit.
            params: ``{'expand': 'files'}`` adds its files.
            options: Timeout, deadline and retries of this call.

        Returns:
            The data unit: `id`, `data_collection`, `meta`, `groups`, `created_at`; `files` when expanded, by name a dict
            of `url` and what else is known of the file.

        Raises:
            NotFoundError: There is no such data unit.

        ``GET /data_units/{pk}/``
        """
        return self._call(operations.get_data_unit, pk, params=params, options=options)

    @overload
    def list_data_units(
        self,
        params: dicts.ListDataUnitsParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        list_all: Literal[False] = False,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.DataUnit]: ...
    @overload
    def list_data_units(
        self,
        params: dicts.ListDataUnitsParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        *,
        list_all: Literal[True],
        options: CallOptions | None = None,
    ) -> list[dicts.DataUnit]: ...
    @overload
    def list_data_units(
        self,
        params: dicts.ListDataUnitsParams | Mapping[str, Any] | None,
        url_conversion: UrlConversion | None,
        list_all: Literal[True],
        *,
        options: CallOptions | None = None,
    ) -> list[dicts.DataUnit]: ...
    @overload
    def list_data_units(
        self,
        params: dicts.ListDataUnitsParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        list_all: bool = ...,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.DataUnit] | list[dicts.DataUnit]: ...
    def list_data_units(
        self,
        params: dicts.ListDataUnitsParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        list_all: bool = False,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.DataUnit] | list[dicts.DataUnit]:
        """List data units.

        Args:
            params: Filter `data_collection`; ``'expand': 'files'``; `ordering`; `page` and `page_size`.
            url_conversion: What becomes of the URLs of files in the answer: ``{'files': function}``, or where to
                download them; see `UrlConversion`.
            list_all: Fetch every page.
            options: Timeout, deadline and retries of this call.

        Returns:
            ``(units, count)``: the units of one page and the number of units on all pages. With `list_all` the list of
            all units.

        Raises:
            NotFoundError: The page is past the end.
            ResponseError: A page cannot be read; the list is never short without an error.

        ``GET /data_units/``
        """
        if list_all:
            return self._collect(operations.list_data_units, params=params, conversion=url_conversion, options=options)
        return self._page(operations.list_data_units, params=params, conversion=url_conversion, options=options)

    def iter_data_units(
        self,
        params: dicts.ListDataUnitsParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        *,
        options: CallOptions | None = None,
    ) -> Iterator[dicts.DataUnit]:
        """Walk over all data units, a few pages in memory at a time.

        Args:
            params: Filter `data_collection`; ``'expand': 'files'``; `ordering`; `page_size` says how many come at once.
            url_conversion: What becomes of the URLs of files; see `list_data_units`.
            options: Timeout, deadline and retries of each request.

        Returns:
            An iterator over the data units.

        Raises:
            ResponseError: A page cannot be read; raised while walking.

        ``GET /data_units/``
        """
        return self._iterate(operations.list_data_units, params=params, conversion=url_conversion, options=options)
