"""Makes an example call with either client, and answers it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.contract.calls import CALLS, Example, Invocation
from tests.support.clients import Driver
from tests.support.recorder import Reply
from tests.support.spec import SpecOperation


def call(driver: Driver, operation: SpecOperation, package: Path, example: Example | None = None) -> Any:
    """Make an example call, the first of the operation unless another is given, and return what it returns.

    What yields is read to its end and returned as a list.
    """
    with (example or CALLS[operation.id][0]).call(operation.id, package) as invocation:
        return invoke(driver, operation, invocation)


def invoke(driver: Driver, operation: SpecOperation, invocation: Invocation) -> Any:
    """Make a call, and return what it returns or, as a list, what it yields."""
    method, arguments, named = invocation
    if operation.is_stream:
        return list(driver.items(method, arguments, **named))
    return driver.call(method, arguments, **named)


EVENTS: list[dict[str, Any]] = [
    {"type": "connected", "job_id": 789},
    {"type": "log", "data": {"message": "한 줄"}},
    {"type": "complete", "message": "The job ended."},
]
LINES = ["한 줄"]
"""What a method that yields the lines of a log makes of the events."""


def answer_with(operation: SpecOperation, status: int, answer: Any) -> Reply:
    """Return a success as the operation gives it: JSON, or a stream of events."""
    if operation.is_stream:
        stream = "".join(f"data: {json.dumps(event)}\n\n" for event in EVENTS)
        return Reply(status, stream.encode(), {"Content-Type": operation.answer_type})
    return Reply.of_json(status, answer)


def success(operation: SpecOperation) -> Reply:
    """Return the first of the documented successes."""
    status = operation.successes[0]
    return answer_with(operation, status, next(operation.answers(status)))
