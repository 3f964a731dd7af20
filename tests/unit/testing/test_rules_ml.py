"""Models and ground truth."""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import Any

import pytest

from synapse_backend.testing.accounting import Writes
from tests.unit.testing.rest import Api

MISSING = 'Invalid pk "999" - object does not exist.'


# --- models ---------------------------------------------------------------------------------------------------------


def test_get_model(api: Api) -> None:
    model = api.get("/models/456/")
    assert (model["model_type"], model["project"], model["is_active"]) == ("detection", 123, True)
    assert 0 < model["metrics"]["accuracy"] < 1
    assert not {"evaluations", "versions"} & model.keys()
    content = api.download(model["file"])
    assert "model.json" in zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert model["checksum"] == hashlib.md5(content, usedforsecurity=False).hexdigest()
    assert api.get("/models/999/", 404) == {"detail": "Not found."}


@pytest.mark.parametrize(
    ("query", "more", "less"),
    [
        ({"expand": "metrics"}, set(), set()),
        ({"expand": "evaluations"}, {"evaluations"}, set()),
        ({"expand": ["metrics", "versions"]}, {"versions"}, set()),
        ({"include_file": "false"}, set(), {"file"}),
        ({"include_file": "true", "expand": "metrics,evaluations,versions"}, {"evaluations", "versions"}, set()),
    ],
)
def test_get_model_shows_what_was_asked(api: Api, query: dict[str, Any], more: set[str], less: set[str]) -> None:
    plain = api.get("/models/456/")
    model = api.get("/models/456/", **query)
    assert model.keys() == (plain.keys() | more) - less
    assert model["metrics"] == plain["metrics"]
    assert all(model[name] for name in more)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, range(460, 449, -1)),
        ({"project": 124}, [458, 452]),
        ({"model_type": "detection"}, [459, 456, 453, 450]),
        ({"is_active": "false"}, [459, 454, 451]),
        ({"is_active": "True", "model_type": "detection"}, [456, 453, 450]),
        ({"search": "SEGMENTATION 2"}, [454]),
        ({"search": "training 4"}, [460, 459]),
        ({"ordering": "name", "page_size": 2}, [452, 455]),
        ({"ordering": "-id", "page": 2, "page_size": 5}, [455, 454, 453, 452, 451]),
        ({"created_after": "2030-01-01T00:00:00"}, []),
    ],
)
def test_list_models_filters_searches_and_orders(api: Api, query: dict[str, Any], expected: Any) -> None:
    assert api.ids("/models/", **query) == list(expected)
    assert list(api.get("/models/", 400, ordering="metrics")) == ["ordering"]


def test_create_model_of_an_upload(api: Api) -> None:
    upload = api.upload(b"weights" * 100, "model.pt")
    body = {
        "name": "New",
        "project": 123,
        "chunked_upload": upload["id"],
        "model_type": "detection",
        "metrics": {"accuracy": 0.9},
        "configuration": {"framework": "pytorch"},
        "is_active": False,
        "version": "7.0",
    }
    model = api.post("/models/", body)
    assert model["id"] == 461
    assert {name: model[name] for name in body if name != "chunked_upload"} == {
        name: value for name, value in body.items() if name != "chunked_upload"
    }
    assert "chunked_upload" not in model
    assert api.download(model["file"]) == b"weights" * 100
    assert (model["size"], model["description"]) == (700, "")
    assert api.get("/models/461/") == model
    assert api.get("/models/461/", expand="versions")["versions"] == [{"version": "7.0"}]
    assert api.backend.writes["models"] == Writes(created=1, updated=0)
    answer = api.post("/models/", {**body, "name": "Another"}, 400)
    assert answer == {"chunked_upload": ["The upload belongs to another model."]}
    least = {"name": "Least", "project": 124, "chunked_upload": api.upload(b"w")["id"]}
    model = api.post("/models/", least)
    assert (model["model_type"], model["metrics"], model["is_active"]) == (None, {}, True)


def test_models_that_cannot_be_are_refused(api: Api) -> None:
    upload = api.upload(b"weights", complete=False)["id"]
    body = {"name": "New", "project": 123, "chunked_upload": upload}
    assert api.post("/models/", body, 400) == {"chunked_upload": ["The upload is not complete."]}
    assert api.post("/models/", {**body, "chunked_upload": 999}, 400) == {"chunked_upload": [MISSING]}
    assert api.post("/models/", {**body, "project": 999}, 400) == {"project": [MISSING]}
    assert set(api.post("/models/", {"name": ""}, 400)) == {"name", "project", "chunked_upload"}
    assert api.backend.writes["models"] == Writes()


