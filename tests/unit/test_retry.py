"""`_retry`: whether a failed attempt is followed by another, and after how long."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from synapse_backend._retry import Failure, RetryBudget, RetryClass, delay_before_next, may_repeat

UNSENT, SENT, BROKEN, GARBLED = Failure("unsent"), Failure("sent"), Failure("broken", 200), Failure("garbled")


def answered(status: int, retry_after: float | None = None) -> Failure:
    return Failure("answered", status, retry_after)


@pytest.mark.parametrize("retry", ["safe", "idempotent"])
@pytest.mark.parametrize(
    ("failure", "repeatable"),
    [
        (UNSENT, True),
        (SENT, True),
        (BROKEN, True),
        (GARBLED, True),
        (answered(429), True),
        *((answered(status), True) for status in (408, 500, 502, 503, 504)),
        *((answered(status), False) for status in (200, 302, 400, 401, 403, 404, 405, 409, 413, 422, 501, 507)),
        (Failure("unsent", is_final=True), False),
    ],
)
def test_what_may_happen_twice_is_repeated_where_that_can_help(
    retry: RetryClass, failure: Failure, repeatable: bool
) -> None:
    assert may_repeat(retry, failure) is repeatable


@pytest.mark.parametrize(
    ("failure", "repeatable"),
    [
        (UNSENT, True),
        (answered(429), True),
        (Failure("unsent", is_final=True), False),
        (SENT, False),
        (BROKEN, False),
        (GARBLED, False),
        *((answered(status), False) for status in (200, 400, 408, 409, 500, 502, 503, 504)),
    ],
)
def test_what_must_not_happen_twice_is_repeated_only_when_it_did_not_happen(failure: Failure, repeatable: bool) -> None:
    assert may_repeat("never", failure) is repeatable


def delay(
    failure: Failure, *, attempt: int = 1, retries: int = 3, random: Callable[[], float] = lambda: 1.0
) -> float | None:
    return delay_before_next("safe", failure, attempt=attempt, retries=retries, random=random)


@pytest.mark.parametrize(("attempt", "bound"), [(1, 0.5), (2, 1.0), (3, 2.0), (5, 8.0), (20, 8.0), (100, 8.0)])
def test_the_wait_doubles_up_to_a_bound(attempt: int, bound: float) -> None:
    assert delay(SENT, attempt=attempt, retries=100) == bound


@pytest.mark.parametrize(("attempt", "bound"), [(1, 0.05), (2, 0.1), (3, 0.2), (9, 8.0)])
def test_the_wait_for_a_connection_is_shorter(attempt: int, bound: float) -> None:
    assert delay(UNSENT, attempt=attempt, retries=100) == bound


@pytest.mark.parametrize(("failure", "attempts"), [(UNSENT, 6), (SENT, 3), (GARBLED, 1), (answered(404), 0)])
def test_what_takes_long_waits_for_a_server_that_restarts(failure: Failure, attempts: int) -> None:
    delays = [
        delay_before_next("safe", failure, attempt=attempt, retries=3, random=lambda: 1.0, is_long=True)
        for attempt in range(1, 8)
    ]
    assert delays == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0][:attempts] + [None] * (7 - attempts)
    assert delay_before_next("safe", failure, attempt=1, retries=0, random=lambda: 1.0, is_long=True) is None


def test_the_wait_is_random_from_zero_to_its_bound() -> None:
    assert [delay(SENT, random=lambda share=share: share) for share in (0.0, 0.25, 0.999)] == [0.0, 0.125, 0.4995]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("attempt", "retries", "repeated"), [(1, 0, False), (1, 1, True), (2, 1, False), (3, 3, True), (4, 3, False)]
)
def test_a_call_is_repeated_as_often_as_it_may(attempt: int, retries: int, repeated: bool) -> None:
    assert (delay(SENT, attempt=attempt, retries=retries) is not None) is repeated


@pytest.mark.parametrize(("attempt", "retries", "repeated"), [(1, 3, True), (2, 3, False), (1, 0, False)])
def test_garbage_is_read_twice_at_most(attempt: int, retries: int, repeated: bool) -> None:
    assert (delay(GARBLED, attempt=attempt, retries=retries) is not None) is repeated


@pytest.mark.parametrize(("retry_after", "waited"), [(1.0, 1.0), (60.0, 60.0), (60.1, None), (3600.0, None)])
def test_the_server_may_ask_for_a_minute_and_no_more(retry_after: float, waited: float | None) -> None:
    assert delay(answered(429, retry_after)) == waited
    assert delay(answered(503, retry_after)) == waited


def test_what_may_not_be_repeated_has_no_wait() -> None:
    assert delay(answered(404)) is None
    assert delay_before_next("never", SENT, attempt=1, retries=3, random=lambda: 1.0) is None


# --- budget -------------------------------------------------------------------------------------------------------


def spend(budget: RetryBudget, *, throttled: bool = False) -> int:
    """Return how many further attempts the budget has."""
    taken = 0
    while budget.take(throttled=throttled) is not None:
        taken += 1
    return taken


@pytest.mark.parametrize(("throttled", "attempts"), [(False, 35), (True, 100)])
def test_an_outage_is_met_with_a_bounded_number_of_attempts(throttled: bool, attempts: int) -> None:
    assert spend(RetryBudget(), throttled=throttled) == attempts


def test_a_success_gives_back_what_its_attempts_cost() -> None:
    budget = RetryBudget()
    cost = budget.take(throttled=False)
    assert cost == 14
    budget.give_back(cost)
    assert spend(budget) == 35


def test_successes_fill_an_empty_budget_and_never_overfill_it() -> None:
    budget = RetryBudget()
    spend(budget, throttled=True)
    for _ in range(14):
        budget.give_back(1)
    assert spend(budget) == 1
    budget.give_back(1_000_000)
    budget.give_back(0)
    assert spend(budget) == 35


def test_threads_share_one_budget() -> None:
    budget = RetryBudget()
    taken: list[int] = []
    threads = [threading.Thread(target=lambda: taken.append(spend(budget))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == 35
