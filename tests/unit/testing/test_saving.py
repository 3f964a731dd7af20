"""What the mock holds, saved and loaded."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from synapse_backend.testing import MockBackend, Plan
from tests.unit.testing.fronts import InProcessFront, release_form


def busy() -> MockBackend:
    """A backend with something of everything."""
    backend = MockBackend(seed=2, tick=0)
    front = InProcessFront(backend)
    front.send("POST", "/plugin_releases/", *release_form())
    front.send("POST", "/plugins/123/run/", {"context": {"mock": {"queued_for": 1, "runs_for": 100}}})
    backend.clock.advance(50)
    backend.jobs.plan_next(Plan(queued_for=500))
    front.send("POST", "/plugins/123/run/", {})
    backend.jobs.plan_next(Plan(outcome="failed", message="No", metrics={"a": 1}))
    return backend


def observed(backend: MockBackend) -> bytes:
    front = InProcessFront(backend)
    seen = []
    for _ in range(3):
        backend.clock.advance(200)
        paths = ["/jobs/?page_size=30", "/jobs/790/?expand=logs,metrics,result", "/plugin_releases/457/", "/storages/"]
        seen += [front.send("GET", path).body for path in paths]
    seen.append(front.send("POST", "/plugins/122/run/", {}).body)
    backend.clock.advance(1000)
    seen.append(front.send("GET", "/jobs/792/?expand=logs").body)
    (path,) = {path for path, stored in backend.files.items() if stored.content.startswith(b"PK\x03\x04 binary")}
    seen.append(front.send("GET", path).body)
    return b"\n".join(seen)


def test_a_state_goes_on_where_it_was_exported(tmp_path: Path) -> None:
    backend = busy()
    saved = backend.export_state()
    (tmp_path / "state.json").write_text(json.dumps(saved), encoding="utf-8")
    expected = observed(backend)
    assert b'"failed"' in expected
    assert b'"progress":' in expected

    other = MockBackend(seed=2, tick=0)
    other.import_state(tmp_path / "state.json")
    assert other.export_state() == saved
    assert observed(other) == expected

    first = MockBackend(seed=2, tick=0, state=str(tmp_path / "state.json"))
    assert observed(first) == expected
    first.reset()
    assert observed(first) == expected
    later = MockBackend(state=saved, start=datetime(2030, 1, 1, tzinfo=UTC))
    assert later.clock.now.year == 2030
    assert later.jobs[791]["status"] == "completed"


def test_what_is_exported_is_a_copy() -> None:
    backend = busy()
    saved = backend.export_state()
    before = copy.deepcopy(saved)
    backend.import_state(saved)
    InProcessFront(backend).send("POST", "/plugins/", {"name": "A"})
    saved["plugins"][0]["name"] = "changed"
    assert backend.plugins[121]["name"] == before["plugins"][0]["name"]


def test_a_real_clock_keeps_its_time() -> None:
    saved = busy().export_state()
    backend = MockBackend(clock="real", state=saved)
    assert abs(backend.clock.now - datetime.now(UTC)) < timedelta(minutes=1)
    backend.import_state(saved)
    assert backend.jobs[790]["status"] == "completed"


def change(**changes: Any) -> Callable[[dict[str, Any]], None]:
    def apply(saved: dict[str, Any]) -> None:
        saved.update(changes)

    return apply


def in_row(kind: str, **changes: Any) -> Callable[[dict[str, Any]], None]:
    def apply(saved: dict[str, Any]) -> None:
        saved[kind][1].update(changes)

    return apply


def without(key: str) -> Callable[[dict[str, Any]], None]:
    def apply(saved: dict[str, Any]) -> None:
        del saved[key]

    return apply


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (change(format=1), "not an exported state of this version: format is 1, not 2"),
        (without("plugins"), "the exported state has no list of plugins"),
        (without("now"), "the exported state is damaged: KeyError: 'now'"),
        (without("files"), "the exported state is damaged: KeyError: 'files'"),
        (change(now="yesterday"), "the exported state is damaged: ValueError: Invalid isoformat string: 'yesterday'"),
        (change(now="2025-01-01T00:00:00"), "the exported state is damaged: now has no offset"),
        (change(runs=None), "the exported state is damaged: TypeError: 'NoneType' object is not subscriptable"),
        (change(files={"/x": {"content": "%", "content_type": "a"}}), "the exported state is damaged: Error: "),
        (in_row("plugins", name=5), 'plugins[1].name violates the contract: *** is not of type "string"'),
        (in_row("jobs", id=765), "jobs[1].id must be an integer that no other has, not 765"),
        (in_row("agents", id="x"), "agents[1].id violates the contract: "),
    ],
)
def test_a_damaged_state_is_refused_in_one_line_and_changes_nothing(
    damage: Callable[[dict[str, Any]], None], message: str
) -> None:
    backend = busy()
    before = backend.export_state()
    damaged = copy.deepcopy(before)
    damage(damaged)
    with pytest.raises(ValueError, match=r".") as caught:
        backend.import_state(damaged)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
    assert backend.export_state() == before
    with pytest.raises(ValueError, match=r"."):
        MockBackend(state=damaged)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_bytes(b"\xff")
    with pytest.raises(ValueError, match=r"state.json is not UTF-8 text$"):
        MockBackend(state=tmp_path / "state.json")
    with pytest.raises(FileNotFoundError):
        MockBackend(state=tmp_path / "none.json")
