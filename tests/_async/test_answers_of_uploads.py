"""Answers about files and units that are not what the contract says: nothing but our errors, and no work lost."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from synapse_backend import AsyncBackendClient, ChecksumMismatchError, ClientError, ResponseError, UploadError
from synapse_backend._async._attempts import AsyncAttempts
from synapse_backend._bodies import SMALL_FILE
from synapse_backend._errors import AuthorizationError, OutcomeUnknownError, ServerError
from synapse_backend._presigned import Candidate, Part
from synapse_backend._secrets import SecretText
from synapse_backend.testing import MockBackend
from synapse_backend.testing.options import UploadOptions
from tests.support.bulk import collection, md5, present, units, wanted, write
from tests.support.clock import FakeClock
from tests.support.scripted import ScriptedServer, json_reply, reply

CONTENT = b"0123456789"
MD5 = hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()
NO_UNITS: dict[str, Any] = {"count": 0, "next": None, "previous": None, "results": []}

COMPLETED: list[dict[str, Any]] = [
    {"id": 1},
    {"id": 1, "checksum": MD5},
    {"id": 1, "checksum": MD5.upper(), "file_size": 10},
    {"id": 1, "checksum": None, "size": None},
    {"id": "8f3c", "size": 10},
]
"""Answers about a file that leave something out."""

REFUSED: list[tuple[Any, str]] = [
    (None, "the answer is missing or null instead of an object"),
    ([], "the answer is a list instead of an object"),
    ("ok", "the answer is text instead of an object"),
    (7.5, "the answer is a number instead of an object"),
    ({}, "id is missing or null instead of an integer"),
    ({"id": True}, "id is a boolean instead of an integer"),
    ({"id": ""}, "id is text instead of an integer"),
]
"""Answers about a file that are of no use, and what is said of them."""

WRONG: list[dict[str, Any]] = [
    {"id": 1, "checksum": "0" * 32},
    {"id": 1, "checksum": MD5, "size": 5},
    {"id": 1, "checksum": 7},
    {"id": 1, "file_size": 5},
]
"""Answers about another file than was sent."""


def unused(error: Exception, path: str) -> str:
    """Return what an error says of an answer that could not be used."""
    assert isinstance(error, ResponseError)
    assert (error.kind, error.status_code, error.path) == ("schema", 200, path)
    return str(error)


# --- files ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", COMPLETED)
async def test_what_a_backend_does_not_tell_of_a_file_is_filled_in(
    answer: dict[str, Any], server: ScriptedServer, client: AsyncBackendClient, package: Path
) -> None:
    server.plays(json_reply(answer, 201), json_reply(answer, 201))
    seen: list[tuple[int, int]] = []
    created = await client.create_data_file(package, on_progress=lambda *args: seen.append(args))
    assert (created["id"], created["checksum"].lower(), created["size"]) == (answer["id"], MD5, 10)
    assert seen == [(10, 10)]
    unit = await client.upload_data_file({"files": {"image": package}}, 3)
    assert unit["files"]["image"]["size"] == 10
    assert unit["files"]["image"]["checksum"].lower() == MD5


@pytest.mark.parametrize(("answer", "message"), REFUSED)
async def test_an_answer_without_a_file_is_refused(
    answer: Any, message: str, server: ScriptedServer, client: AsyncBackendClient, package: Path
) -> None:
    server.plays(json_reply(answer, 201), json_reply(answer, 201))
    with pytest.raises(ResponseError) as raised:
        await client.create_data_file(package)
    assert f"POST /data_files/: {message}" in unused(raised.value, "/data_files/")
    with pytest.raises(UploadError) as stopped:
        await client.upload_data_file({"files": {"image": package}}, 3)
    assert message in unused(stopped.value.errors["image"], "/data_files/")


@pytest.mark.parametrize("answer", WRONG)
async def test_a_file_that_is_another_one_is_refused(
    answer: dict[str, Any], server: ScriptedServer, client: AsyncBackendClient, package: Path
) -> None:
    server.plays(json_reply(answer, 201), json_reply(answer, 201))
    with pytest.raises(ChecksumMismatchError, match=r"edge-1\.0\.0\.zip: the backend has .* instead of") as raised:
        await client.create_data_file(package)
    assert raised.value.local == MD5
    with pytest.raises(UploadError) as stopped:
        await client.upload_data_file({"files": {"image": package}}, 3)
    assert isinstance(stopped.value.errors["image"], ChecksumMismatchError)


@pytest.mark.parametrize("opened", [True, False])
async def test_a_file_is_hashed_while_it_is_sent(
    opened: bool, backend: MockBackend, connected: AsyncBackendClient, tmp_path: Path
) -> None:
    path = tmp_path / "film.bin"
    path.write_bytes(bytes(range(256)) * (SMALL_FILE // 128))
    source: Any = io.BytesIO(path.read_bytes()) if opened else path
    created = await connected.create_data_file(source)
    assert (created["checksum"], created["size"]) == (md5(path), 2 * SMALL_FILE)
    backend.faults.on("create_data_file").flip_bit()
    with pytest.raises(ChecksumMismatchError):
        await connected.create_data_file(io.BytesIO(path.read_bytes()) if opened else path)


@pytest.mark.parametrize("status", [400, 404, 405])
@pytest.mark.parametrize("as_path", [True, False])
async def test_an_empty_file_is_sent_whole_to_a_backend_that_wants_parts(
    as_path: bool, status: int, server: ScriptedServer, client: AsyncBackendClient, tmp_path: Path
) -> None:
    path = tmp_path / "empty"
    path.touch()
    read = io.BytesIO(CONTENT)
    read.seek(10)
    server.plays(reply(status, b'{"detail": "no parts"}'), json_reply({"id": 1}, 201))
    created = await client.create_data_file(path if as_path else read, True)
    assert created["size"] == 0
    assert [(request.method, request.path) for request in server.requests] == [
        ("POST", "/chunked_upload/"),
        ("POST", "/data_files/"),
    ]
    server.plays(reply(403, b"{}"))
    with pytest.raises(ClientError):
        await client.create_data_file(path, True)
    server.plays(reply(400, b"{}"))
    with pytest.raises(ClientError, match="PUT /chunked_upload/"):
        await client.create_data_file(io.BytesIO(CONTENT), True)


async def test_what_is_no_file_is_refused_by_name(connected: AsyncBackendClient, package: Path) -> None:
    with package.open("rb") as closed:
        pass
    with pytest.raises(ValueError, match="is a closed file"):
        await connected.create_data_file(closed, True)
    with pytest.raises(TypeError, match="must be a path or a file opened in binary mode"):
        await connected.create_data_file(7, True)  # type: ignore[call-overload, arg-type, unused-ignore]


async def test_a_file_in_parts_is_looked_for_where_the_answer_of_a_proxy_came(
    server: ScriptedServer, client: AsyncBackendClient, package: Path
) -> None:
    upload = {"id": 5, "url": "/chunked_upload/5/", "offset": 10}
    html = b"<html>\r\n<head><title>502 Bad\nGateway</title></head>\r\n<body>nginx</body></html>"
    parts = json_reply(upload), json_reply({**upload, "status": 2, "completed_at": "2025-09-01T00:00:00Z"})
    lost = reply(502, html, "text/html")
    server.plays(*parts, lost, json_reply({MD5: 12}))
    assert await client.create_data_file(package, True) == {"id": 12, "checksum": MD5, "size": 10}
    for looked in (json_reply({}), json_reply(None), reply(500)):
        server.plays(*parts, lost, looked)
        with pytest.raises(ServerError, match="answered 502 Bad Gateway: 502 Bad Gateway \\("):
            await client.create_data_file(package, True)
    server.plays(*parts, reply(400, b"{}"))
    with pytest.raises(ClientError) as refused:
        await client.create_data_file(package, True)
    assert refused.value.status_code == 400
    assert not server.unplayed


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (None, "the answer is missing or null instead of an object"),
        ([MD5], "the answer is a list instead of an object"),
        ({"existing": [MD5]}, "existing is a list instead of an integer"),
    ],
)
async def test_matches_that_are_none_are_refused(
    answer: Any, message: str, server: ScriptedServer, client: AsyncBackendClient
) -> None:
    server.plays(json_reply(answer))
    with pytest.raises(ResponseError) as raised:
        await client.verify_data_files_checksums([MD5])
    assert message in unused(raised.value, "/data_files/verify_checksums/")


async def test_matches_are_told_in_lower_case_and_those_that_are_missing_not(
    server: ScriptedServer, client: AsyncBackendClient
) -> None:
    server.plays(json_reply({MD5.upper(): 5, "0" * 32: None}))
    assert await client.verify_data_files_checksums([MD5, "0" * 32]) == {MD5: 5}


# --- units ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (None, "the answer is missing or null instead of a list"),
        ({"id": 1}, "the answer is an object instead of a list"),
        ({"results": [{"id": 1}]}, "the answer is an object instead of a list"),
        ([], "the answer has 0 units for 1 that were sent"),
        ([{"id": 1}, {"id": 2}], "the answer has 2 units for 1 that were sent"),
        ([{}], "id is missing or null instead of an integer"),
        (["a"], "an item of the answer is text instead of an object"),
    ],
)
async def test_an_answer_without_the_units_is_refused(
    answer: Any, message: str, server: ScriptedServer, client: AsyncBackendClient
) -> None:
    server.plays(json_reply(answer, 201))
    with pytest.raises(ResponseError) as raised:
        await client.create_data_units([{"data_collection": 1, "files": {}}])
    assert message in unused(raised.value, "/data_units/")


async def test_one_unit_is_told_as_itself_or_in_a_list(server: ScriptedServer, client: AsyncBackendClient) -> None:
    server.plays(json_reply({"id": 1}, 201), json_reply([{"id": 2}], 201))
    for pk in (1, 2):
        [unit] = await client.create_data_units({"data_collection": 1, "files": {}})
        assert unit["id"] == pk


async def test_units_of_the_batches_before_are_told_with_an_answer_of_no_use(
    server: ScriptedServer, client: AsyncBackendClient
) -> None:
    server.plays(json_reply([{"id": pk} for pk in range(1000)], 201), json_reply(None, 201))
    with pytest.raises(ResponseError) as raised:
        await client.create_data_units([{"data_collection": 1, "files": {}}] * 1001)
    assert [unit["id"] for unit in raised.value.created] == list(range(1000))


# --- many units -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [answer for answer, _ in REFUSED] + WRONG)
async def test_an_answer_of_no_use_is_the_failure_of_one_file(
    answer: Any, server: ScriptedServer, client: AsyncBackendClient, package: Path
) -> None:
    is_looked_for = answer not in WRONG
    server.plays(
        json_reply({"id": 1}),
        json_reply(NO_UNITS),
        json_reply(answer, 201),
        *([json_reply({})] if is_looked_for else []),
        json_reply({"id": 4}, 201),
        json_reply([{"id": 9}], 201),
    )
    data = [{"files": {"image": package}, "meta": {"n": number}} for number in range(2)]
    summary = await client.upload_data_collection(1, data, max_workers=1)
    assert (summary.created, summary.failed, summary.bytes, summary.unit_ids) == (1, 1, 10, {1: 9})
    [failure] = summary.failures
    assert isinstance(failure.errors["image"], ResponseError if is_looked_for else ChecksumMismatchError)
    assert b'"size":10' in server.requests[-1].body
    assert not server.unplayed


async def test_a_file_of_which_the_answer_told_nothing_is_found(
    server: ScriptedServer, client: AsyncBackendClient, package: Path
) -> None:
    server.plays(
        json_reply({"id": 1, "file_specifications": None}),
        json_reply(NO_UNITS),
        json_reply(None, 201),
        json_reply({MD5: 4}),
        json_reply([{"id": 9}], 201),
    )
    summary = await client.upload_data_collection(1, [{"files": {"image": package}}])
    assert (summary.created, summary.failed) == (1, 0)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (None, "the answer is missing or null instead of an object"),
        ([], "the answer is a list instead of an object"),
        ({"file_specifications": 7}, "file_specifications is an integer instead of a list"),
        ({"file_specifications": ["x"]}, "an item of file_specifications is text instead of an object"),
        ({"file_specifications": [{}]}, "file_specifications[].name is missing or null instead of text"),
    ],
)
async def test_a_collection_that_cannot_be_read_is_refused(
    answer: Any, message: str, server: ScriptedServer, client: AsyncBackendClient
) -> None:
    server.plays(json_reply(answer))
    with pytest.raises(ResponseError) as raised:
        await client.upload_data_collection(1, [])
    assert message in unused(raised.value, "/data_collections/{pk}/")


@pytest.mark.parametrize("items", [[{}], [{"id": "7"}], ["x"], [None]])
async def test_units_without_ids_are_refused(
    items: list[Any], server: ScriptedServer, client: AsyncBackendClient
) -> None:
    server.plays(json_reply({"id": 1}), json_reply({**NO_UNITS, "count": 1, "results": items}))
    with pytest.raises(ResponseError) as raised:
        await client.upload_data_collection(1, [])
    unused(raised.value, "/data_units/")


@pytest.mark.parametrize(
    "listed", [{"files": [1]}, {"files": {"image": 1}}, {"meta": [1]}, {"groups": 5}, {"files": "x"}]
)
async def test_a_lost_request_stays_lost_where_units_cannot_be_compared(
    listed: dict[str, Any], server: ScriptedServer, client: AsyncBackendClient, package: Path
) -> None:
    server.plays(
        json_reply({"id": 1}),
        json_reply(NO_UNITS),
        json_reply({"id": 4}, 201),
        reply(500),
        json_reply({**NO_UNITS, "count": 1, "results": [{"id": 3, **listed}]}),
    )
    summary = await client.upload_data_collection(1, [{"files": {"image": package}}])
    assert isinstance(summary.failures[0].error, ServerError)
    assert not server.unplayed


async def test_tasks_whose_unit_nobody_knows_are_not_ours(
    server: ScriptedServer, client: AsyncBackendClient, package: Path
) -> None:
    server.plays(
        json_reply({"id": 1}),
        json_reply(NO_UNITS),
        json_reply(NO_UNITS),
        json_reply({"id": 4}, 201),
        json_reply([{"id": 9}], 201),
        json_reply(None, 201),
        json_reply({**NO_UNITS, "count": 1, "results": [{"id": 3}]}),
    )
    summary = await client.upload_data_collection(1, [{"files": {"image": package}}], project_id=2)
    assert (summary.created, summary.tasks, summary.failed) == (1, 0, 1)
    unused(summary.failures[0].error or Exception(), "/tasks/")
    assert not server.unplayed


# --- outages --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("max_workers", [1, 4])
async def test_a_backend_that_is_away_for_a_while_is_waited_for(
    max_workers: int, backend: MockBackend, tmp_path: Path
) -> None:
    data, pk = units(write(tmp_path, 30)), collection(backend)
    async with AsyncBackendClient(backend.url, "t", clock=backend.clock, retries=max_workers) as client:
        backend.faults.on("create_data_file", nth=5, times=max_workers).status(502)
        backend.faults.on("verify_data_files_checksums", times=4).status(503)
        backend.faults.on("create_data_units", nth=2).status(502)
        backend.faults.on("list_data_units", nth=2, times=4).status(502)
        summary = await client.upload_data_collection(pk, data, batch_size=10, max_workers=max_workers)
    assert (summary.created, summary.failed) == (30, 0)
    assert present(backend, pk) == wanted(data)


async def test_connections_that_are_refused_for_a_while_are_waited_for(backend: MockBackend, tmp_path: Path) -> None:
    data, pk = units(write(tmp_path, 12)), collection(backend)

    def until_it_is_away() -> Iterator[Any]:
        for number, unit in enumerate(data):
            if number == 4:
                backend.faults.on_connect().refuse(2)
                # What is connected already would not notice.
                for operation in ("create_data_file", "verify_data_files_checksums"):
                    backend.faults.on(operation, times=2).reset()
            yield unit

    async with AsyncBackendClient(backend.url, "t") as client:
        summary = await client.upload_data_collection(pk, until_it_is_away(), batch_size=4, max_workers=2)
    assert (summary.created, summary.failed) == (12, 0)
    assert present(backend, pk) == wanted(data)


async def test_without_retries_nobody_waits(backend: MockBackend, tmp_path: Path) -> None:
    async with AsyncBackendClient(backend.url, "t", clock=backend.clock, retries=0) as client:
        backend.faults.on("create_data_file", nth=2).status(502)
        summary = await client.upload_data_collection(collection(backend), units(write(tmp_path, 3)), max_workers=1)
    assert (summary.created, summary.failed) == (2, 1)


async def test_a_request_that_alone_fails_is_no_outage(clock: FakeClock) -> None:
    attempts, made = AsyncAttempts(clock, 2), 0

    async def attempt() -> int:
        nonlocal made
        made += 1
        raise ServerError("", status_code=502)

    async def look(_: ClientError) -> int | None:
        return None

    with pytest.raises(ServerError):
        await attempts.repeat(attempt, look)
    assert made == 3


@pytest.mark.parametrize("found", [7, None])
async def test_a_refusal_after_an_attempt_without_an_answer_is_looked_for_once_more(
    clock: FakeClock, found: int | None
) -> None:
    errors: list[ClientError] = [OutcomeUnknownError(status_code=408), AuthorizationError(status_code=403)]
    looks: list[ClientError] = []

    async def attempt() -> int:
        raise errors[len(looks)]

    async def look(error: ClientError) -> int | None:
        looks.append(error)
        return found if len(looks) == 2 else None

    attempts = AsyncAttempts(clock, 2)
    if found is None:
        with pytest.raises(AuthorizationError):
            await attempts.repeat(attempt, look)
    else:
        assert await attempts.repeat(attempt, look) == found
    assert looks == [errors[0], errors[0]]


async def test_a_server_that_stays_away_is_given_up(clock: FakeClock) -> None:
    attempts, start = AsyncAttempts(clock, 2), clock.monotonic()

    async def attempt() -> int:
        raise ClientError("", sent=False)

    async def look(_: ClientError) -> int | None:
        raise AssertionError("nothing was sent")

    with pytest.raises(ClientError):
        await attempts.repeat(attempt, look)
    assert 39 <= clock.monotonic() - start <= 46


async def test_requests_wait_for_their_turn_where_fewer_are_wanted(
    backend: MockBackend, clock: FakeClock, tmp_path: Path
) -> None:
    async with AsyncBackendClient(backend.url, "t", clock=clock) as client:
        backend.faults.on("create_data_file", nth=3, times=2).status(429)
        summary = await client.upload_data_collection(collection(backend), units(write(tmp_path, 20)), max_workers=1)
    assert summary.created == 20
    # Two pauses, and then one short wait for each request that followed.
    assert 1.0 <= sum(clock.waits) <= 2.0
    assert len([wait for wait in clock.waits if 0.02 < wait < 0.05]) >= 17


# --- files to the storage -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ticket", "message"),
    [
        ({}, "files[].file_key is missing or null instead of text"),
        (None, "files[] is missing or null instead of an object"),
        ("x", "files[] is text instead of an object"),
        ({"file_key": "k"}, "files[].presigned_url is missing or null instead of text"),
        ({"file_key": "k", "multipart": 7}, "files[].multipart is an integer instead of an object"),
        ({"file_key": "k", "multipart": {"part_size": "1"}}, "files[].multipart.part_size is text"),
        ({"file_key": "k", "multipart": {"part_size": 1}}, "files[].multipart.upload_id is missing"),
        ({"file_key": "k", "multipart": {"part_size": 1, "upload_id": "u", "parts": {}}}, "parts is an object"),
        (
            {"file_key": "k", "multipart": {"part_size": 1, "upload_id": "u", "parts": [{}]}},
            "files[].multipart.parts[].part_number is missing",
        ),
        (
            {"file_key": "k", "multipart": {"part_size": 1, "upload_id": "u", "parts": [{"part_number": 1}]}},
            "files[].multipart.parts[].presigned_url is missing",
        ),
    ],
)
async def test_a_ticket_of_no_use_is_the_failure_of_one_file(
    ticket: Any, message: str, server: ScriptedServer, client: AsyncBackendClient, package: Path
) -> None:
    good = {"file_key": "g", "presigned_url": f"{server.url}/storage/g"}
    server.plays(
        json_reply({"files": [ticket, good]}),
        reply(200),
        json_reply({"results": [{"file_key": "g", "success": True, "data_file_id": 4}]}),
    )
    answer = await client.upload_files_bulk([package, package], max_workers=1, max_retries=0)
    assert [result["data_file_id"] for result in answer["results"]] == [None, 4]
    assert message in (answer["results"][0]["error"] or "")
    assert answer["results"][1]["error"] is None


@pytest.mark.parametrize("answer", [None, [], {}, {"files": None}, {"files": []}, {"files": [{}, {}]}])
async def test_an_answer_without_tickets_fails_its_batch_and_no_other(
    answer: Any, server: ScriptedServer, client: AsyncBackendClient, package: Path
) -> None:
    server.plays(
        json_reply(answer),
        json_reply({"files": [{"file_key": "g", "presigned_url": f"{server.url}/storage/g"}]}),
        reply(200),
        json_reply({"results": [{"file_key": "g", "success": True, "data_file_id": 4}]}),
    )
    found = await client.upload_files_bulk([package, package], batch_size=1, max_retries=0)
    assert (found["created_count"], found["failed_count"]) == (1, 1)
    assert "POST /data_files/presigned_upload/upload/: " in (found["results"][0]["error"] or "")


CONFIRMATIONS: list[Any] = [
    None,
    [],
    {},
    {"results": None},
    {"results": []},
    {"results": [{}]},
    {"results": [{"success": True}]},
    {"results": [{"file_key": "other", "success": True, "data_file_id": 5}]},
    {"results": [{"file_key": "g", "success": True, "data_file_id": None}]},
]


@pytest.mark.parametrize("is_there", [True, False])
@pytest.mark.parametrize("confirmation", CONFIRMATIONS)
async def test_what_a_confirmation_does_not_tell_is_looked_for(
    confirmation: Any, is_there: bool, server: ScriptedServer, client: AsyncBackendClient, package: Path
) -> None:
    server.plays(
        json_reply({"files": [{"file_key": "g", "presigned_url": f"{server.url}/storage/g"}]}),
        reply(200),
        json_reply(confirmation),
        json_reply({MD5: 4} if is_there else {}),
    )
    found = await client.upload_files_bulk([package], max_retries=0)
    [result] = found["results"]
    assert (result["data_file_id"], result["success"]) == ((4, True) if is_there else (None, False))
    assert is_there is (result["error"] is None)
    assert not server.unplayed


async def test_files_that_were_found_stay_found_when_the_others_are_given_up(
    server: ScriptedServer, client: AsyncBackendClient, package: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"other")
    tickets = [{"file_key": key, "presigned_url": f"{server.url}/storage/{key}"} for key in ("a", "b")]
    server.plays(json_reply({"files": tickets}), reply(200), reply(200), json_reply(None), json_reply({MD5: 4}))
    found = await client.upload_files_bulk([package, other], max_workers=1, max_retries=0)
    assert [result["success"] for result in found["results"]] == [True, False]
    assert [result["error"] is None for result in found["results"]] == [True, False]


async def test_a_storage_that_signs_no_media_type_gets_none(
    server: ScriptedServer, client: AsyncBackendClient, package: Path
) -> None:
    tickets = [{"file_key": str(n), "presigned_url": f"{server.url}/storage/{n}?sv=1&sig=x"} for n in range(2)]
    results = [{"file_key": str(n), "success": True, "data_file_id": n + 1} for n in range(2)]
    server.plays(
        json_reply({"files": tickets}),
        reply(403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>", "application/xml"),
        reply(200),
        reply(200),
        json_reply({"results": results}),
    )
    found = await client.upload_files_bulk([package, package], max_workers=1, max_retries=0)
    assert found["created_count"] == 2
    sent = [request for request in server.requests if request.method == "PUT"]
    assert [request.values("Content-Type") for request in sent] == [["application/zip"], [], []]
    assert [request.target.partition("?")[0] for request in sent] == ["/storage/0", "/storage/0", "/storage/1"]
    assert {request.body for request in sent} == {CONTENT}
    assert [request.values("x-ms-blob-type") for request in sent] == [["BlockBlob"]] * 3


async def test_parts_have_no_media_type(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(bytes(1000))
    with MockBackend(uploads=UploadOptions(multipart_threshold=500, part_size=300)) as parted:
        async with AsyncBackendClient(parted.url, "t") as client:
            assert (await client.upload_files_bulk([path]))["created_count"] == 1
        sent = [request for request in parted.requests if request.method == "PUT"]
    assert len(sent) == 4
    assert not any("content-type" in {name.lower() for name in request.headers} for request in sent)
    part = Part(Candidate("a", "a"), 1, SecretText("http://h/?sv=1&sig=x"), 0, 1)
    assert part.headers(with_type=True) == {}


async def test_a_url_that_is_over_is_not_tried_without_a_media_type_once_one_was_taken(
    server: ScriptedServer, client: AsyncBackendClient, package: Path
) -> None:
    tickets = [{"file_key": str(n), "presigned_url": f"{server.url}/storage/{n}"} for n in range(2)]
    server.plays(
        json_reply({"files": tickets}),
        reply(200),
        reply(403),
        json_reply({"results": [{"file_key": "0", "success": True, "data_file_id": 1}]}),
    )
    found = await client.upload_files_bulk([package, package], max_workers=1, max_retries=0)
    assert [result["success"] for result in found["results"]] == [True, False]
    assert not server.unplayed


async def test_an_unknown_outcome_of_looking_is_told(clock: FakeClock) -> None:
    attempts = AsyncAttempts(clock, 2)

    async def attempt() -> int:
        raise ServerError("", status_code=502)

    async def look(_: ClientError) -> int | None:
        raise OutcomeUnknownError("some of them", status_code=408)

    with pytest.raises(OutcomeUnknownError, match="some of them"):
        await attempts.repeat(attempt, look)
