"""Very many callers at once."""

from __future__ import annotations

from typing import Any

from tests.support.clients import Driver

CALLERS = 100
CALLS_EACH = 10
FURTHER = 500 // 14
"""How many further attempts a client has left when nothing succeeds any more."""


def storm(driver: Driver) -> list[Any]:
    """Let all callers make their calls, and return what each call returned or raised."""
    return [outcome for _ in range(CALLS_EACH) for outcome in driver.together([("get_job", (789,))] * CALLERS)]
