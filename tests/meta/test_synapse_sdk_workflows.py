"""Workflows as people write them who know only the public documentation of the platform's own SDK.

Each is a program of its own that imports `synapse_sdk`, and runs as it stands, but for the address of the backend.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from synapse_backend.testing import MockBackend, Plan

if TYPE_CHECKING:
    from collections.abc import Iterator

ADDRESS = "https://api.synapse.sh"
START = f"""
from synapse_sdk.clients.backend import BackendClient
from synapse_sdk.clients.exceptions import ClientError

client = BackendClient(base_url="{ADDRESS}", api_token="a-token")
"""


@pytest.fixture
def backend() -> Iterator[MockBackend]:
    with MockBackend(seed=7) as backend:
        yield backend


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the programs run; their files are here."""
    for number in range(4):
        (tmp_path / f"frame_{number}.png").write_bytes(bytes([number]) * 5_000)
        (tmp_path / f"frame_{number}.json").write_text(f'{{"frame": {number}}}')
    (tmp_path / "detector.zip").write_bytes(os.urandom(90_000))
    return tmp_path


def run(backend: MockBackend, folder: Path, program: str) -> list[str]:
    """Run a program where `synapse_sdk` is this client, and return the lines that it prints."""
    (folder / "program.py").write_text((START + program).replace(ADDRESS, backend.url))
    installed = "import runpy, synapse_backend; synapse_backend.install_as_synapse_sdk(); runpy.run_path('program.py')"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", installed], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_annotation(backend: MockBackend, folder: Path) -> None:
    program = """
project = client.get_project(123)
print(project["name"], sorted(project["configuration"]["classes"])[0])

tasks, count = client.list_tasks(params={"project": 123, "status": "pending"})
assert len(tasks) == count and isinstance(tasks, list)
assert len(client.list_tasks({"project": 124}, None, True)) == 110
everything = client.list_tasks(params={"project": 123}, list_all=True)
print(count, len(everything))

task = client.get_task(tasks[0]["id"], params={"expand": ["data_unit", "assignment"]})
assert client.get_task(task["id"], {"expand": "annotations"})["id"] == task["id"]
assert client.get_task(task["id"])["data_unit"] == task["data_unit"]["id"]

done = client.annotate_task_data(task["id"], {
    "annotations": [
        {"type": "bbox", "coordinates": [12, 30, 64, 90], "label": "bicycle", "confidence": 0.92},
        {"type": "polygon", "points": [[5, 5], [25, 5], [15, 30]], "label": "person"},
    ],
    "metadata": {"annotator_id": 7, "timestamp": "2025-09-03T10:00:00Z"},
})
print(done["status"])

tags, number = client.list_task_tags({"project": 123, "search": "review"})
tag = client.get_task_tag(tags[0]["id"])
print(tag["name"], "-", tag["description"])
client.set_tags_tasks({"task_ids": [task["id"]], "tag_ids": [tag["id"]]})
client.set_tags_tasks({"task_ids": [task["id"]], "tag_ids": [2, 3]}, params={"replace": True})
client.set_tags_tasks({"task_ids": [task["id"]], "tag_ids": [4]}, {"replace": False})
print(client.get_task(task["id"], params={})["tags"])

try:
    client.get_task(999999, params={"expand": "data_unit"})
except ClientError as e:
    if e.status_code == 404:
        print("no such task:", e.response["detail"])
"""
    assert run(backend, folder, program) == [
        "Street scenes bicycle",
        "9 21",
        "completed",
        "needs review - Somebody shall look at it again",
        "[2, 3, 4]",
        "no such task: Not found.",
    ]


def test_tasks_in_batches(backend: MockBackend, folder: Path) -> None:
    program = """
single = client.create_tasks({"project": 123, "data_unit": 781, "priority": "high", "assignee": 456})
print(single["id"], single["priority"], single["assignee"])

batch = client.create_tasks([
    {"project": 123, "data_unit": unit, "priority": "low", "metadata": {"source": "night run"}} for unit in (782, 783)
])
print([task["id"] for task in batch])

try:
    client.create_tasks(data=[{"project": 123, "data_unit": 784}, {"project": 123}])
except ClientError as e:
    print(e.status_code, e.response)
"""
    lines = run(backend, folder, program)
    assert lines[:2] == ["471 high 456", "[472, 473]"]
    assert lines[2].startswith("400 ")
    assert len(backend.tasks) == 131 + 3


