"""What applications do with the errors of writes, as the documents tell them to: everything is there once in the end."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from synapse_backend import ClientError, OutcomeUnknownError
from synapse_backend.testing import MockBackend
from synapse_backend.testing.faults import Armed
from tests.support.campaign import chance, count
from tests.support.clients import DRIVERS, Driver
from tests.support.odds import surely

NUMBER = count(1000, 100)
RUNS = count(100, 10)
LOOPS = count(250, 50)
PATIENCE = 20


def unlucky(backend: MockBackend, operation: str) -> tuple[Armed, Armed]:
    """Lose every fifth answer, and refuse every tenth call."""
    lost = backend.faults.on(operation, probability=0.2).commit_then_reset()
    return lost, backend.faults.on(operation, probability=0.1).status(503)


def create(driver: Driver, backend: MockBackend, name: str) -> bool:
    """Create a plugin, whatever it takes; tell whether an answer was lost on the way."""
    lost = False
    for _ in range(PATIENCE):
        try:
            driver.call("create_plugin", ({"name": name},))
        except OutcomeUnknownError:
            lost = True
            # The contract has no list of plugins; people look at the page of the backend.
            if any(row["name"] == name for row in backend.plugins.values()):
                return lost
        except ClientError as error:
            # The documented loop: what is at fault lies with the server, so call again.
            if error.status_code < 500:
                raise
        else:
            return lost
    raise AssertionError(f"{name} was never created")


def run(driver: Driver, number: int) -> bool:
    """Run a plugin, whatever it takes; tell whether an answer was lost on the way."""
    lost = False
    for _ in range(PATIENCE):
        try:
            driver.call("run_plugin", (123, {"parameters": {"number": number}}))
        except OutcomeUnknownError:
            lost = True
            latest: list[Any] = driver.call("list_jobs", ({"plugin": 123, "page_size": 5},))[0]
            if any(job["parameters"].get("number") == number for job in latest):
                return lost
        except ClientError as error:
            if error.status_code < 500:
                raise
        else:
            return lost
    raise AssertionError(f"run {number} was never started")


@pytest.mark.campaign("creates and runs of who looks before calling again", NUMBER + RUNS)
@pytest.mark.parametrize("kind", DRIVERS)
def test_who_looks_before_calling_again_makes_everything_once(kind: str) -> None:
    with MockBackend(seed=chance(f"looks {kind}").getrandbits(32)) as backend:
        creates_lost, _ = unlucky(backend, "create_plugin")
        runs_lost, _ = unlucky(backend, "run_plugin")
        driver = DRIVERS[kind](backend.url, api_token=backend.token, clock=backend.clock)
        lost = [create(driver, backend, f"plugin {number}") for number in range(NUMBER)]
        runs = [run(driver, number) for number in range(RUNS)]
        driver.close()
        plugins = Counter(row["name"] for row in backend.plugins.values())
        jobs = Counter(job["parameters"].get("number") for job in backend.jobs.values())
        creates = backend.attempts("create_plugin")
        backend.faults.clear()
    assert [plugins[f"plugin {number}"] for number in range(NUMBER)] == [1] * NUMBER
    assert [jobs[number] for number in range(RUNS)] == [1] * RUNS
    assert surely(NUMBER, 0.2) <= sum(lost) == creates_lost.fired
    assert surely(RUNS, 0.2) <= sum(runs) == runs_lost.fired
    # The client itself sent each call once; whatever came again was the decision of the application.
    assert set(creates) == {1}


@pytest.mark.campaign("creates of who calls again blindly", LOOPS)
@pytest.mark.parametrize("kind", DRIVERS)
def test_who_follows_the_documented_loop_only_makes_nothing_twice(kind: str) -> None:
    """`status_code >= 500` means call again, anything else is given up: some are missing then, none is there twice."""
    with MockBackend(seed=chance(f"follows {kind}").getrandbits(32)) as backend:
        _, refused = unlucky(backend, "create_plugin")
        driver = DRIVERS[kind](backend.url, api_token=backend.token, clock=backend.clock)
        for number in range(LOOPS):
            for _ in range(PATIENCE):
                try:
                    driver.call("create_plugin", ({"name": f"plugin {number}"},))
                except ClientError as error:
                    if error.status_code >= 500:
                        continue
                break
        driver.close()
        plugins = Counter(row["name"] for row in backend.plugins.values())
        backend.faults.clear()
    assert set(plugins.values()) == {1}
    assert len(backend.requests) == LOOPS + refused.fired
