"""Every scenario, with both clients, and the document that lists them."""

from __future__ import annotations

import pytest

from tests.reliability.scenarios import ELSEWHERE, SCENARIOS
from tests.reliability.stage import Scenario
from tests.reliability.table import COMMAND, DOCUMENT, document, line, play
from tests.support.clients import DRIVERS

WRITTEN = DOCUMENT.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("kind", DRIVERS)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
def test_scenario(scenario: Scenario, kind: str) -> None:
    proof = play(scenario, kind)
    assert line(scenario, dict.fromkeys(DRIVERS, proof)) in WRITTEN, f"run {COMMAND}"


def test_the_document_has_every_scenario_and_no_other() -> None:
    known = {text.partition(" | ")[0] + text.split(" | ")[1]: text for text in WRITTEN if text.startswith("| ")}
    lines = {scenario.id: known[f"| {scenario.number}{scenario.name}"] for scenario in SCENARIOS}
    assert list(document(lines)) == WRITTEN, f"run {COMMAND}"


def test_every_number_is_played_or_has_a_reason_not_to_be() -> None:
    played = {scenario.number for scenario in SCENARIOS}
    assert played | ELSEWHERE.keys() == set(range(1, 86))
    assert not played & ELSEWHERE.keys()
    assert len({scenario.id for scenario in SCENARIOS}) == len(SCENARIOS)
