"""`_events`: spans, where the application uses OpenTelemetry."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from synapse_api.operations import get_job
from synapse_backend import BackendClient, NotFoundError
from synapse_backend._events import span
from tests.support.scripted import ScriptedServer, json_reply, reply


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What would go to OpenTelemetry."""
    begun: list[tuple[str, dict[str, Any]]] = []

    @contextlib.contextmanager
    def start_as_current_span(name: str, **details: Any) -> Iterator[None]:
        begun.append((name, details))
        yield
        begun.append((name, {"ended": True}))

    trace: Any = ModuleType("opentelemetry.trace")
    trace.SpanKind = type("SpanKind", (), {"CLIENT": "client"})
    trace.get_tracer = lambda name: type("Tracer", (), {"start_as_current_span": staticmethod(start_as_current_span)})
    monkeypatch.setitem(sys.modules, "opentelemetry.trace", trace)
    return begun


def test_without_opentelemetry_there_is_no_span(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "opentelemetry.trace", raising=False)
    with span(get_job) as nothing:
        assert nothing is None


def test_a_call_is_a_span_of_its_operation(server: ScriptedServer, spans: list[tuple[str, dict[str, Any]]]) -> None:
    server.plays(json_reply({"id": 789}))
    with BackendClient(server.url) as client:
        client.get_job(789)
    attributes = {"http.request.method": "GET", "url.template": "/jobs/{pk}/"}
    assert spans == [("get_job", {"kind": "client", "attributes": attributes}), ("get_job", {"ended": True})]


def test_an_error_passes_through_its_span(server: ScriptedServer, spans: list[tuple[str, dict[str, Any]]]) -> None:
    server.plays(reply(404, b"{}"))
    with BackendClient(server.url) as client, pytest.raises(NotFoundError):
        client.get_job(789)
    assert len(spans) == 1
