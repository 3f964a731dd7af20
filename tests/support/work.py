"""How much work something is: counted, so that neither the machine nor what else it does matters."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def instructions(action: Callable[[], object]) -> int:
    """Return how many instructions of Python this thread executes for an action.

    What loops inside one instruction, such as the sorting of a list, counts as one. The tracer of a coverage run has to
    stand aside meanwhile.
    """
    executed = 0

    def count(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal executed
        executed += event == "opcode"
        return count

    def enter(frame: FrameType, event: str, argument: Any) -> Any:
        frame.f_trace_lines, frame.f_trace_opcodes = False, True
        return count

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        action()
    finally:
        sys.settrace(before)
    return executed
