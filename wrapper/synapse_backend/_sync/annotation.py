# Derived from wrapper/synapse_backend/_async/annotation.py by scripts/unasync.py; do not edit.
"""Projects, tasks, annotations and tags of tasks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, overload

from synapse_api import operations
from synapse_backend._batches import annotation_batch, annotation_outcomes
from synapse_backend._sync._base import Mixin
from synapse_backend._workers import gather_sync

if TYPE_CHECKING:
    from synapse_api import dicts
    from synapse_backend._batches import AnnotationBatch, AnnotationOutcome
    from synapse_backend._bodies import SupportsToDict
    from synapse_backend._config import CallOptions
    from synapse_backend._conversion import UrlConversion
    from synapse_backend._pagination import Page


class AnnotationClientMixin(Mixin):
    """Projects, tasks, annotations and tags of tasks.

    Every method raises `ClientError`, or a subclass of it, when the call fails; `TypeError` or `ValueError` when an
    argument cannot be sent, and then nothing was sent. Every method takes `options`: `timeout`, `deadline` and
    `retries` of this one call, see `CallOptions`.
    """

    # --- projects -------------------------------------------------------------------------------------------------

    def get_project(self, pk: int | str, *, options: CallOptions | None = None) -> dicts.Project:
        """Get a project.

        Args:
            pk: Id of the project.
            options: Timeout, deadline and retries of this call.

        Returns:
            The project: `id`, `name`, `description`, `configuration`; `data_collection`, `settings`, `metadata` where
            the backend sends them.

        Raises:
            NotFoundError: There is no such project.

        ``GET /projects/{pk}/``
        """
        return self._call(operations.get_project, pk, options=options)

    # --- tasks ----------------------------------------------------------------------------------------------------

    def get_task(
        self,
        pk: int | str,
        params: dicts.GetTaskParams | Mapping[str, Any] | None = None,
        *,
        options: CallOptions | None = None,
    ) -> dicts.Task:
        """Get a task.

        Args:
            pk: Id of the task.
            params: ``{'expand': 'data_unit'}`` sends the data unit whole; likewise `assignment` and `annotations`, and
                a list of them. `include_annotations` adds the annotations.
            options: Timeout, deadline and retries of this call.

        Returns:
            The task: `id`, `project`, `data_unit` (an id, or the data unit when expanded), `status` (``pending``,
            ``in_progress``, ``completed``), `priority`, `assignee`, `metadata`, `tags`, and what was asked for.

        Raises:
            AuthorizationError: The task is not for the user.
            NotFoundError: There is no such task.

        ``GET /tasks/{pk}/``
        """
        return self._call(operations.get_task, pk, params=params, options=options)

    @overload
    def list_tasks(
        self,
        params: dicts.ListTasksParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        list_all: Literal[False] = False,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.Task]: ...
    @overload
    def list_tasks(
        self,
        params: dicts.ListTasksParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        *,
        list_all: Literal[True],
        options: CallOptions | None = None,
    ) -> list[dicts.Task]: ...
    @overload
    def list_tasks(
        self,
        params: dicts.ListTasksParams | Mapping[str, Any] | None,
        url_conversion: UrlConversion | None,
        list_all: Literal[True],
        *,
        options: CallOptions | None = None,
    ) -> list[dicts.Task]: ...
    @overload
    def list_tasks(
        self,
        params: dicts.ListTasksParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        list_all: bool = ...,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.Task] | list[dicts.Task]: ...
    def list_tasks(
        self,
        params: dicts.ListTasksParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        list_all: bool = False,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.Task] | list[dicts.Task]:
        """List tasks.

        Args:
            params: Filters `project`, `status`, `assignee`, `data_unit`, `tags`, `created_after`, `search`; `ordering`;
                `page` and `page_size`.
            url_conversion: What becomes of the URLs of files in the answer: ``{'files': function}``, or where to download them;
                see `UrlConversion`.
            list_all: Fetch every page.
            options: Timeout, deadline and retries of this call.

        Returns:
            ``(tasks, count)``: the tasks of one page and the number of tasks on all pages. With `list_all` the list of
            all tasks.

        Raises:
            NotFoundError: The page is past the end.
            ResponseError: A page cannot be read; the list is never short without an error.

        ``GET /sdk/tasks/``
        """
        if list_all:
            return self._collect(operations.list_tasks, params=params, options=options, conversion=url_conversion)
        return self._page(operations.list_tasks, params=params, options=options, conversion=url_conversion)

    def iter_tasks(
        self,
        params: dicts.ListTasksParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        *,
        options: CallOptions | None = None,
    ) -> Iterator[dicts.Task]:
        """Walk over all tasks, with a few pages in memory at a time.

        Args:
            params: As for `list_tasks`; `page_size` says how many a request fetches.
            url_conversion: As for `list_tasks`.
            options: Timeout, deadline and retries of this call.

        Returns:
            An iterator; it makes its first request when the first item is asked for.

        Raises:
            ResponseError: A page cannot be read.

        ``GET /sdk/tasks/``
        """
        return self._iterate(operations.list_tasks, params=params, options=options, conversion=url_conversion)

    @overload
    def list_tasks_data(
        self,
        params: dicts.ListTasksDataParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        list_all: Literal[False] = False,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.TaskData]: ...
    @overload
    def list_tasks_data(
        self,
        params: dicts.ListTasksDataParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        *,
        list_all: Literal[True],
        options: CallOptions | None = None,
    ) -> list[dicts.TaskData]: ...
    @overload
    def list_tasks_data(
        self,
        params: dicts.ListTasksDataParams | Mapping[str, Any] | None,
        url_conversion: UrlConversion | None,
        list_all: Literal[True],
        *,
        options: CallOptions | None = None,
    ) -> list[dicts.TaskData]: ...
    @overload
    def list_tasks_data(
        self,
        params: dicts.ListTasksDataParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        list_all: bool = ...,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.TaskData] | list[dicts.TaskData]: ...
    def list_tasks_data(
        self,
        params: dicts.ListTasksDataParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        list_all: bool = False,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.TaskData] | list[dicts.TaskData]:
        """List the annotation data of tasks, without anything else of them.

        Args:
            params: Those of `list_tasks`.
            url_conversion: What becomes of the URLs of files in the answer: ``{'files': function}``, or where to download them;
                see `UrlConversion`.
            list_all: Fetch every page.
            options: Timeout, deadline and retries of this call.

        Returns:
            ``(items, count)`` as of `list_tasks`, each item with `id` of the task and `data` (None where nobody annotated
            it). With `list_all` the list of all.

        Raises:
            NotFoundError: The page is past the end.
            ResponseError: A page cannot be read; the list is never short without an error.

        ``GET /sdk/tasks/data/``
        """
        if list_all:
            return self._collect(operations.list_tasks_data, params=params, options=options, conversion=url_conversion)
        return self._page(operations.list_tasks_data, params=params, options=options, conversion=url_conversion)

    def iter_tasks_data(
        self,
        params: dicts.ListTasksDataParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        *,
        options: CallOptions | None = None,
    ) -> Iterator[dicts.TaskData]:
        """Walk over the annotation data of all tasks, with a few pages in memory at a time.

        Args:
            params: As for `list_tasks_data`; `page_size` says how many a request fetches.
            url_conversion: As for `list_tasks_data`.
            options: Timeout, deadline and retries of this call.

        Returns:
            An iterator; it makes its first request when the first item is asked for.

        Raises:
            ResponseError: A page cannot be read.

        ``GET /sdk/tasks/data/``
        """
        return self._iterate(operations.list_tasks_data, params=params, options=options, conversion=url_conversion)

    @overload
    def list_tasks_files(
        self,
        params: dicts.ListTasksFilesParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        list_all: Literal[False] = False,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.TaskFileList]: ...
    @overload
    def list_tasks_files(
        self,
        params: dicts.ListTasksFilesParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        *,
        list_all: Literal[True],
        options: CallOptions | None = None,
    ) -> list[dicts.TaskFileList]: ...
    @overload
    def list_tasks_files(
        self,
        params: dicts.ListTasksFilesParams | Mapping[str, Any] | None,
        url_conversion: UrlConversion | None,
        list_all: Literal[True],
        *,
        options: CallOptions | None = None,
    ) -> list[dicts.TaskFileList]: ...
    @overload
    def list_tasks_files(
        self,
        params: dicts.ListTasksFilesParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        list_all: bool = ...,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.TaskFileList] | list[dicts.TaskFileList]: ...
    def list_tasks_files(
        self,
        params: dicts.ListTasksFilesParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        list_all: bool = False,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.TaskFileList] | list[dicts.TaskFileList]:
        """List the files of tasks, without anything else of them.

        Args:
            params: Those of `list_tasks`.
            url_conversion: What becomes of the URLs of files in the answer: ``{'files': function}``, or where to download them;
                see `UrlConversion`.
            list_all: Fetch every page.
            options: Timeout, deadline and retries of this call.

        Returns:
            ``(items, count)`` as of `list_tasks`, each item with `id` of the task and `files`, a list of `url`, `name`
            and what else is known. With `list_all` the list of all.

        Raises:
            NotFoundError: The page is past the end.
            ResponseError: A page cannot be read; the list is never short without an error.

        ``GET /sdk/tasks/files/``
        """
        if list_all:
            return self._collect(operations.list_tasks_files, params=params, options=options, conversion=url_conversion)
        return self._page(operations.list_tasks_files, params=params, options=options, conversion=url_conversion)

    def iter_tasks_files(
        self,
        params: dicts.ListTasksFilesParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        *,
        options: CallOptions | None = None,
    ) -> Iterator[dicts.TaskFileList]:
        """Walk over the files of all tasks, with a few pages in memory at a time.

        Args:
            params: As for `list_tasks_files`; `page_size` says how many a request fetches.
            url_conversion: As for `list_tasks_files`.
            options: Timeout, deadline and retries of this call.

        Returns:
            An iterator; it makes its first request when the first item is asked for.

        Raises:
            ResponseError: A page cannot be read.

        ``GET /sdk/tasks/files/``
        """
        return self._iterate(operations.list_tasks_files, params=params, options=options, conversion=url_conversion)

    @overload
    def create_tasks(
        self, data: dicts.TaskCreate | Mapping[str, Any] | SupportsToDict, *, options: CallOptions | None = None
    ) -> dicts.Task: ...
    @overload
    def create_tasks(
        self,
        data: Sequence[dicts.TaskCreate | Mapping[str, Any] | SupportsToDict],
        *,
        options: CallOptions | None = None,
    ) -> list[dicts.Task]: ...
    def create_tasks(
        self,
        data: dicts.TaskCreate
        | Mapping[str, Any]
        | SupportsToDict
        | Sequence[dicts.TaskCreate | Mapping[str, Any] | SupportsToDict],
        *,
        options: CallOptions | None = None,
    ) -> dicts.Task | list[dicts.Task]:
        """Create one task or several.

        Args:
            data: A task or a list of tasks; `project` is required, and `data_unit` or `data`; `priority` (``low``,
                ``normal``, ``high``), `assignee`, `metadata`.
            options: Timeout, deadline and retries of this call.

        Returns:
            The task with its new `id`; a list of them, in the order of `data`, when that was a list.

        Raises:
            OutcomeUnknownError: No answer came; the tasks may exist.
            ValidationError: A field is wrong, and no task was created.

        ``POST /tasks/``
        """
        return self._call(operations.create_tasks, data=data, options=options)

    # --- annotations ----------------------------------------------------------------------------------------------

    def annotate_task_data(
        self,
        pk: int | str,
        data: dicts.TaskAnnotation | Mapping[str, Any] | SupportsToDict,
        params: dicts.AnnotateTaskDataParams | Mapping[str, Any] | None = None,
        *,
        options: CallOptions | None = None,
    ) -> dicts.Task:
        """Set the annotations of a task. What was there before is replaced, so a second call changes nothing.

        Args:
            pk: Id of the task.
            data: `annotations` (each with `type`, `coordinates` or `points`, `label`, `confidence`) and `metadata`; or
                `action` (``submit`` or ``save``) and `data`, as the schema of the project wants it.
            params: ``{'schema': 'any'}`` takes data of any form.
            options: Timeout, deadline and retries of this call.

        Returns:
            The updated task.

        Raises:
            AuthorizationError: The task is not for the user.
            NotFoundError: There is no such task.
            ValidationError: A field is wrong.

        ``PUT /tasks/{pk}/annotate_task_data/``
        """
        return self._call(operations.annotate_task_data, pk, params=params, data=data, options=options)

    def annotate_task_data_batch(
        self,
        items: AnnotationBatch,
        *,
        max_workers: int = 10,
        params: dicts.AnnotateTaskDataParams | Mapping[str, Any] | None = None,
        options: CallOptions | None = None,
    ) -> dict[int | str, AnnotationOutcome]:
        """Set the annotations of many tasks, several at a time. One that fails does not stop the others.

        Args:
            items: Data by id of the task: a dict, or pairs ``(task_id, data)``, or dicts with `task_id` and `data`.
            max_workers: How many calls are made at a time at most.
            params: As for `annotate_task_data`, for every call.
            options: Timeout, deadline and retries of each call.

        Returns:
            What became of each task, by its id and in the order of `items`: `success`, `error` (None, or the error
            that `annotate_task_data` raised) and `response` (the updated task, or None).

        Raises:
            TypeError: An item has none of these forms; nothing was sent.
            ValueError: A task comes twice, or `max_workers` is less than 1; nothing was sent.

        ``PUT /tasks/{pk}/annotate_task_data/``
        """
        batch = annotation_batch(items, max_workers)
        calls = [partial(self.annotate_task_data, task, data, params, options=options) for task, data in batch.items()]
        return annotation_outcomes(batch, gather_sync(calls, max_workers))

    # --- tags -----------------------------------------------------------------------------------------------------

    def set_tags_tasks(
        self,
        data: dicts.TaskTagging | Mapping[str, Any] | SupportsToDict,
        params: dicts.SetTagsTasksParams | Mapping[str, Any] | None = None,
        *,
        options: CallOptions | None = None,
    ) -> dicts.TaggingResult:
        """Set tags of several tasks.

        Args:
            data: `task_ids` and `tag_ids`; or `ids`, `tags` and `action` (``add`` or ``remove``).
            params: ``{'replace': True}`` removes all other tags of these tasks; they stay otherwise.
            options: Timeout, deadline and retries of this call.

        Returns:
            The number of tasks that have these tags now, as `updated`.

        Raises:
            NotFoundError: There is no such task or no such tag.
            ValidationError: A field is wrong.

        ``POST /tasks/set_tags/``
        """
        return self._call(operations.set_tags_tasks, params=params, data=data, options=options)

    def get_task_tag(self, pk: int | str, *, options: CallOptions | None = None) -> dicts.TaskTag:
        """Get a tag of tasks.

        Args:
            pk: Id of the tag.
            options: Timeout, deadline and retries of this call.

        Returns:
            The tag: `id`, `name`, `description`, `meta`; `project` and `color` where the backend sends them.

        Raises:
            NotFoundError: There is no such tag.

        ``GET /task_tags/{pk}/``
        """
        return self._call(operations.get_task_tag, pk, options=options)

    @overload
    def list_task_tags(
        self,
        params: dicts.ListTaskTagsParams | Mapping[str, Any] | None = None,
        *,
        list_all: Literal[False] = False,
        options: CallOptions | None = None,
    ) -> Page[dicts.TaskTag]: ...
    @overload
    def list_task_tags(
        self,
        params: dicts.ListTaskTagsParams | Mapping[str, Any] | None = None,
        *,
        list_all: Literal[True],
        options: CallOptions | None = None,
    ) -> list[dicts.TaskTag]: ...
    @overload
    def list_task_tags(
        self,
        params: dicts.ListTaskTagsParams | Mapping[str, Any] | None = None,
        *,
        list_all: bool,
        options: CallOptions | None = None,
    ) -> Page[dicts.TaskTag] | list[dicts.TaskTag]: ...
    def list_task_tags(
        self,
        params: dicts.ListTaskTagsParams | Mapping[str, Any] | None = None,
        *,
        list_all: bool = False,
        options: CallOptions | None = None,
    ) -> Page[dicts.TaskTag] | list[dicts.TaskTag]:
        """List the tags of tasks.

        Args:
            params: Filters `project`, `color`, `search`; `page` and `page_size`.
            list_all: Fetch every page.
            options: Timeout, deadline and retries of this call.

        Returns:
            ``(tags, count)``: the tags of one page and the number of tags on all pages. With `list_all` the list of all
            tags.

        Raises:
            NotFoundError: The page is past the end.
            ResponseError: A page cannot be read; the list is never short without an error.

        ``GET /task_tags/``
        """
        if list_all:
            return self._collect(operations.list_task_tags, params=params, options=options)
        return self._page(operations.list_task_tags, params=params, options=options)

    def iter_task_tags(
        self,
        params: dicts.ListTaskTagsParams | Mapping[str, Any] | None = None,
        *,
        options: CallOptions | None = None,
    ) -> Iterator[dicts.TaskTag]:
        """Walk over all tags of tasks, with a few pages in memory at a time.

        Args:
            params: As for `list_task_tags`; `page_size` says how many a request fetches.
            options: Timeout, deadline and retries of this call.

        Returns:
            An iterator; it makes its first request when the first item is asked for.

        Raises:
            ResponseError: A page cannot be read.

        ``GET /task_tags/``
        """
        return self._iterate(operations.list_task_tags, params=params, options=options)
