"""`_deadlines`: the limit of each read and write follows from what is left of the call."""

from __future__ import annotations

import httpcore
import pytest

from synapse_backend._deadlines import time_left, timeouts
from tests.support.clock import FakeClock

PHASES = {"connect": 5.0, "read": 30.0, "write": None, "pool": 30.0}


def test_without_a_deadline_the_phases_are_the_limits() -> None:
    assert timeouts(PHASES, None, FakeClock()) is PHASES
    assert time_left(30.0, httpcore.ReadTimeout) == 30.0
    assert time_left(None, httpcore.ReadTimeout) is None


def test_no_phase_of_an_attempt_outlasts_the_call() -> None:
    clock = FakeClock()
    assert timeouts(PHASES, clock.monotonic() + 10, clock) == {"connect": 5, "read": 10, "write": 10, "pool": 10}


def test_an_attempt_that_starts_too_late_has_no_time() -> None:
    clock = FakeClock()
    deadline = clock.monotonic() + 10
    clock.sleep(11)
    assert timeouts(PHASES, deadline, clock) == {"connect": 0, "read": 0, "write": 0, "pool": 0}


def test_each_read_gets_what_the_earlier_ones_left() -> None:
    clock = FakeClock()
    limit = timeouts(PHASES, clock.monotonic() + 40, clock)["read"]
    assert time_left(limit, httpcore.ReadTimeout) == 30
    clock.sleep(15)
    assert time_left(limit, httpcore.ReadTimeout) == 25
    clock.sleep(24)
    assert time_left(limit, httpcore.ReadTimeout) == pytest.approx(1)


@pytest.mark.parametrize("kind", [httpcore.ConnectTimeout, httpcore.ReadTimeout, httpcore.WriteTimeout])
def test_after_the_deadline_nothing_is_tried(kind: type[httpcore.TimeoutException]) -> None:
    clock = FakeClock()
    limit = timeouts(PHASES, clock.monotonic() + 10, clock)["read"]
    clock.sleep(10)
    with pytest.raises(kind, match="deadline"):
        time_left(limit, kind)
