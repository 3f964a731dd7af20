"""Decides what a failure means for a second attempt. Pure: needs no socket and no clock.

Attempts are not repeated yet; this module is the one place where that decision will be made. What it decides today is
the class of the error, because the same facts decide both: whether anything was sent, and whether the operation may
be sent twice (`x-retry` in the specification).
"""

from __future__ import annotations

from typing import Literal

RetryClass = Literal["safe", "idempotent", "never"]


def may_repeat(retry: RetryClass, *, sent: bool) -> bool:
    """Tell whether a call that got no answer may be made again without risking a second effect."""
    return not sent or retry != "never"
