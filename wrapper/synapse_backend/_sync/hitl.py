# Derived from wrapper/synapse_backend/_async/hitl.py by scripts/unasync.py; do not edit.
"""Assignments and their tags."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, overload

from synapse_api import operations
from synapse_backend._sync._base import Mixin

if TYPE_CHECKING:
    from synapse_api import dicts
    from synapse_backend._bodies import SupportsToDict
    from synapse_backend._config import CallOptions
    from synapse_backend._conversion import UrlConversion
    from synapse_backend._pagination import Page


class HitlClientMixin(Mixin):
    """Assignments: who works on what, and how far that is.

    Every method raises `ClientError`, or a subclass of it, when the call fails; `TypeError` or `ValueError` when an
    argument cannot be sent, and then nothing was sent. Every method takes `options`: `timeout`, `deadline` and
    `retries` of this one call, see `CallOptions`.
    """

    # --- assignments ----------------------------------------------------------------------------------------------

    def get_assignment(self, pk: int | str, *, options: CallOptions | None = None) -> dicts.Assignment:
        """Get an assignment.

        Args:
            pk: Id of the assignment.
            options: Timeout, deadline and retries of this call.

        Returns:
            The assignment: `id`, `project`, `status` (``pending``, ``in_progress``, ``completed``, ``rejected``),
            `assignee` (id of the user), `data` and `file` (None before there is a result), `metadata`, `created_at`,
            `updated_at`.

        Raises:
            AuthorizationError: The assignment is not for the user.
            NotFoundError: There is no such assignment.

        ``GET /assignments/{pk}/``
        """
        return self._call(operations.get_assignment, pk, options=options)

    @overload
    def list_assignments(
        self,
        params: dicts.ListAssignmentsParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        list_all: Literal[False] = False,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.Assignment]: ...
    @overload
    def list_assignments(
        self,
        params: dicts.ListAssignmentsParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        *,
        list_all: Literal[True],
        options: CallOptions | None = None,
    ) -> list[dicts.Assignment]: ...
    @overload
    def list_assignments(
        self,
        params: dicts.ListAssignmentsParams | Mapping[str, Any] | None,
        url_conversion: UrlConversion | None,
        list_all: Literal[True],
        *,
        options: CallOptions | None = None,
    ) -> list[dicts.Assignment]: ...
    @overload
    def list_assignments(
        self,
        params: dicts.ListAssignmentsParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        list_all: bool = ...,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.Assignment] | list[dicts.Assignment]: ...
    def list_assignments(
        self,
        params: dicts.ListAssignmentsParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        list_all: bool = False,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.Assignment] | list[dicts.Assignment]:
        """List assignments.

        Args:
            params: Filters `project`, `status`, `assignee`, `priority`, `tags`, `created_after`, `updated_after`, `search`;
                `ordering`; `page` and `page_size`.
            url_conversion: What becomes of the URLs of files in the answer: ``{'files': function}``, or where to download them;
                see `UrlConversion`.
            list_all: Fetch every page.
            options: Timeout, deadline and retries of this call.

        Returns:
            ``(assignments, count)``: the assignments of one page and the number of them on all pages. With `list_all`
            the list of all assignments.

        Raises:
            NotFoundError: The page is past the end.
            ResponseError: A page cannot be read; the list is never short without an error.

        ``GET /sdk/assignments/``
        """
        if list_all:
            return self._collect(operations.list_assignments, params=params, options=options, conversion=url_conversion)
        return self._page(operations.list_assignments, params=params, options=options, conversion=url_conversion)

    def iter_assignments(
        self,
        params: dicts.ListAssignmentsParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        *,
        options: CallOptions | None = None,
    ) -> Iterator[dicts.Assignment]:
        """Walk over all assignments, with a few pages in memory at a time.

        Args:
            params: As for `list_assignments`; `page_size` says how many a request fetches.
            url_conversion: As for `list_assignments`.
            options: Timeout, deadline and retries of this call.

        Returns:
            An iterator; it makes its first request when the first item is asked for.

        Raises:
            ResponseError: A page cannot be read.

        ``GET /sdk/assignments/``
        """
        return self._iterate(operations.list_assignments, params=params, options=options, conversion=url_conversion)

    @overload
    def list_assignments_data(
        self,
        params: dicts.ListAssignmentsDataParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        list_all: Literal[False] = False,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.AssignmentData]: ...
    @overload
    def list_assignments_data(
        self,
        params: dicts.ListAssignmentsDataParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        *,
        list_all: Literal[True],
        options: CallOptions | None = None,
    ) -> list[dicts.AssignmentData]: ...
    @overload
    def list_assignments_data(
        self,
        params: dicts.ListAssignmentsDataParams | Mapping[str, Any] | None,
        url_conversion: UrlConversion | None,
        list_all: Literal[True],
        *,
        options: CallOptions | None = None,
    ) -> list[dicts.AssignmentData]: ...
    @overload
    def list_assignments_data(
        self,
        params: dicts.ListAssignmentsDataParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        list_all: bool = ...,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.AssignmentData] | list[dicts.AssignmentData]: ...
    def list_assignments_data(
        self,
        params: dicts.ListAssignmentsDataParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        list_all: bool = False,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.AssignmentData] | list[dicts.AssignmentData]:
        """List the results of assignments, without anything else of them.

        Args:
            params: Those of `list_assignments`.
            url_conversion: What becomes of the URLs of files in the answer: ``{'files': function}``, or where to download them;
                see `UrlConversion`.
            list_all: Fetch every page.
            options: Timeout, deadline and retries of this call.

        Returns:
            ``(items, count)`` as of `list_assignments`, each item with `id` of the assignment and `data` (None before
            there is a result). With `list_all` the list of all.

        Raises:
            NotFoundError: The page is past the end.
            ResponseError: A page cannot be read; the list is never short without an error.

        ``GET /sdk/assignments/data/``
        """
        if list_all:
            return self._collect(
                operations.list_assignments_data, params=params, options=options, conversion=url_conversion
            )
        return self._page(operations.list_assignments_data, params=params, options=options, conversion=url_conversion)

    def iter_assignments_data(
        self,
        params: dicts.ListAssignmentsDataParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        *,
        options: CallOptions | None = None,
    ) -> Iterator[dicts.AssignmentData]:
        """Walk over the results of all assignments, with a few pages in memory at a time.

        Args:
            params: As for `list_assignments_data`; `page_size` says how many a request fetches.
            url_conversion: As for `list_assignments_data`.
            options: Timeout, deadline and retries of this call.

        Returns:
            An iterator; it makes its first request when the first item is asked for.

        Raises:
            ResponseError: A page cannot be read.

        ``GET /sdk/assignments/data/``
        """
        return self._iterate(
            operations.list_assignments_data, params=params, options=options, conversion=url_conversion
        )

    @overload
    def list_assignments_files(
        self,
        params: dicts.ListAssignmentsFilesParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        list_all: Literal[False] = False,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.AssignmentFileList]: ...
    @overload
    def list_assignments_files(
        self,
        params: dicts.ListAssignmentsFilesParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        *,
        list_all: Literal[True],
        options: CallOptions | None = None,
    ) -> list[dicts.AssignmentFileList]: ...
    @overload
    def list_assignments_files(
        self,
        params: dicts.ListAssignmentsFilesParams | Mapping[str, Any] | None,
        url_conversion: UrlConversion | None,
        list_all: Literal[True],
        *,
        options: CallOptions | None = None,
    ) -> list[dicts.AssignmentFileList]: ...
    @overload
    def list_assignments_files(
        self,
        params: dicts.ListAssignmentsFilesParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        list_all: bool = ...,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.AssignmentFileList] | list[dicts.AssignmentFileList]: ...
    def list_assignments_files(
        self,
        params: dicts.ListAssignmentsFilesParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        list_all: bool = False,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.AssignmentFileList] | list[dicts.AssignmentFileList]:
        """List the files of assignments, without anything else of them.

        Args:
            params: Those of `list_assignments`.
            url_conversion: What becomes of the URLs of files in the answer: ``{'files': function}``, or where to download them;
                see `UrlConversion`.
            list_all: Fetch every page.
            options: Timeout, deadline and retries of this call.

        Returns:
            ``(items, count)`` as of `list_assignments`, each item with `id` of the assignment and `files`, a list of
            `url`, `name` and what else is known. With `list_all` the list of all.

        Raises:
            NotFoundError: The page is past the end.
            ResponseError: A page cannot be read; the list is never short without an error.

        ``GET /sdk/assignments/files/``
        """
        if list_all:
            return self._collect(
                operations.list_assignments_files, params=params, options=options, conversion=url_conversion
            )
        return self._page(operations.list_assignments_files, params=params, options=options, conversion=url_conversion)

    def iter_assignments_files(
        self,
        params: dicts.ListAssignmentsFilesParams | Mapping[str, Any] | None = None,
        url_conversion: UrlConversion | None = None,
        *,
        options: CallOptions | None = None,
    ) -> Iterator[dicts.AssignmentFileList]:
        """Walk over the files of all assignments, with a few pages in memory at a time.

        Args:
            params: As for `list_assignments_files`; `page_size` says how many a request fetches.
            url_conversion: As for `list_assignments_files`.
            options: Timeout, deadline and retries of this call.

        Returns:
            An iterator; it makes its first request when the first item is asked for.

        Raises:
            ResponseError: A page cannot be read.

        ``GET /sdk/assignments/files/``
        """
        return self._iterate(
            operations.list_assignments_files, params=params, options=options, conversion=url_conversion
        )

    # --- tags -----------------------------------------------------------------------------------------------------

    def set_tags_assignments(
        self,
        data: dicts.AssignmentTagging | Mapping[str, Any] | SupportsToDict,
        params: dicts.SetTagsAssignmentsParams | Mapping[str, Any] | None = None,
        *,
        options: CallOptions | None = None,
    ) -> dicts.TaggingResult:
        """Set tags of several assignments.

        Args:
            data: `assignment_ids` and `tag_ids`; or `ids`, `tags` and `action` (``add`` or ``remove``).
            params: ``{'replace': True}`` removes all other tags of these assignments; they stay otherwise.
                ``{'notify': True}`` tells the assignees.
            options: Timeout, deadline and retries of this call.

        Returns:
            The number of assignments that have these tags now, as `updated`.

        Raises:
            NotFoundError: There is no such assignment or no such tag.
            ValidationError: A field is wrong.

        ``POST /assignments/set_tags/``
        """
        return self._call(operations.set_tags_assignments, params=params, data=data, options=options)
