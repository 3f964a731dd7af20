"""Stored files over HTTP: whole, in part, or not at all when the client has them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from synapse_backend.testing.content import PIECE_BYTES
from synapse_backend.testing.messages import RequestError, Response

if TYPE_CHECKING:
    from synapse_backend.testing.content import StoredFile
    from synapse_backend.testing.messages import Headers, Request

PREFIX = "/media/"
# One range; several at once are answered with the whole file, which is always allowed.
_RANGE = re.compile(r"bytes=(?:([0-9]{1,19})-([0-9]{0,19})|-([0-9]{1,19}))", re.ASCII)


def serve(stored: StoredFile, request: Request) -> Response:
    """Answer with a file.

    Raises:
        RequestError: 405, it can only be read; 416, it has no such bytes.
    """
    if request.method not in ("GET", "HEAD"):
        raise RequestError(405, {"detail": f'Method "{request.method}" not allowed.'}, (("Allow", "GET, HEAD"),))
    etag = f'"{stored.md5}"'
    fields = [("Content-Type", stored.content_type), ("ETag", etag), ("Accept-Ranges", "bytes")]
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    if etag in known or "*" in known:
        return Response(304, fields, b"")
    span = None if request.method == "HEAD" else _span(request.headers, etag, stored.size)
    if span is None:
        return _pieces(200, fields, stored, 0, stored.size)
    start, stop = span
    fields.append(("Content-Range", f"bytes {start}-{stop - 1}/{stored.size}"))
    return _pieces(206, fields, stored, start, stop)


def _span(headers: Headers, etag: str, size: int) -> tuple[int, int] | None:
    """First byte and the one after the last that are asked for; None for the whole file."""
    match = _RANGE.fullmatch(headers.get("range", "").replace(" ", ""))
    if match is None or headers.get("if-range", etag) != etag:
        return None
    first, last, final = match.groups()
    if final is not None:
        start, stop = max(size - int(final), 0), size
    else:
        start, stop = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < start:
            # Not a range at all, so that it is as if nothing was asked for.
            return None
    if start >= stop:
        raise RequestError(416, {"detail": "The file has no such bytes."}, (("Content-Range", f"bytes */{size}"),))
    return start, stop


def _pieces(status: int, fields: list[tuple[str, str]], stored: StoredFile, start: int, stop: int) -> Response:
    if stop - start <= PIECE_BYTES:
        return Response(status, fields, stored.read(start, stop))
    return Response(status, fields, b"", rest=lambda: stored.pieces(start, stop), length=stop - start)
