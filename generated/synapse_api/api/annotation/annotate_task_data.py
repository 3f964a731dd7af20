# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_body import ErrorBody
from ...models.task import Task
from ...models.task_annotation import TaskAnnotation
from ...models.task_schema import TaskSchema
from ...models.validation_error_body import ValidationErrorBody
from ...types import UNSET, Response, Unset, http_status


def _get_kwargs(
    pk: int,
    *,
    body: TaskAnnotation,
    schema: TaskSchema | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    params: dict[str, Any] = {}

    json_schema: str | Unset = UNSET
    if not isinstance(schema, Unset):
        json_schema = getattr(schema, "value", schema)

    params["schema"] = json_schema

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/tasks/{pk}/annotate_task_data/".format(
            pk=quote(str(pk), safe=""),
        ),
        "params": params,
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorBody | Task | ValidationErrorBody | None:
    if response.status_code == 200:
        response_200 = Task.from_dict(response.json())

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
) -> Response[ErrorBody | Task | ValidationErrorBody]:
    return Response(
        status_code=http_status(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    pk: int,
    *,
    client: AuthenticatedClient,
    body: TaskAnnotation,
    schema: TaskSchema | Unset = UNSET,
) -> Response[ErrorBody | Task | ValidationErrorBody]:
    """Save or submit the annotation of a task.

     Replaces the annotation of the task. Takes `annotations` and `metadata`, or `action` and `data`.

    Args:
        pk (int):
        schema (TaskSchema | Unset): Schema of annotation data.
        body (TaskAnnotation): An annotation to save: `annotations` and `metadata`, or `action`
            and `data`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorBody | Task | ValidationErrorBody]
    """

    kwargs = _get_kwargs(
        pk=pk,
        body=body,
        schema=schema,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    pk: int,
    *,
    client: AuthenticatedClient,
    body: TaskAnnotation,
    schema: TaskSchema | Unset = UNSET,
) -> ErrorBody | Task | ValidationErrorBody | None:
    """Save or submit the annotation of a task.

     Replaces the annotation of the task. Takes `annotations` and `metadata`, or `action` and `data`.

    Args:
        pk (int):
        schema (TaskSchema | Unset): Schema of annotation data.
        body (TaskAnnotation): An annotation to save: `annotations` and `metadata`, or `action`
            and `data`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorBody | Task | ValidationErrorBody
    """

    return sync_detailed(
        pk=pk,
        client=client,
        body=body,
        schema=schema,
    ).parsed


async def asyncio_detailed(
    pk: int,
    *,
    client: AuthenticatedClient,
    body: TaskAnnotation,
    schema: TaskSchema | Unset = UNSET,
) -> Response[ErrorBody | Task | ValidationErrorBody]:
    """Save or submit the annotation of a task.

     Replaces the annotation of the task. Takes `annotations` and `metadata`, or `action` and `data`.

    Args:
        pk (int):
        schema (TaskSchema | Unset): Schema of annotation data.
        body (TaskAnnotation): An annotation to save: `annotations` and `metadata`, or `action`
            and `data`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorBody | Task | ValidationErrorBody]
    """

    kwargs = _get_kwargs(
        pk=pk,
        body=body,
        schema=schema,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    pk: int,
    *,
    client: AuthenticatedClient,
    body: TaskAnnotation,
    schema: TaskSchema | Unset = UNSET,
) -> ErrorBody | Task | ValidationErrorBody | None:
    """Save or submit the annotation of a task.

     Replaces the annotation of the task. Takes `annotations` and `metadata`, or `action` and `data`.

    Args:
        pk (int):
        schema (TaskSchema | Unset): Schema of annotation data.
        body (TaskAnnotation): An annotation to save: `annotations` and `metadata`, or `action`
            and `data`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorBody | Task | ValidationErrorBody
    """

    return (
        await asyncio_detailed(
            pk=pk,
            client=client,
            body=body,
            schema=schema,
        )
    ).parsed
