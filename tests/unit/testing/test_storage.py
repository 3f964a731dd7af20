"""The object storage behind signed URLs, and the data files that are made of what is uploaded there."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterator
from typing import Any

import pytest

from synapse_backend.testing import MockBackend, UploadOptions
from tests.unit.testing.fronts import FRONTS, HOST, TOKEN, Answer, Front
from tests.unit.testing.uploading import download, md5, target

REQUEST = "/data_files/presigned_upload/upload/"
CONFIRM = "/data_files/presigned_upload/confirm_upload/"
LARGE = os.urandom(2500)


@pytest.fixture(params=list(FRONTS))
def front(request: pytest.FixtureRequest) -> Iterator[Front]:
    """A front of a mock whose large files are small."""
    options = UploadOptions(multipart_threshold=2000, part_size=1000)
    with MockBackend(seed=3, uploads=options) as backend:
        yield FRONTS[request.param](backend)


def ask(front: Front, *files: tuple[str, int], **more: object) -> list[dict[str, Any]]:
    """Ask for URLs."""
    answer = front.send("POST", REQUEST, {"files": [{"filename": name, "size": size} for name, size in files], **more})
    assert answer.status == 200, answer.body
    shown: list[dict[str, Any]] = answer.json["files"]
    return shown


def put(front: Front, url: str, content: bytes, **headers: str) -> Answer:
    """Upload, without a credential."""
    return front.send("PUT", target(url), content, headers)


def confirm(front: Front, *files: dict[str, Any]) -> dict[str, Any]:
    """Make data files."""
    answer = front.send("POST", CONFIRM, {"files": list(files)})
    assert answer.status == 200, answer.body
    shown: dict[str, Any] = answer.json
    return shown


def one(front: Front, content: bytes = b"hello") -> dict[str, Any]:
    """Upload a small file, and say how to confirm it."""
    (ticket,) = ask(front, ("a.txt", len(content)))
    assert put(front, ticket["presigned_url"], content).status == 200
    return {"file_key": ticket["file_key"], "checksum": md5(content), "size": len(content)}


def parts(front: Front) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Upload a large file in parts, and say how to confirm it."""
    (ticket,) = ask(front, ("big.bin", len(LARGE)))
    multipart = ticket["multipart"]
    sent = []
    for part in multipart["parts"]:
        start = (part["part_number"] - 1) * multipart["part_size"]
        answer = put(front, part["presigned_url"], LARGE[start : start + multipart["part_size"]])
        sent.append({"part_number": part["part_number"], "etag": answer.headers["etag"]})
    confirmed = {"upload_id": multipart["upload_id"], "parts": sent}
    return {"file_key": ticket["file_key"], "checksum": md5(LARGE), "size": len(LARGE), "multipart": confirmed}, sent


# --- URLs -------------------------------------------------------------------------------------------------------------


def test_a_small_file_gets_a_url_and_a_large_one_urls_for_its_parts(front: Front) -> None:
    small, large, even = ask(front, ("../a b/ü.txt", 5), ("big.bin", 2500), ("even.bin", 2000))
    assert small["multipart"] is None
    assert small["presigned_url"].startswith(f"http://{HOST}/storage/{small['file_key']}?expires=")
    assert small["file_key"].startswith("uploads/")
    assert ".." not in small["file_key"]
    assert small["filename"] == "../a b/ü.txt"
    assert large["presigned_url"] is None
    assert large["multipart"]["part_size"] == 1000
    assert [part["part_number"] for part in large["multipart"]["parts"]] == [1, 2, 3]
    assert len(even["multipart"]["parts"]) == 2
    urls = [small["presigned_url"], *(part["presigned_url"] for part in large["multipart"]["parts"])]
    assert len(set(urls)) == 4


def test_a_file_has_at_most_so_many_parts(front: Front) -> None:
    (ticket,) = ask(front, ("a", 10_000_000))
    assert len(ticket["multipart"]["parts"]) == 10_000
    answer = front.send(
        "POST", REQUEST, {"files": [{"filename": "a", "size": 1}, {"filename": "b", "size": 10_000_001}]}
    )
    message = "Ensure this value is less than or equal to 10000000."
    assert (answer.status, answer.json) == (400, {"files": {"1": {"size": [message]}}})


