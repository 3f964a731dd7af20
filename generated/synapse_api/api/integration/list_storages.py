# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_body import ErrorBody
from ...models.storage_category import StorageCategory
from ...models.storage_page import StoragePage
from ...models.storage_summary import StorageSummary
from ...models.validation_error_body import ValidationErrorBody
from ...types import UNSET, Response, Unset, http_status


def _get_kwargs(
    *,
    category: StorageCategory | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_category: str | Unset = UNSET
    if not isinstance(category, Unset):
        json_category = getattr(category, "value", category)

    params["category"] = json_category

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/storages/",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorBody | ValidationErrorBody | list[StorageSummary] | StoragePage | None:
    if response.status_code == 200:

        def _parse_response_200(data: object) -> list[StorageSummary] | StoragePage:
            try:
                if not isinstance(data, list):
                    raise TypeError()
                response_200_type_0 = []
                _response_200_type_0 = data
                for response_200_type_0_item_data in _response_200_type_0:
                    response_200_type_0_item = StorageSummary.from_dict(response_200_type_0_item_data)

                    response_200_type_0.append(response_200_type_0_item)

                return response_200_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            response_200_type_1 = StoragePage.from_dict(data)

            return response_200_type_1

        response_200 = _parse_response_200(response.json())

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
) -> Response[ErrorBody | ValidationErrorBody | list[StorageSummary] | StoragePage]:
    return Response(
        status_code=http_status(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    category: StorageCategory | Unset = UNSET,
) -> Response[ErrorBody | ValidationErrorBody | list[StorageSummary] | StoragePage]:
    """List storages.

     Servers answer with a bare array or with a page object; clients take both.

    Args:
        category (StorageCategory | Unset): Whether the backend owns the storage or only reads it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorBody | ValidationErrorBody | list[StorageSummary] | StoragePage]
    """

    kwargs = _get_kwargs(
        category=category,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    category: StorageCategory | Unset = UNSET,
) -> ErrorBody | ValidationErrorBody | list[StorageSummary] | StoragePage | None:
    """List storages.

     Servers answer with a bare array or with a page object; clients take both.

    Args:
        category (StorageCategory | Unset): Whether the backend owns the storage or only reads it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorBody | ValidationErrorBody | list[StorageSummary] | StoragePage
    """

    return sync_detailed(
        client=client,
        category=category,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    category: StorageCategory | Unset = UNSET,
) -> Response[ErrorBody | ValidationErrorBody | list[StorageSummary] | StoragePage]:
    """List storages.

     Servers answer with a bare array or with a page object; clients take both.

    Args:
        category (StorageCategory | Unset): Whether the backend owns the storage or only reads it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorBody | ValidationErrorBody | list[StorageSummary] | StoragePage]
    """

    kwargs = _get_kwargs(
        category=category,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    category: StorageCategory | Unset = UNSET,
) -> ErrorBody | ValidationErrorBody | list[StorageSummary] | StoragePage | None:
    """List storages.

     Servers answer with a bare array or with a page object; clients take both.

    Args:
        category (StorageCategory | Unset): Whether the backend owns the storage or only reads it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorBody | ValidationErrorBody | list[StorageSummary] | StoragePage
    """

    return (
        await asyncio_detailed(
            client=client,
            category=category,
        )
    ).parsed
