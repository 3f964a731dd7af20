"""Server-sent events: bytes as they come from the network become events. Pure.

The rules are those of the HTML standard, and a limit is added, because a stream has no end that would bound it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

_LINE_END = re.compile(r"\r\n|\r|\n")


class EventTooLargeError(Exception):
    """An event is larger than the limit."""


class Event(NamedTuple):
    """One event."""

    name: str
    """What the field `event` says; empty where it is absent."""
    data: str
    """The values of the fields `data`, one per line."""


class EventParser:
    """Finds the events in a stream that comes in pieces, which may end anywhere, also inside a character.

    Args:
        limit: Characters that an event may have. What came of an unfinished one is all that is held.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._line: list[str] = []
        self._name = ""
        self._data: list[str] = []
        self._size = 0
        self._is_first = True
        self._after_return = False

    def feed(self, piece: bytes) -> Iterator[Event]:
        """Take the next piece, and yield the events that end in it.

        Raises:
            EventTooLargeError: An event passes the limit.
        """
        text = self._decoder.decode(piece)
        if not text:
            return
        if self._is_first:
            self._is_first = False
            text = text.removeprefix("\ufeff")
        if self._after_return:
            # The other half of a line end that was split.
            text = text.removeprefix("\n")
        self._after_return = text.endswith("\r")
        *ended, rest = _LINE_END.split(text)
        for line in ended:
            self._count(line)
            line = "".join((*self._line, line))
            self._line.clear()
            if line:
                self._take(line)
            else:
                yield from self._dispatch()
        if rest:
            self._count(rest)
            self._line.append(rest)

    def _count(self, text: str) -> None:
        self._size += len(text)
        if self._size > self._limit:
            raise EventTooLargeError

    def _take(self, line: str) -> None:
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "data":
            self._data.append(value)
        elif field == "event":
            self._name = value
        elif not self._data and not self._name:
            # Comments and fields that mean nothing here may go on for ever without an event.
            self._size = 0

    def _dispatch(self) -> Iterator[Event]:
        name, data = self._name, self._data
        self._name, self._data, self._size = "", [], 0
        if data:
            yield Event(name, "\n".join(data))
