"""Every scenario, with both clients."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from tests.reliability.scenarios import SCENARIOS
from tests.reliability.stage import CREDENTIALS, Run, Scenario
from tests.support.clients import DRIVERS


@pytest.mark.parametrize("kind", DRIVERS)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
def test_scenario(scenario: Scenario, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with ExitStack() as stack:
        scenario.run(Run(kind, CREDENTIALS, monkeypatch, stack))
