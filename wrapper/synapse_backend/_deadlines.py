"""Limits that keep the deadline of a call.

A read timeout limits one silence, not their sum: a server that sends a byte now and then would keep a call for ever.
The limit of each read and write is therefore cut to what is left until the deadline. It travels inside the timeout,
which the connection pool hands down untouched.
"""

from __future__ import annotations

from collections.abc import Mapping

import httpcore

from synapse_backend._clock import Clock


class Timeout(float):
    """The limit of a phase in seconds, which knows when the whole call must end."""

    __slots__ = ("clock", "deadline")
    clock: Clock
    deadline: float


def timeouts(phases: Mapping[str, float | None], deadline: float | None, clock: Clock) -> Mapping[str, float | None]:
    """Return the limits of an attempt that starts now."""
    if deadline is None:
        return phases
    left = max(deadline - clock.monotonic(), 0.0)
    limits: dict[str, float | None] = {}
    for phase, limit in phases.items():
        timeout = Timeout(left if limit is None else min(limit, left))
        timeout.clock, timeout.deadline = clock, deadline
        limits[phase] = timeout
    return limits


def time_left(timeout: float | None, too_late: type[httpcore.TimeoutException]) -> float | None:
    """Return what a connect, read or write that starts now may take.

    Raises:
        httpcore.TimeoutException: The deadline passed; `too_late` says which kind.
    """
    if not isinstance(timeout, Timeout):
        return timeout
    left = timeout.deadline - timeout.clock.monotonic()
    if left <= 0:
        raise too_late("the deadline passed")
    return min(timeout, left)
