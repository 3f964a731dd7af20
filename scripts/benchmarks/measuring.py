"""Rounds that alternate between contenders, so that whatever slows the machine down slows all of them."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True)
class Figure:
    """One measured value.

    Attributes:
        name: What was measured.
        value: The median of the rounds.
        unit: Unit of `value`.
        lowest: The best round.
        highest: The worst round.
        note: How it was measured, if the name does not say.
        target: What the project promises, for the reader to compare.
    """

    name: str
    value: float
    unit: str
    lowest: float
    highest: float
    note: str = ""
    target: str = ""


@dataclass
class Series:
    """The rounds of one contender, in seconds."""

    seconds: list[float] = field(default_factory=list)

    def figure(self, name: str, *, scale: float, unit: str, note: str = "", target: str = "") -> Figure:
        """Return the median of the rounds in another unit."""
        values = [scale * seconds for seconds in self.seconds]
        return Figure(name, median(values), unit, min(values), max(values), note, target)


def ratio(name: str, ours: Series, yardstick: Series, *, target: str = "") -> Figure:
    """Return the median of the ratios round by round; the two of a round ran one right after the other."""
    ratios = [one / other for one, other in zip(ours.seconds, yardstick.seconds, strict=True)]
    return Figure(name, median(ratios), "x", min(ratios), max(ratios), target=target)


def alternate(
    contenders: Mapping[str, Callable[[], object]], *, rounds: int, repeat: int = 1, warm_up: int = 1
) -> dict[str, Series]:
    """Time every contender in every round.

    Args:
        contenders: What to time, by name.
        rounds: How many rounds count.
        repeat: How often each is called in a round; the time of a round is the mean of these calls.
        warm_up: How many rounds are thrown away first.
    """
    series = {name: Series() for name in contenders}
    names = list(contenders)
    for number in range(-warm_up, rounds):
        # Whoever comes first meets cold caches, so the first place goes round.
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            call = contenders[name]
            gc.collect()
            start = time.perf_counter()
            for _ in range(repeat):
                call()
            elapsed = time.perf_counter() - start
            if number >= 0:
                series[name].seconds.append(elapsed / repeat)
    return series
