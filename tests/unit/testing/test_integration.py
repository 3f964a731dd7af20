"""The rules of the operations, through both fronts."""

from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import datetime
from typing import Any

import pytest

from synapse_backend.testing import MockBackend, Plan
from tests.unit.testing.fronts import HOST, Front, InProcessFront, multipart, release_form

# --- agents ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["agent-token-123", "my-agent-token"])
def test_an_agent_is_found_by_its_token_and_does_not_give_it_away(front: Front, token: str) -> None:
    answer = front.send("POST", f"/agents/{token}/connect/")
    assert (answer.status, answer.json["status"]) == (200, "connected")
    assert token.encode() not in answer.body


def test_an_unknown_agent_is_not_found(front: Front) -> None:
    answer = front.send("POST", "/agents/nobody/connect/")
    assert (answer.status, answer.json) == (404, {"detail": "Not found."})


# --- plugins --------------------------------------------------------------------------------------------------------


def test_the_documented_plugin_has_all_that_the_documents_read(front: Front) -> None:
    plugin = front.send("GET", "/plugins/123/").json
    assert plugin["id"] == 123
    assert all(plugin[name] for name in ("name", "version", "description", "author", "category", "configuration"))


def test_a_plugin_is_found_by_its_code(front: Front) -> None:
    code = front.send("GET", "/plugins/123/").json["code"]
    assert front.send("GET", f"/plugins/{code}/").json["id"] == 123


@pytest.mark.parametrize("key", ["9999", "no-such-code", "%00", "12.5", "0x7b", "9" * 5000, "%ff", "true"])
def test_what_is_no_key_of_a_plugin_is_not_found(front: Front, key: str) -> None:
    answer = front.send("GET", f"/plugins/{key}/")
    assert (answer.status, answer.json) == (404, {"detail": "Not found."})


def test_a_new_plugin_gets_the_next_id_and_empty_fields(front: Front, backend: MockBackend) -> None:
    first = front.send("POST", "/plugins/", {"name": "Eins"})
    second = front.send("POST", "/plugins/", {"name": "Zwei", "author": "Me", "code": "zwei"})
    assert (first.status, second.status) == (201, 201)
    assert second.json["id"] == first.json["id"] + 1 == max(backend.plugins)
    assert (first.json["author"], first.json["configuration"]) == ("", {})
    assert front.send("GET", f"/plugins/{second.json['id']}/").json == second.json
    assert second.json["created_at"] > first.json["created_at"]


def test_put_keeps_what_was_not_sent(front: Front) -> None:
    before = front.send("GET", "/plugins/123/").json
    answer = front.send("PUT", "/plugins/123/", {"version": "1.1.0", "configuration": {"parameters": {}}})
    assert answer.status == 200
    changed = {"version": "1.1.0", "configuration": {"parameters": {}}, "updated_at": answer.json["updated_at"]}
    assert answer.json == {**before, **changed}
    assert front.send("GET", "/plugins/123/").json == answer.json


def test_a_code_belongs_to_one_plugin(front: Front) -> None:
    taken = front.send("GET", "/plugins/122/").json["code"]
    assert front.send("POST", "/plugins/", {"name": "x", "code": taken}).status == 409
    assert front.send("PUT", "/plugins/123/", {"code": taken}).status == 409
    assert front.send("PUT", "/plugins/122/", {"code": taken}).status == 200


def test_an_unknown_plugin_is_a_404_before_its_body_is_a_400(front: Front) -> None:
    assert front.send("PUT", "/plugins/9999/", {"name": 5}).status == 404
    assert front.send("POST", "/plugins/9999/run/", {"parameters": 5}).status == 404


def test_the_server_decides_about_ids_and_times(front: Front) -> None:
    answer = front.send("POST", "/plugins/", {"name": "x", "id": 1, "created_at": "never", "unknown": True})
    assert answer.status == 201
    assert answer.json["id"] > 123
    assert "unknown" not in answer.json


# --- running plugins ------------------------------------------------------------------------------------------------


def run(front: Front, **body: Any) -> int:
    answer = front.send("POST", "/plugins/123/run/", body)
    assert answer.status == 202, answer.body
    assert answer.json["status"] == "queued"
    job_id: int = answer.json["job_id"]
    return job_id


def poll(front: Front, job_id: int, times: int = 20) -> list[Any]:
    return [front.send("GET", f"/jobs/{job_id}/?expand=logs,metrics,result").json for _ in range(times)]


