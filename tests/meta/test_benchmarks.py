"""The arithmetic of the benchmarks: what is compared ran side by side."""

from __future__ import annotations

from itertools import count

import pytest

from benchmarks.measuring import Series, alternate, ratio


def test_contenders_alternate_and_take_turns_at_being_first() -> None:
    calls: list[str] = []
    series = alternate({"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, rounds=3, repeat=1, warm_up=1)
    assert "".join(calls) == "ba" + "ab" + "ba" + "ab"
    assert [len(one.seconds) for one in series.values()] == [3, 3]


def test_the_time_of_a_round_is_the_mean_of_its_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = count(step=8)
    monkeypatch.setattr("time.perf_counter", lambda: next(ticks))
    assert alternate({"a": lambda: None}, rounds=1, repeat=4, warm_up=0)["a"].seconds == [2.0]


def test_a_ratio_compares_within_the_round() -> None:
    # The second round was twice as slow for both: the ratio must not notice.
    figure = ratio("ours / theirs", Series([1.0, 2.0, 1.5]), Series([2.0, 4.0, 3.0]), target="<= 0.5")
    assert (figure.value, figure.lowest, figure.highest) == (0.5, 0.5, 0.5)


def test_a_ratio_of_unequal_rounds_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        ratio("broken", Series([1.0]), Series([1.0, 2.0]))


def test_figures_are_medians_in_their_unit() -> None:
    figure = Series([0.001, 0.009, 0.002]).figure("call", scale=1e6, unit="us")
    assert (round(figure.value), round(figure.lowest), round(figure.highest)) == (2000, 1000, 9000)
