"""Reading pages: what one holds, and where the next one is."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, TypeVar
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from synapse_backend._errors import ClientError, NotFoundError, ResponseError
from synapse_backend._events import logger
from synapse_backend._urls import QueryPairs, filled_path, is_own_host, query_pairs

if TYPE_CHECKING:
    from synapse_api.operations import ListOperation
    from synapse_backend._config import ClientConfig

T = TypeVar("T")
Query = dict[str, list[str]]
MOST_AT_ONCE: Final = 16
"""Pages that are fetched at once, and so in memory."""
_ITEMS_AHEAD: Final = 5_000
"""Items that are fetched ahead at most, by the size of the last page; large pages need fewer at once to come fast."""
_HARMLESS = re.compile(r"[A-Za-z0-9._\[\]:-]{1,253}")
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


class ForeignLinkError(PageError):
    """A link to the next page leads to another host.

    Args:
        netloc: Host and port, as the server wrote them.
    """

    def __init__(self, netloc: str) -> None:
        super().__init__("leads to another host")
        self.netloc = netloc


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
    """The way through the pages of a list: what to ask for next, and when it ends.

    A page is asked for when the one before it has been read, and with it those that are likely to follow. These are
    used only if they are what a later request would have brought, as far as the answers tell: the link of the page
    before must lead to them, and the list must not have changed in between. All others are dropped.

    Args:
        config: Settings of the client.
        operation: The list.
        arguments: Of its path.
        params: Of its first page.
    """

    def __init__(
        self,
        config: ClientConfig,
        operation: ListOperation[T],
        arguments: Sequence[object],
        params: Mapping[str, Any] | None,
    ) -> None:
        self._config = config
        self._operation = operation
        self._arguments = arguments
        self._seen: set[int] = set()
        self._latest: deque[object] = deque()
        self._ids: set[object] = set()
        self._totals: list[int] = []
        self._skipped = False
        self._read = 0
        self._repeated = 0
        self._params = params
        self._series: _Series | None = None
        self._asked: list[Mapping[str, Any] | None] = []
        self._ahead = 1
        self._pages = 0
        self._dropped = 0
        self.done = False

    def ask(self) -> list[Mapping[str, Any] | None]:
        """Return the parameters of the requests to make now, in the order in which `read` expects the answers."""
        self._asked = [self._params]
        if self._series is not None:
            # Where pages are dropped again and again, most of them are asked for one by one.
            allowed = MOST_AT_ONCE - 1 + self._pages // 8 - self._dropped
            number = max(0, min(self._ahead, allowed, self._series.following))
            self._asked += [self._series.params(ahead) for ahead in range(1, number + 1)]
            self._ahead = min(2 * self._ahead + 1, MOST_AT_ONCE - 1)
        return self._asked

    def read(self, answers: Iterable[object]) -> Iterator[list[T]]:
        """Yield the items of each page.

        Args:
            answers: What the requests of the last `ask` brought, an exception where one failed.

        Raises:
            ResponseError: An answer is no page, or its next page cannot be followed.
            Exception: That of the request for the page that comes next.
        """
        waiting = deque(zip(self._asked, answers, strict=True))
        del answers  # Pages that were read are not kept.
        is_first = True
        while waiting and not self.done:
            params, answer = waiting.popleft()
            if not is_first and not self._is_current(params, answer):
                waiting.append((params, answer))
                break
            is_first = False
            try:
                items = self._read_page(answer)
            except ClientError as error:
                error.resume = dict(self._params or {})
                raise
            del answer
            yield items
        if waiting:
            self._dropped += len(waiting)
            self._ahead = 0

    def _is_current(self, params: Mapping[str, Any] | None, answer: object) -> bool:
        """Tell whether a page that was fetched ahead is what would come now.

        A page may have been fetched before the page in front of it. If an item was inserted in between, one item
        would be on neither; the count tells. A page may also have come to be after it was not found.
        """
        if params != self._params or isinstance(answer, NotFoundError):
            return False
        return isinstance(answer, Exception) or _count(answer) == self._totals[-1]

    def _read_page(self, answer: object) -> list[T]:
        if isinstance(answer, Exception):
            raise answer
        page, link = read_page(self._operation, answer)
        if not self._totals:
            # A walk that begins in the middle comes to fewer items than the count.
            self._skipped = isinstance(answer, Mapping) and answer.get("previous") is not None
        if link is not None:
            query = self._follow(link)
            self._series = self._series_of(query, _count(answer), len(page.items))
            self._params = query
        items = [item for item in page.items if self._is_new(item)]
        self._pages += 1
        self._read += len(items)
        if page.total not in self._totals[-1:]:
            self._totals.append(page.total)
        if link is None:
            self.done = True
            self._report()
        return items

    def _series_of(self, query: Query, count: int | None, size: int) -> _Series | None:
        """Return the pages from a link on, if they are numbered and their number is known."""
        asked = grouped(query_pairs(self._operation.id, self._params or {}))
        counter = counter_of(asked, query, self._operation.minimums)
        if counter is None or count is None or not size:
            return None
        last = -(-count // size)
        number = int(query[counter][0])
        return _Series(query, counter, number, min(last - number, _ITEMS_AHEAD // size))

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

    def _follow(self, link: str) -> Query:
        try:
            path = filled_path(self._operation.id, self._operation.path, self._arguments)
            query = next_query(link, path, self._config.parts, self._config.host_aliases)
        except ForeignLinkError as error:
            raise self._foreign(error.netloc) from None
        except PageError as error:
            raise _page_error(self._operation, f"with a next page that {error}", "pagination") from None
        fingerprint = hash(tuple(query))
        if fingerprint in self._seen:
            raise _page_error(self._operation, "with a next page that was read before", "pagination")
        self._seen.add(fingerprint)
        return grouped(query)

    def _foreign(self, netloc: str) -> ResponseError:
        """Return the error of a link to another host, which it names unless the name may do harm or hold a token."""
        shown, name = netloc.encode(), "that name"
        if _HARMLESS.fullmatch(netloc) and all(
            secret.scrub(shown) == shown for secret in self._config.credentials.current().tokens()
        ):
            name = repr(urlsplit(f"//{netloc}").hostname)
        return _page_error(
            self._operation,
            f"with a next page that leads to another host, {name}",
            "pagination",
            f" If the backend calls itself by {name}, make the client with host_aliases=[...] that holds it;"
            " only the query of a link is ever used.",
        )


@dataclass(frozen=True, slots=True)
class _Series:
    """Pages that are numbered."""

    query: Query
    """Of the first of them, as the server wrote it."""
    counter: str
    """Name of the parameter that holds their number."""
    number: int
    """Of the first of them."""
    following: int
    """How many after the first may be fetched with it; by the count, which may be wrong, there are as many."""

    def params(self, ahead: int) -> Query:
        """Return the parameters of the page that comes so many after the first."""
        return {**self.query, self.counter: [str(self.number + ahead)]}


def counter_of(asked: Query, following: Query, minimums: Mapping[str, int]) -> str | None:
    """Return the name of the parameter that counts the pages.

    It counts from 1, one page after the other, and nothing else is what differs between a page and the next one; but
    the server may have added what it was not asked.

    Args:
        asked: The query of a page.
        following: The query of the link to the next one.
        minimums: The smallest values of the parameters that have one.
    """
    counters = []
    for name, values in following.items():
        before = asked.get(name)
        if before == values:
            continue
        if minimums.get(name) == 1 and _number(values) == 1 + (1 if before is None else _number(before)):
            counters.append(name)
        elif before is not None:
            return None
    return counters[0] if len(counters) == 1 and asked.keys() <= following.keys() else None


def _number(values: list[str]) -> int:
    """Return the number that a parameter holds, or one that no page has."""
    [value] = values if len(values) == 1 else [""]
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else -1


def _count(answer: object) -> int | None:
    """Return the number of items on all pages, if the answer tells."""
    count = answer.get("count") if isinstance(answer, Mapping) else None
    return count if isinstance(count, int) else None


def grouped(pairs: QueryPairs) -> Query:
    """Return a query as parameters, each with all its values."""
    values: Query = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values


def next_query(link: str, path: str, base: SplitResult, aliases: Collection[str]) -> QueryPairs:
    """Return the query of a link to the next page; nothing else of it is used.

    Scheme, port and the beginning of the path may differ: a backend behind a proxy does not know them. Its host it is
    told in each request; a link to another one is a sign that something is wrong, and is refused.

    Args:
        link: The link.
        path: Path of the list, not encoded, without that of the backend.
        base: Address of the backend.
        aliases: Other hosts that are the backend.

    Raises:
        ForeignLinkError: The link leads to another host.
        PageError: The link does not lead to the same list, or has no query.
    """
    try:
        parts = urlsplit(link)
        _ = parts.hostname, parts.port
    except ValueError:
        raise PageError("is not a URL") from None
    is_plain = link == link.strip() and "\\" not in link and "@" not in parts.netloc
    if not is_plain or parts.scheme not in ("", "http", "https") or (parts.scheme and not parts.netloc):
        raise PageError("is not a plain http URL")
    if not is_own_host(base, aliases, link):
        raise ForeignLinkError(parts.netloc)
    # Without a slash before it, a path would begin where that of this list ends.
    if parts.path and not (parts.path.startswith("/") and unquote(parts.path).endswith(path)):
        raise PageError("leads away from this list")
    query = parse_qsl(parts.query, keep_blank_values=True)
    if not query:
        raise PageError("has no query")
    return query


def _page_error(operation: ListOperation[Any], problem: str, kind: str, advice: str = "") -> ResponseError:
    return ResponseError(
        f"{operation.method} {operation.path} answered {operation.success[0]} {problem}."
        f" Nothing of it was used.{advice}",
        kind=kind,
        status_code=operation.success[0],
        method=operation.method,
        path=operation.path,
    )
