# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_body import ErrorBody
from ...models.validation_error_body import ValidationErrorBody
from ...types import Response, http_status


def _get_kwargs(
    pk: int | UUID,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/jobs/{pk}/tail_console_logs/".format(
            pk=quote(str(pk), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorBody | ValidationErrorBody | str | None:
    if response.status_code == 200:
        response_200 = response.text
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
) -> Response[ErrorBody | ValidationErrorBody | str]:
    return Response(
        status_code=http_status(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    pk: int | UUID,
    *,
    client: AuthenticatedClient,
) -> Response[ErrorBody | ValidationErrorBody | str]:
    """Follow the console log of a job.

     Server-sent events: each `data:` line is a JSON object with a `type`: `connected`, `log`, `complete`
    or `error`.
    Lines that start with a colon are comments that keep the connection alive. The `data` of a `log` may
    itself be
    the text of an event, and an unknown job may be reported by an `error` event instead of a 404.

    Args:
        pk (int | UUID): An integer; later backends use UUIDs.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorBody | ValidationErrorBody | str]
    """

    kwargs = _get_kwargs(
        pk=pk,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    pk: int | UUID,
    *,
    client: AuthenticatedClient,
) -> ErrorBody | ValidationErrorBody | str | None:
    """Follow the console log of a job.

     Server-sent events: each `data:` line is a JSON object with a `type`: `connected`, `log`, `complete`
    or `error`.
    Lines that start with a colon are comments that keep the connection alive. The `data` of a `log` may
    itself be
    the text of an event, and an unknown job may be reported by an `error` event instead of a 404.

    Args:
        pk (int | UUID): An integer; later backends use UUIDs.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorBody | ValidationErrorBody | str
    """

    return sync_detailed(
        pk=pk,
        client=client,
    ).parsed


async def asyncio_detailed(
    pk: int | UUID,
    *,
    client: AuthenticatedClient,
) -> Response[ErrorBody | ValidationErrorBody | str]:
    """Follow the console log of a job.

     Server-sent events: each `data:` line is a JSON object with a `type`: `connected`, `log`, `complete`
    or `error`.
    Lines that start with a colon are comments that keep the connection alive. The `data` of a `log` may
    itself be
    the text of an event, and an unknown job may be reported by an `error` event instead of a 404.

    Args:
        pk (int | UUID): An integer; later backends use UUIDs.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorBody | ValidationErrorBody | str]
    """

    kwargs = _get_kwargs(
        pk=pk,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    pk: int | UUID,
    *,
    client: AuthenticatedClient,
) -> ErrorBody | ValidationErrorBody | str | None:
    """Follow the console log of a job.

     Server-sent events: each `data:` line is a JSON object with a `type`: `connected`, `log`, `complete`
    or `error`.
    Lines that start with a colon are comments that keep the connection alive. The `data` of a `log` may
    itself be
    the text of an event, and an unknown job may be reported by an `error` event instead of a 404.

    Args:
        pk (int | UUID): An integer; later backends use UUIDs.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorBody | ValidationErrorBody | str
    """

    return (
        await asyncio_detailed(
            pk=pk,
            client=client,
        )
    ).parsed