def test_a_run_moves_through_every_status_while_it_is_polled(front: Front) -> None:
    job_id = run(front, parameters={"threshold": 0.8, "max_items": 150, "output_path": "/data/out/"})
    seen = poll(front, job_id)
    assert list(dict.fromkeys(job["status"] for job in seen)) == ["queued", "running", "completed"]
    progress = [job["progress"] for job in seen]
    assert progress == sorted(progress)
    assert len(set(progress)) > 4
    lines = [len(job["logs"]) for job in seen]
    assert lines == sorted(lines)
    assert lines[0] < lines[-1]
    assert [job["result"] is None for job in seen] == [job["status"] != "completed" for job in seen]
    end = seen[-1]
    assert end["result"]["output_files"] == [f"/data/out/job-{job_id}.json"]
    assert end["metrics"]["items"] == 150
    assert end["created_at"] < end["started_at"] < end["finished_at"] <= end["updated_at"]


def test_times_of_a_job_are_those_of_its_life_and_not_of_the_poll(front: Front, backend: MockBackend) -> None:
    job_id = run(front)
    backend.clock.advance(3600)
    job = front.send("GET", f"/jobs/{job_id}/").json
    created, started, finished = (
        datetime.fromisoformat(job[name]) for name in ("created_at", "started_at", "finished_at")
    )
    assert (started - created).total_seconds() == 1
    assert 3 <= (finished - started).total_seconds() <= 6
    assert job["updated_at"] == job["finished_at"]


def test_console_logs_are_those_of_the_job(front: Front, backend: MockBackend) -> None:
    job_id = run(front)
    first = front.send("GET", f"/jobs/{job_id}/console_logs/").json
    assert [line["message"] for line in first] == [f"Job {job_id} queued"]
    backend.clock.advance(60)
    last = front.send("GET", f"/jobs/{job_id}/console_logs/").json
    assert last[: len(first)] == first
    assert {"info", "debug"} == {line["level"] for line in last}
    assert [line["timestamp"] for line in last] == sorted(line["timestamp"] for line in last)
    assert last == front.send("GET", f"/jobs/{job_id}/?expand=logs").json["logs"]


def test_the_next_job_fails_when_the_test_says_so(front: Front, backend: MockBackend) -> None:
    backend.jobs.fail_next("Out of memory")
    failed, fine = run(front), run(front)
    backend.clock.advance(60)
    job = poll(front, failed, 1)[0]
    assert (job["status"], job["progress"], job["result"], job["metrics"]) == ("failed", 60, None, {})
    assert job["logs"][-1]["level"] == "error"
    assert job["logs"][-1]["message"] == "Out of memory"
    assert poll(front, fine, 1)[0]["status"] == "completed"


def test_a_plan_may_belong_to_one_plugin(front: Front, backend: MockBackend) -> None:
    backend.jobs.fail_next(plugin=122, times=2)
    other = run(front)
    failed = [front.send("POST", "/plugins/122/run/", {}).json["job_id"] for _ in range(3)]
    backend.clock.advance(60)
    assert backend.jobs[other]["status"] == "completed"
    assert [backend.jobs[pk]["status"] for pk in failed] == ["failed", "failed", "completed"]


def test_a_plan_decides_about_times_and_results(front: Front, backend: MockBackend) -> None:
    plan = Plan(queued_for=0, runs_for=0, result={"answer": 42}, metrics={"loss": 0.5})
    backend.jobs.plan_next(plan)
    job_id = run(front)
    job = poll(front, job_id, 1)[0]
    assert (job["status"], job["progress"]) == ("completed", 100)
    assert (job["result"], job["metrics"]) == ({"answer": 42}, {"loss": 0.5})


