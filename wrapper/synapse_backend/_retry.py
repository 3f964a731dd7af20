"""Decides whether a failed attempt is followed by another, and after how long. Pure: needs no socket and no clock.

What matters is how far the attempt came and what the operation allows (`x-retry` in the specification):

=====================================  ==============================  ===========================
the attempt                            safe, idempotent                never
=====================================  ==============================  ===========================
sent nothing                           again                           again
was sent, no answer came               again                           `OutcomeUnknownError`
answered 429                           again                           again
answered 408, 500, 502, 503, 504       again                           no
answered anything else                 no                              no
answered with a body that broke off    again                           no
answered with garbage                  once more                       no
=====================================  ==============================  ===========================
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

RetryClass = Literal["safe", "idempotent", "never"]

_BASE_DELAY = 0.5
_CONNECT_BASE_DELAY = 0.05
_MAX_DELAY = 8.0
_PATIENCE = 2
_MAX_RETRY_AFTER = 60.0
_REPEATABLE_STATUSES = frozenset({408, 500, 502, 503, 504})

DEFAULT_RETRIES = 3

Stage = Literal["unsent", "sent", "answered", "broken", "garbled"]
"""How far an attempt came: nothing was sent; it was sent; an answer with a status came; the body of a success broke off;
what came cannot be read."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What is known of a failed attempt."""

    stage: Stage
    status: int | None = None
    retry_after: float | None = None
    is_final: bool = False
    """Whether another attempt cannot help, for example when a certificate is not trusted."""


def may_repeat(retry: RetryClass, failure: Failure) -> bool:
    """Tell whether another attempt could help without risking a second effect."""
    if failure.is_final:
        return False
    if failure.stage == "unsent" or failure.status == 429:
        return True
    if retry == "never":
        return False
    return failure.stage != "answered" or failure.status in _REPEATABLE_STATUSES


def delay_before_next(
    retry: RetryClass,
    failure: Failure,
    *,
    attempt: int,
    retries: int,
    random: Callable[[], float],
    is_long: bool = False,
) -> float | None:
    """Return the seconds to wait before the next attempt, or None when this one was the last.

    The wait is random between zero and a bound that doubles with each attempt, so that clients which failed together
    do not come back together. A `Retry-After` is obeyed up to a minute; beyond, the caller decides.

    Args:
        retry: What the operation allows.
        failure: What is known of the failed attempt.
        attempt: Its number, from 1.
        retries: How many further attempts a call may make in all.
        random: Returns a number from 0 up to 1.
        is_long: Whether it is part of something that may take long, such as the upload of a file. That outlasts the
            restart of a server, which nobody else waits for.
    """
    is_patient = is_long and failure.stage == "unsent"
    if failure.stage == "garbled":
        retries = min(retries, 1)
    if attempt > (retries * _PATIENCE if is_patient else retries) or not may_repeat(retry, failure):
        return None
    if failure.retry_after is not None:
        return failure.retry_after if failure.retry_after <= _MAX_RETRY_AFTER else None
    base = _CONNECT_BASE_DELAY if failure.stage == "unsent" and not is_long else _BASE_DELAY
    return random() * min(_MAX_DELAY, base * 2.0 ** min(attempt - 1, 16))


class RetryBudget:
    """Limits the further attempts of a client as a whole, so that an outage is not met with a storm of calls.

    Each one takes from the budget, each success gives a little back. With an empty budget calls fail at once.
    """

    _CAPACITY = 500
    _COST = 14
    _THROTTLED_COST = 5

    def __init__(self) -> None:
        self._tokens = self._CAPACITY
        self._lock = threading.Lock()

    def take(self, *, throttled: bool) -> int | None:
        """Return what a further attempt costs, taken from the budget, or None when the budget does not have it."""
        cost = self._THROTTLED_COST if throttled else self._COST
        with self._lock:
            if self._tokens < cost:
                return None
            self._tokens -= cost
            return cost

    def give_back(self, tokens: int) -> None:
        """Put back what the attempts of a call cost that succeeded in the end, or one for a call without any."""
        if tokens > 0 and self._tokens < self._CAPACITY:
            with self._lock:
                self._tokens = min(self._CAPACITY, self._tokens + tokens)
