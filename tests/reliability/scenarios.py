"""Everything that a client must survive."""

from __future__ import annotations

from tests.reliability import bodies, connecting, pages, statuses
from tests.reliability.stage import Scenario

SCENARIOS: list[Scenario] = [*connecting.BEFORE, *connecting.AFTER, *statuses.STATUSES, *bodies.BODIES, *pages.PAGING]
