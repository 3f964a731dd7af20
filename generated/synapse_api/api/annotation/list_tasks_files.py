# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
import datetime
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_body import ErrorBody
from ...models.task_file_list_page import TaskFileListPage
from ...models.task_status import TaskStatus
from ...models.validation_error_body import ValidationErrorBody
from ...types import UNSET, Response, Unset, format_datetime, http_status


def _get_kwargs(
    *,
    project: int | Unset = UNSET,
    status: TaskStatus | Unset = UNSET,
    assignee: int | Unset = UNSET,
    data_unit: int | Unset = UNSET,
    tags: list[int] | Unset = UNSET,
    created_after: datetime.datetime | Unset = UNSET,
    search: str | Unset = UNSET,
    ordering: str | Unset = UNSET,
    page: int | Unset = UNSET,
    page_size: int | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["project"] = project

    json_status: str | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = getattr(status, "value", status)

    params["status"] = json_status

    params["assignee"] = assignee

    params["data_unit"] = data_unit

    json_tags: list[int] | Unset = UNSET
    if not isinstance(tags, Unset):
        json_tags = tags

    params["tags"] = json_tags

    json_created_after: str | Unset = UNSET
    if not isinstance(created_after, Unset):
        json_created_after = format_datetime(created_after)
    params["created_after"] = json_created_after

    params["search"] = search

    params["ordering"] = ordering

    params["page"] = page

    params["page_size"] = page_size

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/sdk/tasks/files/",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorBody | TaskFileListPage | ValidationErrorBody | None:
    if response.status_code == 200:
        response_200 = TaskFileListPage.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = ValidationErrorBody.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = ErrorBody.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = ErrorBody.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = ErrorBody.from_dict(response.json())

        return response_404

    if response.status_code == 405:
        response_405 = ErrorBody.from_dict(response.json())

        return response_405

    if response.status_code == 429:
        response_429 = ErrorBody.from_dict(response.json())

        return response_429

    if 500 <= response.status_code <= 599:
        response_5xx = ErrorBody.from_dict(response.json())

        return response_5xx

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ErrorBody | TaskFileListPage | ValidationErrorBody]:
    return Response(
        status_code=http_status(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    project: int | Unset = UNSET,
    status: TaskStatus | Unset = UNSET,
    assignee: int | Unset = UNSET,
    data_unit: int | Unset = UNSET,
    tags: list[int] | Unset = UNSET,
    created_after: datetime.datetime | Unset = UNSET,
    search: str | Unset = UNSET,
    ordering: str | Unset = UNSET,
    page: int | Unset = UNSET,
    page_size: int | Unset = UNSET,
) -> Response[ErrorBody | TaskFileListPage | ValidationErrorBody]:
    """List the files of tasks.

    Args:
        project (int | Unset):
        status (TaskStatus | Unset): State of a task.
        assignee (int | Unset):
        data_unit (int | Unset):
        tags (list[int] | Unset):
        created_after (datetime.datetime | Unset):
        search (str | Unset):
        ordering (str | Unset):
        page (int | Unset):
        page_size (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorBody | TaskFileListPage | ValidationErrorBody]
    """

    kwargs = _get_kwargs(
        project=project,
        status=status,
        assignee=assignee,
        data_unit=data_unit,
        tags=tags,
        created_after=created_after,
        search=search,
        ordering=ordering,
        page=page,
        page_size=page_size,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    project: int | Unset = UNSET,
    status: TaskStatus | Unset = UNSET,
    assignee: int | Unset = UNSET,
    data_unit: int | Unset = UNSET,
    tags: list[int] | Unset = UNSET,
    created_after: datetime.datetime | Unset = UNSET,
    search: str | Unset = UNSET,
    ordering: str | Unset = UNSET,
    page: int | Unset = UNSET,
    page_size: int | Unset = UNSET,
) -> ErrorBody | TaskFileListPage | ValidationErrorBody | None:
    """List the files of tasks.

    Args:
        project (int | Unset):
        status (TaskStatus | Unset): State of a task.
        assignee (int | Unset):
        data_unit (int | Unset):
        tags (list[int] | Unset):
        created_after (datetime.datetime | Unset):
        search (str | Unset):
        ordering (str | Unset):
        page (int | Unset):
        page_size (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorBody | TaskFileListPage | ValidationErrorBody
    """

    return sync_detailed(
        client=client,
        project=project,
        status=status,
        assignee=assignee,
        data_unit=data_unit,
        tags=tags,
        created_after=created_after,
        search=search,
        ordering=ordering,
        page=page,
        page_size=page_size,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    project: int | Unset = UNSET,
    status: TaskStatus | Unset = UNSET,
    assignee: int | Unset = UNSET,
    data_unit: int | Unset = UNSET,
    tags: list[int] | Unset = UNSET,
    created_after: datetime.datetime | Unset = UNSET,
    search: str | Unset = UNSET,
    ordering: str | Unset = UNSET,
    page: int | Unset = UNSET,
    page_size: int | Unset = UNSET,
) -> Response[ErrorBody | TaskFileListPage | ValidationErrorBody]:
    """List the files of tasks.

    Args:
        project (int | Unset):
        status (TaskStatus | Unset): State of a task.
        assignee (int | Unset):
        data_unit (int | Unset):
        tags (list[int] | Unset):
        created_after (datetime.datetime | Unset):
        search (str | Unset):
        ordering (str | Unset):
        page (int | Unset):
        page_size (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorBody | TaskFileListPage | ValidationErrorBody]
    """

    kwargs = _get_kwargs(
        project=project,
        status=status,
        assignee=assignee,
        data_unit=data_unit,
        tags=tags,
        created_after=created_after,
        search=search,
        ordering=ordering,
        page=page,
        page_size=page_size,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    project: int | Unset = UNSET,
    status: TaskStatus | Unset = UNSET,
    assignee: int | Unset = UNSET,
    data_unit: int | Unset = UNSET,
    tags: list[int] | Unset = UNSET,
    created_after: datetime.datetime | Unset = UNSET,
    search: str | Unset = UNSET,
    ordering: str | Unset = UNSET,
    page: int | Unset = UNSET,
    page_size: int | Unset = UNSET,
) -> ErrorBody | TaskFileListPage | ValidationErrorBody | None:
    """List the files of tasks.

    Args:
        project (int | Unset):
        status (TaskStatus | Unset): State of a task.
        assignee (int | Unset):
        data_unit (int | Unset):
        tags (list[int] | Unset):
        created_after (datetime.datetime | Unset):
        search (str | Unset):
        ordering (str | Unset):
        page (int | Unset):
        page_size (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorBody | TaskFileListPage | ValidationErrorBody
    """

    return (
        await asyncio_detailed(
            client=client,
            project=project,
            status=status,
            assignee=assignee,
            data_unit=data_unit,
            tags=tags,
            created_after=created_after,
            search=search,
            ordering=ordering,
            page=page,
            page_size=page_size,
        )
    ).parsed
