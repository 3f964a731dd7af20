"""Data collections, files and units: what each method asks of the backend and what it returns."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from synapse_backend import (
    AsyncBackendClient,
    NotFoundError,
    OutcomeUnknownError,
    Page,
    ServerError,
    UploadError,
    ValidationError,
)
from synapse_backend._bodies import SMALL_FILE
from synapse_backend.testing import MockBackend
from tests.support.bulk import collection, md5, present, units, wanted, write

# --- data collections -----------------------------------------------------------------------------------------------


async def test_the_list_of_collections_is_whole(backend: MockBackend, connected: AsyncBackendClient) -> None:
    for number in range(250):
        backend.data_collections.add(name=f"collection {number}")
    every = await connected.list_data_collection()
    assert [one["id"] for one in every] == sorted(backend.data_collections, reverse=True)
    assert await connected.list_data_collections() == every
    assert [one async for one in connected.iter_data_collections({"page_size": 70})] == every


async def test_one_page_of_collections_is_a_list_too(backend: MockBackend, connected: AsyncBackendClient) -> None:
    page = await connected.list_data_collection({"page_size": 2, "page": 1}, list_all=False)
    assert len(page) == 2
    assert await connected.list_data_collections({"search": page[0]["name"]}, list_all=False)
    backend.assert_called("list_data_collection", times=2)


async def test_a_collection_comes_with_its_file_specifications(
    backend: MockBackend, connected: AsyncBackendClient
) -> None:
    pk = collection(backend)
    found = await connected.get_data_collection(pk)
    assert [one["name"] for one in found["file_specifications"]] == ["image", "mask"]
    assert "file_specifications" not in await connected.get_data_collection(pk, {"expand": ""})
    with pytest.raises(NotFoundError):
        await connected.get_data_collection(404)


# --- data files -----------------------------------------------------------------------------------------------------


async def test_a_file_is_created_from_its_path_or_from_an_open_file(
    backend: MockBackend, connected: AsyncBackendClient, package: Path
) -> None:
    seen: list[tuple[int, int]] = []
    with package.open("rb") as opened:
        for given in (package, str(package), opened, io.BytesIO(b"0123456789")):
            created = await connected.create_data_file(given, on_progress=lambda *args: seen.append(args))
            assert created["checksum"] == md5(package)
            assert backend.data_files[created["id"]]["size"] == created["size"] == 10
    assert seen == [(10, 10)] * 4
    assert len(backend.assert_called("create_data_file")) == 4


async def test_a_missing_file_is_refused_before_anything_is_sent(
    backend: MockBackend, connected: AsyncBackendClient, tmp_path: Path
) -> None:
    with pytest.raises(FileNotFoundError):
        await connected.create_data_file(tmp_path / "missing")
    assert backend.requests == []


@pytest.mark.parametrize("as_path", [True, False])
async def test_a_file_is_sent_in_parts_where_that_is_asked_for(
    as_path: bool, backend: MockBackend, connected: AsyncBackendClient, package: Path
) -> None:
    seen: list[tuple[int, int]] = []
    with package.open("rb") as opened:
        created = await connected.create_data_file(
            package if as_path else opened, True, on_progress=lambda *args: seen.append(args)
        )
    assert created["checksum"] == md5(package)
    assert backend.data_files[created["id"]]["meta"] == {"filename": package.name}
    assert seen[-1] == (10, 10)
    backend.assert_called("complete_chunked_upload", times=1)


async def test_a_file_beyond_50_mib_is_sent_in_parts(
    backend: MockBackend, connected: AsyncBackendClient, tmp_path: Path
) -> None:
    path = tmp_path / "large.bin"
    with path.open("wb") as file:
        file.truncate(50 * 1024 * 1024 + 1)
    created = await connected.create_data_file(path)
    assert created["size"] == 50 * 1024 * 1024 + 1
    assert len(backend.assert_called("append_chunked_upload")) == 1


async def test_a_file_in_parts_whose_answer_is_lost_is_looked_for(
    backend: MockBackend, connected: AsyncBackendClient, package: Path
) -> None:
    backend.faults.on("create_data_file").commit_then_reset()
    created = await connected.create_data_file(package, True)
    assert created == {"id": max(backend.data_files), "checksum": md5(package), "size": 10}
    assert backend.writes["data_files"].created == 1


async def test_a_file_in_parts_that_is_not_found_is_unknown(
    backend: MockBackend, connected: AsyncBackendClient, package: Path
) -> None:
    backend.faults.on("create_data_file").reset()
    with pytest.raises(OutcomeUnknownError):
        await connected.create_data_file(package, True)
    backend.faults.on("create_data_file").reset()
    with pytest.raises(OutcomeUnknownError):
        await connected.create_data_file(package)


async def test_checksums_are_asked_for_in_batches(
    backend: MockBackend, connected: AsyncBackendClient, package: Path
) -> None:
    created = await connected.create_data_file(package)
    checksums = [f"{number:032x}" for number in range(2500)]
    found = await connected.verify_data_files_checksums([*checksums, created["checksum"].upper(), *checksums])
    assert found == {created["checksum"]: created["id"]}
    requests = backend.assert_called("verify_data_files_checksums", times=3)
    asked: list[Any] = [request.json for request in requests]
    assert [len(body["checksums"]) for body in asked] == [1000, 1000, 501]
    assert await connected.data_files_verify_checksums({"checksums": [created["checksum"]]}) == found


@pytest.mark.parametrize("checksums", ["text", 7, {"other": []}, [7]])
async def test_what_is_no_list_of_checksums_is_refused(checksums: Any, connected: AsyncBackendClient) -> None:
    with pytest.raises(TypeError, match="verify_data_files_checksums"):
        await connected.verify_data_files_checksums(checksums)


# --- uploads of a unit ----------------------------------------------------------------------------------------------


async def test_the_files_of_a_unit_are_uploaded_and_the_unit_is_created(
    backend: MockBackend, connected: AsyncBackendClient, tmp_path: Path
) -> None:
    image, mask = write(tmp_path, 2)
    pk = collection(backend)
    unit = {"files": {"image": image, "mask": str(mask)}, "meta": {"stem": "a"}, "groups": ["north"]}
    before = {**unit, "files": {"image": image, "mask": str(mask)}}
    uploaded = await connected.upload_data_file(unit, pk)
    assert unit == before
    assert uploaded["data_collection"] == pk
    assert (uploaded["meta"], uploaded["groups"]) == ({"stem": "a"}, ["north"])
    assert uploaded["files"]["image"]["checksum"] == md5(image)
    assert {info["path"] for info in uploaded["files"].values()} == {image.name, mask.name}
    [created] = await connected.create_data_units(uploaded)
    assert backend.data_units[created["id"]]["groups"] == ["north"]
    assert present(backend, pk) == wanted([unit])


async def test_later_names_of_the_arguments_are_taken(
    backend: MockBackend, connected: AsyncBackendClient, tmp_path: Path
) -> None:
    pk = collection(backend)
    [unit] = units(write(tmp_path, 1))
    by_name = await connected.upload_data_file(data=unit, data_collection_id=pk, use_chunked_upload=True)
    mixed = await connected.upload_data_file(unit, data_collection_id=pk)
    assert by_name["files"]["image"]["checksum"] == mixed["files"]["image"]["checksum"]
    both: Any = {"collection_id": pk, "data_collection_id": pk}
    with pytest.raises(TypeError, match="data_collection_id is another name of collection_id"):
        await connected.upload_data_file(unit, **both)
    neither: Any = {}
    with pytest.raises(TypeError, match="collection_id is missing"):
        await connected.upload_data_file(unit, **neither)


async def test_one_bad_file_does_not_sink_the_others(
    backend: MockBackend, connected: AsyncBackendClient, tmp_path: Path
) -> None:
    image, mask, other = write(tmp_path, 3)
    mask.unlink()
    with pytest.raises(UploadError, match=r"1 of 3 files were not uploaded: mask \(.*0001.jpg\): .*No such") as failed:
        await connected.upload_data_file({"files": {"image": image, "mask": mask, "other": other}}, 1)
    assert failed.value.status_code == 400
    assert set(failed.value.results) == {"image", "other"}
    assert isinstance(failed.value.errors["mask"], FileNotFoundError)
    assert backend.writes["data_files"].created == 2


async def test_an_error_of_the_backend_gives_the_status(
    backend: MockBackend, connected: AsyncBackendClient, tmp_path: Path
) -> None:
    backend.faults.on("create_data_file", times=2).status(507)
    image, mask = write(tmp_path, 2)
    with pytest.raises(UploadError) as failed:
        await connected.upload_data_file({"files": {"image": image, "mask": mask}}, 1)
    assert failed.value.status_code == 507
    assert {type(error) for error in failed.value.errors.values()} == {ServerError}


# --- data units -----------------------------------------------------------------------------------------------------


async def test_many_units_are_created_in_batches_in_their_order(
    backend: MockBackend, connected: AsyncBackendClient, package: Path
) -> None:
    pk = collection(backend)
    created = await connected.create_data_file(package)
    bodies = [
        {"data_collection": pk, "files": {"image": {"checksum": created["checksum"]}}, "meta": {"n": number}}
        for number in range(2100)
    ]
    made = await connected.create_data_units(bodies)
    assert [unit["meta"]["n"] for unit in made] == list(range(2100))
    sent: list[Any] = [request.json for request in backend.assert_called("create_data_units", times=3)]
    assert [len(body) for body in sent] == [1000, 1000, 100]
    assert len(await connected.list_data_units({"data_collection": pk}, list_all=True)) == 2100
    page = await connected.list_data_units({"data_collection": pk, "page_size": 10})
    assert isinstance(page, Page)
    assert (len(page.items), page.total) == (10, 2100)


async def test_a_batch_that_fails_says_what_the_others_created(
    backend: MockBackend, connected: AsyncBackendClient, package: Path
) -> None:
    pk = collection(backend)
    created = await connected.create_data_file(package)
    bodies = [{"data_collection": pk, "files": {"image": {"checksum": created["checksum"]}}}] * 1001
    with pytest.raises(ValidationError) as failed:
        await connected.create_data_units([*bodies[:1000], {**bodies[0], "files": {"mask": {"checksum": "?"}}}])
    assert len(failed.value.created) == backend.writes["data_units"].created == 1000
    assert failed.value.__notes__ == ["The first 1000 units were created by the requests before."]
    with pytest.raises(ValidationError) as first:
        await connected.create_data_units([{"data_collection": pk, "files": {}}])
    assert first.value.created == ()


async def test_files_that_no_memory_holds_are_known_by_their_checksum_too(
    backend: MockBackend, connected: AsyncBackendClient, tmp_path: Path
) -> None:
    [path] = write(tmp_path, 1, size=SMALL_FILE + 32)
    created = await connected.create_data_file(path)
    summary = await connected.upload_data_collection(collection(backend), units([path]), skip_existing=True)
    assert summary.created == 1
    assert backend.assert_called("verify_data_files_checksums")[0].json == {"checksums": [created["checksum"]]}
    backend.assert_called("create_data_file", times=1)


async def test_the_older_form_of_a_unit_is_sent_as_it_is(
    backend: MockBackend, connected: AsyncBackendClient, package: Path
) -> None:
    created = await connected.create_data_file(package)
    [unit] = await connected.create_data_units({"id": 1, "file": {"image": created["id"]}, "meta": {"a": 1}})
    assert unit["data_collection"] is None
    with pytest.raises(TypeError, match="create_data_units"):
        await connected.create_data_units(7)  # type: ignore[arg-type]


async def test_units_are_listed_and_got_with_their_files(
    backend: MockBackend, connected: AsyncBackendClient, tmp_path: Path
) -> None:
    pk = collection(backend)
    data = units(write(tmp_path, 3))
    await connected.create_data_units([await connected.upload_data_file(unit, pk) for unit in data])
    listed = [one async for one in connected.iter_data_units({"data_collection": pk, "expand": ["files"]})]
    assert [one["meta"]["stem"] for one in listed] == ["0002", "0001", "0000"]
    unit = await connected.get_data_unit(listed[0]["id"], {"expand": "files"})
    assert unit["files"]["image"]["file_name_original"] == "0002.jpg"
    assert "files" not in await connected.get_data_unit(listed[0]["id"])


# --- presigned uploads ----------------------------------------------------------------------------------------------


async def test_presigned_uploads_can_be_done_by_hand(
    backend: MockBackend, connected: AsyncBackendClient, package: Path
) -> None:
    answer = await connected.request_presigned_upload({"files": [{"filename": package.name, "size": 10}]})
    [file] = answer["files"]
    assert file["file_key"]
    confirmed = await connected.confirm_presigned_upload(
        {"files": [{"file_key": file["file_key"], "checksum": md5(package), "size": 10}]}
    )
    assert (confirmed["created_count"], confirmed["failed_count"]) == (0, 1)
