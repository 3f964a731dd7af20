"""Models, and the ground truth that they are trained and measured with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, cast, overload

from synapse_api import operations
from synapse_backend._async._base import AsyncMixin
from synapse_backend._bodies import plain
from synapse_backend._errors import ClientError

if TYPE_CHECKING:
    from synapse_api import dicts
    from synapse_backend._async.core import AsyncCoreClientMixin
    from synapse_backend._bodies import SupportsToDict
    from synapse_backend._config import CallOptions
    from synapse_backend._conversion import UrlConversion
    from synapse_backend._pagination import Page


class AsyncMlClientMixin(AsyncMixin):
    """Models, and the ground truth that they are trained and measured with.

    Every method raises `ClientError`, or a subclass of it, when the call fails; `TypeError` or `ValueError` when an
    argument cannot be sent, and then nothing was sent. Every method takes `options`: `timeout`, `deadline` and
    `retries` of this one call, see `CallOptions`.
    """

    # --- models ---------------------------------------------------------------------------------------------------

    @overload
    async def list_models(
        self,
        params: dicts.ListModelsParams | Mapping[str, Any] | None = None,
        *,
        list_all: Literal[False] = False,
        options: CallOptions | None = None,
    ) -> Page[dicts.Model]: ...
    @overload
    async def list_models(
        self,
        params: dicts.ListModelsParams | Mapping[str, Any] | None = None,
        *,
        list_all: Literal[True],
        options: CallOptions | None = None,
    ) -> list[dicts.Model]: ...
    @overload
    async def list_models(
        self,
        params: dicts.ListModelsParams | Mapping[str, Any] | None = None,
        *,
        list_all: bool,
        options: CallOptions | None = None,
    ) -> Page[dicts.Model] | list[dicts.Model]: ...
    async def list_models(
        self,
        params: dicts.ListModelsParams | Mapping[str, Any] | None = None,
        *,
        list_all: bool = False,
        options: CallOptions | None = None,
    ) -> Page[dicts.Model] | list[dicts.Model]:
        """List models.

        Args:
            params: Filters `project`, `model_type`, `is_active`, `created_after`, `search`; `ordering`; `page` and `page_size`.
            list_all: Fetch every page.
            options: Timeout, deadline and retries of this call.

        Returns:
            ``(models, count)``: the models of one page and the number of models on all pages. With `list_all` the list of
            all models.

        Raises:
            NotFoundError: The page is past the end.
            ResponseError: A page cannot be read; the list is never short without an error.

        ``GET /models/``
        """
        if list_all:
            return await self._collect(operations.list_models, params=params, options=options)
        return await self._page(operations.list_models, params=params, options=options)

    def iter_models(
        self,
        params: dicts.ListModelsParams | Mapping[str, Any] | None = None,
        *,
        options: CallOptions | None = None,
    ) -> AsyncIterator[dicts.Model]:
        """Walk over all models, with a few pages in memory at a time.

        Args:
            params: As for `list_models`; `page_size` says how many a request fetches.
            options: Timeout, deadline and retries of this call.

        Returns:
            An iterator; it makes its first request when the first item is asked for.

        Raises:
            ResponseError: A page cannot be read.

        ``GET /models/``
        """
        return self._iterate(operations.list_models, params=params, options=options)

    async def get_model(
        self,
        pk: int | str,
        params: dicts.GetModelParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        *,
        options: CallOptions | None = None,
    ) -> dicts.Model:
        """Get a model.

        Args:
            pk: Id of the model.
            params: ``{'expand': 'metrics'}`` adds the metrics; likewise `evaluations` and `versions`, and a list of
                them. `include_file` adds the URL of the file.
            url_conversion: What becomes of the URL of the file: ``{'file': function}``, or where to download it; see
                `UrlConversion`.
            options: Timeout, deadline and retries of this call.

        Returns:
            The model: `id`, `name`, `description`, `model_type` (``classification``, ``detection``, ``segmentation``),
            `project`, `is_active`, `created_at`, and what was asked for.

        Raises:
            NotFoundError: There is no such model.

        ``GET /models/{pk}/``
        """
        wanted = self._conversion(url_conversion, ("file",))
        return await self._converted(await self._call(operations.get_model, pk, params=params, options=options), wanted)

    async def create_model(
        self,
        data: dicts.ModelCreate | Mapping[str, Any] | SupportsToDict,
        *,
        on_progress: Callable[[int, int], object] | None = None,
        options: CallOptions | None = None,
    ) -> dicts.Model:
        """Create a model, and upload its file before that.

        Args:
            data: `name`, `project`, and `file`, a path or an open binary file, are required; `model_type`, `description`,
                `metrics`, `configuration`, `is_active`. Instead of `file` it may have `chunked_upload`, the id of what
                `create_chunked_upload` uploaded. It is left as it was.
            on_progress: Called while `file` is uploaded, with the number of bytes that the server has and the size.
            options: Timeout, deadline and retries of the upload, and of the call that creates the model.

        Returns:
            The model with its new `id`.

        Raises:
            FileNotFoundError: There is no such file; nothing was sent.
            ValueError: There is both `file` and `chunked_upload`; nothing was sent.
            OutcomeUnknownError: No answer came; the model may exist.
            ValidationError: A field is wrong. When the file is uploaded already, a note of the error has its id.

        ``POST /models/``
        """
        body = plain("create_model", data)
        if not isinstance(body, Mapping) or "file" not in body:
            return await self._call(operations.create_model, data=data, options=options)
        if "chunked_upload" in body:
            raise ValueError("create_model: data has file and chunked_upload; one of them is enough")
        client = cast("AsyncCoreClientMixin", self)
        upload = await client.create_chunked_upload(body["file"], on_progress=on_progress, options=options)
        model = {name: value for name, value in body.items() if name != "file"} | {"chunked_upload": upload["id"]}
        try:
            return await self._call(operations.create_model, data=model, options=options)
        except ClientError as error:
            error.add_note(f"The file is uploaded: call again with chunked_upload={upload['id']!r} instead of file.")
            raise

    # --- ground truth ---------------------------------------------------------------------------------------------

    @overload
    async def list_ground_truth_events(
        self,
        params: dicts.ListGroundTruthEventsParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        list_all: Literal[False] = False,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.GroundTruthEvent]: ...
    @overload
    async def list_ground_truth_events(
        self,
        params: dicts.ListGroundTruthEventsParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        *,
        list_all: Literal[True],
        options: CallOptions | None = None,
    ) -> list[dicts.GroundTruthEvent]: ...
    @overload
    async def list_ground_truth_events(
        self,
        params: dicts.ListGroundTruthEventsParams | Mapping[str, Any] | None,
        url_conversion: UrlConversion | None,
        list_all: Literal[True],
        *,
        options: CallOptions | None = None,
    ) -> list[dicts.GroundTruthEvent]: ...
    @overload
    async def list_ground_truth_events(
        self,
        params: dicts.ListGroundTruthEventsParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        list_all: bool = ...,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.GroundTruthEvent] | list[dicts.GroundTruthEvent]: ...
    async def list_ground_truth_events(
        self,
        params: dicts.ListGroundTruthEventsParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        list_all: bool = False,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.GroundTruthEvent] | list[dicts.GroundTruthEvent]:
        """List ground truth events.

        Args:
            params: Filters `ground_truth_dataset_versions` (an id, or a list of them), `project`, `data_type`, `created_after`,
                `search`; `ordering`; `page` and `page_size`.
            url_conversion: What becomes of the URLs of files in the answer: ``{'files': function}``, or where to download them;
                see `UrlConversion`.
            list_all: Fetch every page.
            options: Timeout, deadline and retries of this call.

        Returns:
            ``(events, count)``: the events of one page and the number of events on all pages, each event with `id`,
            `data`, `data_unit`, `ground_truth_dataset_version`, `metadata`, `created_at`. With `list_all` the list of all
            events.

        Raises:
            NotFoundError: The page is past the end.
            ResponseError: A page cannot be read; the list is never short without an error.

        ``GET /sdk/ground_truth_events/``
        """
        if list_all:
            return await self._collect(
                operations.list_ground_truth_events, params=params, options=options, conversion=url_conversion
            )
        return await self._page(
            operations.list_ground_truth_events, params=params, options=options, conversion=url_conversion
        )

    def iter_ground_truth_events(
        self,
        params: dicts.ListGroundTruthEventsParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        *,
        options: CallOptions | None = None,
    ) -> AsyncIterator[dicts.GroundTruthEvent]:
        """Walk over all ground truth events, with a few pages in memory at a time.

        Args:
            params: As for `list_ground_truth_events`; `page_size` says how many a request fetches.
            url_conversion: As for `list_ground_truth_events`.
            options: Timeout, deadline and retries of this call.

        Returns:
            An iterator; it makes its first request when the first item is asked for.

        Raises:
            ResponseError: A page cannot be read.

        ``GET /sdk/ground_truth_events/``
        """
        return self._iterate(
            operations.list_ground_truth_events, params=params, options=options, conversion=url_conversion
        )

    @overload
    async def list_ground_truth_events_data(
        self,
        params: dicts.ListGroundTruthEventsDataParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        list_all: Literal[False] = False,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.GroundTruthEventData]: ...
    @overload
    async def list_ground_truth_events_data(
        self,
        params: dicts.ListGroundTruthEventsDataParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        *,
        list_all: Literal[True],
        options: CallOptions | None = None,
    ) -> list[dicts.GroundTruthEventData]: ...
    @overload
    async def list_ground_truth_events_data(
        self,
        params: dicts.ListGroundTruthEventsDataParams | Mapping[str, Any] | None,
        url_conversion: UrlConversion | None,
        list_all: Literal[True],
        *,
        options: CallOptions | None = None,
    ) -> list[dicts.GroundTruthEventData]: ...
    @overload
    async def list_ground_truth_events_data(
        self,
        params: dicts.ListGroundTruthEventsDataParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        list_all: bool = ...,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.GroundTruthEventData] | list[dicts.GroundTruthEventData]: ...
    async def list_ground_truth_events_data(
        self,
        params: dicts.ListGroundTruthEventsDataParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        list_all: bool = False,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.GroundTruthEventData] | list[dicts.GroundTruthEventData]:
        """List the data of ground truth events, without anything else of them.

        Args:
            params: Those of `list_ground_truth_events`.
            url_conversion: What becomes of the URLs of files in the answer: ``{'files': function}``, or where to download them;
                see `UrlConversion`.
            list_all: Fetch every page.
            options: Timeout, deadline and retries of this call.

        Returns:
            ``(items, count)`` as of `list_ground_truth_events`, each item with `id` of the event and `data`. With
            `list_all` the list of all.

        Raises:
            NotFoundError: The page is past the end.
            ResponseError: A page cannot be read; the list is never short without an error.

        ``GET /sdk/ground_truth_events/data/``
        """
        if list_all:
            return await self._collect(
                operations.list_ground_truth_events_data, params=params, options=options, conversion=url_conversion
            )
        return await self._page(
            operations.list_ground_truth_events_data, params=params, options=options, conversion=url_conversion
        )

    def iter_ground_truth_events_data(
        self,
        params: dicts.ListGroundTruthEventsDataParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        *,
        options: CallOptions | None = None,
    ) -> AsyncIterator[dicts.GroundTruthEventData]:
        """Walk over the data of all ground truth events, with a few pages in memory at a time.

        Args:
            params: As for `list_ground_truth_events_data`; `page_size` says how many a request fetches.
            url_conversion: As for `list_ground_truth_events_data`.
            options: Timeout, deadline and retries of this call.

        Returns:
            An iterator; it makes its first request when the first item is asked for.

        Raises:
            ResponseError: A page cannot be read.

        ``GET /sdk/ground_truth_events/data/``
        """
        return self._iterate(
            operations.list_ground_truth_events_data, params=params, options=options, conversion=url_conversion
        )

    @overload
    async def list_ground_truth_events_files(
        self,
        params: dicts.ListGroundTruthEventsFilesParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        list_all: Literal[False] = False,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.GroundTruthEventFileList]: ...
    @overload
    async def list_ground_truth_events_files(
        self,
        params: dicts.ListGroundTruthEventsFilesParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        *,
        list_all: Literal[True],
        options: CallOptions | None = None,
    ) -> list[dicts.GroundTruthEventFileList]: ...
    @overload
    async def list_ground_truth_events_files(
        self,
        params: dicts.ListGroundTruthEventsFilesParams | Mapping[str, Any] | None,
        url_conversion: UrlConversion | None,
        list_all: Literal[True],
        *,
        options: CallOptions | None = None,
    ) -> list[dicts.GroundTruthEventFileList]: ...
    @overload
    async def list_ground_truth_events_files(
        self,
        params: dicts.ListGroundTruthEventsFilesParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        list_all: bool = ...,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.GroundTruthEventFileList] | list[dicts.GroundTruthEventFileList]: ...
    async def list_ground_truth_events_files(
        self,
        params: dicts.ListGroundTruthEventsFilesParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        list_all: bool = False,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.GroundTruthEventFileList] | list[dicts.GroundTruthEventFileList]:
        """List the files of ground truth events, without anything else of them.

        Args:
            params: Those of `list_ground_truth_events`.
            url_conversion: What becomes of the URLs of files in the answer: ``{'files': function}``, or where to download them;
                see `UrlConversion`.
            list_all: Fetch every page.
            options: Timeout, deadline and retries of this call.

        Returns:
            ``(items, count)`` as of `list_ground_truth_events`, each item with `id` of the event and `files`, a list of
            `url`, `name` and what else is known. With `list_all` the list of all.

        Raises:
            NotFoundError: The page is past the end.
            ResponseError: A page cannot be read; the list is never short without an error.

        ``GET /sdk/ground_truth_events/files/``
        """
        if list_all:
            return await self._collect(
                operations.list_ground_truth_events_files, params=params, options=options, conversion=url_conversion
            )
        return await self._page(
            operations.list_ground_truth_events_files, params=params, options=options, conversion=url_conversion
        )

    def iter_ground_truth_events_files(
        self,
        params: dicts.ListGroundTruthEventsFilesParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        *,
        options: CallOptions | None = None,
    ) -> AsyncIterator[dicts.GroundTruthEventFileList]:
        """Walk over the files of all ground truth events, with a few pages in memory at a time.

        Args:
            params: As for `list_ground_truth_events_files`; `page_size` says how many a request fetches.
            url_conversion: As for `list_ground_truth_events_files`.
            options: Timeout, deadline and retries of this call.

        Returns:
            An iterator; it makes its first request when the first item is asked for.

        Raises:
            ResponseError: A page cannot be read.

        ``GET /sdk/ground_truth_events/files/``
        """
        return self._iterate(
            operations.list_ground_truth_events_files, params=params, options=options, conversion=url_conversion
        )

    @overload
    async def list_ground_truths(
        self,
        params: dicts.ListGroundTruthsParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        list_all: Literal[False] = False,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.GroundTruth]: ...
    @overload
    async def list_ground_truths(
        self,
        params: dicts.ListGroundTruthsParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        *,
        list_all: Literal[True],
        options: CallOptions | None = None,
    ) -> list[dicts.GroundTruth]: ...
    @overload
    async def list_ground_truths(
        self,
        params: dicts.ListGroundTruthsParams | Mapping[str, Any] | None,
        url_conversion: UrlConversion | None,
        list_all: Literal[True],
        *,
        options: CallOptions | None = None,
    ) -> list[dicts.GroundTruth]: ...
    @overload
    async def list_ground_truths(
        self,
        params: dicts.ListGroundTruthsParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        list_all: bool = ...,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.GroundTruth] | list[dicts.GroundTruth]: ...
    async def list_ground_truths(
        self,
        params: dicts.ListGroundTruthsParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        list_all: bool = False,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.GroundTruth] | list[dicts.GroundTruth]:
        """List ground truths.

        Args:
            params: Filters `ground_truth_dataset`, `ground_truth_dataset_versions` (an id, or a list of them); `page` and
                `page_size`.
            url_conversion: What becomes of the URLs of files in the answer: ``{'files': function}``, or where to download them;
                see `UrlConversion`.
            list_all: Fetch every page.
            options: Timeout, deadline and retries of this call.

        Returns:
            ``(ground_truths, count)``: those of one page and the number of them on all pages, each with `id`, `files` by
            name, and `data`. With `list_all` the list of all.

        Raises:
            NotFoundError: The page is past the end.
            ResponseError: A page cannot be read; the list is never short without an error.

        ``GET /ground_truths/``
        """
        if list_all:
            return await self._collect(
                operations.list_ground_truths, params=params, options=options, conversion=url_conversion
            )
        return await self._page(
            operations.list_ground_truths, params=params, options=options, conversion=url_conversion
        )

    def iter_ground_truths(
        self,
        params: dicts.ListGroundTruthsParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        *,
        options: CallOptions | None = None,
    ) -> AsyncIterator[dicts.GroundTruth]:
        """Walk over all ground truths, with a few pages in memory at a time.

        Args:
            params: As for `list_ground_truths`; `page_size` says how many a request fetches.
            url_conversion: As for `list_ground_truths`.
            options: Timeout, deadline and retries of this call.

        Returns:
            An iterator; it makes its first request when the first item is asked for.

        Raises:
            ResponseError: A page cannot be read.

        ``GET /ground_truths/``
        """
        return self._iterate(operations.list_ground_truths, params=params, options=options, conversion=url_conversion)

    @overload
    async def list_ground_truth_versions(
        self,
        params: dicts.ListGroundTruthVersionsParams | Mapping[str, Any] | None = None,
        *,
        list_all: Literal[False] = False,
        options: CallOptions | None = None,
    ) -> Page[dicts.GroundTruthVersion]: ...
    @overload
    async def list_ground_truth_versions(
        self,
        params: dicts.ListGroundTruthVersionsParams | Mapping[str, Any] | None = None,
        *,
        list_all: Literal[True],
        options: CallOptions | None = None,
    ) -> list[dicts.GroundTruthVersion]: ...
    @overload
    async def list_ground_truth_versions(
        self,
        params: dicts.ListGroundTruthVersionsParams | Mapping[str, Any] | None = None,
        *,
        list_all: bool,
        options: CallOptions | None = None,
    ) -> Page[dicts.GroundTruthVersion] | list[dicts.GroundTruthVersion]: ...
    async def list_ground_truth_versions(
        self,
        params: dicts.ListGroundTruthVersionsParams | Mapping[str, Any] | None = None,
        *,
        list_all: bool = False,
        options: CallOptions | None = None,
    ) -> Page[dicts.GroundTruthVersion] | list[dicts.GroundTruthVersion]:
        """List the versions of ground truth datasets.

        Args:
            params: Filters `ground_truth_dataset`, `is_archived`; `page` and `page_size`.
            list_all: Fetch every page.
            options: Timeout, deadline and retries of this call.

        Returns:
            ``(versions, count)``: the versions of one page and the number of versions on all pages. With `list_all` the
            list of all versions.

        Raises:
            NotFoundError: The page is past the end.
            ResponseError: A page cannot be read; the list is never short without an error.

        ``GET /ground_truth_dataset_versions/``
        """
        if list_all:
            return await self._collect(operations.list_ground_truth_versions, params=params, options=options)
        return await self._page(operations.list_ground_truth_versions, params=params, options=options)

    def iter_ground_truth_versions(
        self,
        params: dicts.ListGroundTruthVersionsParams | Mapping[str, Any] | None = None,
        *,
        options: CallOptions | None = None,
    ) -> AsyncIterator[dicts.GroundTruthVersion]:
        """Walk over all versions of ground truth datasets, with a few pages in memory at a time.

        Args:
            params: As for `list_ground_truth_versions`; `page_size` says how many a request fetches.
            options: Timeout, deadline and retries of this call.

        Returns:
            An iterator; it makes its first request when the first item is asked for.

        Raises:
            ResponseError: A page cannot be read.

        ``GET /ground_truth_dataset_versions/``
        """
        return self._iterate(operations.list_ground_truth_versions, params=params, options=options)

    async def get_ground_truth_version(
        self, pk: int | str, *, options: CallOptions | None = None
    ) -> dicts.GroundTruthVersion:
        """Get a version of a ground truth dataset.

        Args:
            pk: Id of the version.
            options: Timeout, deadline and retries of this call.

        Returns:
            The version: `id`, `version`, `ground_truth_dataset` (with `id` and `name`), `event_count`, `description`,
            `is_active`, `statistics`, `created_at`.

        Raises:
            NotFoundError: There is no such version.

        ``GET /ground_truth_dataset_versions/{pk}/``
        """
        return await self._call(operations.get_ground_truth_version, pk, options=options)