def test_a_run_may_say_itself_how_it_ends(front: Front) -> None:
    wish = {"outcome": "failed", "message": "as asked", "queued_for": 0, "runs_for": 0.5}
    job_id = run(front, context={"mock": wish})
    job = poll(front, job_id, 2)[-1]
    assert (job["status"], job["logs"][-1]["message"]) == ("failed", "as asked")


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        (5, "must be an object"),
        ({"outcome": "exploded"}, "outcome must be one of completed, failed"),
        ({"speed": 1}, "unknown key 'speed'; known are outcome"),
        ({"message": 5}, "message must be text"),
        ({"metrics": 5}, "metrics must be an object"),
        ({"runs_for": "long"}, "runs_for must be a number"),
        ({"queued_for": True}, "queued_for must be a number"),
        ({"runs_for": -1}, "runs_for must be a number"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(front: Front, backend: MockBackend, wish: object, message: str) -> None:
    before = len(backend.jobs)
    answer = front.send("POST", "/plugins/123/run/", {"context": {"mock": wish}})
    assert answer.status == 400
    assert message in answer.json["context"]["mock"][0]
    assert len(backend.jobs) == before


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("threshold", "high", "A valid number is required."),
        ("threshold", True, "A valid number is required."),
        ("max_items", 1.5, "A valid integer is required."),
    ],
)
def test_a_parameter_of_the_wrong_type_is_refused(front: Front, name: str, value: object, message: str) -> None:
    answer = front.send("POST", "/plugins/123/run/", {"parameters": {name: value, "input_path": "/x"}})
    assert (answer.status, answer.json) == (400, {"parameters": {name: [message]}})


@pytest.mark.parametrize("configuration", [{}, {"parameters": 5}, {"parameters": {"x": 5}}, {"parameters": {"x": {}}}])
def test_parameters_without_a_known_type_pass(front: Front, configuration: object) -> None:
    front.send("PUT", "/plugins/123/", {"configuration": configuration})
    run(front, parameters={"x": "anything", "flag": True})


def test_booleans_and_text_are_parameters_too(front: Front) -> None:
    declared = {"deep": {"type": "bool"}, "mode": {"type": "string"}}
    front.send("PUT", "/plugins/123/", {"configuration": {"parameters": declared}})
    run(front, parameters={"deep": True, "mode": "fast"})
    answer = front.send("POST", "/plugins/123/run/", {"parameters": {"deep": 1, "mode": 1}})
    assert set(answer.json["parameters"]) == {"deep", "mode"}


def test_a_run_remembers_what_started_it(front: Front, backend: MockBackend) -> None:
    context = {"project_id": 123, "user_id": 457, "execution_mode": "batch"}
    job_id = run(front, params={"threshold": 0.1}, context=context, agent=2, version="1.1.0")
    job = front.send("GET", f"/jobs/{job_id}/").json
    assert job["parameters"] == {"threshold": 0.1}
    assert (job["context"], job["user"], job["agent"], job["plugin"]) == (context, 457, 2, 123)
    assert backend.releases[job["plugin_release"]]["version"] == "1.1.0"


def test_a_run_uses_the_latest_release_or_none(front: Front, backend: MockBackend) -> None:
    assert backend.jobs[run(front)]["plugin_release"] == 456
    assert backend.jobs[run(front, version="no such version")]["plugin_release"] == 456
    bare = front.send("POST", "/plugins/", {"name": "bare"}).json["id"]
    job_id = front.send("POST", f"/plugins/{bare}/run/", {"context": {"user_id": True}}).json["job_id"]
    assert (backend.jobs[job_id]["plugin_release"], backend.jobs[job_id]["user"]) == (None, 456)


def test_an_unknown_agent_cannot_run_a_job(front: Front) -> None:
    answer = front.send("POST", "/plugins/123/run/", {"agent": 99})
    assert (answer.status, answer.json) == (400, {"agent": ['Invalid pk "99" - object does not exist.']})


# --- plugin releases ------------------------------------------------------------------------------------------------


def test_the_documented_release_is_a_real_package(front: Front, backend: MockBackend) -> None:
    release = front.send("GET", "/plugin_releases/456/").json
    assert release["plugin"] == 123
    assert release["file"].startswith(f"http://{HOST}/media/")
    package = front.send("GET", release["file"].removeprefix(f"http://{HOST}"), headers={})
    assert package.status == 200
    assert hashlib.md5(package.body, usedforsecurity=False).hexdigest() == release["checksum"]
    assert (len(package.body), package.headers["content-type"]) == (release["size"], "application/zip")
    archive = zipfile.ZipFile(io.BytesIO(package.body))
    assert "config.yaml" in archive.namelist()
    assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}, "checksums depend on the day"
    assert backend.files[release["file"]].content == package.body


def test_a_release_may_show_its_plugin(front: Front) -> None:
    plugin = front.send("GET", "/plugins/123/").json
    assert front.send("GET", "/plugin_releases/456/?expand=plugin").json["plugin"] == plugin


