# Derived from tests/_async/test_ml.py by scripts/unasync.py; do not edit.
"""Models and ground truth: what an application does with them, on the mock backend."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from synapse_backend import BackendClient, NotFoundError, ValidationError
from synapse_backend._bulk import md5_of
from synapse_backend.testing import MockBackend

# --- models -------------------------------------------------------------------------------------------------------


def test_get_model_sends_what_was_asked_for(connected: BackendClient) -> None:
    plain: Any = connected.get_model(456)
    assert plain["id"] == 456
    assert plain["model_type"] in ("classification", "detection", "segmentation")
    assert not {"metrics", "evaluations", "versions"} <= plain.keys()
    whole: Any = connected.get_model(456, {"expand": ["metrics", "evaluations", "versions"], "include_file": True})
    assert whole["metrics"]["accuracy"] > 0
    assert whole["versions"]
    assert whole["file"].startswith("http")
    without: Any = connected.get_model(456, params={"include_file": False})
    assert "file" not in without


def test_a_model_that_is_not_there(connected: BackendClient) -> None:
    with pytest.raises(NotFoundError) as caught:
        connected.get_model(999999)
    assert (caught.value.status_code, caught.value.response) == (404, {"detail": "Not found."})


def test_models_can_be_filtered(connected: BackendClient) -> None:
    detectors, count = connected.list_models({"project": 123, "model_type": "detection", "is_active": True})
    assert 0 < len(detectors) == count
    assert {(model["project"], model["model_type"], model["is_active"]) for model in detectors} == {
        (123, "detection", True)
    }
    retired, _ = connected.list_models({"is_active": False})
    assert {model["id"] for model in retired} == {451, 454, 459}
    assert (connected.list_models({"search": "no such thing"})) == ([], 0)


def test_all_models_are_those_of_all_pages(connected: BackendClient) -> None:
    models, count = connected.list_models()
    assert len(models) == count > 3
    everything = connected.list_models({"page_size": 3}, list_all=True)
    assert everything == models
    assert [model for model in connected.iter_models({"page_size": 4})] == models


def test_a_model_is_made_of_an_upload(connected: BackendClient) -> None:
    wrong = {"name": "Kerb finder", "project": 999999, "chunked_upload": 1}
    with pytest.raises(ValidationError) as caught:
        connected.create_model(wrong)
    assert caught.value.status_code == 400
    assert "project" in caught.value.response
    with pytest.raises(ValidationError):
        connected.create_model({"name": "Kerb finder", "project": 123, "chunked_upload": 999999})
    assert (connected.list_models({"search": "Kerb finder"})).total == 0


def test_a_model_is_made_of_a_file(connected: BackendClient, backend: MockBackend, tmp_path: Path) -> None:
    package = tmp_path / "kerbs.zip"
    package.write_bytes(b"weights" * 1000)
    data = {"name": "Kerb finder", "model_type": "detection", "project": 123, "file": package}
    seen: list[tuple[int, int]] = []
    created = connected.create_model(data, on_progress=lambda sent, size: seen.append((sent, size)))
    assert data["file"] == package
    assert seen[-1] == (7000, 7000)
    assert backend.models[created["id"]]["checksum"] == md5_of(str(package))


def test_a_model_that_is_refused_keeps_its_upload(connected: BackendClient, backend: MockBackend) -> None:
    with pytest.raises(ValidationError) as caught:
        connected.create_model({"name": "Kerb finder", "project": 999999, "file": io.BytesIO(b"weights")})
    upload = backend.requests[-1].json
    assert isinstance(upload, dict)
    pk = upload["chunked_upload"]
    assert caught.value.__notes__ == [f"The file is uploaded: call again with chunked_upload={pk!r} instead of file."]
    created = connected.create_model({"name": "Kerb finder", "project": 123, "chunked_upload": pk})
    assert created["name"] == "Kerb finder"


def test_a_model_of_no_file_or_of_two_is_refused_before_anything_is_sent(
    connected: BackendClient, backend: MockBackend
) -> None:
    with pytest.raises(ValueError, match="file and chunked_upload"):
        connected.create_model({"name": "Kerb finder", "project": 123, "file": "kerbs.zip", "chunked_upload": 1})
    with pytest.raises(FileNotFoundError):
        connected.create_model({"name": "Kerb finder", "project": 123, "file": "no such file.zip"})
    assert backend.requests == []


# --- ground truth -------------------------------------------------------------------------------------------------


def test_get_ground_truth_version(connected: BackendClient) -> None:
    version = connected.get_ground_truth_version(123)
    assert (version["version"], version["is_active"]) == ("2.0.0", True)
    assert version["ground_truth_dataset"]["name"] == "Street scenes, reference"
    events, count = connected.list_ground_truth_events({"ground_truth_dataset_versions": [123], "page_size": 5})
    assert len(events) == 5
    assert count == version["event_count"]
    with pytest.raises(NotFoundError):
        connected.get_ground_truth_version(999999)


def test_the_events_of_versions_are_exported(connected: BackendClient) -> None:
    one = connected.list_ground_truth_events({"ground_truth_dataset_versions": 122}, None, True)
    assert {event["ground_truth_dataset_version"] for event in one} == {122}
    both: Any = {"ground_truth_dataset_versions": [121, 122]}
    events = connected.list_ground_truth_events(both, list_all=True)
    assert len(events) == len(one) + 20
    assert all(event["data_unit"]["files"] for event in events)
    assert [event for event in connected.iter_ground_truth_events({**both, "page_size": 8})] == events
    data = connected.list_ground_truth_events_data(both, None, True)
    assert [item["id"] for item in data] == [event["id"] for event in events]
    assert data[0]["data"] == events[0]["data"]
    assert [item for item in connected.iter_ground_truth_events_data(both)] == data
    files = connected.list_ground_truth_events_files(both, list_all=True)
    assert [item["id"] for item in files] == [event["id"] for event in events]
    assert [item for item in connected.iter_ground_truth_events_files(both)] == files
    assert (connected.list_ground_truth_events_data(both)).total == len(events)
    assert (connected.list_ground_truth_events_files(both)).items == files[:100]


def test_all_events_are_those_of_all_pages(connected: BackendClient) -> None:
    first, count = connected.list_ground_truth_events({"ground_truth_dataset_versions": [123]})
    assert len(first) < count
    events = connected.list_ground_truth_events({"ground_truth_dataset_versions": [123]}, list_all=True)
    assert events[: len(first)] == first
    assert len({event["id"] for event in events}) == count


def test_ground_truths(connected: BackendClient) -> None:
    truths, count = connected.list_ground_truths({"ground_truth_dataset": 124})
    assert 0 < len(truths) == count
    assert all(file["url"].startswith("http") for truth in truths for file in truth["files"].values())
    everything = connected.list_ground_truths(list_all=True)
    assert len(everything) > count
    assert [truth for truth in connected.iter_ground_truths({"page_size": 10})] == everything
    of_version = connected.list_ground_truths({"ground_truth_dataset_versions": [124]}, None, True)
    assert of_version == truths


def test_ground_truth_versions(connected: BackendClient) -> None:
    versions, count = connected.list_ground_truth_versions({"ground_truth_dataset": 123})
    assert {version["id"] for version in versions} == {121, 122, 123}
    assert count == 3
    archived = connected.list_ground_truth_versions({"is_archived": True}, list_all=True)
    assert {version["id"] for version in archived} == {120, 121}
    everything = [version["id"] for version in connected.iter_ground_truth_versions({"page_size": 2})]
    assert sorted(everything) == [120, 121, 122, 123, 124]
