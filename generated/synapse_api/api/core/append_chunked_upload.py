# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.chunked_upload import ChunkedUpload
from ...models.error_body import ErrorBody
from ...models.upload_part import UploadPart
from ...models.validation_error_body import ValidationErrorBody
from ...types import Response, http_status


def _get_kwargs(
    pk: int | UUID,
    *,
    body: UploadPart,
    content_range: str,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    headers["Content-Range"] = content_range

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/chunked_upload/{pk}/".format(
            pk=quote(str(pk), safe=""),
        ),
    }

    _kwargs["files"] = body.to_multipart()

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ChunkedUpload | ErrorBody | ValidationErrorBody | None:
    if response.status_code == 200:
        response_200 = ChunkedUpload.from_dict(response.json())

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

    if response.status_code == 410:
        response_410 = ErrorBody.from_dict(response.json())

        return response_410

    if response.status_code == 413:
        response_413 = ErrorBody.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        response_415 = ErrorBody.from_dict(response.json())

        return response_415

    if response.status_code == 429:
        response_429 = ErrorBody.from_dict(response.json())

        return response_429

    if response.status_code == 507:
        response_507 = ErrorBody.from_dict(response.json())

        return response_507

    if 500 <= response.status_code <= 599:
        response_5xx = ErrorBody.from_dict(response.json())

        return response_5xx

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ChunkedUpload | ErrorBody | ValidationErrorBody]:
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
    body: UploadPart,
    content_range: str,
) -> Response[ChunkedUpload | ErrorBody | ValidationErrorBody]:
    """Send the next part of a chunked upload.

     A part that does not start at the offset of the upload is a 400 that carries the right `offset`.

    Args:
        pk (int | UUID): An integer or a UUID.
        content_range (str):
        body (UploadPart): A part of a file.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ChunkedUpload | ErrorBody | ValidationErrorBody]
    """

    kwargs = _get_kwargs(
        pk=pk,
        body=body,
        content_range=content_range,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    pk: int | UUID,
    *,
    client: AuthenticatedClient,
    body: UploadPart,
    content_range: str,
) -> ChunkedUpload | ErrorBody | ValidationErrorBody | None:
    """Send the next part of a chunked upload.

     A part that does not start at the offset of the upload is a 400 that carries the right `offset`.

    Args:
        pk (int | UUID): An integer or a UUID.
        content_range (str):
        body (UploadPart): A part of a file.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ChunkedUpload | ErrorBody | ValidationErrorBody
    """

    return sync_detailed(
        pk=pk,
        client=client,
        body=body,
        content_range=content_range,
    ).parsed


async def asyncio_detailed(
    pk: int | UUID,
    *,
    client: AuthenticatedClient,
    body: UploadPart,
    content_range: str,
) -> Response[ChunkedUpload | ErrorBody | ValidationErrorBody]:
    """Send the next part of a chunked upload.

     A part that does not start at the offset of the upload is a 400 that carries the right `offset`.

    Args:
        pk (int | UUID): An integer or a UUID.
        content_range (str):
        body (UploadPart): A part of a file.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ChunkedUpload | ErrorBody | ValidationErrorBody]
    """

    kwargs = _get_kwargs(
        pk=pk,
        body=body,
        content_range=content_range,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    pk: int | UUID,
    *,
    client: AuthenticatedClient,
    body: UploadPart,
    content_range: str,
) -> ChunkedUpload | ErrorBody | ValidationErrorBody | None:
    """Send the next part of a chunked upload.

     A part that does not start at the offset of the upload is a 400 that carries the right `offset`.

    Args:
        pk (int | UUID): An integer or a UUID.
        content_range (str):
        body (UploadPart): A part of a file.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ChunkedUpload | ErrorBody | ValidationErrorBody
    """

    return (
        await asyncio_detailed(
            pk=pk,
            client=client,
            body=body,
            content_range=content_range,
        )
    ).parsed