def test_urls_are_the_same_for_the_same_seed() -> None:
    def urls(seed: int) -> list[dict[str, Any]]:
        return ask(FRONTS["in-process"](MockBackend(seed)), ("a", 1), ("b", 1))

    assert urls(1) == urls(1)
    assert urls(1) != urls(2)


def test_urls_expire_when_they_were_told_to(front: Front) -> None:
    (ticket,) = ask(front, ("a.txt", 5), expiration=60)
    front.backend.clock.advance(58)
    assert put(front, ticket["presigned_url"], b"hello").status == 200
    front.backend.clock.advance(5)
    answer = put(front, ticket["presigned_url"], b"hello")
    assert (answer.status, b"<Code>AccessDenied</Code>" in answer.body) == (403, True)
    moment = front.send("POST", REQUEST, {"files": [{"filename": "a", "size": 1}]}).json["expires_at"]
    assert moment == "2025-09-03T10:01:05Z"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("signature=", "signature=0"),
        ("expires=", "expires=9"),
        ("/uploads/", "/uploads/x"),
        ("?", "?part=1&"),
        ("?", "?part=x&"),
        ("?", "?more=1&"),
        ("?", "?#"),
    ],
)
def test_a_url_that_was_not_handed_out_like_this(front: Front, old: str, new: str) -> None:
    (ticket,) = ask(front, ("a.txt", 5))
    answer = put(front, ticket["presigned_url"].replace(old, new, 1), b"hello")
    assert (answer.status, answer.headers["content-type"]) == (403, "application/xml")
    assert b"<Code>SignatureDoesNotMatch</Code>" in answer.body
    assert front.backend.bytes_stored == 0


def test_a_part_has_a_url_of_its_own(front: Front) -> None:
    (ticket,) = ask(front, ("big.bin", 2500))
    url = ticket["multipart"]["parts"][0]["presigned_url"]
    for changed in (url.replace("part=1", "part=2"), url.replace("part=1&", ""), url.replace("part=1", "part=4")):
        assert put(front, changed, b"x").status == 403
    assert put(front, url.replace("upload_id=", "upload_id=0"), b"x").status == 403


# --- objects ----------------------------------------------------------------------------------------------------------


def test_an_object_is_stored_and_shows_up_as_no_operation(front: Front) -> None:
    (ticket,) = ask(front, ("a.txt", 5))
    answer = put(front, ticket["presigned_url"], b"hello")
    assert (answer.status, answer.body, answer.headers["etag"]) == (200, b"", f'"{md5(b"hello")}"')
    request = front.backend.requests[-1]
    assert (request.operation_id, request.path, request.status) == (None, f"/storage/{ticket['file_key']}", 200)
    assert (front.backend.bytes_stored, front.backend.bytes_resent) == (5, 0)
    put(front, ticket["presigned_url"], b"hello")
    put(front, ticket["presigned_url"], b"other")
    assert (front.backend.bytes_stored, front.backend.bytes_resent) == (10, 5)


@pytest.mark.parametrize("name", ["Synapse-Access-Token", "Authorization", "SYNAPSE-Agent", "Synapse-Tenant"])
def test_a_credential_of_the_backend_is_refused(front: Front, name: str) -> None:
    (ticket,) = ask(front, ("a.txt", 5))
    answer = put(front, ticket["presigned_url"], b"hello", **{name: "Token secret"})
    assert (answer.status, b"<Code>InvalidArgument</Code>" in answer.body) == (400, True)
    assert b"secret" not in answer.body
    assert front.backend.bytes_stored == 0


def test_an_object_can_only_be_put(front: Front) -> None:
    (ticket,) = ask(front, ("a.txt", 5))
    assert front.send("GET", target(ticket["presigned_url"]), headers={}).status == 405
    assert front.send("POST", target(ticket["presigned_url"]), b"x", headers={}).status == 405


