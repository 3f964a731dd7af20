"""What every mixin stands on: the three ways to make a call."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from synapse_backend._async._transport import AsyncTransport
from synapse_backend._pagination import Page, PageWalk, read_page

if TYPE_CHECKING:
    from synapse_api.operations import ListOperation, Operation

T = TypeVar("T")


class AsyncCaller:
    """Calls operations through the transport of the client."""

    _transport: AsyncTransport

    async def _call(
        self, operation: Operation[T], *arguments: object, params: Mapping[str, Any] | None = None, data: object = None
    ) -> T:
        """Make one call and return its decoded answer."""
        answer: T = await self._transport.call(operation, arguments, params, data)
        return answer

    async def _page(
        self, operation: ListOperation[T], *arguments: object, params: Mapping[str, Any] | None = None
    ) -> Page[T]:
        """Return one page of a list."""
        page, _ = read_page(operation, await self._transport.call(operation, arguments, params))
        return page

    async def _iterate(
        self, operation: ListOperation[T], *arguments: object, params: Mapping[str, Any] | None = None
    ) -> AsyncIterator[T]:
        """Yield the items of all pages, one page in memory at a time."""
        walk: PageWalk[T] = PageWalk(operation, params)
        while not walk.done:
            for item in walk.read(await self._transport.call(operation, arguments, walk.params)):
                yield item

    async def _collect(
        self, operation: ListOperation[T], *arguments: object, params: Mapping[str, Any] | None = None
    ) -> list[T]:
        """Return the items of all pages."""
        return [item async for item in self._iterate(operation, *arguments, params=params)]
