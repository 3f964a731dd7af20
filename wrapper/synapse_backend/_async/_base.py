"""What every mixin stands on: the ways to make a call."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from synapse_backend._pagination import MOST_AT_ONCE, Page, PageWalk, read_page
from synapse_backend._secrets import Unshown
from synapse_backend._workers import gather_async

if TYPE_CHECKING:
    from synapse_api.operations import ListOperation, Operation
    from synapse_backend._async._downloads import AsyncDownloader
    from synapse_backend._async._transport import AsyncCaller
    from synapse_backend._config import CallOptions, ClientConfig
    from synapse_backend._conversion import Downloads, Functions, UrlConversion

T = TypeVar("T")
_FILES = ("files",)
"""Where the items of a list have the URLs of files."""


class AsyncMixin:
    """Calls operations through the one way of the client to its server."""

    _config: ClientConfig
    _caller: AsyncCaller

    async def _call(
        self,
        operation: Operation[T],
        *arguments: object,
        params: Mapping[str, Any] | None = None,
        data: object = None,
        headers: Mapping[str, str] | None = None,
        target: str | None = None,
        options: CallOptions | None = None,
    ) -> T:
        """Make one call and return its decoded answer; `target` is path and query where the server said which."""
        answer: T = await self._caller.call(
            operation, arguments, params=params, data=data, headers=headers, target=target, options=options
        )
        return answer

    async def _page(
        self,
        operation: ListOperation[T],
        *arguments: object,
        params: Mapping[str, Any] | None = None,
        conversion: UrlConversion | None = None,
        options: CallOptions | None = None,
    ) -> Page[T]:
        """Return one page of a list."""
        wanted = self._conversion(conversion, _FILES)
        answer = Unshown(await self._caller.call(operation, arguments, params=params, options=options))
        page = Unshown(read_page(operation, answer.value)[0])
        return Page(await self._converted(page.value.items, wanted), page.value.total)

    async def _iterate(
        self,
        operation: ListOperation[T],
        *arguments: object,
        params: Mapping[str, Any] | None = None,
        conversion: UrlConversion | None = None,
        options: CallOptions | None = None,
    ) -> AsyncIterator[T]:
        """Yield the items of all pages, a few pages in memory at a time."""
        wanted = self._conversion(conversion, _FILES)
        walk: PageWalk[T] = PageWalk(self._config, operation, arguments, params)
        while not walk.done:
            for page in map(Unshown, walk.read(await self._fetch(walk, operation, arguments, options))):
                for item in await self._converted(page.value, wanted):
                    yield item
                    del item

    async def _collect(
        self,
        operation: ListOperation[T],
        *arguments: object,
        params: Mapping[str, Any] | None = None,
        conversion: UrlConversion | None = None,
        options: CallOptions | None = None,
    ) -> list[T]:
        """Return the items of all pages."""
        wanted = self._conversion(conversion, _FILES)
        walk: PageWalk[T] = PageWalk(self._config, operation, arguments, params)
        items: Unshown[list[T]] = Unshown([])
        while not walk.done:
            for page in map(Unshown, walk.read(await self._fetch(walk, operation, arguments, options))):
                items.value += await self._converted(page.value, wanted)
        return items.value

    def _conversion(self, conversion: UrlConversion | None, fields: Sequence[str]) -> Functions | Downloads | None:
        """Check what the caller wants to become of the URLs of files.

        Args:
            conversion: What the caller wants.
            fields: Where the URLs are when the caller does not say so.
        """
        if conversion is None:
            return None
        # Imported here, as below: few need it.
        from synapse_backend._conversion import parse

        return parse(conversion, fields)

    async def _converted(self, answer: T, conversion: Functions | Downloads | None) -> T:
        """Return an answer, an object or a list of them, with the URLs of its files converted."""
        found = Unshown(answer)
        # Whatever fails below shows this frame.
        del answer
        if conversion is not None:
            await self._downloader.convert(found, conversion)
        return found.value

    @property
    def _downloader(self) -> AsyncDownloader:
        found: AsyncDownloader | None = self.__dict__.get("_downloads")
        if found is None:
            from synapse_backend._async._downloads import AsyncDownloader

            # The one of a thread that was faster wins.
            found = self.__dict__.setdefault("_downloads", AsyncDownloader(self._config, self._caller))
        return found

    async def _fetch(
        self,
        walk: PageWalk[T],
        operation: ListOperation[T],
        arguments: Sequence[object],
        options: CallOptions | None,
    ) -> Iterable[object]:
        """Return the answers to what a walk asks for now; nothing goes on when this returns."""
        call = partial(self._caller.call, operation, arguments, options=options)
        return await gather_async([partial(call, params=params) for params in walk.ask()], MOST_AT_ONCE)