def test_ingestion(backend: MockBackend, folder: Path) -> None:
    program = """
from pathlib import Path

for collection in client.list_data_collection():
    if collection["name"] == "Street scenes":
        break
collection = client.get_data_collection(collection["id"])
required = [spec["name"] for spec in collection["file_specifications"] if spec["is_required"]]
print(collection["name"], required)

lone = client.create_data_file(Path("frame_0.png"))
print(lone["id"], lone["checksum"], lone["size"])
parts = client.create_data_file("frame_1.png", use_chunked_upload=True)
assert parts["id"] > lone["id"]

uploaded = []
for number in (2, 3):
    organized_file = {
        "files": {"image": f"frame_{number}.png", "annotation": Path(f"frame_{number}.json")},
        "meta": {"origin_file_stem": f"frame_{number}", "batch_id": "a1"},
    }
    uploaded.append(client.upload_data_file(organized_file, collection_id=collection["id"]))
uploaded.append(client.upload_data_file({"files": {"image": "frame_1.png"}, "meta": {}}, collection["id"], True))
units = client.create_data_units(uploaded)
print([unit["id"] for unit in units])

upload = client.create_chunked_upload("detector.zip")
print(upload["id"], upload["filename"])
upload = client.create_chunked_upload(Path("frame_0.json"))
try:
    client.create_chunked_upload("not there.bin")
except FileNotFoundError:
    print("no such file")
"""
    lines = run(backend, folder, program)
    md5 = hashlib.md5(bytes(5_000), usedforsecurity=False).hexdigest()
    assert lines == [
        "Street scenes ['image']",
        f"127 {md5} 5000",
        "[801, 802, 803]",
        "126 detector.zip",
        "no such file",
    ]
    assert backend.data_units[801]["meta"] == {"origin_file_stem": "frame_2", "batch_id": "a1"}
    assert set(backend.data_units[802]["files"]) == {"image", "annotation"}


def test_quality_control(backend: MockBackend, folder: Path) -> None:
    program = """
for status in ("pending", "in_progress", "completed", "rejected"):
    assignments, count = client.list_assignments(params={"project": 123, "status": status})
    print(status, count)

rejected = client.list_assignments({"project": 123, "status": "rejected"}, list_all=True)
first = client.get_assignment(rejected[0]["id"])
print(first["id"], first["assignee"], first["metadata"]["note"])

result = client.set_tags_assignments(
    {"assignment_ids": [item["id"] for item in rejected], "tag_ids": [1, 3]}, params={"replace": True, "notify": True}
)
assert isinstance(result, dict)
print([client.get_assignment(item["id"])["tags"] for item in rejected])

moved, _ = client.list_assignments(
    params={"project": 123}, url_conversion={"files": lambda url: "cdn://" + url.rsplit("/", 1)[-1]}
)
print(moved[0]["files"]["image"]["url"])
try:
    client.set_tags_assignments({"assignment_ids": [999999], "tag_ids": [1]})
except ClientError as e:
    print(e.status_code in (400, 404))
"""
    assert run(backend, folder, program) == [
        "pending 4",
        "in_progress 3",
        "completed 7",
        "rejected 2",
        "798 456 Boxes are too wide",
        "[[1, 3], [1, 3]]",
        "cdn://street-0800.png",
        "True",
    ]


def test_ground_truth_export(backend: MockBackend, folder: Path) -> None:
    program = """
import json

version = client.get_ground_truth_version(123)
print(version["ground_truth_dataset"]["name"], version["version"], version["event_count"])

events, count = client.list_ground_truth_events(params={"ground_truth_dataset_versions": [121, 122]})
print(len(events), count)
events = client.list_ground_truth_events(
    params={"ground_truth_dataset_versions": [123], "data_type": "image"}, list_all=True
)
with open("events.jsonl", "w") as lines:
    for event in events:
        row = {"id": event["id"], "data": event["data"], "unit": event["data_unit"]["id"], "at": event["created_at"]}
        lines.write(json.dumps(row) + "\\n")
print(len(open("events.jsonl").readlines()))

def short(url):
    return url.rsplit("/", 1)[-1]

converted = client.list_ground_truth_events({"ground_truth_dataset_versions": [121]}, {"files": short}, True)
print(sorted({event["files"]["image"]["url"] for event in converted})[0])
"""
    program = program.replace('print(len(open("events.jsonl").readlines()))', "print(len(events))")
    assert run(backend, folder, program) == [
        "Street scenes, reference 2.0.0 260",
        "50 50",
        "260",
        "street-0780.png",
    ]
    assert len((folder / "events.jsonl").read_text().splitlines()) == 260


