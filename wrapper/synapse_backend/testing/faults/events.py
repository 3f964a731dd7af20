"""Faults of streams of events: they end too early, fall silent, or say something that nobody understands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, get_args

from synapse_backend.testing.checks import number, one_of
from synapse_backend.testing.delivery import End, Step
from synapse_backend.testing.faults.base import Exchange, ExchangeFault
from synapse_backend.testing.streams import chunk, frame

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synapse_backend.testing.contract import OperationContract
    from synapse_backend.testing.messages import Response

StreamFlaw = Literal[
    "cut", "reset", "silence", "error", "half_event", "no_json", "no_object", "unknown_type", "bad_utf8", "endless_line"
]

_ENDS: dict[StreamFlaw, End] = {"cut": End.CLOSE, "reset": End.RESET, "silence": End.HOLD, "half_event": End.CLOSE}
_SAID: dict[StreamFlaw, bytes] = {
    "error": frame({"type": "error", "message": "The agent does not answer any more."}),
    "half_event": b'data: {"type": "log", "da',
    "no_json": b"data: {not json\n\n",
    "no_object": b"data: [1, null]\n\n",
    "unknown_type": frame({"type": "brand_new", "data": {"x": 1}}),
    "bad_utf8": b'data: {"type": "log", "data": "\xff\xfe"}\n\n',
    "endless_line": b"data: " + b"x" * (2 * 1024 * 1024),
}


@dataclass(frozen=True)
class BreakStream(ExchangeFault):
    """Args: `kind`, `after` (events that come first)."""

    name: ClassVar = "break_stream"
    summary: ClassVar = "Begins a stream of events, and goes wrong after some of them."
    scenarios: ClassVar = (14, 34, 43)
    commits: ClassVar = True
    needs: ClassVar = "an answer that is a stream of events"
    kind: StreamFlaw = "cut"
    after: int = 1

    def __post_init__(self) -> None:
        one_of("kind", self.kind, get_args(StreamFlaw))
        number("after", self.after, low=0, whole=True)

    def fits(self, operation: OperationContract) -> bool:
        """It answers a stream."""
        return operation.event_validator is not None

    def play(self, exchange: Exchange) -> Response:
        """The beginning of the stream, and what is wrong."""
        response = exchange.answer()
        rest = response.rest
        if rest is None:
            return response
        is_chunked = ("Transfer-Encoding", "chunked") in response.headers
        said = _SAID.get(self.kind)

        def broken() -> Iterator[Step]:
            steps = rest()
            events = 0
            while events < self.after:
                step = next(steps, None)
                if step is None:
                    return
                events += isinstance(step, bytes) and b"data: " in step
                yield step
            if said is not None:
                yield chunk(said) if is_chunked else said
            if self.kind in _ENDS:
                yield _ENDS[self.kind]
            elif self.kind == "error":
                yield chunk(b"") if is_chunked else End.CLOSE
            else:
                yield from steps

        response.rest = broken
        return response