def test_a_release_is_found_by_code_and_version(front: Front) -> None:
    assert front.send("GET", "/plugin_releases/edge-detector@1.1.0/").json["id"] == 455
    assert front.send("GET", "/plugin_releases/edge-detector@9/").status == 404
    assert front.send("GET", "/plugin_releases/nothing@1/").status == 404
    assert front.send("GET", "/plugin_releases/1/").status == 404


def test_a_new_release_keeps_its_package_byte_for_byte(front: Front, backend: MockBackend) -> None:
    content = bytes(range(256)) * 40 + b"\r\n--b0undar\r\n\r\n"
    answer = front.send("POST", "/plugin_releases/", *release_form(file=content))
    assert answer.status == 201
    release = answer.json
    assert (release["id"], release["plugin"], release["version"]) == (457, 123, "2.0.0")
    assert (release["changelog"], release["is_stable"]) == ("New", True)
    assert release["checksum"] == hashlib.md5(content, usedforsecurity=False).hexdigest()
    assert release["size"] == len(content)
    assert front.send("GET", release["file"].removeprefix(f"http://{HOST}")).body == content
    assert front.send("GET", "/plugin_releases/457/").json == release
    assert backend.requests[0].parts["file"].content == content


def test_a_version_exists_once_per_plugin(front: Front) -> None:
    assert front.send("POST", "/plugin_releases/", *release_form(plugin=b"122")).status == 201
    assert front.send("POST", "/plugin_releases/", *release_form()).status == 201
    again = front.send("POST", "/plugin_releases/", *release_form())
    assert again.status == 409
    assert "2.0.0" in again.json["detail"]


def test_a_release_may_name_its_plugin_by_code(front: Front) -> None:
    assert front.send("POST", "/plugin_releases/", *release_form(plugin=b"edge-detector")).json["plugin"] == 123


@pytest.mark.parametrize("plugin", ["9", "nothing"])
def test_a_release_of_an_unknown_plugin_is_refused(front: Front, plugin: str) -> None:
    answer = front.send("POST", "/plugin_releases/", *release_form(plugin=plugin.encode()))
    assert (answer.status, answer.json) == (400, {"plugin": [f'Invalid pk "{plugin}" - object does not exist.']})


def test_the_optional_parts_of_a_release_may_be_absent(front: Front) -> None:
    form = multipart(("plugin", None, b"123"), ("version", None, b"3"), ("file", "", b"x"))
    answer = front.send("POST", "/plugin_releases/", *form)
    assert (answer.status, answer.json["changelog"], answer.json["is_stable"]) == (201, "", False)


# --- jobs -----------------------------------------------------------------------------------------------------------


def test_a_job_shows_logs_metrics_and_result_only_when_asked(front: Front) -> None:
    plain = front.send("GET", "/jobs/789/").json
    assert (plain["status"], plain["plugin"], plain["user"]) == ("completed", 123, 456)
    assert not {"logs", "metrics", "result"} & set(plain)
    for query, extra in [
        ("expand=logs", {"logs"}),
        ("expand=logs,metrics", {"logs", "metrics"}),
        ("expand=result&expand=metrics", {"metrics", "result"}),
    ]:
        assert set(front.send("GET", f"/jobs/789/?{query}").json) - set(plain) == extra


def test_an_unknown_expansion_is_refused(front: Front) -> None:
    answer = front.send("GET", "/jobs/789/?expand=logs,history")
    assert (answer.status, answer.json) == (400, {"expand": ['"history" is not a valid choice.']})


@pytest.mark.parametrize("key", ["1", "abc", "0b4b1c9c-8d3a-4f6e-9e1b-2f6f6a7f0a11"])
def test_an_unknown_job_is_not_found(front: Front, key: str) -> None:
    for method, path, body in [("GET", "", None), ("GET", "console_logs/", None), ("PATCH", "", {"status": "running"})]:
        assert front.send(method, f"/jobs/{key}/{path}", body).status == 404


def listed(front: Front, query: str) -> list[Any]:
    answer = front.send("GET", f"/jobs/?{query}")
    assert answer.status == 200, answer.body
    results: list[Any] = answer.json["results"]
    assert answer.json["count"] == len(results)
    return results


