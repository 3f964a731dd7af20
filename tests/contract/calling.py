"""Makes an example call with either client, and answers it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.contract.calls import CALLS, Example
from tests.support.clients import Driver
from tests.support.recorder import Reply
from tests.support.spec import SpecOperation


def call(driver: Driver, operation: SpecOperation, package: Path, example: Example | None = None) -> Any:
    """Make an example call, the first of the operation unless another is given, and return what it returns.

    What yields is read to its end and returned as a list.
    """
    with (example or CALLS[operation.id][0]).call(operation.id, package) as (method, arguments, named):
        if operation.is_stream:
            return list(driver.items(method, arguments, **named))
        return driver.call(method, arguments, **named)


def answer_with(operation: SpecOperation, status: int, answer: Any) -> Reply:
    """Return a success as the operation gives it: JSON, or a stream of one event."""
    if operation.is_stream:
        return Reply(status, f"data: {json.dumps(answer)}\n\n".encode(), {"Content-Type": operation.answer_type})
    return Reply.of_json(status, answer)


def success(operation: SpecOperation) -> Reply:
    """Return the first of the documented successes."""
    status = operation.successes[0]
    return answer_with(operation, status, next(operation.answers(status)))
