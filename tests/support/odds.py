"""What must happen, whatever the seed."""

from __future__ import annotations

import math

ODDS = 1e-10
"""Of less than that. A test that judges chance may fail by chance, but nobody will live to see it."""


def surely(tries: int, probability: float) -> int:
    """Return how often, at least, something of this probability happens in so many tries."""
    least, below = 0, 0.0
    while least < tries:
        ways = math.lgamma(tries + 1) - math.lgamma(least + 1) - math.lgamma(tries - least + 1)
        below += math.exp(ways + least * math.log(probability) + (tries - least) * math.log1p(-probability))
        if below > ODDS:
            break
        least += 1
    return least