def test_jobs_are_listed_newest_first(front: Front, backend: MockBackend) -> None:
    jobs = listed(front, "")
    assert len(jobs) == len(backend.jobs) == 25
    assert jobs[0]["id"] == 789
    assert jobs == sorted(jobs, key=lambda job: (job["created_at"], job["id"]), reverse=True)
    assert {job["status"] for job in jobs} == {"queued", "running", "completed", "failed"}


@pytest.mark.parametrize(
    "where",
    [{"status": "running"}, {"plugin": 123}, {"user": 457}, {"agent": 2}, {"plugin": 123, "status": "completed"}],
)
def test_filters_give_what_they_say_and_miss_nothing(front: Front, where: dict[str, object]) -> None:
    everything = listed(front, "")
    found = listed(front, "&".join(f"{name}={value}" for name, value in where.items()))
    assert found == [job for job in everything if all(job[name] == value for name, value in where.items())]
    assert 0 < len(found) < len(everything)


def test_the_status_filter_ignores_case(front: Front) -> None:
    assert listed(front, "status=RUNNING") == listed(front, "status=running")


@pytest.mark.parametrize("suffix", ["", "Z", "%2B00:00", "z", ".000000"])
def test_jobs_created_after_a_moment(front: Front, suffix: str) -> None:
    everything = listed(front, "")
    limit = everything[10]["created_at"]
    found = listed(front, f"created_after={limit.removesuffix('Z')}{suffix}")
    assert found == everything[:10], "the moment itself does not belong to it"


@pytest.mark.parametrize(
    ("moment", "everything"),
    [
        ("0001-01-01T00:00:00%2B14:00", True),
        ("0000-01-01T00:00:00Z", True),
        ("9999-12-31T23:59:59-14:00", False),
        ("2016-12-31T23:59:60Z", True),
    ],
)
def test_moments_at_the_edge_of_time_are_moments(front: Front, moment: str, everything: bool) -> None:
    assert bool(listed(front, f"created_after={moment}")) is everything


@pytest.mark.parametrize("moment", ["yesterday", "2025-09-31", "2025-13-01T00:00:00", "2025-09-01T00:00:00+00:00"])
def test_what_is_no_moment_is_refused(front: Front, moment: str) -> None:
    answer = front.send("GET", f"/jobs/?created_after={moment}")
    assert answer.status == 400
    assert "Datetime has wrong format" in answer.json["created_after"][0]


def test_filters_follow_jobs_that_move(front: Front, backend: MockBackend) -> None:
    listed(front, "status=completed")
    job_id = run(front)
    assert job_id in [job["id"] for job in listed(front, "status=queued")]
    backend.clock.advance(1)
    running = {job["id"]: job for job in listed(front, "status=running")}
    assert running[job_id]["progress"] > 0
    backend.clock.advance(60)
    assert job_id in [job["id"] for job in listed(front, "status=completed")]
    assert job_id not in [job["id"] for job in listed(front, "status=running")]


def test_a_client_that_updates_a_job_is_its_runner(front: Front, backend: MockBackend) -> None:
    job_id = run(front)
    backend.clock.advance(2)
    before = front.send("GET", f"/jobs/{job_id}/?expand=logs").json
    assert before["status"] == "running"
    answer = front.send("PATCH", f"/jobs/{job_id}/", {"metadata": {"current_step": "loading"}})
    assert (answer.status, answer.json["metadata"]) == (200, {"current_step": "loading"})
    backend.clock.advance(3600)
    after = front.send("GET", f"/jobs/{job_id}/?expand=logs").json
    assert after["status"] == "running"
    assert before["progress"] <= after["progress"] < 100
    assert len(after["logs"]) < 5


def test_a_completed_job_may_run_again(front: Front) -> None:
    front.send("PATCH", "/jobs/789/", {"status": "completed"})
    result = {"output_files": ["file1.txt"], "metrics": {"accuracy": 0.95}}
    front.send("PATCH", "/jobs/789/", {"status": "completed", "result": result})
    answer = front.send("PATCH", "/jobs/789/", {"progress": 75, "status": "running", "metadata": {"current_step": "x"}})
    assert answer.status == 200
    job = front.send("GET", "/jobs/789/?expand=result").json
    assert (job["status"], job["progress"], job["finished_at"], job["result"]) == ("running", 75, None, result)
    assert job["started_at"]


