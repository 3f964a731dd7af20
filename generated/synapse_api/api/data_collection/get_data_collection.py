# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.data_collection import DataCollection
from ...models.error_body import ErrorBody
from ...models.validation_error_body import ValidationErrorBody
from ...types import UNSET, Response, Unset, http_status


def _get_kwargs(
    pk: int,
    *,
    expand: str | Unset = "file_specifications",
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["expand"] = expand

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/data_collections/{pk}/".format(
            pk=quote(str(pk), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> DataCollection | ErrorBody | ValidationErrorBody | None:
    if response.status_code == 200:
        response_200 = DataCollection.from_dict(response.json())

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
) -> Response[DataCollection | ErrorBody | ValidationErrorBody]:
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
    expand: str | Unset = "file_specifications",
) -> Response[DataCollection | ErrorBody | ValidationErrorBody]:
    """Get a data collection.

    Args:
        pk (int):
        expand (str | Unset):  Default: 'file_specifications'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[DataCollection | ErrorBody | ValidationErrorBody]
    """

    kwargs = _get_kwargs(
        pk=pk,
        expand=expand,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    pk: int,
    *,
    client: AuthenticatedClient,
    expand: str | Unset = "file_specifications",
) -> DataCollection | ErrorBody | ValidationErrorBody | None:
    """Get a data collection.

    Args:
        pk (int):
        expand (str | Unset):  Default: 'file_specifications'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        DataCollection | ErrorBody | ValidationErrorBody
    """

    return sync_detailed(
        pk=pk,
        client=client,
        expand=expand,
    ).parsed


async def asyncio_detailed(
    pk: int,
    *,
    client: AuthenticatedClient,
    expand: str | Unset = "file_specifications",
) -> Response[DataCollection | ErrorBody | ValidationErrorBody]:
    """Get a data collection.

    Args:
        pk (int):
        expand (str | Unset):  Default: 'file_specifications'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[DataCollection | ErrorBody | ValidationErrorBody]
    """

    kwargs = _get_kwargs(
        pk=pk,
        expand=expand,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    pk: int,
    *,
    client: AuthenticatedClient,
    expand: str | Unset = "file_specifications",
) -> DataCollection | ErrorBody | ValidationErrorBody | None:
    """Get a data collection.

    Args:
        pk (int):
        expand (str | Unset):  Default: 'file_specifications'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        DataCollection | ErrorBody | ValidationErrorBody
    """

    return (
        await asyncio_detailed(
            pk=pk,
            client=client,
            expand=expand,
        )
    ).parsed
