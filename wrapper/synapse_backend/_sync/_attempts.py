# Derived from wrapper/synapse_backend/_async/_attempts.py by scripts/unasync.py; do not edit.
"""Attempts that belong together: those of all workers of a bulk upload."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from synapse_backend import _bulk
from synapse_backend._errors import ClientError, OutcomeUnknownError, RateLimitError
from synapse_backend._workers import is_unwanted

if TYPE_CHECKING:
    from synapse_backend._clock import Clock

T = TypeVar("T")
_PIECE_SECONDS = 0.1


class Attempts:
    """Repeats what failed, and has all workers wait when the server refuses one of them.

    Args:
        clock: Tells the time and waits.
        retries: How many further attempts may follow a failed one.
    """

    def __init__(self, clock: Clock, retries: int) -> None:
        self._clock = clock
        self._retries = retries
        self._throttle = _bulk.Throttle()

    def repeat(
        self,
        attempt: Callable[[], T],
        look: Callable[[ClientError], T | None],
    ) -> T:
        """Try until it succeeds, and look whether what got no answer was carried out.

        Raises:
            ClientError: That of the last attempt.
        """
        number = 0
        while True:
            self._hold()
            try:
                result = attempt()
            except RateLimitError as error:
                if not self._throttle.refuse(self._clock.monotonic(), error.retry_after):
                    raise
                continue
            except ClientError as error:
                number += 1
                if _bulk.is_unknown(error) and (found := self._looked(look, error)) is not None:
                    return found
                delay = _bulk.delay_after(error, number, self._retries)
                if delay is None or is_unwanted():
                    raise
                self._rest(delay)
                continue
            self._throttle.accept()
            return result

    def _looked(self, look: Callable[[ClientError], T | None], error: ClientError) -> T | None:
        try:
            return look(error)
        except OutcomeUnknownError:
            raise
        except ClientError:
            # It stays unknown, whatever kept from looking.
            raise error from None

    def settled(self, look: Callable[[], T | None], seconds: float) -> T | None:
        """Look again and again for a while; return what was found."""
        until = self._clock.monotonic() + seconds
        delay = _PIECE_SECONDS
        while (found := look()) is None:
            left = until - self._clock.monotonic()
            if left < _bulk.NO_TIME:
                return None
            self._rest(min(delay, left))
            delay *= 2
        return found

    def _hold(self) -> None:
        """Wait while the server wants to be left alone."""
        while (pause := self._throttle.pause(self._clock.monotonic())) > 0:
            self._rest(pause)

    def _rest(self, seconds: float) -> None:
        """Wait, in pieces, so that a thread which nobody waits for any more ends soon."""
        while seconds > 0 and not is_unwanted():
            piece = min(seconds, _PIECE_SECONDS)
            self._clock.sleep(piece)
            seconds -= piece
        if is_unwanted():
            raise ClientError("given up, because another part of the work failed", sent=False)