def test_the_length_must_be_said(front: Front) -> None:
    (ticket,) = ask(front, ("a.txt", 0))
    answer = front.send("PUT", target(ticket["presigned_url"]), b"0\r\n\r\n", {"Transfer-Encoding": "chunked"})
    assert (answer.status, b"<Code>MissingContentLength</Code>" in answer.body) == (411, True)


def test_a_digest_in_the_header_is_checked(front: Front) -> None:
    (ticket,) = ask(front, ("a.txt", 5))
    right = base64.b64encode(hashlib.md5(b"hello", usedforsecurity=False).digest()).decode()
    assert put(front, ticket["presigned_url"], b"hello", **{"Content-MD5": right}).status == 200
    answer = put(front, ticket["presigned_url"], b"jello", **{"Content-MD5": right})
    assert (answer.status, b"<Code>BadDigest</Code>" in answer.body) == (400, True)


def test_objects_may_be_larger_than_bodies_of_calls() -> None:
    with MockBackend(max_body_bytes=1000) as backend:
        for kind in FRONTS:
            front = FRONTS[kind](backend)
            (ticket,) = ask(front, ("a.txt", 5000))
            assert put(front, ticket["presigned_url"], b"x" * 5000).status == 200
            assert front.send("POST", "/plugins/", b"x" * 5000).status == 413


@pytest.mark.parametrize("kind", FRONTS)
def test_what_does_not_fit_is_refused(kind: str) -> None:
    with MockBackend(uploads=UploadOptions(max_bytes=100, storage_bytes=0)) as backend:
        front = FRONTS[kind](backend)
        assert front.send("POST", REQUEST, {"files": [{"filename": "a", "size": 101}]}).status == 413


@pytest.mark.parametrize("kind", FRONTS)
def test_a_full_storage_takes_no_object(kind: str) -> None:
    held = sum(stored.size for stored in MockBackend().files.values())
    with MockBackend(uploads=UploadOptions(storage_bytes=held + 5)) as backend:
        front = FRONTS[kind](backend)
        first, second = ask(front, ("a.txt", 5), ("b.txt", 5))
        assert put(front, first["presigned_url"], b"hello").status == 200
        answer = put(front, second["presigned_url"], b"h")
        assert (answer.status, b"<Code>InsufficientStorage</Code>" in answer.body) == (507, True)


def test_every_tenant_has_a_storage_of_its_own() -> None:
    with MockBackend(tenants={"north", "south"}) as backend:
        front = FRONTS["socket"](backend)
        north, south = ({**TOKEN, "Synapse-Tenant": f"Token {name}"} for name in ("north", "south"))
        body = {"files": [{"filename": "a", "size": 5}]}
        (one,) = front.send("POST", REQUEST, body, north).json["files"]
        (other,) = front.send("POST", REQUEST, body, south).json["files"]
        assert one["file_key"] != other["file_key"]
        assert put(front, one["presigned_url"], b"hello").status == 200
        assert put(front, other["presigned_url"], b"hello").status == 200
        confirmation = {"files": [{"file_key": one["file_key"], "checksum": md5(b"hello"), "size": 5}]}
        assert front.send("POST", CONFIRM, confirmation, south).json["failed_count"] == 1
        assert front.send("POST", CONFIRM, confirmation, north).json["created_count"] == 1


# --- data files -------------------------------------------------------------------------------------------------------


def test_a_confirmed_file_is_a_data_file_that_is_served(front: Front) -> None:
    file = one(front)
    result = confirm(front, file)
    key = result["results"][0]["data_file_id"]
    assert result == {
        "results": [
            {
                "file_key": file["file_key"],
                "checksum": md5(b"hello"),
                "success": True,
                "data_file_id": key,
                "error": None,
            }
        ],
        "created_count": 1,
        "failed_count": 0,
    }
    row = front.backend.data_files[key]
    assert (row["checksum"], row["size"], row["meta"]) == (md5(b"hello"), 5, {"filename": "a.txt"})
    assert download(front, row["file"]).body == b"hello"
    found = front.send("POST", "/data_files/verify_checksums/", {"checksums": [md5(b"hello")]}).json
    assert found == {md5(b"hello"): key}


