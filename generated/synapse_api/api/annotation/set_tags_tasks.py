# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_body import ErrorBody
from ...models.tagging_result import TaggingResult
from ...models.task_tagging import TaskTagging
from ...models.validation_error_body import ValidationErrorBody
from ...types import UNSET, Response, Unset, http_status


def _get_kwargs(
    *,
    body: TaskTagging,
    replace: bool | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    params: dict[str, Any] = {}

    params["replace"] = replace

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/tasks/set_tags/",
        "params": params,
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorBody | TaggingResult | ValidationErrorBody | None:
    if response.status_code == 200:
        response_200 = TaggingResult.from_dict(response.json())

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

    if response.status_code == 409:
        response_409 = ErrorBody.from_dict(response.json())

        return response_409

    if response.status_code == 413:
        response_413 = ErrorBody.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        response_415 = ErrorBody.from_dict(response.json())

        return response_415

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
) -> Response[ErrorBody | TaggingResult | ValidationErrorBody]:
    return Response(
        status_code=http_status(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: TaskTagging,
    replace: bool | Unset = UNSET,
) -> Response[ErrorBody | TaggingResult | ValidationErrorBody]:
    """Set tags on tasks.

     All tasks or none. Takes `task_ids` and `tag_ids`, or `ids`, `tags` and `action`.

    Args:
        replace (bool | Unset):
        body (TaskTagging): Tags to set: `task_ids` and `tag_ids`, or `ids`, `tags` and `action`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorBody | TaggingResult | ValidationErrorBody]
    """

    kwargs = _get_kwargs(
        body=body,
        replace=replace,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: TaskTagging,
    replace: bool | Unset = UNSET,
) -> ErrorBody | TaggingResult | ValidationErrorBody | None:
    """Set tags on tasks.

     All tasks or none. Takes `task_ids` and `tag_ids`, or `ids`, `tags` and `action`.

    Args:
        replace (bool | Unset):
        body (TaskTagging): Tags to set: `task_ids` and `tag_ids`, or `ids`, `tags` and `action`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorBody | TaggingResult | ValidationErrorBody
    """

    return sync_detailed(
        client=client,
        body=body,
        replace=replace,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: TaskTagging,
    replace: bool | Unset = UNSET,
) -> Response[ErrorBody | TaggingResult | ValidationErrorBody]:
    """Set tags on tasks.

     All tasks or none. Takes `task_ids` and `tag_ids`, or `ids`, `tags` and `action`.

    Args:
        replace (bool | Unset):
        body (TaskTagging): Tags to set: `task_ids` and `tag_ids`, or `ids`, `tags` and `action`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorBody | TaggingResult | ValidationErrorBody]
    """

    kwargs = _get_kwargs(
        body=body,
        replace=replace,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: TaskTagging,
    replace: bool | Unset = UNSET,
) -> ErrorBody | TaggingResult | ValidationErrorBody | None:
    """Set tags on tasks.

     All tasks or none. Takes `task_ids` and `tag_ids`, or `ids`, `tags` and `action`.

    Args:
        replace (bool | Unset):
        body (TaskTagging): Tags to set: `task_ids` and `tag_ids`, or `ids`, `tags` and `action`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorBody | TaggingResult | ValidationErrorBody
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            replace=replace,
        )
    ).parsed
