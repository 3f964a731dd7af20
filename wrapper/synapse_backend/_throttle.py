"""How the workers of a bulk upload wait together: for a server that wants less, and for one that is away. Pure."""

from __future__ import annotations

import random
import threading

from synapse_backend._errors import ClientError, RateLimitError, ServerError

_MOST_REFUSALS, _LONGEST_PAUSE = 20, 60.0
_MOST_OUTAGES, _LONGEST_OUTAGE_PAUSE = 9, 8.0
_FIRST_PAUSE = 0.25
_FIRST_GAP, _LONGEST_GAP, _NO_GAP = 0.02, 1.0, 0.001
_AWAY = frozenset({502, 503, 504})
_NO_TIME = 0.001


def is_away(error: ClientError) -> bool:
    """Tell whether an error is what a server that is restarted, or a proxy before it, has for every request."""
    return not error.sent or (isinstance(error, ServerError) and error.status_code in _AWAY)


class Throttle:
    """Slows all workers down when the server refuses one of them.

    How often it refuses is not limited by the retries of a call, only by how often it does so without taking anything.
    After a pause requests are sent apart from each other, at half the pace after each refusal, and a little faster after
    each success, so that most of them are taken and the limit of the server is still used.
    """

    def __init__(self) -> None:
        self.successes = 0
        """How many requests succeeded; when it stands still, nothing works."""
        self._until = 0.0
        self._refusals = 0
        self._gap = 0.0
        self._next = 0.0
        # Workers may be threads.
        self._lock = threading.Lock()

    def refuse(self, now: float, error: ClientError) -> bool:
        """Take note of a refusal; return whether it is worth going on."""
        wants_less = isinstance(error, RateLimitError)
        most, longest = (_MOST_REFUSALS, _LONGEST_PAUSE) if wants_less else (_MOST_OUTAGES, _LONGEST_OUTAGE_PAUSE)
        asked = error.retry_after if isinstance(error, RateLimitError | ServerError) else None
        with self._lock:
            if now >= self._until:
                # What was under way when the pause began is part of the same refusal.
                self._refusals += 1
                if wants_less:
                    self._gap = min(max(2 * self._gap, _FIRST_GAP), _LONGEST_GAP)
            pause = min(_FIRST_PAUSE * 2.0 ** (self._refusals - 1), longest) if asked is None else asked
            if self._refusals > most or pause > _LONGEST_PAUSE:
                # Whoever comes next finds out alone, and soon, so that the upload ends.
                return False
            self._until = max(self._until, now + pause)
            return True

    def accept(self) -> None:
        """Take note of a success."""
        with self._lock:
            self.successes += 1
            self._refusals = 0
            self._gap = 0.98 * self._gap if self._gap > _NO_GAP else 0.0

    def pause(self, now: float) -> float:
        """Return the seconds to wait until the server may be asked again; workers come back one after the other."""
        left = self._until - now
        return 0.0 if left < _NO_TIME else left + random.random() * min(left, 1.0) / 2

    def turn(self, now: float) -> float:
        """Return the seconds to wait for the turn of one request, which is taken with this."""
        with self._lock:
            if not self._gap:
                return 0.0
            start = max(self._next, now)
            self._next = start + self._gap
            return start - now
