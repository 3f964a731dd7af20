"""Data collections, data files and data units."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from synapse_backend.testing.accounting import Writes
from tests.unit.testing.rest import Api

MISSING = 'Invalid pk "999" - object does not exist.'
REQUIRED = "This field is required."


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


# --- collections ----------------------------------------------------------------------------------------------------


def test_data_collections_show_their_specifications_when_asked(api: Api) -> None:
    plain = api.get("/data_collections/123/")
    assert (plain["name"], plain["project"]) == ("Street scenes", 123)
    assert "file_specifications" not in plain
    assert api.get("/data_collections/123/", expand="project") == plain
    whole = api.get("/data_collections/123/", expand="project,file_specifications")
    assert [(file["name"], file["is_required"], file["is_primary"]) for file in whole["file_specifications"]] == [
        ("image", True, True),
        ("annotation", False, False),
        ("metadata", False, False),
    ]
    other = api.get("/data_collections/124/", expand="file_specifications")
    assert [(file["name"], file["is_required"]) for file in other["file_specifications"]] == [
        ("primary", True),
        ("secondary", False),
    ]
    assert api.get("/data_collections/999/", 404) == {"detail": "Not found."}


def test_list_data_collection(api: Api) -> None:
    page = api.get("/data_collections/")
    assert (page["count"], page["next"]) == (4, None)
    assert sorted(item["id"] for item in page["results"]) == [121, 122, 123, 124]
    assert all("file_specifications" not in item for item in page["results"])
    assert api.ids("/data_collections/", search="CROSSINGS") == [123]
    assert len(api.ids("/data_collections/", page_size=1, page=4)) == 1


# --- files ----------------------------------------------------------------------------------------------------------


def test_a_file_is_stored_and_can_be_downloaded(api: Api) -> None:
    content = bytes(range(256)) * 5
    file = api.send_file(content, "../x y.png")
    assert (file["id"], file["checksum"], file["size"]) == (127, md5(content), 1280)
    assert file["meta"]["filename"].endswith("x y.png")
    assert api.download(file["file"]) == content
    assert api.backend.files[file["file"]].content_type == "image/png"
    assert api.backend.data_files[127]["checksum"] == file["checksum"]
    assert api.backend.writes["data_files"] == Writes(created=1, updated=0)
    assert api.send_file(content)["id"] == 128
    assert api.backend.bytes_stored == 2560


def test_a_file_without_a_type_is_bytes(api: Api) -> None:
    response = api.http.post(
        f"{api.backend.url}/data_files/",
        headers={"Authorization": "Token t", "Content-Type": "multipart/form-data; boundary=b"},
        content=b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc\r\n--b--\r\n',
    )
    assert response.status_code == 201
    assert api.backend.files[response.json()["file"]].content_type == "application/octet-stream"


def test_a_file_can_come_from_an_upload(api: Api) -> None:
    content = b"much" * 1000
    upload = api.upload(content, "scan.bin")
    file = api.post("/data_files/", {"chunked_upload": upload["id"], "meta": {"camera": 3}})
    assert (file["checksum"], file["size"]) == (md5(content), 4000)
    assert file["meta"] == {"filename": "scan.bin", "camera": 3}
    assert api.download(file["file"]) == content
    again = api.post("/data_files/", {"chunked_upload": upload["id"], "meta": {"filename": "b.bin"}})
    assert again["meta"] == {"filename": "b.bin"}


def test_an_upload_must_be_there_and_complete(api: Api) -> None:
    assert api.post("/data_files/", {"chunked_upload": 999}, 400) == {"chunked_upload": [MISSING]}
    upload = api.upload(b"part", complete=False)
    answer = api.post("/data_files/", {"chunked_upload": upload["id"]}, 400)
    assert answer == {"chunked_upload": ["The upload is not complete."]}
    assert api.post("/data_files/", {}, 400) == {"chunked_upload": [REQUIRED]}
    assert api.backend.writes["data_files"] == Writes()


def test_checksums_are_verified(api: Api) -> None:
    first, second = api.backend.data_files[1]["checksum"], api.backend.data_files[126]["checksum"]
    path = "/data_files/verify_checksums/"
    assert api.post(path, {"checksums": [first, "0" * 32, second]}, 200) == {first: 1, second: 126}
    assert api.post(path, {"checksums": []}, 200) == {}
    new = api.send_file(b"new")
    assert api.send_file(b"new")["id"] == new["id"] + 1
    assert api.post(path, {"checksums": [new["checksum"]]}, 200) == {new["checksum"]: new["id"]}
    assert list(api.post(path, {"checksums": ["x"]}, 400)) == ["checksums"]


# --- units ----------------------------------------------------------------------------------------------------------


def test_data_units_show_their_files_when_asked(api: Api) -> None:
    plain = api.get("/data_units/789/")
    assert (plain["data_collection"], plain["groups"]) == (123, ["train"])
    assert "files" not in plain
    whole = api.get("/data_units/789/", expand="files")
    assert list(whole["files"]) == ["image", "annotation", "metadata"]
    image = whole["files"]["image"]
    assert (image["name"], image["is_primary"], image["file_name_original"]) == ("image", True, "street_0789.png")
    content = api.download(image["url"])
    assert (md5(content), len(content)) == (image["checksum"], image["size"])
    assert api.get("/data_units/999/", 404) == {"detail": "Not found."}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"data_collection": 124}, range(765, 759, -1)),
        ({"data_collection": 123, "page_size": 2, "page": 2}, [798, 797]),
        ({"data_collection": 123, "ordering": "id", "page_size": 2}, [780, 781]),
        ({"ordering": "-data_collection", "page_size": 2}, [765, 764]),
        ({"data_collection": 999}, []),
    ],
)
def test_list_data_units(api: Api, query: dict[str, Any], expected: Any) -> None:
    assert api.ids("/data_units/", **query) == list(expected)
    page = api.get("/data_units/", expand="files", **query)
    assert all(api.download(file["url"]) for unit in page["results"][:1] for file in unit["files"].values())
    assert list(api.get("/data_units/", 400, ordering="files")) == ["ordering"]


def test_units_of_files_by_checksum(api: Api) -> None:
    image, notes = api.send_file(b"image", "a.png"), api.send_file(b"notes", "a.json")
    body = {
        "data_collection": 123,
        "files": {
            "annotation": {"checksum": notes["checksum"], "path": "in/../a.json"},
            "image": {"checksum": image["checksum"], "path": "C:\\in\\b.png"},
        },
        "meta": {"origin_file_stem": "a"},
        "groups": ["night", "train"],
    }
    (unit,) = api.post("/data_units/", body)
    assert (unit["id"], unit["meta"], unit["groups"]) == (801, {"origin_file_stem": "a"}, ["night", "train"])
    shown = api.get("/data_units/801/", expand="files")
    assert {name: file["file_name_original"] for name, file in shown["files"].items()} == {
        "annotation": "a.json",
        "image": "b.png",
    }
    assert [file["name"] for file in shown["files"].values() if file["is_primary"]] == ["image"]
    assert api.download(shown["files"]["image"]["url"]) == b"image"
    units = api.post("/data_units/", [body, {**body, "files": {"image": {"checksum": image["checksum"]}}}])
    assert [unit["id"] for unit in units] == [802, 803]
    assert units[0]["checksum"] == unit["checksum"] != units[1]["checksum"]
    assert api.get("/data_units/803/", expand="files")["files"]["image"]["file_name_original"] == "a.png"
    assert api.backend.writes["data_units"] == Writes(created=3, updated=0)
    assert api.get("/data_units/", data_collection=123)["count"] == 24


def test_units_of_files_by_id(api: Api) -> None:
    body = [
        {"id": 1, "file": {"image": 123, "mask": "124"}, "meta": {"a": 1}},
        {"id": 2, "file": {"image": "file_id_125"}},
    ]
    first, second = api.post("/data_units/", body)
    assert (first["id"], first["data_collection"], first["meta"]) == (801, None, {"a": 1})
    assert (second["id"], second["groups"], second["meta"]) == (802, [], {})
    files = api.get("/data_units/801/", expand="files")["files"]
    assert [(name, file["is_primary"]) for name, file in files.items()] == [("image", True), ("mask", False)]
    assert files["mask"]["checksum"] == api.backend.data_files[124]["checksum"]
    assert files["mask"]["file_name_original"] == "loose_0124.png"


def test_a_note_that_is_no_name_is_shown_as_text(api: Api) -> None:
    upload = api.upload(b"scan")
    file = api.post("/data_files/", {"chunked_upload": upload["id"], "meta": {"filename": 5}})
    (unit,) = api.post("/data_units/", {"id": 1, "file": {"image": file["id"]}})
    shown = api.get(f"/data_units/{unit['id']}/", expand="files")
    assert shown["files"]["image"]["file_name_original"] == "5"


GOOD = {"id": 1, "file": {"image": 123}}


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"data_collection": 999, "files": {}}, {"data_collection": [MISSING]}),
        ({"data_collection": 123, "files": {}}, {"files": {"image": [REQUIRED]}}),
        (
            {"data_collection": 123, "files": {"image": {"checksum": "0" * 32}, "mask": {"checksum": "1"}}},
            {
                "files": {
                    "image": [f"No file with the checksum {'0' * 32} was uploaded."],
                    "mask": ["The collection has no such file; it has image, annotation, metadata."],
                }
            },
        ),
        ([GOOD, {"id": 2, "file": {"image": 999}}], {"1": {"file": {"image": [MISSING]}}}),
        (
            [GOOD, {"id": 2, "file": {"image": "file_123", "mask": "-1"}}],
            {
                "1": {
                    "file": {
                        "image": ['Invalid pk "file_123" - object does not exist.'],
                        "mask": ['Invalid pk "-1" - object does not exist.'],
                    }
                }
            },
        ),
        ([GOOD, {"id": 2, "meta": {}}], {"1": {"data_collection": [REQUIRED]}}),
        (
            {"data_collection": 123, "files": {}, "file": {}},
            {"non_field_errors": ["data_collection and file belong to different forms of this call."]},
        ),
        ([GOOD, {"data_collection": "x", "files": {}}], {"1": {"data_collection": ["A valid integer is required."]}}),
    ],
)
def test_units_that_cannot_be_are_refused_all_together(api: Api, body: object, errors: object) -> None:
    assert api.post("/data_units/", body, 400) == errors
    assert len(api.backend.data_units) == 27
    assert api.backend.writes["data_units"] == Writes()


def test_a_thousand_units_come_at_once_and_no_more(api: Api) -> None:
    assert len(api.post("/data_units/", [GOOD] * 1000)) == 1000
    answer = api.post("/data_units/", [GOOD] * 1001, 400)
    assert answer == {
        "code": "BULK_SIZE_EXCEEDED",
        "detail": "At most 1000 data units can be created at once, not 1001.",
    }
    assert api.backend.writes["data_units"] == Writes(created=1000, updated=0)
    assert api.post("/data_units/", []) == []
