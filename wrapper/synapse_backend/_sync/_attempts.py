# Derived from wrapper/synapse_backend/_async/_attempts.py by scripts/unasync.py; do not edit.
"""Attempts that belong together: those of all workers of a bulk upload."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from synapse_backend import _bulk
from synapse_backend._errors import ClientError, OutcomeUnknownError, RateLimitError
from synapse_backend._throttle import Throttle, is_away
from synapse_backend._workers import check_wanted

if TYPE_CHECKING:
    from synapse_backend._clock import Clock

T = TypeVar("T")
_PIECE_SECONDS = 0.1


class Attempts:
    """Repeats what failed, and has all workers wait when the server refuses one of them or is away.

    Args:
        clock: Tells the time and waits.
        retries: How many further attempts may follow a failed one.
    """

    def __init__(self, clock: Clock, retries: int) -> None:
        self._clock = clock
        self._retries = retries
        self._throttle = Throttle()

    def repeat(
        self,
        attempt: Callable[[], T],
        look: Callable[[ClientError], T | None],
    ) -> T:
        """Try until it succeeds, and look whether what got no answer was carried out.

        Raises:
            ClientError: That of the last attempt; that of an earlier one where nobody knows whether that was carried out.
        """
        number = 0
        doubt: ClientError | None = None
        while True:
            self._hold()
            before = self._throttle.successes
            try:
                result = attempt()
            except ClientError as error:
                # The connection of who is not wanted any more was ended, which says nothing about the request.
                check_wanted()
                if _bulk.is_unknown(error):
                    if (found := self._looked(look, error)) is not None:
                        return found
                    doubt = error
                concerns_all = self._concerns_all(error, before)
                if concerns_all and self._throttle.refuse(self._clock.monotonic(), error):
                    continue
                number += 1
                delay = None if concerns_all else _bulk.delay_after(error, number, self._retries)
                if delay is None:
                    # What was not there after an earlier attempt may be there by now.
                    if doubt is not None and doubt is not error and (found := self._looked(look, doubt)) is not None:
                        return found
                    raise
                self._rest(delay)
                continue
            self._throttle.accept()
            return result

    def _looked(self, look: Callable[[ClientError], T | None], error: ClientError) -> T | None:
        while True:
            self._hold()
            before = self._throttle.successes
            try:
                found = look(error)
            except OutcomeUnknownError:
                raise
            except ClientError as failure:
                check_wanted()
                if not self._concerns_all(failure, before) or not self._throttle.refuse(
                    self._clock.monotonic(), failure
                ):
                    # It stays unknown, whatever kept from looking.
                    raise error from None
            else:
                self._throttle.accept()
                return found

    def _concerns_all(self, error: ClientError, before: int) -> bool:
        """Tell whether a failure says nothing about the request: the server wants less, or it is away.

        Args:
            error: The failure.
            before: How many requests had succeeded when this one was made.
        """
        if isinstance(error, RateLimitError):
            return True
        if self._retries == 0 or not is_away(error):
            return False
        # Where others succeed, the server is there, and what it does not manage is this request. One that takes no more
        # connections may go on answering over those that it has.
        return not error.sent or self._throttle.successes == before

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
        """Wait while the server wants to be left alone, and for the turn of a request where it wants less of them."""
        while (pause := self._throttle.pause(self._clock.monotonic())) > 0:
            self._rest(pause)
        if turn := self._throttle.turn(self._clock.monotonic()):
            self._rest(turn)

    def _rest(self, seconds: float) -> None:
        """Wait, in pieces, so that a thread which nobody waits for any more ends soon.

        Raises:
            UnwantedError: Nobody waits for it.
        """
        check_wanted()
        while seconds > 0:
            piece = min(seconds, _PIECE_SECONDS)
            self._clock.sleep(piece)
            seconds -= piece
            check_wanted()