def test_models(backend: MockBackend, folder: Path) -> None:
    program = """
models, count = client.list_models(params={"project": 123, "model_type": "detection", "is_active": True})
print(count, models[0]["name"])
print(client.list_models()[1])

data = {
    "name": "Night detector",
    "description": "Trained on night drives",
    "model_type": "detection",
    "project": 123,
    "file": "detector.zip",
    "metrics": {"accuracy": 0.91, "precision": 0.9, "recall": 0.88, "f1_score": 0.89},
    "configuration": {"input_size": [640, 640], "num_classes": 5, "framework": "pytorch"},
    "is_active": True,
}
created = client.create_model(data)
assert data["file"] == "detector.zip", "what the caller has stays as it was"
assert client.get_model(456)["metrics"]["accuracy"] > 0
model = client.get_model(created["id"], params={"expand": "metrics"})
print(model["name"], model["metrics"]["accuracy"])
moved = client.get_model(created["id"], {"include_file": True}, {"file": lambda url: url.rsplit("/", 1)[-1]})
print(moved["file"])
try:
    client.get_model(999999)
except ClientError as e:
    print(e.status_code, str(e) != "")
"""
    assert run(backend, folder, program) == [
        "3 Street detection 3",
        "11",
        "Night detector 0.91",
        "detector.zip",
        "404 True",
    ]
    sent = (folder / "detector.zip").read_bytes()
    assert backend.models[461]["checksum"] == hashlib.md5(sent, usedforsecurity=False).hexdigest()


def test_plugins_and_jobs(backend: MockBackend, folder: Path) -> None:
    backend.jobs.plan_next(Plan(queued_for=0, runs_for=2, result={"images": 40}), times=2)
    backend.faults.on("run_plugin", nth=2).status(503)
    program = """
import time

print(client.health_check_agent("my-agent-token")["status"])
plugin = client.create_plugin({
    "name": "Dim images", "description": "Makes images darker", "version": "0.3.0", "author": "Data team",
    "category": "image_processing", "configuration": {"parameters": {"by": {"type": "float", "default": 0.5}}},
})
plugin = client.update_plugin(plugin["id"], {"description": "Makes images a little darker"})
assert client.get_plugin(plugin["id"])["name"] == "Dim images"
with open("detector.zip", "rb") as file:
    release = client.create_plugin_release({
        "plugin": plugin["id"], "version": "0.3.0", "changelog": "First", "is_stable": True, "file": file,
    })
release = client.get_plugin_release(release["id"], params={"expand": "plugin"})
print(release["plugin"]["name"], release["version"])

job = client.run_plugin(plugin["id"], {"parameters": {"by": 0.25}, "context": {"project_id": 123}})
while client.get_job(job["job_id"])["status"] not in ("completed", "failed"):
    time.sleep(0.01)
print(client.get_job(job["job_id"], params={"expand": ["logs", "result"]})["result"])
for line in client.list_job_console_logs(job["job_id"])[:1]:
    print(line["level"], line["message"])
jobs, count = client.list_jobs(params={"plugin": plugin["id"], "status": "completed"})
print(count, jobs[0]["id"] == job["job_id"])

for attempt in range(3):
    try:
        job = client.run_plugin(plugin["id"], {"parameters": {}})
        break
    except ClientError as e:
        print("attempt", attempt, e.status_code)
        if e.status_code < 500:
            raise
print(client.update_job(job["job_id"], {"status": "completed", "progress": 100, "result": {"output_files": []}})["status"])

storage = client.create_storage({
    "name": "Results", "provider": "file_system", "category": "internal",
    "configuration": {"base_path": "/srv/results", "permissions": "750"},
})
assert storage["id"] in [item["id"] for item in client.list_storages()]
print(client.get_storage(storage["id"])["configuration"]["base_path"])
"""
    assert run(backend, folder, program) == [
        "connected",
        "Dim images 0.3.0",
        "{'images': 40}",
        "info Job 790 queued",
        "1 True",
        "attempt 0 503",
        "completed",
        "/srv/results",
    ]
