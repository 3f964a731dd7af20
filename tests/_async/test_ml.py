"""Models and ground truth: what an application does with them, on the mock backend."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from synapse_backend import AsyncBackendClient, NotFoundError, ValidationError
from synapse_backend._bulk import md5_of
from synapse_backend.testing import MockBackend

# --- models -------------------------------------------------------------------------------------------------------


async def test_get_model_sends_what_was_asked_for(connected: AsyncBackendClient) -> None:
    plain: Any = await connected.get_model(456)
    assert plain["id"] == 456
    assert plain["model_type"] in ("classification", "detection", "segmentation")
    assert not {"metrics", "evaluations", "versions"} <= plain.keys()
    whole: Any = await connected.get_model(
        456, {"expand": ["metrics", "evaluations", "versions"], "include_file": True}
    )
    assert whole["metrics"]["accuracy"] > 0
    assert whole["versions"]
    assert whole["file"].startswith("http")
    without: Any = await connected.get_model(456, params={"include_file": False})
    assert "file" not in without


async def test_a_model_that_is_not_there(connected: AsyncBackendClient) -> None:
    with pytest.raises(NotFoundError) as caught:
        await connected.get_model(999999)
    assert (caught.value.status_code, caught.value.response) == (404, {"detail": "Not found."})


async def test_models_can_be_filtered(connected: AsyncBackendClient) -> None:
    detectors, count = await connected.list_models({"project": 123, "model_type": "detection", "is_active": True})
    assert 0 < len(detectors) == count
    assert {(model["project"], model["model_type"], model["is_active"]) for model in detectors} == {
        (123, "detection", True)
    }
    retired, _ = await connected.list_models({"is_active": False})
    assert {model["id"] for model in retired} == {451, 454, 459}
    assert (await connected.list_models({"search": "no such thing"})) == ([], 0)


async def test_all_models_are_those_of_all_pages(connected: AsyncBackendClient) -> None:
    models, count = await connected.list_models()
    assert len(models) == count > 3
    everything = await connected.list_models({"page_size": 3}, list_all=True)
    assert everything == models
    assert [model async for model in connected.iter_models({"page_size": 4})] == models


async def test_a_model_is_made_of_an_upload(connected: AsyncBackendClient) -> None:
    wrong = {"name": "Kerb finder", "project": 999999, "chunked_upload": 1}
    with pytest.raises(ValidationError) as caught:
        await connected.create_model(wrong)
    assert caught.value.status_code == 400
    assert "project" in caught.value.response
    with pytest.raises(ValidationError):
        await connected.create_model({"name": "Kerb finder", "project": 123, "chunked_upload": 999999})
    assert (await connected.list_models({"search": "Kerb finder"})).total == 0


async def test_a_model_is_made_of_a_file(connected: AsyncBackendClient, backend: MockBackend, tmp_path: Path) -> None:
    package = tmp_path / "kerbs.zip"
    package.write_bytes(b"weights" * 1000)
    data = {"name": "Kerb finder", "model_type": "detection", "project": 123, "file": package}
    seen: list[tuple[int, int]] = []
    created = await connected.create_model(data, on_progress=lambda sent, size: seen.append((sent, size)))
    assert data["file"] == package
    assert seen[-1] == (7000, 7000)
    assert backend.models[created["id"]]["checksum"] == md5_of(str(package))


async def test_a_model_that_is_refused_keeps_its_upload(connected: AsyncBackendClient, backend: MockBackend) -> None:
    with pytest.raises(ValidationError) as caught:
        await connected.create_model({"name": "Kerb finder", "project": 999999, "file": io.BytesIO(b"weights")})
    upload = backend.requests[-1].json
    assert isinstance(upload, dict)
    pk = upload["chunked_upload"]
    assert caught.value.__notes__ == [f"The file is uploaded: call again with chunked_upload={pk!r} instead of file."]
    created = await connected.create_model({"name": "Kerb finder", "project": 123, "chunked_upload": pk})
    assert created["name"] == "Kerb finder"


async def test_a_model_of_no_file_or_of_two_is_refused_before_anything_is_sent(
    connected: AsyncBackendClient, backend: MockBackend
) -> None:
    with pytest.raises(ValueError, match="file and chunked_upload"):
        await connected.create_model({"name": "Kerb finder", "project": 123, "file": "kerbs.zip", "chunked_upload": 1})
    with pytest.raises(FileNotFoundError):
        await connected.create_model({"name": "Kerb finder", "project": 123, "file": "no such file.zip"})
    assert backend.requests == []


# --- ground truth -------------------------------------------------------------------------------------------------


async def test_get_ground_truth_version(connected: AsyncBackendClient) -> None:
    version = await connected.get_ground_truth_version(123)
    assert (version["version"], version["is_active"]) == ("2.0.0", True)
    assert version["ground_truth_dataset"]["name"] == "Street scenes, reference"
    events, count = await connected.list_ground_truth_events({"ground_truth_dataset_versions": [123], "page_size": 5})
    assert len(events) == 5
    assert count == version["event_count"]
    with pytest.raises(NotFoundError):
        await connected.get_ground_truth_version(999999)


async def test_the_events_of_versions_are_exported(connected: AsyncBackendClient) -> None:
    one = await connected.list_ground_truth_events({"ground_truth_dataset_versions": 122}, None, True)
    assert {event["ground_truth_dataset_version"] for event in one} == {122}
    both: Any = {"ground_truth_dataset_versions": [121, 122]}
    events = await connected.list_ground_truth_events(both, list_all=True)
    assert len(events) == len(one) + 20
    assert all(event["data_unit"]["files"] for event in events)
    assert [event async for event in connected.iter_ground_truth_events({**both, "page_size": 8})] == events
    data = await connected.list_ground_truth_events_data(both, None, True)
    assert [item["id"] for item in data] == [event["id"] for event in events]
    assert data[0]["data"] == events[0]["data"]
    assert [item async for item in connected.iter_ground_truth_events_data(both)] == data
    files = await connected.list_ground_truth_events_files(both, list_all=True)
    assert [item["id"] for item in files] == [event["id"] for event in events]
    assert [item async for item in connected.iter_ground_truth_events_files(both)] == files
    assert (await connected.list_ground_truth_events_data(both)).total == len(events)
    assert (await connected.list_ground_truth_events_files(both)).items == files[:100]


async def test_all_events_are_those_of_all_pages(connected: AsyncBackendClient) -> None:
    first, count = await connected.list_ground_truth_events({"ground_truth_dataset_versions": [123]})
    assert len(first) < count
    events = await connected.list_ground_truth_events({"ground_truth_dataset_versions": [123]}, list_all=True)
    assert events[: len(first)] == first
    assert len({event["id"] for event in events}) == count


async def test_ground_truths(connected: AsyncBackendClient) -> None:
    truths, count = await connected.list_ground_truths({"ground_truth_dataset": 124})
    assert 0 < len(truths) == count
    assert all(file["url"].startswith("http") for truth in truths for file in truth["files"].values())
    everything = await connected.list_ground_truths(list_all=True)
    assert len(everything) > count
    assert [truth async for truth in connected.iter_ground_truths({"page_size": 10})] == everything
    of_version = await connected.list_ground_truths({"ground_truth_dataset_versions": [124]}, None, True)
    assert of_version == truths


async def test_ground_truth_versions(connected: AsyncBackendClient) -> None:
    versions, count = await connected.list_ground_truth_versions({"ground_truth_dataset": 123})
    assert {version["id"] for version in versions} == {121, 122, 123}
    assert count == 3
    archived = await connected.list_ground_truth_versions({"is_archived": True}, list_all=True)
    assert {version["id"] for version in archived} == {120, 121}
    everything = [version["id"] async for version in connected.iter_ground_truth_versions({"page_size": 2})]
    assert sorted(everything) == [120, 121, 122, 123, 124]
