"""Uploads in parts: what is kept, what is refused, and what is said then."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from synapse_backend.testing import MockBackend, UploadOptions
from synapse_backend.testing.content import SPOOLED_BYTES
from tests.unit.testing.fronts import FRONTS, HOST, TOKEN, Front, multipart
from tests.unit.testing.uploading import NAME, begin, download, finish, md5, part_of, put, send, target

CONTENT = bytes(range(256)) * 40
EMPTY = "d41d8cd98f00b204e9800998ecf8427e"


@pytest.fixture(params=list(FRONTS))
def limited(request: pytest.FixtureRequest) -> Iterator[Front]:
    """A front of a mock with little space."""
    with MockBackend(uploads=UploadOptions(max_bytes=5000, storage_bytes=600_000)) as backend:
        yield FRONTS[request.param](backend)


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_an_upload_from_its_first_part_to_the_file(front: Front) -> None:
    upload = begin(front, CONTENT, 4000)
    assert upload == {
        "id": 124,
        "url": f"http://{HOST}/chunked_upload/124/",
        "filename": NAME,
        "offset": 4000,
        "size": 10_240,
        "status": 1,
        "created_at": "2025-09-03T09:00:00.500000Z",
        "expires": "2025-09-04T09:00:00.500000Z",
        "completed_at": None,
        "file": None,
        "checksum": None,
    }
    upload = put(front, upload["url"], CONTENT, 4000, 10_240).json
    assert front.send("GET", target(upload["url"])).json == upload
    done = finish(front, upload, CONTENT).json
    assert done == {
        **upload,
        "status": 2,
        "completed_at": "2025-09-03T09:00:02Z",
        "checksum": md5(CONTENT),
        "file": f"http://{HOST}/media/chunked_uploads/{md5(CONTENT)}/clip.bin",
    }
    assert front.send("GET", target(upload["url"])).json == done
    answer = download(front, done["file"])
    assert (answer.body, answer.headers["etag"]) == (CONTENT, f'"{md5(CONTENT)}"')
    assert (front.backend.bytes_stored, front.backend.bytes_resent) == (10_240, 0)
    assert front.backend.writes["uploads"].created == 1


@pytest.mark.parametrize("length", [1, 99, 100, 101, 1000])
def test_a_file_is_the_same_however_it_is_cut(front: Front, length: int) -> None:
    content = os.urandom(length)
    assert download(front, send(front, content, 100)["file"]).body == content


def test_an_empty_file_has_no_parts(front: Front) -> None:
    answer = front.send("POST", "/chunked_upload/", {"md5": EMPTY, "filename": "nothing.txt"})
    assert answer.status == 200
    assert (answer.json["filename"], answer.json["offset"], answer.json["status"]) == ("nothing.txt", 0, 2)
    assert download(front, answer.json["file"]).body == b""
    assert front.send("POST", "/chunked_upload/", {"md5": EMPTY}).json["filename"] == "empty"


def test_the_upload_of_the_documentation_is_complete(front: Front) -> None:
    upload = front.send("GET", "/chunked_upload/123/").json
    assert (upload["id"], upload["status"], upload["filename"]) == (123, 2, "street-clip.mp4")
    answer = download(front, upload["file"])
    assert (md5(answer.body), len(answer.body)) == (upload["checksum"], upload["size"])
    assert answer.headers["content-type"] == "video/mp4"


def test_several_uploads_at_once_do_not_mix(front: Front) -> None:
    one, other = begin(front, CONTENT, 100), begin(front, CONTENT[::-1], 200)
    one = put(front, one["url"], CONTENT, 100, 10_240).json
    other = put(front, other["url"], CONTENT[::-1], 200, 10_240).json
    assert download(front, finish(front, one, CONTENT).json["file"]).body == CONTENT
    assert download(front, finish(front, other, CONTENT[::-1]).json["file"]).body == CONTENT[::-1]


# --- parts that do not fit --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "messages"),
    [
        (None, {"Content-Range": ["This field is required."]}),
        ("bytes 0-9", {"Content-Range": ["This value does not match the required pattern."]}),
        ("bytes 0-9/*", {"Content-Range": ["This value does not match the required pattern."]}),
        ("bytes 00-09/10", {"Content-Range": ["This value does not match the required pattern."]}),
        ("bytes 0-9/10, bytes 0-9/10", {"Content-Range": ["This value does not match the required pattern."]}),
        ("bytes 9-0/10", {"Content-Range": ["bytes 9-0/10 is not a range of a file of 10 bytes."]}),
        ("bytes 1-10/10", {"Content-Range": ["bytes 1-10/10 is not a range of a file of 10 bytes."]}),
        ("bytes 0-8/10", {"detail": "The part has 10 bytes, its Content-Range names 9."}),
        ("bytes 10-19/20", {"detail": "A new upload starts with its first byte.", "offset": 0}),
    ],
)
def test_ranges_that_make_no_sense(front: Front, value: str | None, messages: object) -> None:
    body, headers = part_of(CONTENT[:10], 0, 10)
    headers = {name: text for name, text in headers.items() if name != "Content-Range"}
    answer = front.send("PUT", "/chunked_upload/", body, headers | ({} if value is None else {"Content-Range": value}))
    assert (answer.status, answer.json) == (400, messages)
    assert front.backend.writes["uploads"].created == 0


@pytest.mark.parametrize(
    ("start", "stop", "changes", "detail"),
    [
        (4001, 5000, {}, "The part does not start where the last one ended."),
        (3999, 5000, {}, "The part does not start where the last one ended."),
        (0, 4000, {}, "The part does not start where the last one ended."),
        (
            4000,
            5000,
            {"Content-Range": "bytes 4000-4999/10241"},
            "The upload was started for 10240 bytes, not for 10241.",
        ),
    ],
)
def test_a_part_that_does_not_continue_is_told_where_to_go_on(
    front: Front, start: int, stop: int, changes: dict[str, str], detail: str
) -> None:
    upload = begin(front, CONTENT, 4000)
    answer = put(front, upload["url"], CONTENT, start, stop, **changes)
    assert (answer.status, answer.json) == (400, {"detail": detail, "offset": 4000})
    assert front.send("GET", target(upload["url"])).json["offset"] == 4000
    upload = put(front, upload["url"], CONTENT, 4000, 10_240).json
    assert download(front, finish(front, upload, CONTENT).json["file"]).body == CONTENT


def test_a_part_that_comes_again_is_counted_and_not_stored(front: Front) -> None:
    upload = begin(front, CONTENT, 4000)
    put(front, upload["url"], CONTENT, 4000, 8000)
    again = put(front, upload["url"], CONTENT, 4000, 8000)
    assert (again.status, again.json["offset"]) == (400, 8000)
    assert (front.backend.bytes_stored, front.backend.bytes_resent) == (8000, 4000)


def test_the_name_of_the_file_is_kept(front: Front) -> None:
    upload = begin(front, CONTENT, 4000)
    body, headers = part_of(CONTENT, 4000, 5000, name="other.bin")
    answer = front.send("PUT", target(upload["url"]), body, headers)
    assert (answer.status, answer.json["offset"]) == (400, 4000)
    assert front.send("GET", target(upload["url"])).json["filename"] == NAME


def test_a_form_without_a_file_or_a_name(front: Front) -> None:
    headers = {"Content-Range": "bytes 0-0/1"}
    for parts, messages in (
        ([("filename", None, b"a")], {"file": ["This field is required."]}),
        ([("file", "a", b"x")], {"filename": ["This field is required."]}),
        ([("filename", None, b"a"), ("file", "a", b"")], {"file": ["The submitted file is empty."]}),
    ):
        body, fields = multipart(*parts)
        answer = front.send("PUT", "/chunked_upload/", body, {**fields, **headers})
        assert (answer.status, answer.json) == (400, messages)
    answer = front.send(
        "PUT", "/chunked_upload/", {"filename": "a"}, {**TOKEN, **headers, "Content-Type": "application/json"}
    )
    assert answer.status == 415


# --- completing -------------------------------------------------------------------------------------------------------


def test_a_wrong_md5_completes_nothing(front: Front) -> None:
    upload = begin(front, CONTENT, 10_240)
    before = set(front.backend.files)
    answer = front.send("POST", target(upload["url"]), {"md5": "0" * 32})
    assert (answer.status, answer.json) == (400, {"detail": "The MD5 of the upload is not the one that was named."})
    assert front.send("GET", target(upload["url"])).json["status"] == 1
    assert set(front.backend.files) == before
    assert finish(front, upload, CONTENT).status == 200


@pytest.mark.parametrize("text", ["", "x", "0" * 31, "0" * 33, "G" * 32, "1B2M2Y8AsgTpgAmY7PhCfg==", 5, None])
def test_what_is_no_md5(front: Front, text: object) -> None:
    upload = begin(front, CONTENT, 10_240)
    answer = front.send("POST", target(upload["url"]), {"md5": text})
    assert (answer.status, list(answer.json)) == (400, ["md5"])


def test_the_md5_of_an_empty_file_is_checked(front: Front) -> None:
    answer = front.send("POST", "/chunked_upload/", {"md5": "0" * 32})
    assert answer.status == 400
    assert front.backend.writes["uploads"].created == 0


def test_an_upload_that_is_not_whole_cannot_be_completed(front: Front) -> None:
    upload = begin(front, CONTENT, 4000)
    answer = finish(front, upload, CONTENT[:4000])
    detail = "The upload is not complete: 4000 of 10240 bytes are there."
    assert (answer.status, answer.json) == (400, {"detail": detail, "offset": 4000})


def test_what_is_complete_stays_as_it_is(front: Front) -> None:
    upload = begin(front, CONTENT, 10_240)
    assert finish(front, upload, CONTENT).status == 200
    again = finish(front, upload, CONTENT)
    more = put(front, upload["url"], CONTENT, 0, 10_240)
    assert (again.status, again.json) == (more.status, more.json)
    assert (again.status, again.json) == (400, {"detail": "The upload is already complete."})
    assert front.backend.bytes_stored == 10_240


# --- uploads that are not there ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["999", "abc", "b4a2e1f0-0000-4000-8000-000000000000"])
def test_an_unknown_upload(front: Front, key: str) -> None:
    path = f"/chunked_upload/{key}/"
    assert front.send("GET", path).status == 404
    assert front.send("POST", path, {"md5": EMPTY}).status == 404
    assert put(front, path, CONTENT, 0, 10).status == 404


def test_an_upload_of_another_tenant_is_unknown() -> None:
    with MockBackend(tenants={"north", "south"}) as backend:
        front = FRONTS["socket"](backend)
        north, south = ({**TOKEN, "Synapse-Tenant": f"Token {name}"} for name in ("north", "south"))
        body, headers = part_of(CONTENT, 0, 10)
        upload = front.send("PUT", "/chunked_upload/", body, {**headers, **north}).json
        path = target(upload["url"])
        assert front.send("GET", path, headers=north).status == 200
        assert front.send("GET", path, headers=south).status == 404


def test_an_upload_expires_unless_it_is_complete(front: Front) -> None:
    open_one, done = begin(front, CONTENT, 4000), begin(front, CONTENT, 10_240)
    finish(front, done, CONTENT)
    front.backend.clock.advance(24 * 3600 - 10)
    assert front.send("GET", target(open_one["url"])).status == 200
    front.backend.clock.advance(10)
    gone = (410, {"detail": "The upload has expired."})
    for answer in (
        front.send("GET", target(open_one["url"])),
        put(front, open_one["url"], CONTENT, 4000, 5000),
        finish(front, open_one, CONTENT),
    ):
        assert (answer.status, answer.json) == gone
    assert front.send("GET", target(done["url"])).json["status"] == 2


def test_an_upload_expires_at_the_very_moment() -> None:
    backend = MockBackend(tick=0, uploads=UploadOptions(expires_after=60))
    front = FRONTS["in-process"](backend)
    upload = begin(front, CONTENT, 4000)
    statuses = []
    for seconds in (59.5, 0.5):
        backend.clock.advance(seconds)
        statuses.append(front.send("GET", target(upload["url"])).status)
    assert statuses == [200, 410]


# --- options ----------------------------------------------------------------------------------------------------------


def test_a_file_that_is_too_large_is_refused_before_it_is_stored(limited: Front) -> None:
    answer = put(limited, "/chunked_upload/", CONTENT, 0, 100)
    assert (answer.status, answer.json) == (413, {"detail": "The file has 10240 bytes, at most 5000 are taken."})
    body, headers = multipart(("file", "a", b"x" * 5001))
    assert limited.send("POST", "/data_files/", body, headers).status == 413


def test_when_the_storage_is_full_the_part_is_refused_and_the_rest_stays(limited: Front) -> None:
    backend = limited.backend
    free = 600_000 - sum(stored.size for stored in backend.files.values())
    uploads = []
    while free >= 4000:
        uploads.append(begin(limited, CONTENT[:5000], 4000))
        free -= 4000
    answer = put(limited, uploads[-1]["url"], CONTENT[:5000], 4000, 5000) if free < 1000 else None
    full = put(limited, "/chunked_upload/", CONTENT[:5000], 0, 5000)
    assert (full.status, full.json) == (507, {"detail": "There is no space left for this file."})
    assert answer is None or answer.status == 507
    assert limited.send("GET", target(uploads[-1]["url"])).json["offset"] == 4000


def test_a_file_may_take_the_last_byte() -> None:
    held = sum(stored.size for stored in MockBackend().files.values())
    front = FRONTS["in-process"](MockBackend(uploads=UploadOptions(storage_bytes=held + 1000)))
    assert finish(front, begin(front, CONTENT[:1000], 1000), CONTENT[:1000]).status == 200
    assert put(front, "/chunked_upload/", CONTENT, 0, 1).status == 507


@pytest.mark.parametrize("kind", FRONTS)
def test_urls_can_be_relative_and_ids_uuids(kind: str) -> None:
    with MockBackend(uploads=UploadOptions(urls="relative", ids="uuid")) as backend:
        front = FRONTS[kind](backend)
        upload = begin(front, CONTENT, 4000)
        assert upload["url"] == f"/chunked_upload/{upload['id']}/"
        assert len(upload["id"]) == 36
        assert "uuid" not in upload
        put(front, upload["url"], CONTENT, 4000, 10_240)
        assert finish(front, upload, CONTENT).json["id"] == upload["id"]
        assert front.send("GET", "/chunked_upload/124/").status == 404
        created = front.send("POST", "/data_files/", {"chunked_upload": upload["id"]})
        assert (created.status, created.json["checksum"]) == (201, md5(CONTENT))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_bytes": -1}, "max_bytes must be a whole number of at least 0, not -1"),
        ({"storage_bytes": 1.5}, "storage_bytes must be a whole number of at least 0, not 1.5"),
        ({"urls": "short"}, "urls must be 'absolute' or 'relative', not 'short'"),
        ({"ids": "text"}, "ids must be 'integer' or 'uuid', not 'text'"),
        ({"expires_after": -1}, "expires_after must be a number from 0 to 1e+09, not -1"),
        ({"multipart_threshold": -1}, "multipart_threshold must be a whole number of at least 0, not -1"),
        ({"part_size": 0}, "part_size must be a whole number of at least 1, not 0"),
    ],
)
def test_options_that_make_no_sense(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match="must be") as caught:
        UploadOptions(**options)
    assert str(caught.value) == message


# --- state ------------------------------------------------------------------------------------------------------------


def test_an_upload_goes_on_after_an_export(front: Front) -> None:
    upload = begin(front, CONTENT, 4000)
    saved = front.backend.export_state()
    put(front, upload["url"], CONTENT, 4000, 8000)
    front.backend.import_state(saved)
    assert front.send("GET", target(upload["url"])).json["offset"] == 4000
    put(front, upload["url"], CONTENT, 4000, 10_240)
    assert download(front, finish(front, upload, CONTENT).json["file"]).body == CONTENT


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts the open files of this process")
def test_a_large_upload_leaves_the_memory_and_no_file_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    size = 2 * SPOOLED_BYTES + 77
    content = os.urandom(size)
    backend = MockBackend()
    front = FRONTS["in-process"](backend)
    before = open_files()
    upload = begin(front, content, SPOOLED_BYTES - 5)
    assert open_files() == before
    upload = put(front, upload["url"], content, SPOOLED_BYTES - 5, size).json
    assert open_files() == before + 1
    assert list(tmp_path.iterdir()) == []
    file = finish(front, upload, content).json["file"]
    assert download(front, file).body == content
    assert backend.files[target(file)].content == content
    assert (
        download(front, file, Range=f"bytes={SPOOLED_BYTES - 10}-{SPOOLED_BYTES + 9}").body
        == (content[SPOOLED_BYTES - 10 : SPOOLED_BYTES + 10])
    )
    backend.reset()
    gc.collect()
    assert open_files() == before
