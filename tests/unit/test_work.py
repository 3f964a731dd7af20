"""Work that tests count."""

from __future__ import annotations

import sys
from functools import partial

from tests.support.work import instructions


def walk(number: int) -> int:
    found = 0
    for one in range(number):
        found += one
    return found


def test_work_grows_with_what_is_done_and_is_the_same_each_time() -> None:
    few, many = instructions(partial(walk, 10)), instructions(partial(walk, 1000))
    assert many > 50 * few > 0
    assert instructions(partial(walk, 10)) == few


def test_functions_that_are_called_and_comprehensions_count() -> None:
    assert instructions(lambda: [walk(10) for _ in range(100)]) > 90 * instructions(partial(walk, 10))


def test_the_tracer_of_others_is_back_afterwards() -> None:
    before = sys.gettrace()
    instructions(partial(walk, 1))
    assert sys.gettrace() is before
