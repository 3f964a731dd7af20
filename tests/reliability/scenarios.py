"""Everything that a client must survive."""

from __future__ import annotations

from tests.reliability import bodies, connecting, downloads, origins, pages, statuses, uploads
from tests.reliability.stage import Scenario

SCENARIOS: list[Scenario] = [
    *connecting.BEFORE,
    *connecting.AFTER,
    *statuses.STATUSES,
    *bodies.BODIES,
    *pages.PAGING,
    *origins.REDIRECTS,
    *origins.ADDRESSES,
    *uploads.UPLOADS,
    *downloads.DOWNLOADS,
]
ELSEWHERE = {
    12: ("an answer lost, of a call with an idempotency key", "the contract has no such keys"),
    27: ("a deletion that is repeated", "no operation of the contract deletes"),
    29: ("a create with an idempotency key that is still under way", "the contract has no such keys"),
    80: (
        "one of several parts fails that are sent at the same time",
        "the parts of a file are sent one after the other",
    ),
    67: ("settings that run code when they are read", "the client reads no settings from files"),
}
"""What others must survive: the number, what goes wrong, and why it does not concern this client."""
