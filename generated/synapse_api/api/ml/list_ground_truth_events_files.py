# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
import datetime
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_body import ErrorBody
from ...models.ground_truth_event_file_list_page import GroundTruthEventFileListPage
from ...models.validation_error_body import ValidationErrorBody
from ...types import UNSET, Response, Unset, format_datetime, http_status


def _get_kwargs(
    *,
    ground_truth_dataset_versions: list[int] | Unset = UNSET,
    project: int | Unset = UNSET,
    data_type: str | Unset = UNSET,
    created_after: datetime.datetime | Unset = UNSET,
    search: str | Unset = UNSET,
    ordering: str | Unset = UNSET,
    page: int | Unset = UNSET,
    page_size: int | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_ground_truth_dataset_versions: list[int] | Unset = UNSET
    if not isinstance(ground_truth_dataset_versions, Unset):
        json_ground_truth_dataset_versions = ground_truth_dataset_versions

    params["ground_truth_dataset_versions"] = json_ground_truth_dataset_versions

    params["project"] = project

    params["data_type"] = data_type

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
        "url": "/sdk/ground_truth_events/files/",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorBody | GroundTruthEventFileListPage | ValidationErrorBody | None:
    if response.status_code == 200:
        response_200 = GroundTruthEventFileListPage.from_dict(response.json())

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
) -> Response[ErrorBody | GroundTruthEventFileListPage | ValidationErrorBody]:
    return Response(
        status_code=http_status(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    ground_truth_dataset_versions: list[int] | Unset = UNSET,
    project: int | Unset = UNSET,
    data_type: str | Unset = UNSET,
    created_after: datetime.datetime | Unset = UNSET,
    search: str | Unset = UNSET,
    ordering: str | Unset = UNSET,
    page: int | Unset = UNSET,
    page_size: int | Unset = UNSET,
) -> Response[ErrorBody | GroundTruthEventFileListPage | ValidationErrorBody]:
    """List the files of ground truth events.

    Args:
        ground_truth_dataset_versions (list[int] | Unset):
        project (int | Unset):
        data_type (str | Unset):
        created_after (datetime.datetime | Unset):
        search (str | Unset):
        ordering (str | Unset):
        page (int | Unset):
        page_size (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorBody | GroundTruthEventFileListPage | ValidationErrorBody]
    """

    kwargs = _get_kwargs(
        ground_truth_dataset_versions=ground_truth_dataset_versions,
        project=project,
        data_type=data_type,
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
    ground_truth_dataset_versions: list[int] | Unset = UNSET,
    project: int | Unset = UNSET,
    data_type: str | Unset = UNSET,
    created_after: datetime.datetime | Unset = UNSET,
    search: str | Unset = UNSET,
    ordering: str | Unset = UNSET,
    page: int | Unset = UNSET,
    page_size: int | Unset = UNSET,
) -> ErrorBody | GroundTruthEventFileListPage | ValidationErrorBody | None:
    """List the files of ground truth events.

    Args:
        ground_truth_dataset_versions (list[int] | Unset):
        project (int | Unset):
        data_type (str | Unset):
        created_after (datetime.datetime | Unset):
        search (str | Unset):
        ordering (str | Unset):
        page (int | Unset):
        page_size (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorBody | GroundTruthEventFileListPage | ValidationErrorBody
    """

    return sync_detailed(
        client=client,
        ground_truth_dataset_versions=ground_truth_dataset_versions,
        project=project,
        data_type=data_type,
        created_after=created_after,
        search=search,
        ordering=ordering,
        page=page,
        page_size=page_size,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    ground_truth_dataset_versions: list[int] | Unset = UNSET,
    project: int | Unset = UNSET,
    data_type: str | Unset = UNSET,
    created_after: datetime.datetime | Unset = UNSET,
    search: str | Unset = UNSET,
    ordering: str | Unset = UNSET,
    page: int | Unset = UNSET,
    page_size: int | Unset = UNSET,
) -> Response[ErrorBody | GroundTruthEventFileListPage | ValidationErrorBody]:
    """List the files of ground truth events.

    Args:
        ground_truth_dataset_versions (list[int] | Unset):
        project (int | Unset):
        data_type (str | Unset):
        created_after (datetime.datetime | Unset):
        search (str | Unset):
        ordering (str | Unset):
        page (int | Unset):
        page_size (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorBody | GroundTruthEventFileListPage | ValidationErrorBody]
    """

    kwargs = _get_kwargs(
        ground_truth_dataset_versions=ground_truth_dataset_versions,
        project=project,
        data_type=data_type,
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
    ground_truth_dataset_versions: list[int] | Unset = UNSET,
    project: int | Unset = UNSET,
    data_type: str | Unset = UNSET,
    created_after: datetime.datetime | Unset = UNSET,
    search: str | Unset = UNSET,
    ordering: str | Unset = UNSET,
    page: int | Unset = UNSET,
    page_size: int | Unset = UNSET,
) -> ErrorBody | GroundTruthEventFileListPage | ValidationErrorBody | None:
    """List the files of ground truth events.

    Args:
        ground_truth_dataset_versions (list[int] | Unset):
        project (int | Unset):
        data_type (str | Unset):
        created_after (datetime.datetime | Unset):
        search (str | Unset):
        ordering (str | Unset):
        page (int | Unset):
        page_size (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorBody | GroundTruthEventFileListPage | ValidationErrorBody
    """

    return (
        await asyncio_detailed(
            client=client,
            ground_truth_dataset_versions=ground_truth_dataset_versions,
            project=project,
            data_type=data_type,
            created_after=created_after,
            search=search,
            ordering=ordering,
            page=page,
            page_size=page_size,
        )
    ).parsed
