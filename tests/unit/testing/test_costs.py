"""What a request costs does not grow with the contract, with what is stored, or with what once was armed."""

from __future__ import annotations

import pytest

from synapse_backend.testing import MockBackend
from synapse_backend.testing.contract import load_spec
from synapse_backend.testing.messages import Headers, Request
from synapse_backend.testing.rules import RULES, Rule
from tests.support.work import instructions

HEADERS = Headers([("Host", "localhost"), ("Authorization", "Token t")])


def cost(backend: MockBackend, target: str) -> int:
    """Return how many instructions a request takes, when all that is looked for once has been found."""
    handle = backend._app.handle

    def request() -> None:
        assert handle(Request("GET", target, HEADERS)).status == 200

    request()
    return instructions(request)


def test_a_thousand_further_operations_cost_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = load_spec()
    pattern = spec["paths"]["/jobs/{pk}/console_logs/"]["get"]
    for number in range(1200):
        name = f"extra_{number}"
        spec["paths"][f"/extra/{number}/{{pk}}/"] = {"get": {**pattern, "operationId": name}}
        monkeypatch.setitem(RULES, name, Rule(lambda _call: (200, []), None, "integration"))
    many = MockBackend(spec=spec, record_limit=10)
    assert len(many.operations) > 1200
    assert cost(many, "/extra/1199/1/") < 1.5 * cost(many, "/extra/0/1/")
    for name in [name for name in RULES if name.startswith("extra_")]:
        monkeypatch.delitem(RULES, name)
    few = MockBackend(record_limit=10)
    assert cost(many, "/jobs/?page_size=10") < 1.5 * cost(few, "/jobs/?page_size=10")


def test_a_page_of_twenty_thousand_jobs_costs_what_a_page_of_twenty_does() -> None:
    full, empty = MockBackend(record_limit=10), MockBackend(record_limit=10)
    for number in range(20_000):
        row = {"id": 1000 + number, "status": "completed", "plugin": 123, "progress": 100}
        full._app.state.jobs.table.add({**row, "created_at": "2025-09-03T08:00:00Z"})
    for target in ("/jobs/?page_size=10", "/jobs/?page_size=10&status=completed&page=2", "/jobs/789/"):
        assert cost(full, target) < 1.5 * cost(empty, target)


def test_faults_that_are_gone_cost_nothing() -> None:
    armed, never = MockBackend(record_limit=10), MockBackend(record_limit=10)
    for _ in range(1000):
        armed.faults.on("create_plugin").reset()
    armed.reset()
    assert cost(armed, "/jobs/789/") < 1.5 * cost(never, "/jobs/789/")


def test_pages_of_a_hundred_thousand_tasks_cost_what_pages_of_a_hundred_do() -> None:
    full, empty = MockBackend(record_limit=10), MockBackend(record_limit=10)
    table = full._app.state.tasks
    for number in range(100_000):
        table.add({**table[456], "id": 10_000 + number})
    for target in (
        "/sdk/tasks/data/?page_size=10",
        "/sdk/tasks/?page_size=10&project=123&status=in_progress",
        "/sdk/tasks/?page_size=10&search=street_0786&ordering=-priority",
        "/sdk/tasks/?page_size=10&created_after=2025-08-01T00:00:00",
    ):
        assert cost(full, target) < 2 * cost(empty, target.replace("&search=street_0786", ""))
