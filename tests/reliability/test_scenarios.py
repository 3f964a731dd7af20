"""Every scenario, with both clients, the search for credentials in it, and the document that lists them all."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.reliability.scenarios import ELSEWHERE, SCENARIOS
from tests.reliability.search import leaks, seen
from tests.reliability.stage import CREDENTIALS, Call, Run, Scenario, Success, mocked
from tests.reliability.table import COMMAND, DOCUMENT, document, line
from tests.support.campaign import command
from tests.support.clients import DRIVERS

WRITTEN = DOCUMENT.read_text(encoding="utf-8").splitlines()


@contextmanager
def explained(scenario: Scenario, run: Run, request: pytest.FixtureRequest) -> Iterator[None]:
    """Say of a scenario that fails which it is, what was armed, and how it is repeated."""
    try:
        yield
    except BaseException as error:
        armed = [str(one) for backend in run.backends for one in backend.faults.armed]
        error.add_note(
            f"Scenario {scenario.number}: {scenario.name} ({run.kind})\n"
            f"Fault: {', '.join(armed) or scenario.armed}\n"
            f"Seed: {request.config.getoption('randomly_seed', 0)}\n"
            f"Repeat with: {command(request.node.nodeid)}"
        )
        raise


@pytest.mark.parametrize("kind", DRIVERS)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
def test_scenario(
    scenario: Scenario,
    kind: str,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    logged: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with warnings.catch_warnings(record=True) as warned, ExitStack() as stack:
        warnings.simplefilter("always")
        run = Run(kind, CREDENTIALS, monkeypatch, stack)
        with explained(scenario, run, request):
            scenario.run(run)
            assert line(scenario, dict.fromkeys(DRIVERS, run.proof)) in WRITTEN, f"run {COMMAND}"
            shown = list(seen(run))
            assert leaks(shown) == []
    # What is said as the client is closed counts, too.
    assert leaks([logged.text, *capfd.readouterr()]) == []
    assert [str(warning.message) for warning in warned] == []


def test_a_scenario_that_fails_says_how_it_is_repeated(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = Success(fits=lambda _: False)
    scenario = mocked(
        19, "503 once", Call("get_job", (789,)), expected, lambda faults: faults.on("get_job").status(503)
    )
    with ExitStack() as stack:
        run = Run("sync", CREDENTIALS, monkeypatch, stack)
        with pytest.raises(AssertionError) as failed, explained(scenario, run, request):
            scenario.run(run)
    [note] = failed.value.__notes__
    assert "Scenario 19: 503 once (sync)\nFault: get_job:status(status=503)\nSeed: " in note
    assert note.endswith("test_scenarios.py::test_a_scenario_that_fails_says_how_it_is_repeated")


def test_the_document_has_every_scenario_and_no_other() -> None:
    known = {text.partition(" | ")[0] + text.split(" | ")[1]: text for text in WRITTEN if text.startswith("| ")}
    lines = {scenario.id: known[f"| {scenario.number}{scenario.name}"] for scenario in SCENARIOS}
    assert list(document(lines)) == WRITTEN, f"run {COMMAND}"


def test_every_number_is_played_or_has_a_reason_not_to_be() -> None:
    played = {scenario.number for scenario in SCENARIOS}
    assert played | ELSEWHERE.keys() == set(range(1, 86))
    assert not played & ELSEWHERE.keys()
    assert len({scenario.id for scenario in SCENARIOS}) == len(SCENARIOS)
