"""Interrupts that arrive."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

AGAIN = 20.0
"""Seconds. Python misses a signal that comes in the moment in which it begins to wait. Who sees that nothing happens
presses once more."""


@contextmanager
def interrupting(when: Callable[[], object]) -> Iterator[None]:
    """Press Ctrl+C when a wait is over, and require that it is felt."""
    main = threading.main_thread().ident
    assert main is not None
    ended = threading.Event()

    def press() -> None:
        when()
        while not ended.is_set():
            signal.pthread_kill(main, signal.SIGINT)
            ended.wait(AGAIN)

    finger = threading.Thread(target=press)
    finger.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            yield
    finally:
        ended.set()
        finger.join()
