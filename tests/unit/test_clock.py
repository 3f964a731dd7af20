"""`_clock`: the clock of the machine."""

from __future__ import annotations

import time

from synapse_backend._clock import SystemClock


async def test_the_clock_is_that_of_the_machine() -> None:
    clock = SystemClock()
    before = clock.monotonic()
    clock.sleep(0.001)
    await clock.asleep(0.001)
    assert clock.monotonic() - before >= 0.002
    assert abs(clock.time() - time.time()) < 60
