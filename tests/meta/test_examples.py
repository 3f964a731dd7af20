"""The examples and the demo run, and say what they should."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from examples import (
    annotate_tasks,
    create_tasks,
    export_ground_truth,
    failed_jobs,
    follow_job,
    ingest_folder,
    overview,
    release_pipeline,
    review_assignments,
    upload_model,
)
from examples.edge_counter.plugin.edges import find_edges, run
from examples.edge_counter.plugin.netpbm import GrayImage, read_gray, write_gray
from examples.packing import describe, pack

from synapse_backend import AuthorizationError, ClientError
from synapse_backend.testing import MockBackend, Plan

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).resolve().parents[2]
EDGE_COUNTER = PROJECT / "examples" / "edge_counter"


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockBackend]:
    monkeypatch.setenv("SYNAPSE_API_TOKEN", "any")
    with MockBackend(seed=7) as backend:
        yield backend


# --- the plugin -----------------------------------------------------------------------------------------------------


def test_a_step_is_an_edge_and_a_slope_is_none() -> None:
    step = GrayImage(6, 5, [[0, 0, 0, 255, 255, 255]] * 5)
    slope = GrayImage(6, 5, [[0, 20, 40, 60, 80, 100]] * 5)
    assert find_edges(step, 0.5).rows[2] == [0, 0, 255, 255, 0, 0]
    assert find_edges(slope, 0.5).rows == [[0] * 6] * 5


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("text.pgm", b"P2\n# a comment\n3 2\n100\n0 50 100\n100 50 0\n"),
        ("binary.pgm", b"P5 3 2 100\n" + bytes([0, 50, 100, 100, 50, 0])),
        ("text.ppm", b"P3 3 2 100\n0 0 0 50 50 50 100 100 100\n100 100 100 50 50 50 0 0 0\n"),
        ("binary.ppm", b"P6 3 2 100\n" + bytes(value for gray in (0, 50, 100, 100, 50, 0) for value in [gray] * 3)),
    ],
)
def test_all_forms_of_netpbm_are_read(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert read_gray(tmp_path / name).rows == [[0, 127, 255], [255, 127, 0]]


@pytest.mark.parametrize(
    "content", [b"", b"P2\n3", b"GIF89a 1 1 1", b"P2 0 2 255\n", b"P2 3 2 70000\n", b"P2 3 2 9\n1"]
)
def test_a_file_that_is_no_image_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken.pgm").write_bytes(content)
    with pytest.raises(ValueError, match=r"^broken\.pgm: "):
        read_gray(tmp_path / "broken.pgm")


def test_an_image_survives_writing_and_reading(tmp_path: Path) -> None:
    image = GrayImage(3, 2, [[0, 127, 255], [1, 2, 3]])
    write_gray(tmp_path / "image.pgm", image)
    assert read_gray(tmp_path / "image.pgm") == image


def test_the_plugin_counts_the_edges_of_its_samples(tmp_path: Path) -> None:
    reports: list[tuple[float, str]] = []
    result = run(
        {"input_path": str(EDGE_COUNTER / "samples"), "output_path": str(tmp_path), "threshold": 0.35},
        lambda progress, message: reports.append((progress, message)),
    )
    assert [progress for progress, _ in reports] == [25, 50, 75, 100]
    with (tmp_path / "edges.csv").open() as file:
        found = {row["image"]: int(row["edge_pixels"]) for row in csv.DictReader(file)}
    assert found == {"ball.pgm": 58, "crossing.pgm": 377, "fog.pgm": 0, "sign.ppm": 220}
    assert result["metrics"] == {"images": 4, "pixels": 4480, "edge_pixels": 655, "edge_share": 0.1462}
    assert {path.name for path in tmp_path.iterdir()} == set(result["output_files"])


def test_the_plugin_refuses_what_it_cannot_use(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="threshold must be between 0 and 1"):
        run({"input_path": str(tmp_path), "threshold": 2}, lambda progress, message: None)
    with pytest.raises(FileNotFoundError, match=r"no \.pgm or \.ppm file"):
        run({"input_path": str(tmp_path)}, lambda progress, message: None)


def test_the_same_files_give_the_same_archive(tmp_path: Path) -> None:
    first, second = pack(EDGE_COUNTER, tmp_path / "1.zip"), pack(EDGE_COUNTER, tmp_path / "2.zip")
    assert first.read_bytes() == second.read_bytes()
    names = zipfile.ZipFile(first).namelist()
    assert "config.yaml" in names
    assert "plugin/edges.py" in names
    assert not [name for name in names if "__pycache__" in name or "README" in name]


def test_the_plugin_can_be_created_as_it_describes_itself(backend: MockBackend) -> None:
    with backend.client() as client:
        plugin = client.create_plugin(describe(EDGE_COUNTER))
    assert plugin["code"] == "edge-counter"
    assert set(plugin["configuration"]["parameters"]) == {"input_path", "output_path", "threshold", "max_items"}


# --- the scripts ----------------------------------------------------------------------------------------------------


def test_failed_jobs_are_listed_with_their_reason(backend: MockBackend, capsys: pytest.CaptureFixture[str]) -> None:
    backend.jobs.add(
        status="failed",
        progress=40,
        logs=[_line("Disk is full")],
        created_at=datetime.fromisoformat("2030-01-01T00:00:00Z"),
    )
    backend.jobs.add(status="failed", created_at=datetime.fromisoformat("2020-01-01T00:00:00Z"))
    failed_jobs.main(backend.url, since=datetime.fromisoformat("2029-01-01T00:00:00Z"))
    assert capsys.readouterr().out == "job 790 of plugin 123 at 40 %: Disk is full\n"


def _line(message: str) -> dict[str, str]:
    return {"timestamp": "2030-01-01T00:00:00Z", "level": "error", "message": message}


def test_the_overview_counts_jobs_and_opens_storages(backend: MockBackend, capsys: pytest.CaptureFixture[str]) -> None:
    asyncio.run(overview.main(backend.url))
    out = capsys.readouterr().out
    statuses = re.match(r"jobs: (.*)\n", out)
    assert statuses
    assert sum(map(int, re.findall(r"\d+", statuses[1]))) == len(backend.jobs)
    assert "storage Raw images: amazon_s3, bucket_name, region, access_key_id, secret_access_key" in out


def test_pending_tasks_are_annotated_and_marked_for_a_check(
    backend: MockBackend, capsys: pytest.CaptureFixture[str]
) -> None:
    pending = [pk for pk, task in backend.tasks.items() if task["project"] == 123 and task["status"] == "pending"]
    assert annotate_tasks.main(backend.url, 123) == 0
    out = capsys.readouterr().out
    assert f"{len(pending)} annotated, 0 failed\n" in out
    assert "task 470: street_0800.png\n" in out
    for pk in pending:
        task = backend.tasks[pk]
        assert task["status"] == "completed"
        assert task["annotations"] == [
            {"type": "bbox", "coordinates": [40, 40, 120, 80], "label": "car", "confidence": 0.61}
        ]
        assert 1 in task["tags"]
    assert annotate_tasks.main(backend.url, 123) == 0, "there is nothing left to do"


def test_a_task_that_cannot_be_annotated_does_not_stop_the_others(
    backend: MockBackend, capsys: pytest.CaptureFixture[str]
) -> None:
    backend.faults.on("annotate_task_data").status(403)
    assert annotate_tasks.main(backend.url, 123) == 1
    out = capsys.readouterr().out
    assert "8 annotated, 1 failed\n" in out
    assert out.count("403") == 1


def test_every_unit_gets_one_task(backend: MockBackend, capsys: pytest.CaptureFixture[str]) -> None:
    new = [backend.data_units.add(data_collection=123)["id"] for _ in range(3)]
    create_tasks.main(backend.url, 123)
    create_tasks.main(backend.url, 123)
    assert capsys.readouterr().out == (
        "created tasks 471 to 473\n21 units had a task, 3 got one\n24 units had a task, 0 got one\n"
    )
    assert [backend.tasks[pk]["data_unit"] for pk in (471, 472, 473)] == new[::-1]
    assert backend.attempts("create_tasks") == [1]


def test_tasks_are_created_in_batches(backend: MockBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(create_tasks, "BATCH", 2)
    for _ in range(3):
        backend.data_units.add(data_collection=123)
    create_tasks.main(backend.url, 123)
    sent = [request.json for request in backend.requests if request.operation_id == "create_tasks"]
    assert [str(tasks).count("data_unit") for tasks in sent] == [2, 1]


def test_a_folder_is_ingested_and_a_bad_file_is_told(
    backend: MockBackend, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(12):
        (tmp_path / f"street_{number:02}.png").write_bytes(bytes([number]) * 3000)
    (tmp_path / "street_03.json").write_text('{"annotations": []}')
    (tmp_path / "street_07.json").mkdir()
    before = len(backend.data_units)

    assert ingest_folder.main(backend.url, 123, tmp_path) == 1
    captured = capsys.readouterr()
    assert "unit 7: annotation: " in captured.out
    assert "street_07.json is no ordinary file" in captured.out
    assert captured.out.endswith("11 created, 0 there already, 1 failed\n")
    assert captured.err.splitlines()[-1].startswith("12 units, ")

    (tmp_path / "street_07.json").rmdir()
    assert ingest_folder.main(backend.url, 123, tmp_path) == 0
    assert capsys.readouterr().out.endswith("1 created, 11 there already, 0 failed\n")
    units = list(backend.data_units.values())[before:]
    assert sorted(unit["meta"]["origin_file_stem"] for unit in units) == [f"street_{n:02}" for n in range(12)]
    assert {name for unit in units for name in unit["files"]} == {"image", "annotation"}


def test_doubtful_assignments_are_tagged_for_review(backend: MockBackend, capsys: pytest.CaptureFixture[str]) -> None:
    doubtful = {
        pk
        for pk, assignment in backend.assignments.items()
        if assignment["project"] == 123
        and assignment["status"] == "completed"
        and any(shape["confidence"] < 0.8 for shape in assignment["data"]["annotations"])
    }
    tagged_before = {pk: set(backend.assignments[pk]["tags"]) for pk in doubtful}
    review_assignments.main(backend.url, 123)
    out = capsys.readouterr().out
    assert set(map(int, re.findall(r"^assignment (\d+) of user", out, re.MULTILINE))) == doubtful
    assert out.endswith(f"tagged {len(doubtful)} for review\n")
    for pk, tags in tagged_before.items():
        assert set(backend.assignments[pk]["tags"]) == tags | {1}
    backend.assert_called("set_tags_assignments", times=1, json={"assignment_ids": sorted(doubtful, reverse=True)})


def test_a_version_is_exported_with_its_files(
    backend: MockBackend, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "streets"
    export_ground_truth.main(backend.url, 122, target)
    assert capsys.readouterr().out == f"Street scenes, reference, version 1.1.0\n30 events in {target}\n"
    events = [json.loads(line) for line in (target / "events.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len({event["id"] for event in events}) == 30
    for event in events:
        for name, file in event["files"].items():
            content = (target / file["path"]).read_bytes()
            assert hashlib.md5(content, usedforsecurity=False).hexdigest() == file["checksum"], name
    with pytest.raises(FileExistsError):
        export_ground_truth.main(backend.url, 122, target)


@pytest.mark.parametrize("broken", ["a page", "a file"])
def test_half_an_export_leaves_nothing(backend: MockBackend, tmp_path: Path, broken: str) -> None:
    if broken == "a page":
        backend.faults.on("list_ground_truth_events", nth=2).status(403)
    else:
        backend.faults.on("/media/", nth=2).status(404)
    with pytest.raises(ClientError):
        export_ground_truth.main(backend.url, 123, tmp_path / "streets")
    assert list(tmp_path.iterdir()) == []


def test_a_model_is_uploaded_and_goes_on_where_it_stood(
    backend: MockBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    package = tmp_path / "street-detection.zip"
    package.write_bytes(os.urandom(70_000))
    backend.faults.on("complete_chunked_upload").status(403)
    with pytest.raises(AuthorizationError):
        upload_model.main(backend.url, 123, package)
    assert len(backend.models) == 11

    upload_model.main(backend.url, 123, package, {"accuracy": 0.91})
    captured = capsys.readouterr()
    assert "model 461, street-detection: {'accuracy': 0.91}\n" in captured.out
    assert "4 detection models are in use: street-detection, Street detection 3" in captured.out
    assert captured.err.endswith("\r0.1 of 0.1 MB\n")
    assert backend.models[461]["checksum"] == hashlib.md5(package.read_bytes(), usedforsecurity=False).hexdigest()
    assert [request.operation_id for request in backend.requests].count("create_chunked_upload") == 1


@pytest.mark.parametrize(("plan", "status"), [(Plan(result={"edges": 3}), 0), (Plan(outcome="failed"), 1)])
def test_a_job_is_followed_to_its_end(
    backend: MockBackend, capsys: pytest.CaptureFixture[str], plan: Plan, status: int
) -> None:
    backend.jobs.plan_next(plan)
    assert follow_job.main(backend.url, 123) == status
    first, *_, last = capsys.readouterr().out.splitlines()
    assert first == "Job 790 queued"
    assert last == ("failed: None" if status else "completed: {'edges': 3}")


def test_every_example_is_listed_and_says_how_to_run_it() -> None:
    listed = (PROJECT / "examples" / "README.md").read_text(encoding="utf-8")
    for path in (PROJECT / "examples").glob("[!_]*.py"):
        assert f"[{path.name}]({path.name})" in listed
        if "__name__ ==" in (text := path.read_text(encoding="utf-8")):
            assert f"python -m examples.{path.stem} https://" in text


def test_the_pipeline_uploads_runs_and_waits(backend: MockBackend, capsys: pytest.CaptureFixture[str]) -> None:
    backend.jobs.plan_next(Plan(queued_for=0, runs_for=0.5, result={"edges": 12}), times=2)
    command = [sys.executable, "-m", "examples.release_pipeline", backend.url, "123", "2.0.0", str(EDGE_COUNTER)]
    # As its document says, from the folder of the project.
    first = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert (first.returncode, first.stderr) == (0, "")
    assert "uploaded release 457" in first.stdout
    assert first.stdout.endswith("result: {'edges': 12}\n")

    assert release_pipeline.main(backend.url, 123, "2.0.0", EDGE_COUNTER, pause=backend.clock.advance) == 0
    assert "version 2.0.0 is there already" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("plugin", "status", "said"), [(123, 1, "the job failed: Out of memory"), (999, 2, "Invalid pk")]
)
def test_the_pipeline_knows_each_failure(
    backend: MockBackend, capsys: pytest.CaptureFixture[str], plugin: int, status: int, said: str
) -> None:
    backend.jobs.plan_next(Plan(outcome="failed", message="Out of memory", queued_for=0, runs_for=0.5))
    assert release_pipeline.main(backend.url, plugin, "2.0.0", EDGE_COUNTER, pause=backend.clock.advance) == status
    assert said in capsys.readouterr().out


# --- the demo -------------------------------------------------------------------------------------------------------


def demo(**environment: str) -> str:
    done = subprocess.run(
        [PROJECT / "scripts" / "demo"],
        env={**os.environ, "CI": "true", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return re.sub(r"127\.0\.0\.1:\d+|in \d+\.\d s", "...", done.stdout)


def test_the_demo_goes_all_the_way_and_is_the_same_every_time_and_on_every_terminal() -> None:
    out = demo()
    for line in (
        "the backend computed the same MD5: True",
        "running   100 %",
        "4 images, 655 edge pixels of 4480",
        "ValidationError",
        "NotFoundError",
        "Done ...",
    ):
        assert line in out
    assert "\x1b" not in out, "no colours and no animation where nobody looks"

    # Where the terminal lacks characters, it shows others, and says the same.
    plain = demo(PYTHONIOENCODING="latin-1")
    assert "ok: 4 images" in plain
    assert [word for word in re.findall(r"\w+", plain) if word != "ok"] == re.findall(r"\w+", out)
