"""The mock against a small model of it, call by call in random order, over both fronts and with lost answers."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from synapse_backend.testing import MockBackend
from tests.support.campaign import chance, count
from tests.unit.testing.fronts import TOKEN

names = st.text(min_size=1, max_size=8)
MACHINES = count(60, 3)


class Model(RuleBasedStateMachine):
    """What a backend should hold, in the simplest form that says it."""

    over_socket = False
    plugins = Bundle("plugins")
    jobs = Bundle("jobs")

    @initialize()
    def start(self) -> None:
        self.backend = MockBackend(seed=1, tick=0)
        transport = None
        if self.over_socket:
            self.backend.start()
        else:
            transport = self.backend.transport()
        url = self.backend.url if self.over_socket else "http://localhost"
        self.http = httpx.Client(base_url=url, headers=TOKEN, transport=transport, timeout=10)
        self.known_plugins: dict[int, dict[str, Any]] = {pk: dict(row) for pk, row in self.backend.plugins.items()}
        self.known_jobs = {pk: row["status"] for pk, row in self.backend.jobs.items()}
        self.lives: dict[int, tuple[float, float]] = {}
        self.with_result: set[int] = set()
        self.now = 0.0
        self.writes = 0

    def teardown(self) -> None:
        if hasattr(self, "http"):
            self.http.close()
            self.backend.stop()

    # --- plugins ----------------------------------------------------------------------------------------------------

    @rule(target=plugins, name=names, code=st.sampled_from([None, "a", "b", "c"]), lost=st.booleans())
    def create_plugin(self, name: str, code: str | None, lost: bool) -> int:
        body = {"name": name} | ({} if code is None else {"code": code})
        taken = code is not None and any(row.get("code") == code for row in self.known_plugins.values())
        if lost:
            self.backend.faults.on("create_plugin").commit_then_reset()
        try:
            answer = self.http.post("/plugins/", json=body)
        except httpx.ReadError:
            assert lost
        else:
            assert not lost
            assert answer.status_code == (409 if taken else 201)
        if taken:
            return next(pk for pk, row in self.known_plugins.items() if row.get("code") == code)
        pk = max(self.known_plugins) + 1
        self.known_plugins[pk] = body
        self.writes += 1
        return pk

    @rule(pk=plugins, changes=st.dictionaries(st.sampled_from(["name", "author", "version"]), names, max_size=2))
    def update_plugin(self, pk: int, changes: dict[str, str]) -> None:
        answer = self.http.put(f"/plugins/{pk}/", json=changes)
        assert answer.status_code == 200
        self.known_plugins[pk] = {**self.known_plugins[pk], **changes}
        assert answer.json()["name"] == self.known_plugins[pk]["name"]

    @rule(pk=plugins)
    def get_plugin(self, pk: int) -> None:
        found = self.http.get(f"/plugins/{pk}/").json()
        assert {name: found[name] for name in self.known_plugins[pk]} == self.known_plugins[pk]

    # --- jobs -------------------------------------------------------------------------------------------------------

    @rule(target=jobs, plugin=plugins, queued=st.integers(0, 20), runs=st.integers(1, 40))
    def run_plugin(self, plugin: int, queued: int, runs: int) -> int:
        wish = {"queued_for": queued, "runs_for": runs}
        answer = self.http.post(f"/plugins/{plugin}/run/", json={"context": {"mock": wish}})
        assert answer.status_code == 202
        pk: int = answer.json()["job_id"]
        assert pk == max(self.known_jobs) + 1
        self.known_jobs[pk] = "queued"
        self.lives[pk] = (self.now + queued, self.now + queued + runs)
        return pk

    @rule(seconds=st.integers(0, 30))
    def wait(self, seconds: int) -> None:
        self.backend.clock.advance(seconds)
        self.now += seconds

    def status(self, pk: int) -> str:
        if pk not in self.lives:
            return str(self.known_jobs[pk])
        starts, ends = self.lives[pk]
        return "completed" if self.now >= ends else "running" if self.now >= starts else "queued"

    def has_ended(self, pk: int) -> bool:
        return pk in self.lives and self.status(pk) == "completed"

    @rule(pk=jobs)
    def get_job(self, pk: int) -> None:
        job = self.http.get(f"/jobs/{pk}/", params={"expand": ["logs", "result"]}).json()
        assert job["status"] == self.status(pk)
        assert (job["result"] is not None) == (pk in self.with_result or self.has_ended(pk))
        if pk in self.lives and job["status"] == "running":
            starts, ends = self.lives[pk]
            assert job["progress"] == pytest.approx(100 * (self.now - starts) / (ends - starts), abs=0.1)

    @rule(pk=jobs, status=st.sampled_from(["queued", "running", "completed", "failed"]))
    def update_job(self, pk: int, status: str) -> None:
        self.http.get("/jobs/", params={"page_size": 1})
        if self.has_ended(pk):
            # An update sets what it was sent, and nothing else; it takes no result away.
            self.with_result.add(pk)
        answer = self.http.patch(f"/jobs/{pk}/", json={"status": status})
        assert answer.json()["status"] == status
        assert (answer.json()["finished_at"] is not None) == (status in ("completed", "failed"))
        self.lives.pop(pk, None)
        self.known_jobs[pk] = status

    @rule(status=st.sampled_from([None, "queued", "running", "completed", "failed"]), size=st.integers(1, 12))
    def list_jobs(self, status: str | None, size: int) -> None:
        wanted = [pk for pk in self.known_jobs if status in (None, self.status(pk))]
        query: dict[str, Any] = {"page_size": size} | ({} if status is None else {"status": status})
        url: str | None = str(httpx.URL("/jobs/", params=query))
        seen: list[int] = []
        while url is not None:
            page = self.http.get(url).json()
            assert page["count"] == len(wanted)
            assert len(page["results"]) <= size
            assert all(job["status"] == self.status(job["id"]) for job in page["results"])
            seen += [job["id"] for job in page["results"]]
            url = page["next"]
        assert sorted(seen) == sorted(wanted)
        new = [pk for pk in seen if pk > 789]
        assert len(set(seen)) == len(seen)
        assert set(new) == {pk for pk in wanted if pk > 789}

    @precondition(lambda self: self.writes > 0)
    @rule()
    def export_and_import(self) -> None:
        self.backend.import_state(self.backend.export_state())

    @invariant()
    def nothing_is_lost(self) -> None:
        if hasattr(self, "backend"):
            assert len(self.backend.plugins) == len(self.known_plugins)
            assert set(self.backend.jobs) == set(self.known_jobs)
            assert self.backend.writes["plugins"].created == self.writes
            assert self.backend.contract_errors == []
            assert self.backend.faults.unfired == []


class ModelOverSocket(Model):
    """The same over the socket."""

    over_socket = True


@pytest.mark.campaign("random calls, mock against its model", MACHINES)
@pytest.mark.parametrize("model", [Model, ModelOverSocket], ids=["in process", "over socket"])
def test_the_mock_does_what_its_model_does(model: type[Model]) -> None:
    seeded = seed(chance(model.__name__).getrandbits(64))(type(model.__name__, (model,), {}))
    run_state_machine_as_test(
        seeded,
        settings=settings(
            max_examples=MACHINES,
            phases=[Phase.generate],
            stateful_step_count=25,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