def test_completing_a_job_sets_when_and_leaves_the_rest(front: Front, backend: MockBackend) -> None:
    backend.jobs.add(id=900, status="queued", progress=5)
    done = front.send("PATCH", "/jobs/900/", {"status": "completed"}).json
    assert (done["progress"], done["started_at"], done["finished_at"]) == (5, done["updated_at"], done["updated_at"])
    again = front.send("PATCH", "/jobs/900/", {"status": "failed", "metrics_record": {"a": 1}, "progress_record": {}})
    assert again.json["finished_at"] == done["finished_at"]
    queued = front.send("PATCH", "/jobs/900/", {"status": "queued"}).json
    assert (queued["started_at"], queued["finished_at"]) == (None, None)
    assert front.send("GET", "/jobs/900/?expand=metrics").json["metrics"] == {"a": 1}


@pytest.mark.parametrize(
    ("body", "messages"),
    [
        ({"status": "stopped"}, {"status": ['"stopped" is not a valid choice.']}),
        ({"status": None}, {"status": ['"null" is not a valid choice.', "This field may not be null."]}),
        ({"progress": 101}, {"progress": ["Ensure this value is less than or equal to 100."]}),
        ({"progress": -1}, {"progress": ["Ensure this value is greater than or equal to 0."]}),
        ({"progress": "75"}, {"progress": ["A valid number is required."]}),
        ({"metadata": []}, {"metadata": ['Expected a dictionary of items but got type "list".']}),
    ],
)
def test_an_update_that_violates_the_contract_changes_nothing(
    front: Front, body: object, messages: dict[str, list[str]]
) -> None:
    before = front.send("GET", "/jobs/789/").json
    answer = front.send("PATCH", "/jobs/789/", body)
    assert answer.status == 400
    assert {name: sorted(found) for name, found in answer.json.items()} == messages
    assert front.send("GET", "/jobs/789/").json == before


# --- storages -------------------------------------------------------------------------------------------------------


def test_storages_are_listed_without_their_secrets(front: Front) -> None:
    storages = front.send("GET", "/storages/").json
    assert len({storage["provider"] for storage in storages}) >= 4
    assert all("configuration" not in storage for storage in storages)
    assert len([storage for storage in storages if storage["is_default"]]) == 1
    internal = front.send("GET", "/storages/?category=internal").json
    assert internal == [storage for storage in storages if storage["category"] == "internal"] != []


def test_a_storage_shows_its_configuration_unless_told_otherwise(front: Front) -> None:
    shown = front.send("GET", "/storages/123/").json
    assert shown["configuration"]["bucket_name"]
    for text, expected in [
        ("true", True),
        ("True", True),
        ("1", True),
        ("false", False),
        ("False", False),
        ("0", False),
    ]:
        answer = front.send("GET", f"/storages/123/?with_configuration={text}")
        assert ("configuration" in answer.json) is expected, text
    assert front.send("GET", "/storages/123/?with_configuration=maybe").json == {
        "with_configuration": ["Must be a valid boolean."]
    }
    assert front.send("GET", "/storages/9/").status == 404


def test_a_new_storage_is_there_at_once(front: Front) -> None:
    body = {
        "name": "My S3 Storage",
        "provider": "amazon_s3",
        "category": "external",
        "configuration": {"bucket_name": "my-bucket", "region": "us-west-2"},
    }
    created = front.send("POST", "/storages/", body)
    assert (created.status, created.json) == (201, {**body, "id": created.json["id"], "is_default": False})
    assert front.send("GET", f"/storages/{created.json['id']}/").json == created.json
    assert front.send("POST", "/storages/", {"name": "x", "provider": "ftp"}).json["category"] == "internal"


def test_an_unknown_provider_is_refused(front: Front) -> None:
    answer = front.send("POST", "/storages/", {"name": "x", "provider": "floppy"})
    assert (answer.status, answer.json) == (400, {"provider": ['"floppy" is not a valid choice.']})


def test_a_job_moves_on_at_the_very_moment() -> None:
    backend = MockBackend(tick=0)
    backend.jobs.plan_next(Plan(queued_for=10, runs_for=5))
    front = InProcessFront(backend)
    pk = front.send("POST", "/plugins/123/run/", {}).json["job_id"]
    seen = []
    for seconds in (10, 5):
        backend.clock.advance(seconds)
        seen.append(front.send("GET", f"/jobs/{pk}/").json["status"])
    assert seen == ["running", "completed"]
