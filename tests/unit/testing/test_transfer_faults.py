"""Faults of uploads and downloads: what the client hears, and what the mock has kept."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, get_args

import httpx
import pytest

from synapse_backend.testing import MockBackend, UploadOptions, faults
from synapse_backend.testing.faults.transfers import RangeLieKind, UrlKind
from tests.unit.testing.fronts import TOKEN, multipart
from tests.unit.testing.uploading import md5, part_of

CONTENT = os.urandom(3000)
LARGE = os.urandom(700_000)


@dataclass(frozen=True)
class Client:
    """A client over one of the fronts."""

    backend: MockBackend
    http: httpx.Client

    def put(self, url: str, start: int, stop: int, content: bytes = CONTENT) -> httpx.Response:
        body, headers = part_of(content, start, stop)
        return self.http.put(url, content=body, headers=headers)

    def begin(self, stop: int, content: bytes = CONTENT) -> dict[str, Any]:
        upload: dict[str, Any] = self.put("/chunked_upload/", 0, stop, content).json()
        return upload

    def finish(self, upload: dict[str, Any], content: bytes = CONTENT) -> httpx.Response:
        return self.http.post(upload["url"], json={"md5": md5(content)})

    def offset(self, upload: dict[str, Any]) -> int:
        offset: int = self.http.get(upload["url"]).json()["offset"]
        return offset

    def file(self, content: bytes = CONTENT) -> str:
        url: str = self.finish(self.begin(len(content), content), content).json()["file"]
        return url


@pytest.fixture(params=["socket", "in process"])
def client(request: pytest.FixtureRequest) -> Iterator[Client]:
    backend = MockBackend(uploads=UploadOptions(multipart_threshold=1000, part_size=500))
    transport: httpx.BaseTransport | None = None
    url = "http://localhost"
    if request.param == "socket":
        url = backend.start().url
    else:
        transport = backend.transport()
    with httpx.Client(base_url=url, headers=TOKEN, timeout=60, transport=transport) as http:
        yield Client(backend, http)
    backend.stop()


# --- parts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0, 30, 100])
def test_only_the_beginning_of_a_part_is_kept(client: Client, share: int) -> None:
    client.backend.faults.on("append_chunked_upload").part_then_reset(share)
    upload = client.begin(1000)
    with pytest.raises(httpx.ReadError):
        client.put(upload["url"], 1000, 3000)
    kept = {0: 1, 30: 600, 100: 1999}[share]
    assert client.offset(upload) == 1000 + kept
    assert client.put(upload["url"], 1000 + kept, 3000).status_code == 200
    assert client.http.get(client.finish(upload).json()["file"]).content == CONTENT
    assert client.backend.bytes_stored == 3000


def test_the_beginning_of_the_first_part_makes_an_upload(client: Client) -> None:
    client.backend.faults.on("create_chunked_upload").part_then_reset()
    with pytest.raises(httpx.ReadError):
        client.put("/chunked_upload/", 0, 1000)
    assert client.backend.uploads[124]["offset"] == 500


def test_a_part_of_one_byte_has_no_beginning(client: Client) -> None:
    armed = client.backend.faults.on("append_chunked_upload").part_then_reset()
    upload = client.begin(1000)
    assert client.put(upload["url"], 1000, 1001).status_code == 200
    assert client.http.put(upload["url"], content=b"").status_code == 400
    bad = {"Content-Type": "multipart/form-data; boundary=x", "Content-Range": "bytes 0-9/10"}
    assert client.http.put(upload["url"], content=b"no form", headers=bad).status_code == 400
    assert armed.fired == 0
    client.backend.faults.clear()


@pytest.mark.parametrize("at", [0, 50, 100])
def test_a_bit_that_flips_shows_in_the_digest(client: Client, at: float) -> None:
    upload = client.begin(1000)
    client.backend.faults.on("append_chunked_upload").flip_bit(at)
    assert client.put(upload["url"], 1000, 3000).status_code == 200
    answer = client.finish(upload)
    assert (answer.status_code, answer.json()) == (
        400,
        {"detail": "The MD5 of the upload is not the one that was named."},
    )
    assert client.http.get(upload["url"]).json()["status"] == 1
    upload = client.begin(3000)
    assert client.finish(upload).status_code == 200


def test_a_large_part_flips_too(client: Client) -> None:
    client.backend.faults.on("create_chunked_upload").flip_bit()
    upload = client.begin(len(LARGE), LARGE)
    assert client.finish(upload, LARGE).status_code == 400


def test_every_file_can_be_damaged_and_nothing_else(client: Client) -> None:
    client.backend.faults.on("*", times=2).flip_bit()
    body, headers = multipart(("file", "a.txt", b"hello"))
    created = client.http.post("/data_files/", content=body, headers=headers).json()
    assert created["checksum"] != md5(b"hello")
    assert client.http.post("/data_files/", json={"chunked_upload": 123}).status_code == 201
    ask = {"files": [{"filename": "a.txt", "size": 5}]}
    url = client.http.post("/data_files/presigned_upload/upload/", json=ask).json()["files"][0]["presigned_url"]
    del client.http.headers["authorization"]
    assert client.http.put(url, content=b"hello").headers["etag"] != f'"{md5(b"hello")}"'
    client.http.headers.update(TOKEN)
    assert client.http.get("/jobs/789/").status_code == 200


def test_a_part_is_stored_and_its_answer_is_lost(client: Client) -> None:
    upload = client.begin(1000)
    client.backend.faults.on("append_chunked_upload", nth=2).commit_then_reset()
    client.put(upload["url"], 1000, 2000)
    with pytest.raises(httpx.ReadError):
        client.put(upload["url"], 2000, 3000)
    assert client.offset(upload) == 3000
    again = client.put(upload["url"], 2000, 3000)
    assert (again.status_code, again.json()["offset"]) == (400, 3000)
    assert client.http.get(client.finish(upload).json()["file"]).content == CONTENT
    assert (client.backend.bytes_stored, client.backend.bytes_resent) == (3000, 1000)


def test_the_upload_is_completed_and_the_answer_is_lost(client: Client) -> None:
    upload = client.begin(3000)
    client.backend.faults.on("complete_chunked_upload").commit_then_reset()
    with pytest.raises(httpx.ReadError):
        client.finish(upload)
    assert client.finish(upload).json() == {"detail": "The upload is already complete."}
    assert client.http.get(upload["url"]).json()["status"] == 2


@pytest.mark.parametrize(("by", "offset"), [(-400, 600), (-5000, 0), (7, 1007), (None, None)])
def test_offsets_that_are_not_so(client: Client, by: int | None, offset: int | None) -> None:
    client.backend.faults.on("create_chunked_upload").offset_lie(by)
    upload = client.begin(1000)
    assert upload.get("offset") == offset
    assert client.offset(upload) == 1000


@pytest.mark.parametrize("status", [404, 410])
@pytest.mark.parametrize("operation", ["append_chunked_upload", "complete_chunked_upload", "get_chunked_upload"])
def test_an_upload_that_is_gone_stays_gone(client: Client, status: int, operation: str) -> None:
    upload = client.begin(1000)
    other = client.begin(500)
    calls: dict[str, Callable[[], httpx.Response]] = {
        "append_chunked_upload": lambda: client.put(upload["url"], 1000, 2000),
        "complete_chunked_upload": lambda: client.finish(upload),
        "get_chunked_upload": lambda: client.http.get(upload["url"]),
    }
    client.backend.faults.on(operation).upload_gone(status)
    assert [call().status_code for call in (calls[operation], *calls.values())] == [status] * 4
    assert client.offset(other) == 500


def test_an_upload_that_nobody_knows_cannot_go(client: Client) -> None:
    client.backend.faults.on("get_chunked_upload", times=2).upload_gone()
    assert client.http.get("/chunked_upload/999/").status_code == 404
    assert client.http.get("/chunked_upload/b4a2e1f0-0000-4000-8000-000000000000/").status_code == 404


def test_an_upload_of_a_tenant_goes_and_of_a_stranger_does_not() -> None:
    with MockBackend(tenants={"north"}) as backend:
        backend.faults.on("get_chunked_upload", times=2).upload_gone()
        with httpx.Client(base_url=backend.url, headers=TOKEN) as http:
            assert http.get("/chunked_upload/123/", headers={"Synapse-Tenant": "Token east"}).status_code == 403
            assert http.get("/chunked_upload/123/", headers={"Synapse-Tenant": "Token north"}).status_code == 404
            assert http.get("/chunked_upload/123/").status_code == 404


# --- URLs -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", get_args(UrlKind))
def test_urls_that_lead_somewhere_else(client: Client, kind: UrlKind) -> None:
    client.backend.faults.on("create_chunked_upload").foreign_url(kind)
    url = client.begin(1000)["url"]
    host = client.http.base_url.netloc.decode()
    assert (
        url
        == {
            "foreign_host": "http://elsewhere.example/chunked_upload/124/",
            "foreign_port": f"http://{host.partition(':')[0]}:9/chunked_upload/124/",
            "foreign_scheme": f"ftp://{host}/chunked_upload/124/",
            "no_scheme": "//elsewhere.example/chunked_upload/124/",
            "user_info": f"http://{host}@elsewhere.example/chunked_upload/124/",
            "private_address": "http://10.0.0.1/chunked_upload/124/",
            "file": "file:///etc/hostname",
            "relative": "/chunked_upload/124/",
        }[kind]
    )


def test_urls_deep_in_an_answer(client: Client) -> None:
    client.backend.faults.on("request_presigned_upload").foreign_url()
    ask = {"files": [{"filename": "a", "size": 5}, {"filename": "b", "size": 1500}]}
    small, large = client.http.post("/data_files/presigned_upload/upload/", json=ask).json()["files"]
    urls = [small["presigned_url"], *(part["presigned_url"] for part in large["multipart"]["parts"])]
    assert {url.partition("/storage/")[0] for url in urls} == {"http://elsewhere.example"}
    client.backend.faults.on("get_task").foreign_url()
    task = client.http.get("/tasks/456/").json()
    assert all(info["url"].startswith("http://elsewhere.example/media/") for info in task["files"].values())


# --- downloads --------------------------------------------------------------------------------------------------------


def beginning(client: Client, url: str) -> tuple[bytes, httpx.Headers, type[Exception] | None]:
    """What arrives of a file, its header fields, and how it ends."""
    received = b""
    with client.http.stream("GET", url) as answer:
        try:
            for piece in answer.iter_raw():
                received += piece
        except httpx.TransportError as error:
            return received, answer.headers, type(error)
    return received, answer.headers, None


@pytest.mark.parametrize("reset", [False, True])
@pytest.mark.parametrize(("percent", "heard"), [(0, 0), (40, 1200), (100, 2999)])
def test_a_download_that_is_cut(client: Client, percent: float, heard: int, *, reset: bool) -> None:
    url = client.file()
    client.backend.faults.on("/media/").cut(percent, reset=reset)
    received, headers, error = beginning(client, url)
    assert error is (httpx.ReadError if reset else httpx.RemoteProtocolError)
    assert received == CONTENT[:heard]
    rest = client.http.get(url, headers={"Range": f"bytes={heard}-", "If-Range": headers["etag"]})
    assert received + rest.content == CONTENT


def test_a_large_download_is_cut_too(client: Client) -> None:
    url = client.file(LARGE)
    client.backend.faults.on("/media/").cut(50)
    received, headers, error = beginning(client, url)
    assert (error, headers["content-length"]) == (httpx.RemoteProtocolError, "700000")
    assert received == LARGE[:350_000]


@pytest.mark.parametrize("kind", get_args(RangeLieKind))
@pytest.mark.parametrize("first", [0, 1000])
def test_ranges_that_are_not_what_was_asked_for(client: Client, kind: RangeLieKind, first: int) -> None:
    url = client.file()
    armed = client.backend.faults.on("/media/").range_lie(kind)
    etag = client.http.get(url).headers["etag"]
    assert armed.fired == 0
    answer = client.http.get(url, headers={"Range": f"bytes={first}-1999", "If-Range": etag})
    step = -1 if first else 1
    status, span, content = {
        "changed": (200, None, CONTENT),
        "ignored": (200, None, CONTENT),
        "shifted": (206, f"bytes {first + step}-{1999 + step}/3000", CONTENT[first:2000]),
        "unnamed": (206, None, CONTENT[first:2000]),
        "other_total": (206, f"bytes {first}-1999/3001", CONTENT[first:2000]),
    }[kind]
    assert (answer.status_code, answer.headers.get("content-range"), answer.content) == (status, span, content)
    assert (answer.headers["etag"] == etag) == (kind != "changed")
    honest = client.http.get(url, headers={"Range": "bytes=0-9", "If-Range": etag})
    assert (honest.status_code, honest.content) == (206, CONTENT[:10])


def test_a_range_that_is_not_there_cannot_be_shifted(client: Client) -> None:
    url = client.file()
    client.backend.faults.on("/media/").range_lie("shifted")
    answer = client.http.get(url, headers={"Range": "bytes=3000-"})
    assert (answer.status_code, answer.headers["content-range"]) == (416, "bytes */3000")


def test_a_large_download_meets_other_faults(client: Client) -> None:
    url = client.file(LARGE)
    client.backend.faults.on("/media/").sequence(faults.Truncate(10), faults.Latency(0.01), faults.Informational(3))
    with pytest.raises(httpx.RemoteProtocolError):
        client.http.get(url)
    assert client.http.get(url).content == LARGE
    assert client.http.get(url).content == LARGE


# --- paths ------------------------------------------------------------------------------------------------------------


def test_faults_by_path_count_only_what_is_below(client: Client) -> None:
    url = client.file()
    armed = client.backend.faults.on("/media/chunked_uploads/", nth=2).status(503)
    release = client.backend.releases[456]["file"]
    assert [client.http.get(path).status_code for path in (release, url, release, url, url)] == [
        200,
        200,
        200,
        503,
        200,
    ]
    assert (str(armed), armed.seen) == ("/media/chunked_uploads/:nth=2:status(status=503)", 2)
    client.backend.faults.on("/jobs/").status(500)
    assert client.http.get("/plugins/123/").status_code == 200
    assert client.http.get("/jobs/789/").status_code == 500


def test_uploads_to_the_storage_fail_by_path(client: Client) -> None:
    ask = {"files": [{"filename": "a", "size": 5}]}
    url = client.http.post("/data_files/presigned_upload/upload/", json=ask).json()["files"][0]["presigned_url"]
    client.backend.faults.on("/storage/").sequence(faults.Status(503), faults.CommitThenReset())
    del client.http.headers["authorization"]
    assert client.http.put(url, content=b"hello").status_code == 503
    with pytest.raises(httpx.ReadError):
        client.http.put(url, content=b"hello")
    assert client.http.put(url, content=b"hello").status_code == 200
    assert (client.backend.bytes_stored, client.backend.bytes_resent) == (5, 5)
    assert [request.faults for request in client.backend.requests[-3:]] == [("status",), ("commit_then_reset",), ()]


def test_an_upload_by_path_that_needs_the_socket() -> None:
    with MockBackend() as backend:
        backend.faults.on("/media/").expire_idle()
        backend.faults.on("/storage/").stop_reading()
        with httpx.Client(transport=backend.transport(), base_url="http://h", headers=TOKEN) as http:
            assert http.get("/jobs/789/").status_code == 200
            with pytest.raises(faults.FaultError, match="cannot be played in process"):
                http.get("/media/x")
        with httpx.Client(base_url=backend.url, headers=TOKEN, timeout=60) as http:
            assert http.post("/plugins/", json={"name": "A"}).status_code == 201
            assert http.get("/media/x").status_code == 404
        with (
            httpx.Client(base_url=backend.url, headers=TOKEN, timeout=0.3) as http,
            pytest.raises(httpx.TimeoutException),
        ):
            http.put("/storage/x", content=b"hello")


def test_what_fits_only_paths_waits_for_them(client: Client) -> None:
    armed = client.backend.faults.on("*").range_lie("unnamed")
    client.backend.faults.on("/media/", nth=2).hostile_text(500)
    url = client.file()
    assert armed.seen == 0
    answer = client.http.get(url, headers={"Range": "bytes=0-9"})
    assert (answer.status_code, answer.headers.get("content-range")) == (206, None)
    assert client.http.get(url).status_code == 500
