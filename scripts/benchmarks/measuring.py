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
        group: What is done, the same for all contenders that were compared.
        name: Who did it.
        value: The median of the rounds.
        unit: Unit of `value`.
        lowest: The lowest round.
        highest: The highest round.
        ratio: Our time as a multiple of this one's, the median of the rounds; None for ours.
        target: What the project promises, for the reader to compare.
        note: How it was measured, if the names do not say.
    """

    group: str
    name: str
    value: float
    unit: str
    lowest: float
    highest: float
    ratio: float | None = None
    target: str = ""
    note: str = ""


@dataclass
class Series:
    """The rounds of one contender, in seconds."""

    seconds: list[float] = field(default_factory=list)

    def figure(
        self,
        group: str,
        name: str,
        *,
        scale: float,
        unit: str,
        ratio: float | None = None,
        target: str = "",
        note: str = "",
    ) -> Figure:
        """Return the median of the rounds in another unit."""
        values = [scale * seconds for seconds in self.seconds]
        return Figure(group, name, median(values), unit, min(values), max(values), ratio, target, note)

    def beyond(self, base: Series) -> Series:
        """Return what each round took more than the same round of `base`."""
        return Series([one - other for one, other in zip(self.seconds, base.seconds, strict=True)])


def ratio(ours: Series, theirs: Series) -> float:
    """Return the median of the ratios round by round; the two of a round ran one right after the other."""
    return median(one / other for one, other in zip(ours.seconds, theirs.seconds, strict=True))


def compare(
    group: str,
    series: Mapping[str, Series],
    *,
    scale: float,
    unit: str,
    targets: Mapping[str, str] | None = None,
    note: str = "",
) -> list[Figure]:
    """Return a figure for each contender; the first is ours, the others say how we compare."""
    first, *others = series
    targets = targets or {}
    ours = series[first]
    return [
        ours.figure(group, first, scale=scale, unit=unit, target=targets.get(first, ""), note=note),
        *(
            series[name].figure(
                group, name, scale=scale, unit=unit, ratio=ratio(ours, series[name]), target=targets.get(name, "")
            )
            for name in others
        ),
    ]


def alternate(
    contenders: Mapping[str, Callable[[], object]], *, rounds: int, repeat: int = 1, size: int = 1, warm_up: int = 1
) -> dict[str, Series]:
    """Time every contender in every round.

    Args:
        contenders: What to time, by name.
        rounds: How many rounds count.
        repeat: How often each is called in a round; the time of a round is the mean of these calls.
        size: How much a contender does when it is called once; the time is that of one.
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
                series[name].seconds.append(elapsed / (repeat * size))
    return series
