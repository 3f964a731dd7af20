# Derived from wrapper/synapse_backend/_async/_base.py by scripts/unasync.py; do not edit.
"""What every mixin stands on: the three ways to make a call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from synapse_backend._pagination import Page, PageWalk, read_page
from synapse_backend._sync._transport import Transport

if TYPE_CHECKING:
    from synapse_api.operations import ListOperation, Operation

T = TypeVar("T")


class Caller:
    """Calls operations through the transport of the client."""

    _transport: Transport

    def _call(
        self, operation: Operation[T], *arguments: object, params: Mapping[str, Any] | None = None, data: object = None
    ) -> T:
        """Make one call and return its decoded answer."""
        answer: T = self._transport.call(operation, arguments, params, data)
        return answer

    def _page(
        self, operation: ListOperation[T], *arguments: object, params: Mapping[str, Any] | None = None
    ) -> Page[T]:
        """Return one page of a list."""
        page, _ = read_page(operation, self._transport.call(operation, arguments, params))
        return page

    def _iterate(
        self, operation: ListOperation[T], *arguments: object, params: Mapping[str, Any] | None = None
    ) -> Iterator[T]:
        """Yield the items of all pages, one page in memory at a time."""
        walk: PageWalk[T] = PageWalk(operation, params)
        while not walk.done:
            for item in walk.read(self._transport.call(operation, arguments, walk.params)):
                yield item

    def _collect(
        self, operation: ListOperation[T], *arguments: object, params: Mapping[str, Any] | None = None
    ) -> list[T]:
        """Return the items of all pages."""
        return [item for item in self._iterate(operation, *arguments, params=params)]
