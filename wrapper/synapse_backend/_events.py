"""What a client tells those who watch it: hooks, a log line per call, and spans."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synapse_api.operations import Operation

logger = logging.getLogger("synapse_backend")
INFO = logging.INFO


@dataclass(frozen=True, slots=True)
class RequestEvent:
    """An attempt is about to be sent."""

    operation: str
    """Name of the method, for example ``get_job``."""
    method: str
    path: str
    """Path template; the path itself may hold a secret."""
    request_id: str
    attempt: int
    """Number of the attempt, from 1."""


@dataclass(frozen=True, slots=True)
class ResponseEvent:
    """A call ended."""

    operation: str
    method: str
    path: str
    request_id: str
    attempts: int
    status: int | None
    """Status of the answer; None where none came."""
    elapsed: float
    """Seconds from the start of the call."""
    error: Exception | None
    """What the caller gets instead of a result."""


@dataclass(frozen=True, slots=True)
class RetryEvent:
    """An attempt failed, and another follows."""

    operation: str
    method: str
    path: str
    request_id: str
    attempt: int
    """Number of the attempt that failed."""
    delay: float
    """Seconds to wait before the next one."""
    error: Exception


@dataclass(frozen=True, slots=True)
class Hooks:
    """Functions to call at the events of a call. What they raise reaches the caller."""

    on_request: Callable[[RequestEvent], object] | None = None
    on_response: Callable[[ResponseEvent], object] | None = None
    on_retry: Callable[[RetryEvent], object] | None = None


def span(operation: Operation[Any]) -> AbstractContextManager[Any]:
    """Return a span named by the operation if the application uses OpenTelemetry, else nothing."""
    trace = sys.modules.get("opentelemetry.trace")
    if trace is None:
        return nullcontext()
    attributes = {"http.request.method": operation.method, "url.template": operation.path}
    span: AbstractContextManager[Any] = trace.get_tracer("synapse_backend").start_as_current_span(
        operation.id, kind=trace.SpanKind.CLIENT, attributes=attributes
    )
    return span


def log_call(
    operation: str, request_id: str, status: int | None, attempts: int, elapsed: float, error: Exception | None
) -> None:
    """Write the line of a call: what was called, how it ended, and how long it took."""
    outcome = status if status is not None else type(error).__name__
    logger.info("%s %s attempts=%d %.1f ms request_id=%s", operation, outcome, attempts, elapsed * 1000, request_id)
