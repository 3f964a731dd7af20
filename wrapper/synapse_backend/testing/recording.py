"""What arrived, for tests to assert on."""

from __future__ import annotations

import zlib
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from synapse_backend.testing.messages import Headers, JsonObject
    from synapse_backend.testing.multipart import Part

# Smaller bodies are kept however many they are.
SMALL_BYTES = 4096
_KEPT_BYTES = 64 * 1024 * 1024


@dataclass(slots=True)
class RecordedRequest:
    """One request that the mock was sent, and what became of it.

    Attributes:
        number: Position among all requests since the last reset, from 1.
        method: The verb.
        path: The path as it was sent, without the query.
        headers: Its header fields; `repr` hides credentials.
        body: Its body as it was sent; empty for a large one when much has come after it.
        time: The moment of the mock's clock at which it was served.
        path_template: `/jobs/{pk}/`; None for a path that the contract does not know.
        operation_id: `get_job`; None for a path or verb that the contract does not know.
        query: The query, each name with all values in order.
        json: The decoded JSON body, None when there is none.
        parts: The parts of a multipart body by name, the last one of each name.
        errors: The 400 body when the request violates the contract or a rule, else empty.
        status: Status of the answer, also of one that a fault kept from the client; 0 when there was none.
        faults: Names of the faults that were played on it.
        answer: Body of the answer; empty where only some requests are kept.
        answer_headers: Its header fields.
        digest: What the transcript shows of a body that is not kept.
    """

    number: int
    method: str
    path: str = field(repr=False)
    headers: Headers = field(repr=False)
    body: bytes = field(repr=False)
    time: datetime = field(repr=False)
    path_template: str | None = None
    operation_id: str | None = None
    query: dict[str, list[str]] = field(default_factory=dict)
    json: object = field(default=None, repr=False)
    parts: dict[str, Part] = field(default_factory=dict, repr=False)
    errors: JsonObject = field(default_factory=dict)
    status: int = 0
    faults: tuple[str, ...] = ()
    answer: bytes = field(default=b"", repr=False)
    answer_headers: list[tuple[str, str]] = field(default_factory=list, repr=False)
    digest: str = field(default="", repr=False)

    def let_go(self) -> None:
        """Keep of the body only what tells it from another."""
        self.digest, self.body = described(self.body), b""
        for part in self.parts.values():
            if part.size > SMALL_BYTES:
                part.digest, part.data = described(part.data), b""


class Kept:
    """The bodies that are still there: the latest ones, up to a limit, because uploads may be larger than the memory."""

    def __init__(self) -> None:
        self._requests: deque[tuple[RecordedRequest, int]] = deque()
        self._bytes = 0

    def add(self, request: RecordedRequest) -> None:
        """Keep one more, and let go of the oldest ones."""
        size = len(request.body)
        self._requests.append((request, size))
        self._bytes += size
        while self._bytes > _KEPT_BYTES:
            oldest, held = self._requests.popleft()
            oldest.let_go()
            self._bytes -= held


def described(content: bytes | memoryview) -> str:
    """A content by its length and a checksum that takes no time."""
    return f"{len(content)} bytes, CRC-32 {zlib.crc32(content):08x}"
