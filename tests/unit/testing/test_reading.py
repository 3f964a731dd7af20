"""Bodies of two media types, bodies that are arrays, header fields that are parameters, and what is kept of requests."""

from __future__ import annotations

import os

import pytest

from synapse_backend.testing import MockBackend, recording
from synapse_backend.testing.multipart import parse_multipart
from tests.unit.testing.fronts import FRONTS, TOKEN, Front, InProcessFront, multipart
from tests.unit.testing.uploading import md5

JSON = {**TOKEN, "Content-Type": "application/json"}
MIB = 1024 * 1024


def test_the_media_type_chooses_the_form_of_the_body(front: Front) -> None:
    body, headers = multipart(("file", "a.txt", b"hello"))
    sent = front.send("POST", "/data_files/", body, headers)
    assert (sent.status, sent.json["checksum"]) == (201, md5(b"hello"))
    named = front.send("POST", "/data_files/", {"chunked_upload": 123})
    assert (named.status, named.json["meta"]) == (201, {"filename": "street-clip.mp4"})


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/octet-stream", "", "application/json; charset=latin-1"]
)
def test_another_media_type_is_refused(front: Front, media_type: str) -> None:
    answer = front.send("POST", "/data_files/", b"{}", {**TOKEN, "Content-Type": media_type})
    assert (answer.status, answer.json) == (415, {"detail": f'Unsupported media type "{media_type}" in request.'})


def test_no_body_is_of_the_form_that_its_type_says(front: Front) -> None:
    assert front.send("POST", "/data_files/", None, JSON).json == {"chunked_upload": ["This field is required."]}
    assert front.send("POST", "/data_files/", None, TOKEN).json == {"file": ["This field is required."]}


def test_each_form_has_rules_of_its_own(front: Front) -> None:
    body, headers = multipart(("chunked_upload", None, b"123"))
    assert front.send("POST", "/data_files/", body, headers).json == {"file": ["This field is required."]}
    assert front.send("POST", "/data_files/", {"file": "a.txt"}).json == {"chunked_upload": ["This field is required."]}


def test_header_fields_are_recorded_and_names_know_no_case(front: Front) -> None:
    body, headers = multipart(("filename", None, b"a"), ("file", "a", b"x"))
    answer = front.send("PUT", "/chunked_upload/", body, {**headers, "content-range": "bytes 0-0/1"})
    assert answer.status == 200
    assert front.backend.requests[-1].headers["Content-Range"] == "bytes 0-0/1"


@pytest.mark.parametrize(
    "day", ["2025-08-25", "2025-08-25T00:00:00", "2025-08-25T00:00:00Z", "2025-08-24T20:00:00-04:00"]
)
def test_a_day_is_its_midnight(front: Front, day: str) -> None:
    after = front.send("GET", f"/jobs/?created_after={day}").json
    assert after["count"] == front.send("GET", "/jobs/?created_after=2025-08-25T00:00:00%2B00:00").json["count"]
    assert 0 < after["count"] < 25


def test_numbers_of_a_query_may_be_repeated_or_have_commas(front: Front) -> None:
    name = "ground_truth_dataset_versions"
    counts = [
        front.send("GET", f"/sdk/ground_truth_events/?{query}").json["count"]
        for query in (f"{name}=123&{name}=122", f"{name}=123,122", f"{name}=123", f"{name}=122")
    ]
    assert counts[0] == counts[1] == counts[2] + counts[3]
    assert front.send("GET", f"/sdk/ground_truth_events/?{name}=123,x").json == {name: ["A valid integer is required."]}


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_a_large_part_is_not_copied_out_of_the_body() -> None:
    content = os.urandom(100_000)
    body, headers = multipart(("small", "a", b"hello"), ("large", "b", content))
    small, large = parse_multipart(headers["Content-Type"], body)
    assert isinstance(small.data, bytes)
    assert isinstance(large.data, memoryview)
    assert (large.content, large.size) == (content, 100_000)
    assert body[large.position : large.position + large.size] == content
    assert body[small.position : small.position + small.size] == b"hello"


@pytest.fixture
def keeps_8_mib(monkeypatch: pytest.MonkeyPatch) -> None:
    """An eighth of what is kept of bodies; the tests need so much less memory."""
    assert recording._KEPT_BYTES == 64 * MIB
    monkeypatch.setattr(recording, "_KEPT_BYTES", 8 * MIB)


@pytest.mark.usefixtures("keeps_8_mib")
def test_the_bodies_of_the_latest_requests_are_kept_up_to_a_limit() -> None:
    backend = MockBackend()
    front = InProcessFront(backend)
    content = os.urandom(MIB)
    for _ in range(10):
        body, headers = multipart(("note", None, b"x"), ("file", "a.bin", content))
        assert front.send("POST", "/data_files/", body, headers).status == 201
    whole = [len(request.body) > 0 for request in backend.requests]
    assert whole == [False] * 3 + [True] * 7
    assert backend.requests[0].parts["file"].size == 0
    assert backend.requests[0].parts["note"].content == b"x"
    assert backend.requests[-1].parts["file"].content == content
    shown = [line for line in backend.transcript().split(b"\n") if line.startswith(b"> part file: ")]
    assert len(shown) == 10
    assert set(shown) == {shown[0]}
    assert shown[0].startswith(b"> part file: 1048576 bytes, CRC-32 ")
    backend.reset()
    assert backend.requests == []


@pytest.mark.usefixtures("keeps_8_mib")
def test_a_json_body_that_is_not_kept_is_still_told_from_others() -> None:
    backend = MockBackend()
    front = InProcessFront(backend)
    for number in range(3):
        front.send("POST", "/plugins/", {"name": str(number) * 4 * MIB})
    text = backend.transcript()
    assert text.count(b" bytes, CRC-32 ") >= 3
    assert backend.requests[0].body == b""
    assert backend.requests[2].body != b""


@pytest.mark.parametrize("kind", FRONTS)
def test_large_bodies_arrive_whole(kind: str) -> None:
    with MockBackend() as backend:
        content = os.urandom(5 * MIB + 3)
        body, headers = multipart(("file", "a.bin", content))
        answer = FRONTS[kind](backend).send("POST", "/data_files/", body, headers)
        assert answer.json["checksum"] == md5(content)