# --- ground truth ---------------------------------------------------------------------------------------------------


def test_the_events_of_a_version_fill_three_pages(api: Api) -> None:
    path, pages = "/sdk/ground_truth_events/?ground_truth_dataset_versions=123", []
    while path:
        pages.append(api.get(path))
        path = (pages[-1]["next"] or "").removeprefix(api.backend.url)
    assert [len(page["results"]) for page in pages] == [100, 100, 60]
    events = [event for page in pages for event in page["results"]]
    assert {event["ground_truth_dataset_version"] for event in events} == {123}
    assert len({event["id"] for event in events}) == 260 == pages[0]["count"]
    event = events[0]
    assert event["data_unit"]["files"] == event["files"]
    assert api.download(event["files"]["image"]["url"]).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, 325),
        ({"ground_truth_dataset_versions": [121, 122]}, 50),
        ({"ground_truth_dataset_versions": "121,122,999"}, 50),
        ({"ground_truth_dataset_versions": 999}, 0),
        ({"project": 124}, 10),
        ({"project": 123, "ground_truth_dataset_versions": [120, 124]}, 5),
        ({"data_type": "data"}, 10),
        ({"data_type": "video"}, 0),
        ({"search": "no such label"}, 0),
        ({"ground_truth_dataset_versions": 123, "search": '"round": 13'}, 8),
        ({"created_after": "2025-08-14T09:00:00Z"}, 324),
    ],
)
def test_list_ground_truth_events_filters_and_searches(api: Api, query: dict[str, Any], count: int) -> None:
    ids = api.ids("/sdk/ground_truth_events/", page_size=1000, **query)
    assert len(ids) == count
    assert ids == sorted(ids, reverse=True)
    for form in ("data/", "files/"):
        assert api.ids(f"/sdk/ground_truth_events/{form}", page_size=1000, **query) == ids


def test_events_are_ordered_and_come_in_parts(api: Api) -> None:
    assert api.ids("/sdk/ground_truth_events/", ordering="id", page_size=3) == [1, 2, 3]
    assert list(api.get("/sdk/ground_truth_events/", 400, ordering="data")) == ["ordering"]
    (data,) = api.get("/sdk/ground_truth_events/data/", ordering="id", page_size=1)["results"]
    assert data == {"id": 1, "data": api.backend.ground_truth_events[1]["data"]}
    (files,) = api.get("/sdk/ground_truth_events/files/", ordering="id", page_size=1)["results"]
    assert [file["name"] for file in files["files"]] == ["image", "annotation", "metadata"]


def test_versions_count_their_events(api: Api) -> None:
    version = api.get("/ground_truth_dataset_versions/123/")
    assert (version["version"], version["event_count"]) == ("2.0.0", 260)
    assert version["ground_truth_dataset"] == {"id": 123, "name": "Street scenes, reference"}
    figures = version["statistics"]
    assert (figures["events"], figures["data_units"]) == (260, 21)
    assert sum(figures["categories"].values()) == 260
    api.backend.ground_truth_events.add(category="new")
    version = api.get("/ground_truth_dataset_versions/123/")
    assert (version["event_count"], version["statistics"]["categories"]["new"]) == (261, 1)
    assert api.get("/ground_truth_dataset_versions/999/", 404) == {"detail": "Not found."}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [124, 123, 122, 121, 120]),
        ({"ground_truth_dataset": 123}, [123, 122, 121]),
        ({"is_archived": "true"}, [121, 120]),
        ({"is_archived": "False", "ground_truth_dataset": 124}, [124]),
    ],
)
def test_list_ground_truth_versions(api: Api, query: dict[str, Any], expected: list[int]) -> None:
    assert api.ids("/ground_truth_dataset_versions/", **query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"ground_truth_dataset": 123}, range(21, 0, -1)),
        ({"ground_truth_dataset": 999}, []),
        ({"ground_truth_dataset_versions": 124}, range(27, 21, -1)),
        ({"ground_truth_dataset_versions": [122, 124], "page_size": 2}, [27, 26]),
    ],
)
def test_list_ground_truths(api: Api, query: dict[str, Any], expected: Any) -> None:
    page = api.get("/ground_truths/", **query)
    assert [item["id"] for item in page["results"]] == list(expected)
    assert all(api.download(file["url"]) for item in page["results"][:1] for file in item["files"].values())