def test_a_file_is_confirmed_once(front: Front) -> None:
    file = one(front)
    first, second = confirm(front, file), confirm(front, file)
    assert second["results"] == first["results"]
    assert (second["created_count"], second["failed_count"]) == (0, 0)
    assert front.backend.writes["data_files"].created == 1


def test_a_large_file_is_put_together(front: Front) -> None:
    file, _ = parts(front)
    result = confirm(front, file)
    assert result["created_count"] == 1, result
    row = front.backend.data_files[result["results"][0]["data_file_id"]]
    assert download(front, row["file"]).body == LARGE


def test_an_empty_file(front: Front) -> None:
    assert confirm(front, one(front, b""))["created_count"] == 1


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"file_key": "uploads/none"}, "There is no such key."),
        ({"size": 6}, "The file has 5 bytes, not 6."),
        ({"size": 4}, "The file has 5 bytes, not 4."),
        ({"checksum": "0" * 32}, "The file does not have this checksum."),
        ({"checksum": "0" * 40}, "The file does not have this checksum."),
        ({"checksum": "5d41"}, "The file does not have this checksum."),
    ],
)
def test_a_file_that_is_not_what_is_said_of_it(front: Front, changes: dict[str, Any], error: str) -> None:
    good, bad = one(front, b"other"), {**one(front), **changes}
    result = confirm(front, bad, good)
    assert (result["created_count"], result["failed_count"]) == (1, 1)
    assert [item["success"] for item in result["results"]] == [False, True]
    assert (result["results"][0]["error"], result["results"][0]["data_file_id"]) == (error, None)


@pytest.mark.parametrize("checksum", [hashlib.sha1(b"hello").hexdigest(), md5(b"hello").upper()])  # noqa: S324
def test_either_digest_in_any_case(front: Front, checksum: str) -> None:
    assert confirm(front, {**one(front), "checksum": checksum})["created_count"] == 1


def test_nothing_was_uploaded(front: Front) -> None:
    (ticket,) = ask(front, ("a.txt", 5))
    result = confirm(front, {"file_key": ticket["file_key"], "checksum": md5(b"hello"), "size": 5})
    assert result["results"][0]["error"] == "Nothing was uploaded under this key."


def test_parts_that_do_not_make_the_file(front: Front) -> None:
    file, sent = parts(front)
    upload_id = file["multipart"]["upload_id"]

    def error(multipart: dict[str, Any] | None) -> str:
        changed = {name: value for name, value in file.items() if name != "multipart"}
        text: str = confirm(front, changed if multipart is None else {**changed, "multipart": multipart})["results"][0][
            "error"
        ]
        return text

    named = "The file was uploaded in parts; they must be named with the id of the upload."
    assert error(None) == named
    assert error({"upload_id": "x", "parts": sent}) == named
    assert error({"upload_id": upload_id, "parts": sent[:2]}) == "The file has 3 parts; 3 were uploaded."
    assert error({"upload_id": upload_id, "parts": sent[::-1]}) == "The file has 3 parts; 3 were uploaded."
    wrong = [*sent[:2], {"part_number": 3, "etag": '"0"'}]
    assert error({"upload_id": upload_id, "parts": wrong}) == "Part 3 does not have this ETag."
    plain = [{**part, "etag": part["etag"].strip('"')} for part in sent]
    assert confirm(front, {**file, "multipart": {"upload_id": upload_id, "parts": plain}})["created_count"] == 1


def test_a_part_is_missing(front: Front) -> None:
    (ticket,) = ask(front, ("big.bin", 2500))
    url = ticket["multipart"]["parts"][0]["presigned_url"]
    etag = put(front, url, LARGE[:1000]).headers["etag"]
    named = [{"part_number": number, "etag": etag} for number in (1, 2, 3)]
    multipart = {"upload_id": ticket["multipart"]["upload_id"], "parts": named}
    file = {"file_key": ticket["file_key"], "checksum": md5(LARGE), "size": 2500, "multipart": multipart}
    assert confirm(front, file)["results"][0]["error"] == "The file has 3 parts; 1 were uploaded."
