"""Pages the way Django REST framework's page number pagination makes them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode

from synapse_backend.testing.messages import JsonObject, RequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MAX_PAGE_SIZE = 1000

T = TypeVar("T")


def paginate(
    rows: Sequence[T],
    render: Callable[[Sequence[T]], list[JsonObject]],
    *,
    first: int = 0,
    page: int,
    page_size: int,
    url: str,
    query: Sequence[tuple[str, str]],
) -> JsonObject:
    """One page of rows, which stand oldest first and are answered newest first.

    Args:
        rows: All rows that match. Only those on the page are touched.
        render: Makes the items of the answer.
        first: Position of the first row that matches; those before it do not.
        page: Number of the page, from 1.
        page_size: Rows on a page; at most `MAX_PAGE_SIZE` are sent.
        url: Absolute URL of the list, without query.
        query: The query as it came; `next` and `previous` keep it.

    Raises:
        RequestError: 404, the page is past the end. The first page of an empty list is not.
    """
    page_size = min(page_size, MAX_PAGE_SIZE)
    count = len(rows) - first
    skipped = (page - 1) * page_size
    if skipped >= count and page > 1:
        raise RequestError(404, {"detail": "Invalid page."})
    stop = len(rows) - skipped
    pairs = tuple(query)
    return {
        "count": count,
        "next": _link(url, pairs, page + 1) if skipped + page_size < count else None,
        "previous": _link(url, pairs, page - 1) if page > 1 else None,
        "results": render(rows[max(stop - page_size, first) : stop][::-1]),
    }


# Programs that poll ask for the same page again and again.
@lru_cache(maxsize=256)
def _link(url: str, query: tuple[tuple[str, str], ...], page: int) -> str:
    pairs = [pair for pair in query if pair[0] != "page"]
    # The first page is the plain URL, as in Django REST framework.
    if page > 1:
        pairs.append(("page", str(page)))
    pairs.sort(key=lambda pair: pair[0])
    return f"{url}?{urlencode(pairs)}" if pairs else url
