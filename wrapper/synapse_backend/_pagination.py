"""Reading pages: what one holds, and where the next one is."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar
from urllib.parse import parse_qsl, urlsplit

from synapse_backend._errors import ResponseError
from synapse_backend._events import logger
from synapse_backend._urls import QueryPairs

if TYPE_CHECKING:
    from synapse_api.operations import ListOperation

T = TypeVar("T")
_REMEMBERED = 10_000
"""Ids that a walk remembers, so that its memory is bounded; items move by a few places, not by a hundred pages."""


class Page(NamedTuple, Generic[T]):
    """One page of a list; unpacks as ``items, total``."""

    items: list[T]
    """The items of this page."""
    total: int
    """Number of items on all pages, as the server counts them."""


class PageError(ValueError):
    """A link to the next page cannot be followed."""


def read_page(operation: ListOperation[T], answer: object) -> tuple[Page[T], str | None]:
    """Return the page in an answer and the link to the next one.

    A bare array is a list that is complete on its only page.

    Raises:
        ResponseError: It is neither an array nor a page object.
    """
    if isinstance(answer, list):
        return Page(answer, len(answer)), None
    if not isinstance(answer, Mapping):
        raise _page_error(operation, f"with {type(answer).__name__} where a page of results is due", "schema")
    results, link = answer.get("results"), answer.get("next")
    if not isinstance(results, list):
        raise _page_error(operation, "with a page that has no array 'results'", "schema")
    if link is not None and not isinstance(link, str):
        raise _page_error(operation, "with a page whose 'next' is neither a URL nor null", "schema")
    total = answer.get("count", len(results))
    if isinstance(total, bool) or not isinstance(total, int):
        raise _page_error(operation, "with a page whose 'count' is not an integer", "schema")
    return Page(results, total), link or None


class PageWalk(Generic[T]):
    """The way through the pages of a list: what to ask for next, and when it ends."""

    def __init__(self, operation: ListOperation[T], params: Mapping[str, Any] | None) -> None:
        self._operation = operation
        self._seen: set[int] = set()
        self._latest: deque[object] = deque()
        self._ids: set[object] = set()
        self._totals: list[int] = []
        self._skipped = False
        self._read = 0
        self._repeated = 0
        self.params = params
        """Parameters of the next request."""
        self.done = False

    def read(self, answer: object) -> list[T]:
        """Take an answer and return the items of its page.

        Raises:
            ResponseError: It is no page, or its next page cannot be followed.
        """
        page, link = read_page(self._operation, answer)
        if not self._totals:
            # A walk that begins in the middle comes to fewer items than the count.
            self._skipped = isinstance(answer, Mapping) and answer.get("previous") is not None
        if link is not None:
            self.params = self._follow(link)
        items = [item for item in page.items if self._is_new(item)]
        self._read += len(items)
        if page.total not in self._totals[-1:]:
            self._totals.append(page.total)
        if link is None:
            self.done = True
            self._report()
        return items

    def _is_new(self, item: object) -> bool:
        """Tell whether an item was not read before, as happens when others were inserted meanwhile."""
        identity = item.get("id") if isinstance(item, Mapping) else None
        if not isinstance(identity, int | str):
            return True
        if identity in self._ids:
            self._repeated += 1
            return False
        self._ids.add(identity)
        self._latest.append(identity)
        if len(self._latest) > _REMEMBERED:
            self._ids.discard(self._latest.popleft())
        return True

    def _report(self) -> None:
        """Say so when the list changed while it was read, because something may have been missed."""
        is_short = not self._skipped and self._read < self._totals[-1]
        if self._repeated or len(self._totals) > 1 or is_short:
            logger.warning(
                "%s: the list changed while it was read: %d items came, %d came again, the count was %s",
                self._operation.id,
                self._read,
                self._repeated,
                ", then ".join(map(str, self._totals[:1] + self._totals[1:][-1:])),
            )

    def _follow(self, link: str) -> Mapping[str, Any]:
        try:
            query = next_query(link, self._operation.path)
        except PageError as error:
            raise _page_error(self._operation, f"with a next page that {error}", "pagination") from None
        fingerprint = hash(tuple(query))
        if fingerprint in self._seen:
            raise _page_error(self._operation, "with a next page that was read before", "pagination")
        self._seen.add(fingerprint)
        values: dict[str, list[str]] = {}
        for name, value in query:
            values.setdefault(name, []).append(value)
        return values


def next_query(link: str, path: str) -> QueryPairs:
    """Return the query of a link to the next page; nothing else of it is used.

    Scheme and host stay those of the client: a backend behind a proxy names itself by an address that only the proxy
    knows, and a token must not follow a link to another host.

    Raises:
        PageError: The link does not lead to the same list, or has no query.
    """
    try:
        parts = urlsplit(link)
    except ValueError:
        raise PageError("is not a URL") from None
    if link != link.strip() or "\\" in link or "@" in parts.netloc or parts.scheme not in ("", "http", "https"):
        raise PageError("is not a plain http URL")
    if parts.path and not parts.path.endswith(path):
        raise PageError("leads away from this list")
    query = parse_qsl(parts.query, keep_blank_values=True)
    if not query:
        raise PageError("has no query")
    return query


def _page_error(operation: ListOperation[Any], problem: str, kind: str) -> ResponseError:
    return ResponseError(
        f"{operation.method} {operation.path} answered {operation.success[0]} {problem}. Nothing of it was used.",
        kind=kind,
        status_code=operation.success[0],
        method=operation.method,
        path=operation.path,
    )
