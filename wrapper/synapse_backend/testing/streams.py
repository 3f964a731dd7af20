"""Answers that come as server-sent events, for as long as there is something to tell."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from synapse_backend.testing.clock import VirtualClock
from synapse_backend.testing.contract import EVENTS
from synapse_backend.testing.delivery import End, Idle, Step, Wait
from synapse_backend.testing.jobs import FINAL
from synapse_backend.testing.messages import JsonObject, Response

if TYPE_CHECKING:
    from synapse_backend.testing.clock import Clock
    from synapse_backend.testing.contract import OperationContract
    from synapse_backend.testing.jobs import Jobs
    from synapse_backend.testing.options import Framing, LineForm, TailOptions

HEARTBEAT: Final = b": heartbeat\n\n"
LAST_CHUNK: Final = b"0\r\n\r\n"
# How often to look for what other requests have changed.
_LOOK_SECONDS = 0.01

# An event, a comment as it is sent, or a while in which nothing comes.
Item: TypeAlias = JsonObject | bytes | Wait | Idle


@dataclass(frozen=True, slots=True)
class Stream:
    """What a rule answers when events are to follow; `items` gets the clock of the mock."""

    items: Callable[[Clock], Iterator[Item]]


def frame(event: JsonObject) -> bytes:
    """An event as it is sent."""
    return f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode()


def chunk(data: bytes) -> bytes:
    """Bytes as a chunk of a body."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def streaming(framing: Framing, steps: Callable[[], Iterator[Step]]) -> Response:
    """The answer whose body is what these steps send."""
    is_chunked = framing == "chunked"

    def rest() -> Iterator[Step]:
        for step in steps():
            yield chunk(step) if is_chunked and isinstance(step, bytes) else step
        yield LAST_CHUNK if is_chunked else End.CLOSE

    how = ("Transfer-Encoding", "chunked") if is_chunked else ("Connection", "close")
    return Response(200, [("Content-Type", EVENTS), ("Cache-Control", "no-cache"), how], b"", rest=rest)


def next_step(items: Iterator[Item], operation: OperationContract, defects: list[str]) -> Step | None:
    """What is sent next, or None at the end; an event that violates the contract is a defect of the mock."""
    item = next(items, None)
    if not isinstance(item, dict):
        return item
    validator = operation.event_validator
    if validator is None or not validator.is_valid(item):
        defects.append(f"Defect of the mock in {operation.id}: an event violates the contract")
    return frame(item)


def failure(message: str) -> Stream:
    """A stream that only says what is wrong."""
    return Stream(lambda _clock: iter([{"type": "error", "message": message}]))


def follow(jobs: Jobs, pk: int, options: TailOptions) -> Stream:
    """The console of a job from its beginning to its end."""
    return Stream(lambda clock: _follow(jobs, pk, options, clock))


def _follow(jobs: Jobs, pk: int, options: TailOptions, clock: Clock) -> Iterator[Item]:
    yield {"type": "connected", "job_id": pk}
    sent = 0
    silent = 0.0
    while True:
        now = clock.now
        jobs.settle(now)
        lines = jobs.output(pk, now).logs[sent:]
        status = jobs.table[pk]["status"]
        for line in lines:
            yield {"type": "log", "data": _shaped(line, options.form)}
        sent += len(lines)
        silent = 0.0 if lines else silent
        if status in FINAL:
            break
        due = jobs.next_line(pk, now)
        if due is None:
            # Somebody else runs this job; what is new comes with other requests, and these need time.
            pause: Wait | Idle = Idle(min(_LOOK_SECONDS, options.heartbeat - silent))
        else:
            pause = Wait(min((due - now).total_seconds(), options.heartbeat - silent))
        if isinstance(pause, Wait) and options.pace == "clock" and isinstance(clock, VirtualClock):
            clock.advance(pause.seconds)
        else:
            yield pause
        silent += pause.seconds
        if silent >= options.heartbeat:
            silent = 0.0
            yield HEARTBEAT
    yield {"type": "complete", "message": f"Job {pk} {status}"}


def _shaped(line: JsonObject, form: LineForm) -> object:
    message: str = line["message"]
    if form == "object":
        return line
    return message if form == "text" else frame({"type": "log", "message": message}).decode().rstrip()
