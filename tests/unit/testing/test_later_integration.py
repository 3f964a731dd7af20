"""Lists of agents and releases, log entries, and serve applications."""

from __future__ import annotations

from typing import Any

import pytest

from synapse_backend.testing import MockBackend
from tests.unit.testing.fronts import FRONTS, HOST, Front

# --- agents and releases ----------------------------------------------------------------------------------------------


def test_agents_are_listed_without_their_tokens(front: Front) -> None:
    page = front.send("GET", "/agents/?page_size=2").json
    assert (page["count"], page["next"], page["previous"]) == (3, f"http://{HOST}/agents/?page=2&page_size=2", None)
    assert [agent["id"] for agent in page["results"]] == [3, 2]
    assert page["results"][1] == {
        "id": 2,
        "name": "gpu-agent-2",
        "status": "connected",
        "url": "http://gpu-agent-2.example.org:8000",
    }
    assert b"token" not in front.send("GET", "/agents/").body
    front.backend.agents.add(name="bare")
    assert front.send("GET", "/agents/?page_size=1").json["results"][0] == {
        "id": 4,
        "name": "bare",
        "status": "connected",
    }


def test_releases_are_listed_newest_first(front: Front) -> None:
    page = front.send("GET", "/plugin_releases/?page_size=4").json
    assert [release["id"] for release in page["results"]] == [456, 455, 454, 453]
    assert page["results"][0] == front.send("GET", "/plugin_releases/456/").json
    assert page["count"] == 6


@pytest.mark.parametrize(
    ("key", "found"), [("123", [456, 455, 453]), ("edge-detector", [456, 455, 453]), ("9", []), ("none", [])]
)
def test_releases_of_a_plugin_by_id_or_code(front: Front, key: str, found: list[int]) -> None:
    page = front.send("GET", f"/plugin_releases/?plugin={key}").json
    assert [release["id"] for release in page["results"]] == found
    assert page["count"] == len(found)


# --- log entries ------------------------------------------------------------------------------------------------------


def console(front: Front, job: int = 787) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = front.send("GET", f"/jobs/{job}/console_logs/").json
    return lines


@pytest.mark.parametrize(
    ("entry", "level", "message"),
    [
        ({"event": "log", "data": {"message": "Frame 12 done"}, "level": "warning"}, "warning", "Frame 12 done"),
        ({"message": "Frame 12 done", "level": "danger", "context": {"frame": 12}}, "danger", "Frame 12 done"),
        ({"data": {"message": "Frame 12 done", "level": "success"}}, "success", "Frame 12 done"),
        ({"action": "log", "data": {"message": "Frame 12 done"}}, "info", "Frame 12 done"),
    ],
)
def test_the_message_of_an_entry_appears_on_the_console(
    front: Front, entry: dict[str, Any], level: str, message: str
) -> None:
    before = console(front)
    answer = front.send("POST", "/logs/", {"job": 787, **entry})
    assert (answer.status, answer.json) == (201, {"count": 1})
    *rest, line = console(front)
    assert rest == before
    assert line == {"timestamp": "2025-09-03T09:00:01Z", "level": level, "message": message}
    assert front.backend.logs[1]["job"] == 787


def test_an_entry_has_the_moment_that_it_names(front: Front) -> None:
    moment = "2025-09-01T08:00:00+00:00"
    front.send("POST", "/logs/", {"job": 787, "message": "x", "datetime": moment})
    assert console(front)[-1]["timestamp"] == moment


@pytest.mark.parametrize(
    "entry",
    [{"event": "metrics", "data": {"loss": 0.5}}, {"data": {"message": 5}}, {"event": "progress", "step": "train"}],
)
def test_entries_without_a_message_are_kept_and_not_shown(front: Front, entry: dict[str, Any]) -> None:
    before = console(front)
    assert front.send("POST", "/logs/", {"job": 787, **entry}).status == 201
    assert console(front) == before
    assert {**entry, "job": 787, "id": 1} == front.backend.logs[1]


def test_entries_of_no_job_are_kept(front: Front) -> None:
    assert front.send("POST", "/logs/", {"message": "Hello"}).json == {"count": 1}
    assert front.backend.logs[1]["message"] == "Hello"


def test_several_entries_at_once_keep_their_order(front: Front) -> None:
    entries = [{"job": 787, "message": f"Line {number}"} for number in range(5)]
    assert front.send("POST", "/logs/", entries).json == {"count": 5}
    assert [line["message"] for line in console(front)[-5:]] == [entry["message"] for entry in entries]
    assert front.send("POST", "/logs/", []).json == {"count": 0}
    assert front.backend.writes["logs"].created == 5


