# Derived from wrapper/synapse_backend/_async/_base.py by scripts/unasync.py; do not edit.
"""What every mixin stands on: the ways to make a call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from synapse_backend._errors import ClientError
from synapse_backend._pagination import Page, PageWalk, read_page

if TYPE_CHECKING:
    from synapse_api.operations import ListOperation, Operation
    from synapse_backend._config import CallOptions
    from synapse_backend._sync._transport import Caller

T = TypeVar("T")


class Mixin:
    """Calls operations through the one way of the client to its server."""

    _caller: Caller

    def _call(
        self,
        operation: Operation[T],
        *arguments: object,
        params: Mapping[str, Any] | None = None,
        data: object = None,
        options: CallOptions | None = None,
    ) -> T:
        """Make one call and return its decoded answer."""
        answer: T = self._caller.call(operation, arguments, params=params, data=data, options=options)
        return answer

    def _page(
        self,
        operation: ListOperation[T],
        *arguments: object,
        params: Mapping[str, Any] | None = None,
        options: CallOptions | None = None,
    ) -> Page[T]:
        """Return one page of a list."""
        page, _ = read_page(operation, self._caller.call(operation, arguments, params=params, options=options))
        return page

    def _iterate(
        self,
        operation: ListOperation[T],
        *arguments: object,
        params: Mapping[str, Any] | None = None,
        options: CallOptions | None = None,
    ) -> Iterator[T]:
        """Yield the items of all pages, one page in memory at a time."""
        walk: PageWalk[T] = PageWalk(operation, params)
        while not walk.done:
            try:
                items = walk.read(self._caller.call(operation, arguments, params=walk.params, options=options))
            except ClientError as error:
                error.resume = dict(walk.params or {})
                raise
            for item in items:
                yield item

    def _collect(
        self,
        operation: ListOperation[T],
        *arguments: object,
        params: Mapping[str, Any] | None = None,
        options: CallOptions | None = None,
    ) -> list[T]:
        """Return the items of all pages."""
        return [item for item in self._iterate(operation, *arguments, params=params, options=options)]