def test_an_unknown_job_takes_no_entry_and_no_other_is_written(front: Front) -> None:
    before = console(front)
    single = front.send("POST", "/logs/", {"job": 5, "message": "x"})
    several = front.send("POST", "/logs/", [{"job": 787, "message": "x"}, {"job": 5, "message": "x"}])
    message = ['Invalid pk "5" - object does not exist.']
    assert (single.status, single.json) == (400, {"job": message})
    assert (several.status, several.json) == (400, {"1": {"job": message}})
    assert console(front) == before
    assert len(front.backend.logs) == 0


@pytest.mark.parametrize(
    ("body", "messages"),
    [
        ({}, None),
        ("text", {"non_field_errors": ["Invalid data. Expected a dictionary, but got str."]}),
        ({"job": "x", "message": "y"}, {"job": ["Must be a valid UUID."]}),
        ([{"message": "a"}, {"message": 5}], {"1": {"message": ["Not a valid string."]}}),
        ([{"message": "a"}, 7], {"1": ['Expected a dictionary of items but got type "int".']}),
        ({"message": "a", "datetime": "soon"}, None),
    ],
)
def test_entries_that_violate_the_contract(front: Front, body: object, messages: object) -> None:
    answer = front.send("POST", "/logs/", body)
    assert answer.status == 400
    assert messages is None or answer.json == messages
    assert len(front.backend.logs) == 0


# --- serve applications -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [123, 122]),
        ("?plugin_code=edge-detector", [123]),
        ("?status=DEPLOYING", [122]),
        ("?status=RUNNING&plugin_code=none", []),
        ("?page=2&page_size=1", [122]),
    ],
)
def test_applications_are_found(front: Front, query: str, found: list[int]) -> None:
    page = front.send("GET", f"/serve_applications/{query}").json
    assert [application["id"] for application in page["results"]] == found


def test_applications_of_an_agent(front: Front) -> None:
    for agent in (1, 2, 3):
        found = front.send("GET", f"/serve_applications/?job__agent={agent}").json["results"]
        jobs = [front.backend.jobs[application["job"]] for application in found]
        assert all(job["agent"] == agent for job in jobs)
        assert all("agent" not in application for application in found)


def test_a_new_application_belongs_to_the_plugin_of_its_job(front: Front) -> None:
    answer = front.send("POST", "/serve_applications/", {"job": 789, "status": "RUNNING", "data": {"route": "/detect"}})
    assert (answer.status, answer.json) == (
        201,
        {
            "id": 124,
            "job": 789,
            "status": "RUNNING",
            "data": {"route": "/detect"},
            "plugin_code": "edge-detector",
            "created_at": "2025-09-03T09:00:00.500000Z",
        },
    )
    assert front.send("GET", "/serve_applications/?page_size=1").json["results"] == [answer.json]
    bare = front.send("POST", "/serve_applications/", {"job": 789}).json
    assert (bare["status"], bare["data"]) == ("DEPLOYING", {})


def test_an_application_of_a_job_without_a_plugin(front: Front) -> None:
    job = front.backend.jobs.add(plugin=9)
    assert front.send("POST", "/serve_applications/", {"job": job["id"]}).json["plugin_code"] is None


def test_an_application_needs_a_job(front: Front) -> None:
    answer = front.send("POST", "/serve_applications/", {"job": 5})
    assert (answer.status, answer.json) == (400, {"job": ['Invalid pk "5" - object does not exist.']})
    assert front.backend.writes["serve_applications"].created == 0


# --- objects that tests add -------------------------------------------------------------------------------------------


def test_what_tests_add_is_there() -> None:
    backend = MockBackend()
    front = FRONTS["in-process"](backend)
    application = backend.serve_applications.add(status="UNHEALTHY")
    entry = backend.logs.add(message="By hand")
    upload = backend.uploads.add(filename="a.txt", content=b"hello")
    assert front.send("GET", "/serve_applications/?status=UNHEALTHY").json["results"][0]["id"] == application["id"]
    assert backend.logs[entry["id"]]["event"] == "log"
    shown = front.send("GET", f"/chunked_upload/{upload['id']}/").json
    assert (shown["filename"], shown["status"], shown["size"]) == ("a.txt", 2, 5)
    assert backend.files[shown["file"]].content == b"hello"
    assert backend.uploads.add()["filename"] == "new.bin"
    for fields in ({"content": "text"}, {"filename": 5}, {"offset": 3}):
        with pytest.raises(ValueError, match="an upload is added with content"):
            backend.uploads.add(**fields)
