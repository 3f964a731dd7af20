# Derived from tests/_async/test_bulk_uploads.py by scripts/unasync.py; do not edit.
"""Many files and units in one call: each unit once, whatever goes wrong, and in bounded memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from synapse_backend import (
    AuthenticationError,
    AuthorizationError,
    BackendClient,
    BulkProgress,
    ChecksumMismatchError,
    NotFoundError,
    OutcomeUnknownError,
    ServerError,
    UnitResult,
    UploadError,
    ValidationError,
)
from synapse_backend._bodies import SMALL_FILE
from synapse_backend._bulk import Streak
from synapse_backend._slots import run_sync
from synapse_backend._workers import UnwantedError
from synapse_backend.testing import MockBackend
from synapse_backend.testing.faults import Status
from synapse_backend.testing.options import UploadOptions
from tests.support.bulk import changed_while, collection, md5, present, units, wanted, write
from tests.support.canary import TOKEN


@pytest.fixture
def uploader(backend: MockBackend) -> Iterator[BackendClient]:
    """A client that makes up to four attempts, and waits on the clock of the mock backend."""
    with BackendClient(backend.url, TOKEN, timeout=60, clock=backend.clock) as client:
        yield client


@pytest.fixture
def streets(backend: MockBackend) -> int:
    return collection(backend)


# --- without trouble --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 1, 9, 10, 11, 57])
def test_every_unit_is_created_once_and_in_order(
    number: int, uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    data = units(write(tmp_path, number))
    seen: list[BulkProgress] = []
    summary = uploader.upload_data_collection(
        streets, iter(data), batch_size=10, max_workers=4, on_progress=seen.append
    )
    assert present(backend, streets) == wanted(data)
    assert (summary.created, summary.files, summary.bytes) == (number, number, 224 * number)
    assert (summary.failed, summary.skipped, summary.failures) == (0, 0, [])
    assert len(seen) == number
    assert not number or seen[-1] == summary.progress() == BulkProgress(number, 0, 0, number, 224 * number)
    # Within a batch, units have the order of the data.
    by_place = [summary.unit_ids[place] for place in range(number)]
    for start in range(0, number, 10):
        assert by_place[start : start + 10] == sorted(by_place[start : start + 10])
    stems = [backend.data_units[pk]["meta"]["stem"] for pk in by_place]
    assert stems == [f"{place:04}" for place in range(number)]
    assert backend.writes["data_files"].created == number


def test_units_of_several_files_with_facts_and_groups(
    uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    image, mask, large = write(tmp_path, 3)
    large.write_bytes(bytes(range(256)) * (SMALL_FILE // 256 + 1))
    data: list[dict[str, Any]] = [
        {"files": {"image": str(image), "mask": mask}, "meta": {"a": [1, None]}, "groups": ("north", "south")},
        {"files": {"image": large}},
        {"files": {"image": image}, "meta": {}},
        {"files": {"image": image}, "meta": {}},
    ]
    results: list[UnitResult] = []
    summary = uploader.upload_data_collection(streets, data, on_result=results.append)
    assert present(backend, streets) == wanted(data)
    assert (summary.created, summary.files) == (4, 5)
    # Who is told of each unit needs no list of them.
    assert (summary.unit_ids, summary.failures) == ({}, [])
    assert [result.index for result in results] == [0, 1, 2, 3]
    assert results[0].files["mask"]["checksum"] == md5(mask)
    assert backend.data_units[results[0].unit_id or 0]["groups"] == ["north", "south"]


def test_each_unit_gets_a_task_where_a_project_is_given(
    uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    project = backend.projects.add(name="Signs", data_collection=streets)["id"]
    data = units(write(tmp_path, 25))
    results: list[UnitResult] = []
    summary = uploader.upload_data_collection(
        streets, data, project_id=project, batch_size=10, on_result=results.append
    )
    assert (summary.created, summary.tasks) == (25, 25)
    made = {pk: task["data_unit"] for pk, task in backend.tasks.items() if task["project"] == project}
    assert made == {result.task_id: result.unit_id for result in results}


def test_files_that_are_there_are_not_sent_again_where_that_is_asked_for(
    uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    paths = write(tmp_path, 4)
    paths[0].write_bytes(bytes(SMALL_FILE + 1))
    for path in paths[:2]:
        uploader.create_data_file(path)
    summary = uploader.upload_data_collection(streets, units(paths), skip_existing=True)
    assert summary.created == 4
    assert backend.writes["data_files"].created == 4
    assert backend.bytes_resent == 0


def test_a_file_beyond_50_mib_is_sent_in_parts(
    uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    path = tmp_path / "large.bin"
    with path.open("wb") as file:
        file.truncate(50 * 1024 * 1024 + 1)
    summary = uploader.upload_data_collection(streets, units([path]))
    assert (summary.created, summary.bytes) == (1, 50 * 1024 * 1024 + 1)
    assert len(backend.assert_called("append_chunked_upload")) == 1


# --- what is wrong with one unit --------------------------------------------------------------------------------------


def test_bad_units_are_told_and_the_others_are_created(
    uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    paths = write(tmp_path, 20)
    data: list[Any] = units(paths)
    paths[3].unlink()
    data[5] = {"files": {"imge": paths[5]}}
    data[6] = {"files": {"mask": paths[6]}}
    data[7] = {"files": {}}
    data[8] = "text"
    data[9] = {"files": {"image": paths[9], "mask": tmp_path}}
    summary = uploader.upload_data_collection(streets, data, batch_size=7)
    good = [unit for place, unit in enumerate(data) if place not in {3, 5, 6, 7, 8, 9}]
    assert present(backend, streets) == wanted(good)
    assert (summary.created, summary.failed) == (14, 6)
    told = {failure.index: failure for failure in summary.failures}
    assert isinstance(told[3].errors["image"], FileNotFoundError)
    assert str(told[5].error).endswith("data[5]: the collection has no file 'imge'; it has image, mask")
    assert str(told[6].error).endswith("data[6]: the file 'image' is missing; the collection requires it")
    assert "data[7]['files'] is empty" in str(told[7].error)
    assert "data[8] must be a dict with files, not str" in str(told[8].error)
    assert list(told[9].errors) == ["mask"]
    assert list(told[9].files) == ["image"]
    assert [failure.unit_id for failure in summary.failures] == [None] * 6


def test_a_collection_that_does_not_say_what_it_takes_decides_itself(
    uploader: BackendClient, backend: MockBackend, tmp_path: Path
) -> None:
    pk = backend.data_collections.add(name="Streets", file_specifications=[])["id"]
    summary = uploader.upload_data_collection(pk, [])
    assert summary.created == 0
    with pytest.raises(NotFoundError):
        uploader.upload_data_collection(404, units(write(tmp_path, 1)))


def test_a_unit_that_the_backend_refuses_does_not_sink_its_batch(
    uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    data = units(write(tmp_path, 9))
    # The second request carries those that the first did not name.
    body = {"2": {"meta": ["no"]}, "5": {"meta": ["no"]}}
    backend.faults.on("create_data_units").status(400, body=body)
    summary = uploader.upload_data_collection(streets, data)
    assert (summary.created, summary.failed) == (7, 2)
    assert [failure.index for failure in summary.failures] == [2, 5]
    assert all(isinstance(failure.error, ValidationError) for failure in summary.failures)
    assert present(backend, streets) == wanted(unit for place, unit in enumerate(data) if place not in {2, 5})


def test_a_batch_whose_units_are_all_refused_is_sent_once(
    uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    backend.faults.on("create_data_units").status(400, body={"0": {"meta": ["no"]}, "1": {"meta": ["no"]}})
    summary = uploader.upload_data_collection(streets, units(write(tmp_path, 2)))
    assert (summary.created, summary.failed) == (0, 2)
    backend.assert_called("create_data_units", times=1)


@pytest.mark.parametrize("status", [400, 413])
def test_a_refusal_that_names_no_unit_is_narrowed_down(
    status: int, uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    data = units(write(tmp_path, 8))
    backend.faults.on("create_data_units", times=4).status(status, body={"detail": "one of them"})
    summary = uploader.upload_data_collection(streets, data)
    # 8, the first 4, the first 2, the first.
    assert (summary.created, summary.failed) == (7, 1)
    assert summary.failures[0].index == 0
    assert present(backend, streets) == wanted(data[1:])


def test_units_that_cannot_be_created_are_told_as_such(
    uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    backend.faults.on("create_data_units").status(403)
    summary = uploader.upload_data_collection(streets, units(write(tmp_path, 3)))
    assert (summary.created, summary.failed, len(backend.data_files)) == (0, 3, 79)
    assert [failure.files["image"]["path"] for failure in summary.failures] == ["0000.jpg", "0001.jpg", "0002.jpg"]


def test_a_task_that_cannot_be_created_is_told_with_its_unit(
    uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    summary = uploader.upload_data_collection(streets, units(write(tmp_path, 3)), project_id=404)
    assert (summary.created, summary.failed, summary.tasks) == (3, 3, 0)
    assert sorted(summary.unit_ids.values()) == [failure.unit_id for failure in summary.failures]


# --- what is wrong with the backend -----------------------------------------------------------------------------------

TROUBLE: dict[str, Callable[[MockBackend], object]] = {
    "files_503": lambda backend: backend.faults.on("create_data_file", nth=2, times=3).status(503),
    "files_lost": lambda backend: backend.faults.on("create_data_file", nth=3, times=3).commit_then_reset(),
    "files_reset": lambda backend: backend.faults.on("create_data_file", nth=3).reset(),
    "files_throttled": lambda backend: backend.faults.on("create_data_file", nth=2, times=8).status(429, retry_after=2),
    "throttled_without_a_word": lambda backend: backend.faults.on("create_data_file", nth=2, times=8).status(429),
    "files_garbled": lambda backend: backend.faults.on("create_data_file", nth=2).html(),
    "bit_flipped": lambda backend: backend.faults.on("create_data_file", nth=2).flip_bit(),
    "units_lost": lambda backend: backend.faults.on("create_data_units", nth=2).commit_then_reset(),
    "units_not_sent": lambda backend: backend.faults.on("create_data_units", nth=2).reset(),
    "units_503": lambda backend: backend.faults.on("create_data_units").sequence(Status(503), Status(502), None),
    "units_throttled": lambda backend: backend.faults.on("create_data_units", times=6).status(429, retry_after=5),
    "units_truncated": lambda backend: backend.faults.on("create_data_units", nth=3).truncate(20),
    "units_garbled": lambda backend: backend.faults.on("create_data_units", nth=3).html(),
    "units_empty": lambda backend: backend.faults.on("create_data_units", nth=1).empty(),
    "tasks_lost": lambda backend: backend.faults.on("create_tasks", nth=2).commit_then_reset(),
    "tasks_not_sent": lambda backend: backend.faults.on("create_tasks", nth=2).reset(),
    "looking_fails_once": lambda backend: (
        backend.faults.on("create_data_units", nth=2).commit_then_reset(),
        backend.faults.on("list_data_units", nth=2).status(503),
    ),
}


@pytest.mark.parametrize("trouble", TROUBLE)
def test_each_unit_and_task_is_created_once_whatever_goes_wrong(
    trouble: str, uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    project = backend.projects.add(name="Signs", data_collection=streets)["id"]
    paths = write(tmp_path, 12)
    # What is equal comes out as often as it was given.
    data = units([*paths, *paths[:6], *paths[:6]])
    TROUBLE[trouble](backend)
    summary = uploader.upload_data_collection(streets, data, project_id=project, batch_size=6, max_workers=3)
    assert summary.failures == []
    assert present(backend, streets) == wanted(data)
    assert backend.writes["data_units"].created == summary.created == len(data)
    assert sorted(summary.unit_ids.values()) == sorted(set(summary.unit_ids.values()))
    stems = [backend.data_units[summary.unit_ids[place]]["meta"]["stem"] for place in range(len(data))]
    assert stems == [unit["meta"]["stem"] for unit in data]
    assert backend.writes["tasks"].created == summary.tasks == len(data)


def test_throttling_holds_all_workers(
    uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    backend.faults.on("create_data_file", nth=5).status(429, retry_after=30)
    start = backend.clock.monotonic()
    summary = uploader.upload_data_collection(streets, units(write(tmp_path, 12)), max_workers=2)
    assert summary.created == 12
    assert backend.clock.monotonic() - start >= 30


def test_a_backend_that_only_throttles_is_left_alone_in_the_end(
    uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    backend.faults.on("create_data_file", times=None).status(429, retry_after=1)
    summary = uploader.upload_data_collection(streets, units(write(tmp_path, 2)), max_workers=1)
    assert summary.failed == 2
    assert len(backend.assert_called("create_data_file")) < 50


def test_a_long_pause_is_not_waited_for(
    uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    backend.faults.on("create_data_file").status(429, retry_after=3600)
    summary = uploader.upload_data_collection(streets, units(write(tmp_path, 1)))
    assert summary.failures[0].errors["image"].retry_after == 3600  # type: ignore[attr-defined]


def test_a_backend_that_is_down_is_not_asked_for_every_file(
    uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    backend.faults.on("create_data_file", nth=11, times=None).status(503)
    backend.faults.on("verify_data_files_checksums", times=None).status(503)
    taken = 0

    def endless() -> Iterator[dict[str, Any]]:
        nonlocal taken
        [path] = write(tmp_path, 1)
        while True:
            taken += 1
            yield {"files": {"image": path}}

    with pytest.raises(UploadError, match="one unit after the other failed") as stopped:
        uploader.upload_data_collection(streets, endless(), batch_size=5, max_workers=3)
    assert stopped.value.status_code == 503
    assert stopped.value.summary.failed >= 20
    assert isinstance(stopped.value.__cause__, ServerError)
    assert taken < 200


def test_units_that_all_fail_stop_it_too(
    uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    backend.faults.on("create_data_units", times=None).status(403)
    with pytest.raises(UploadError) as stopped:
        uploader.upload_data_collection(streets, units(write(tmp_path, 90)), batch_size=3)
    assert stopped.value.status_code == 403
    # Requests count, not units.
    backend.assert_called("create_data_units", times=20)
    assert stopped.value.summary.failed == 60


@pytest.mark.parametrize("status", [401, 403])
def test_units_that_were_created_are_told_where_their_tasks_are_refused(
    status: int, uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    project = backend.projects.add(name="Signs", data_collection=streets)["id"]
    backend.faults.on("create_tasks").status(status)
    upload = uploader.upload_data_collection
    data = units(write(tmp_path, 60))
    if status == 403:
        summary = upload(streets, data, project_id=project)
    else:
        with pytest.raises(UploadError) as stopped:
            upload(streets, data, project_id=project)
        summary = stopped.value.summary
    assert (summary.created, summary.failed, len(summary.unit_ids)) == (60, 60, 60)
    assert present(backend, streets) == wanted(data)


def test_units_that_are_being_created_when_it_stops_are_told(
    uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    data = units(write(tmp_path, 400))

    def watched() -> Iterator[dict[str, Any]]:
        source = iter(data)
        while not any(request.operation_id == "create_data_units" for request in backend.requests):
            yield next(source)
        backend.faults.on("create_data_file", times=None).status(401)
        yield from source

    backend.faults.on("create_data_units").latency(0.5)
    with pytest.raises(UploadError) as stopped:
        uploader.upload_data_collection(streets, watched(), batch_size=10, max_workers=4)
    assert stopped.value.status_code == 401
    created = stopped.value.summary.created
    assert created == len(stopped.value.summary.unit_ids) == present(backend, streets).total() >= 10
    assert f"{created} were created" in str(stopped.value)


def test_units_are_unknown_where_an_upload_stops_before_it_is_known_what_became_of_them(
    uploader: BackendClient,
    backend: MockBackend,
    streets: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stopping = threading.Event()
    fail = Streak.fail

    def noted(self: Streak, errors: Iterable[Exception]) -> bool:
        stopping.set()
        return fail(self, errors)

    def create(*_: object) -> None:
        backend.faults.on("create_data_file", times=None).status(401)
        assert run_sync(stopping.wait, 10)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Streak, "fail", noted)
    monkeypatch.setattr("synapse_backend._sync._creation.Creation.create", create)
    with pytest.raises(UploadError) as stopped:
        uploader.upload_data_collection(streets, units(write(tmp_path, 250)), batch_size=50, max_workers=4)
    summary = stopped.value.summary
    unknown = [failure.index for failure in summary.failures if isinstance(failure.error, OutcomeUnknownError)]
    assert unknown == list(range(50))
    assert summary.created == 0


def test_a_token_that_is_refused_stops_it_at_once(
    uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    backend.faults.on("create_data_file", times=None).status(401)
    with pytest.raises(UploadError) as stopped:
        uploader.upload_data_collection(streets, units(write(tmp_path, 50)), max_workers=1)
    assert isinstance(stopped.value.__cause__, AuthenticationError)
    assert len(backend.assert_called("create_data_file")) < 10


def test_a_backend_that_keeps_other_bytes_is_told(
    uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    small, large = write(tmp_path, 2)
    large.write_bytes(bytes(SMALL_FILE + 1))
    backend.faults.on("create_data_file", times=None).flip_bit()
    summary = uploader.upload_data_collection(streets, units([small, large]), max_workers=1)
    assert summary.failed == 2
    errors = [failure.errors["image"] for failure in summary.failures]
    assert {type(error) for error in errors} == {ChecksumMismatchError}


def test_units_that_show_only_after_a_refusal_are_found(
    uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    data = units(write(tmp_path, 3))
    backend.faults.on("create_data_units", nth=1).commit_then_reset()
    backend.faults.on("create_data_units", nth=2).status(403)
    # The server is at work on the first attempt all the time that it is looked for.
    nothing: dict[str, Any] = {"count": 0, "next": None, "previous": None, "results": []}
    backend.faults.on("list_data_units", nth=2, times=6).status(200, body=nothing)
    summary = uploader.upload_data_collection(streets, data)
    assert (summary.created, summary.failed) == (3, 0)
    assert present(backend, streets) == wanted(data)


def test_units_of_which_nobody_knows_are_told_as_such(
    uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    backend.faults.on("create_data_units", times=None).reset()
    summary = uploader.upload_data_collection(streets, units(write(tmp_path, 3)))
    assert {type(failure.error) for failure in summary.failures} == {OutcomeUnknownError}


def test_a_list_in_another_order_is_not_searched(
    uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    backend.faults.on("create_data_units").commit_then_reset()
    backend.faults.on("list_data_units", nth=2).status(
        200, body={"count": 2, "next": None, "previous": None, "results": [{"id": 1}, {"id": 2}]}
    )
    summary = uploader.upload_data_collection(streets, units(write(tmp_path, 3)))
    assert "not in the order" in str(summary.failures[0].error)


@pytest.mark.parametrize("was_done", [True, False])
def test_units_that_cannot_be_compared_are_not_sent_again(
    was_done: bool, uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    data = units(write(tmp_path, 3))
    lost = backend.faults.on("create_data_units", nth=1)
    lost.commit_then_reset() if was_done else lost.reset()
    newer = {"count": 1, "next": None, "previous": None, "results": [{"id": 10**9, "meta": {"stem": "0000"}}]}
    backend.faults.on("list_data_units", nth=2).status(200, body=newer)
    summary = uploader.upload_data_collection(streets, data)
    assert {type(failure.error) for failure in summary.failures} == {OutcomeUnknownError}
    assert "the unit 1000000000 may be one of a request whose answer was lost" in str(summary.failures[0].error)
    assert present(backend, streets) == wanted(data if was_done else [])


def test_tasks_of_which_some_are_there_are_not_sent_again(
    uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    project = backend.projects.add(name="Signs", data_collection=streets)["id"]
    backend.faults.on("create_tasks").commit_then_reset()
    second = {"id": 10**9, "data_unit": {"id": max(backend.data_units) + 2}}
    answer = {"count": 1, "next": None, "previous": None, "results": [second]}
    backend.faults.on("list_tasks", nth=2).status(200, body=answer)
    summary = uploader.upload_data_collection(streets, units(write(tmp_path, 3)), project_id=project)
    assert {type(failure.error) for failure in summary.failures} == {OutcomeUnknownError}
    assert "1 of the 3 tasks of a request whose answer was lost are there" in str(summary.failures[0].error)
    assert backend.writes["tasks"].created == 3


def test_units_of_others_are_not_taken_for_ours(
    uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    paths = write(tmp_path, 4)
    data = units(paths)
    uploader.upload_data_collection(streets, data[:2])
    backend.faults.on("create_data_units", nth=1).reset()
    summary = uploader.upload_data_collection(streets, data)
    assert summary.created == 4
    assert present(backend, streets) == wanted([*data, *data[:2]])


# --- bounds -------------------------------------------------------------------------------------------------------------


def test_data_are_taken_as_they_are_needed(
    uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    [path] = write(tmp_path, 1)
    finished = 0
    ahead: list[int] = []

    def lazily() -> Iterator[dict[str, Any]]:
        for taken in range(800):
            ahead.append(taken - finished)
            yield {"files": {"image": path}, "meta": {"n": taken}}

    def count(_: UnitResult) -> None:
        nonlocal finished
        finished += 1

    summary = uploader.upload_data_collection(streets, lazily(), batch_size=50, max_workers=4, on_result=count)
    assert summary.created == finished == 800
    # A few batches, and what the workers have.
    assert max(ahead) <= 6 * 50 + 4 * 16


def test_who_is_not_wanted_any_more_does_not_go_on(
    uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend.faults.on("create_data_file", times=None).status(429, retry_after=30)

    def check() -> None:
        if backend.clock.monotonic() > before:
            raise UnwantedError

    before = backend.clock.monotonic()
    monkeypatch.setattr("synapse_backend._sync._attempts.check_wanted", check)
    with pytest.raises(UnwantedError):
        uploader.upload_data_collection(streets, units(write(tmp_path, 1)))
    backend.assert_called("create_data_file", times=1)
    assert backend.clock.monotonic() - before < 30


def test_no_thread_outlives_the_upload(uploader: BackendClient, streets: int, tmp_path: Path) -> None:
    uploader.upload_data_collection(streets, units(write(tmp_path, 3)))
    before = {thread for thread in threading.enumerate() if "synapse" in thread.name or "work" in thread.name}
    uploader.upload_data_collection(streets, units(write(tmp_path, 50)))
    after = {thread for thread in threading.enumerate() if "synapse" in thread.name or "work" in thread.name}
    assert len(after) <= max(len(before), 40)


@pytest.mark.parametrize("place", ["data", "on_progress", "on_result"])
def test_an_error_of_the_caller_comes_out_as_it_is(
    place: str, uploader: BackendClient, streets: int, tmp_path: Path
) -> None:
    class OwnError(Exception):
        pass

    def fail(*_: object) -> None:
        raise OwnError

    def broken() -> Iterator[dict[str, Any]]:
        yield from units(write(tmp_path, 30))
        fail()

    named: dict[str, Any] = {} if place == "data" else {place: fail}
    with pytest.raises(OwnError):
        uploader.upload_data_collection(
            streets, broken() if place == "data" else units(write(tmp_path, 30)), batch_size=10, **named
        )


@pytest.mark.parametrize(
    ("named", "error", "message"),
    [
        ({"batch_size": 0}, ValueError, "batch_size must be from 1 to 1000, not 0"),
        ({"batch_size": 1001}, ValueError, "batch_size must be from 1 to 1000"),
        ({"max_workers": 101}, ValueError, "max_workers must be from 1 to 100"),
        ({"max_workers": True}, TypeError, "max_workers must be an int, not bool"),
    ],
)
def test_limits_that_cannot_be_used_are_refused(
    named: dict[str, Any], error: type[Exception], message: str, uploader: BackendClient, backend: MockBackend
) -> None:
    with pytest.raises(error, match=message):
        uploader.upload_data_collection(1, [], **named)
    with pytest.raises(error, match=message):
        uploader.upload_files_bulk([], **named)
    assert backend.requests == []


# --- journals -----------------------------------------------------------------------------------------------------------


def test_the_same_call_with_a_journal_does_nothing_twice(
    uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    project = backend.projects.add(name="Signs", data_collection=streets)["id"]
    paths = write(tmp_path, 12)
    data = units([*paths, *paths[:5]])
    named: dict[str, Any] = {"project_id": project, "batch_size": 4, "journal": tmp_path / "journal"}
    first = uploader.upload_data_collection(streets, data, **named)
    results: list[UnitResult] = []
    again = uploader.upload_data_collection(streets, reversed(data), **named, on_result=results.append)
    assert (first.created, again.created, again.skipped) == (17, 0, 17)
    assert {result.unit_id for result in results} == set(first.unit_ids.values())
    # More of the same, and something new.
    more = uploader.upload_data_collection(streets, [*data, data[0], *units(write(tmp_path, 14)[12:])], **named)
    assert (more.created, more.skipped, more.tasks) == (3, 17, 3)
    assert present(backend, streets) == wanted([*data, data[0], *units(write(tmp_path, 14)[12:])])
    journal = (tmp_path / "journal").read_bytes()
    assert TOKEN.encode() not in journal
    assert (tmp_path / "journal").stat().st_mode & 0o777 == 0o600


def test_an_upload_that_broke_off_goes_on(
    uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    data = units(write(tmp_path, 20))

    def interrupted() -> Iterator[dict[str, Any]]:
        yield from data[:15]
        raise RuntimeError("the power went")

    named: dict[str, Any] = {"batch_size": 6, "max_workers": 2, "journal": tmp_path / "journal"}
    with pytest.raises(RuntimeError):
        uploader.upload_data_collection(streets, interrupted(), **named)
    summary = uploader.upload_data_collection(streets, data, **named)
    assert summary.created + summary.skipped == 20
    assert present(backend, streets) == wanted(data)
    # What was uploaded before was not uploaded again.
    assert backend.bytes_resent <= 2 * 16 * 224


def test_a_file_that_changed_since_is_uploaded_again(
    uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    paths = write(tmp_path, 3)
    named: dict[str, Any] = {"journal": tmp_path / "journal"}
    backend.faults.on("create_data_units").status(403)
    uploader.upload_data_collection(streets, units(paths), **named)
    paths[1].write_bytes(b"something else")
    paths[2].unlink()
    summary = uploader.upload_data_collection(streets, units(paths), **named)
    assert (summary.created, summary.failed) == (2, 1)
    assert present(backend, streets) == wanted(units(paths[:2]))
    assert uploader.upload_data_collection(streets, units(paths[:2]), **named) == type(summary)(
        skipped=2, unit_ids=summary.unit_ids
    )


@pytest.mark.parametrize("was_done", [True, False])
@pytest.mark.parametrize("operation", ["create_data_units", "create_tasks"])
def test_what_became_of_a_lost_request_is_found_out_by_the_next_call(
    operation: str,
    was_done: bool,
    uploader: BackendClient,
    backend: MockBackend,
    streets: int,
    tmp_path: Path,
) -> None:
    project = backend.projects.add(name="Signs", data_collection=streets)["id"]
    paths = write(tmp_path, 6)
    data = units([*paths, *paths])
    named: dict[str, Any] = {"project_id": project, "batch_size": 6, "journal": tmp_path / "journal"}
    lost = backend.faults.on(operation, nth=1, times=None if not was_done else 1)
    lost.commit_then_reset() if was_done else lost.reset()
    # Nor can it be looked for.
    looking = "list_data_units" if operation == "create_data_units" else "list_tasks"
    backend.faults.on(looking, nth=2, times=None).status(503)
    first = uploader.upload_data_collection(streets, data, **named)
    assert {type(failure.error) for failure in first.failures} == {OutcomeUnknownError}
    backend.faults.clear()
    second = uploader.upload_data_collection(streets, data, **named)
    assert second.failures == []
    assert present(backend, streets) == wanted(data)
    assert backend.writes["tasks"].created == backend.writes["data_units"].created == len(data)


def test_a_lost_request_is_looked_for_on_as_many_pages_as_it_takes(
    uploader: BackendClient,
    backend: MockBackend,
    streets: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("synapse_backend._sync._creation._PAGE_SIZE", 4)
    data = units(write(tmp_path, 10))
    uploader.upload_data_collection(streets, data[:3])
    backend.faults.on("create_data_units").commit_then_reset()
    summary = uploader.upload_data_collection(streets, data)
    assert summary.created == 10
    assert present(backend, streets) == wanted([*data, *data[:3]])
    assert len(backend.assert_called("list_data_units")) == 2 + 3


def test_tasks_that_are_missing_are_created_by_the_next_call_or_told(
    uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    project = backend.projects.add(name="Signs", data_collection=streets)["id"]
    data = units(write(tmp_path, 5))
    named: dict[str, Any] = {"project_id": project, "batch_size": 2, "journal": tmp_path / "journal"}
    backend.faults.on("create_tasks", times=4).status(403)
    first = uploader.upload_data_collection(streets, data, **named)
    assert (first.created, first.failed, first.tasks) == (5, 5, 0)
    second = uploader.upload_data_collection(streets, data, **named)
    assert (second.skipped, second.failed, second.tasks) == (3, 2, 3)
    assert {type(failure.error) for failure in second.failures} == {AuthorizationError}
    assert [failure.unit_id for failure in second.failures] == sorted(first.unit_ids.values())[:2]
    third = uploader.upload_data_collection(streets, data, **named)
    assert (third.skipped, third.failed, third.tasks, backend.writes["tasks"].created) == (5, 0, 2, 5)


@pytest.mark.parametrize("is_named", [True, False])
def test_a_task_that_is_refused_sinks_neither_the_others_nor_what_comes_after(
    is_named: bool, uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    project = backend.projects.add(name="Signs", data_collection=streets)["id"]
    data = units(write(tmp_path, 12))
    named: dict[str, Any] = {"project_id": project, "journal": tmp_path / "journal"}
    backend.faults.on("create_tasks").status(403)
    uploader.upload_data_collection(streets, data[:8], **named)
    body = {"0": {"data_unit": ["no"]}} if is_named else {"detail": "one of them"}
    # Of those that it does not name: 8, the first 4, the first 2, the first.
    backend.faults.on("create_tasks", times=1 if is_named else 4).status(400, body=body)
    summary = uploader.upload_data_collection(streets, data, **named)
    assert (summary.created, summary.skipped, summary.failed, summary.tasks) == (4, 7, 1, 11)
    assert present(backend, streets) == wanted(data)
    assert backend.writes["tasks"].created == 11


def test_tasks_that_are_missing_stop_it_where_nothing_works(
    uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    project = backend.projects.add(name="Signs", data_collection=streets)["id"]
    data = units(write(tmp_path, 3))
    named: dict[str, Any] = {"project_id": project, "journal": tmp_path / "journal"}
    backend.faults.on("create_tasks").status(403)
    uploader.upload_data_collection(streets, data, **named)
    backend.faults.on("create_tasks").status(401)
    with pytest.raises(AuthenticationError):
        uploader.upload_data_collection(streets, data, **named)


def test_errors_that_are_kept_hold_nothing_of_what_was_sent(
    uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    def frames(error: BaseException | None) -> list[object]:
        """Return those of an error and of what led to it."""
        return [] if error is None else [error.__traceback__, *frames(error.__cause__), *frames(error.__context__)]

    data: list[Any] = [*units(write(tmp_path, 3)), "text"]
    backend.faults.on("create_data_file", times=2).status(413)
    backend.faults.on("create_data_units").status(403)
    summary = uploader.upload_data_collection(streets, data, max_workers=1)
    errors = [error for failure in summary.failures for error in (failure.error, *failure.errors.values())]
    backend.faults.on("create_data_file").status(413)
    with pytest.raises(UploadError) as refused:
        uploader.upload_data_file(data[0], streets)
    errors += refused.value.errors.values()
    assert len(errors) == 4 + 2 + 1
    assert {frame for error in errors for frame in frames(error)} == {None}


def test_a_journal_that_cannot_be_written_stops_the_upload(
    uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("synapse_backend._bulk_journal.BulkJournal.note_uploaded", full)
    with pytest.raises(OSError, match="No space left"):
        uploader.upload_data_collection(streets, units(write(tmp_path, 3)), journal=tmp_path / "journal")
    assert backend.writes["data_units"].created == 0


def test_some_units_of_a_lost_request_are_nobodys(
    uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    paths = write(tmp_path, 4)
    named: dict[str, Any] = {"journal": tmp_path / "journal"}
    backend.faults.on("create_data_units", times=None).reset()
    uploader.upload_data_collection(streets, units(paths), **named)
    backend.faults.clear()
    # Somebody else has made some that look the same.
    uploader.create_data_units([uploader.upload_data_file(unit, streets) for unit in units(paths[:2])])
    with pytest.raises(OutcomeUnknownError, match="2 of the 4 units of a request whose answer was lost are there"):
        uploader.upload_data_collection(streets, units(paths), **named)


def test_a_journal_of_another_upload_is_refused(
    uploader: BackendClient, backend: MockBackend, streets: int, tmp_path: Path
) -> None:
    journal = tmp_path / "journal"
    uploader.upload_data_collection(streets, [], journal=journal)
    with pytest.raises(ValueError, match="is the journal of another data_collection_id"):
        uploader.upload_data_collection(collection(backend), [], journal=journal)
    with pytest.raises(ValueError, match="is the journal of another project_id"):
        uploader.upload_data_collection(streets, [], project_id=1, journal=journal)


# --- files to the storage -----------------------------------------------------------------------------------------------


def test_files_go_to_the_storage_without_a_token(uploader: BackendClient, backend: MockBackend, tmp_path: Path) -> None:
    paths = write(tmp_path, 25)
    paths[7].write_bytes(b"")
    paths[8].write_bytes(bytes(SMALL_FILE + 1))
    seen: list[BulkProgress] = []
    answer = uploader.upload_files_bulk(map(str, paths), batch_size=10, max_workers=3, on_progress=seen.append)
    assert (answer["created_count"], answer["failed_count"]) == (25, 0)
    assert [result["path"] for result in answer["results"]] == [str(path) for path in paths]
    for path, result in zip(paths, answer["results"], strict=True):
        assert result["success"]
        assert result["error"] is None
        assert result["checksum"] == backend.data_files[result["data_file_id"] or 0]["checksum"] == md5(path)
    assert [progress.created for progress in seen] == [10, 20, 25]
    sent = [request for request in backend.requests if request.method == "PUT"]
    assert len(sent) == 25
    assert not any(TOKEN in str(request.headers) for request in sent)
    assert {request.headers["Content-Type"] for request in sent} == {"image/jpeg"}


def test_nothing_to_upload_is_no_call(uploader: BackendClient, backend: MockBackend) -> None:
    assert uploader.upload_files_bulk([]) == {
        "results": [],
        "created_count": 0,
        "failed_count": 0,
        "skipped_count": 0,
    }
    assert backend.requests == []


def test_bad_files_do_not_sink_the_others(uploader: BackendClient, backend: MockBackend, tmp_path: Path) -> None:
    paths = write(tmp_path, 3)
    answer = uploader.upload_files_bulk([tmp_path / "missing", *paths, tmp_path])
    assert [result["success"] for result in answer["results"]] == [False, True, True, True, False]
    assert "No such file" in (answer["results"][0]["error"] or "")
    assert answer["results"][4]["error"] == "it is no ordinary file"
    assert (answer["created_count"], answer["failed_count"]) == (3, 2)
    with pytest.raises(TypeError, match="upload_files_bulk: a path must be"):
        uploader.upload_files_bulk([7])  # type: ignore[list-item]


@pytest.mark.parametrize(("expiration", "error"), [(59, ValueError), (86_401, ValueError), ("60", TypeError)])
def test_an_expiration_that_cannot_be_is_refused(
    expiration: Any, error: type[Exception], uploader: BackendClient
) -> None:
    with pytest.raises(error, match="expiration must be"):
        uploader.upload_files_bulk([], expiration=expiration)


STORAGE_TROUBLE: dict[str, Callable[[MockBackend], object]] = {
    "confirm_lost": lambda backend: backend.faults.on("confirm_presigned_upload").commit_then_reset(),
    "confirm_not_sent": lambda backend: backend.faults.on("confirm_presigned_upload").reset(),
    "confirm_503": lambda backend: backend.faults.on("confirm_presigned_upload").status(503),
    "confirm_throttled": lambda backend: backend.faults.on("confirm_presigned_upload").status(429, retry_after=3),
    "urls_503": lambda backend: backend.faults.on("request_presigned_upload").status(503),
}


@pytest.mark.parametrize("trouble", STORAGE_TROUBLE)
def test_files_arrive_whatever_goes_wrong(
    trouble: str, uploader: BackendClient, backend: MockBackend, tmp_path: Path
) -> None:
    paths = write(tmp_path, 7)
    STORAGE_TROUBLE[trouble](backend)
    answer = uploader.upload_files_bulk(paths, batch_size=4)
    assert (answer["created_count"], answer["failed_count"]) == (7, 0)
    assert backend.writes["data_files"].created == 7
    assert [result["checksum"] for result in answer["results"]] == [md5(path) for path in paths]


@pytest.fixture
def parted() -> Iterator[MockBackend]:
    """A backend whose storage takes files of 1000 bytes and more in parts of 300."""
    with MockBackend(uploads=UploadOptions(multipart_threshold=1000, part_size=300)) as backend:
        yield backend


@pytest.mark.parametrize("size", [999, 1000, 1200, 1201, 5000])
def test_large_files_go_in_parts(size: int, parted: MockBackend, tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(bytes(number % 251 for number in range(size)))
    with BackendClient(parted.url, TOKEN) as client:
        answer = client.upload_files_bulk([path], max_workers=4)
    assert answer["created_count"] == 1
    assert answer["results"][0]["checksum"] == md5(path)
    parts = [request for request in parted.requests if request.method == "PUT"]
    assert len(parts) == (1 if size < 1000 else -(-size // 300))


@pytest.mark.parametrize("status", [403, 410, 500])
@pytest.mark.parametrize("is_large", [True, False])
def test_a_url_that_is_over_is_asked_for_again(
    is_large: bool, status: int, parted: MockBackend, tmp_path: Path
) -> None:
    paths = write(tmp_path, 5, size=1500 if is_large else 200)
    with BackendClient(parted.url, TOKEN, clock=parted.clock, retries=0) as client:
        parted.faults.on("/storage/", nth=2).status(status)
        answer = client.upload_files_bulk(paths, max_workers=1)
        assert (answer["created_count"], answer["failed_count"]) == (5, 0)
        assert [result["checksum"] for result in answer["results"]] == [md5(path) for path in paths]
        asked: list[Any] = [request.json for request in parted.assert_called("request_presigned_upload", times=2)]
        assert [len(body["files"]) for body in asked] == [5, 1]
        parted.faults.on("/storage/", times=None).status(status)
        answer = client.upload_files_bulk(paths[:2], max_workers=1, max_retries=1)
        assert answer["failed_count"] == 2
        assert f"answered {status}" in (answer["results"][0]["error"] or "")
        assert "/storage/" not in (answer["results"][0]["error"] or "")


def test_a_file_that_arrived_damaged_is_sent_again(
    uploader: BackendClient, backend: MockBackend, tmp_path: Path
) -> None:
    paths = write(tmp_path, 3)
    backend.faults.on("/storage/", nth=2).flip_bit()
    answer = uploader.upload_files_bulk(paths)
    assert (answer["created_count"], backend.writes["data_files"].created) == (3, 3)
    backend.faults.on("/storage/", times=2).flip_bit()
    answer = uploader.upload_files_bulk(paths[:1], max_retries=1)
    assert "it was not confirmed: The file does not have this checksum." in (answer["results"][0]["error"] or "")


def test_a_file_that_changes_meanwhile_is_told(uploader: BackendClient, backend: MockBackend, tmp_path: Path) -> None:
    paths = write(tmp_path, 3)
    with changed_while(paths[1]):
        answer = uploader.upload_files_bulk(paths)
    assert [result["success"] for result in answer["results"]] == [True, False, True]
    assert "became shorter while it was sent" in (answer["results"][1]["error"] or "")
    with changed_while(paths[2], size=300):
        answer = uploader.upload_files_bulk(paths[2:])
    assert "changed while it was sent" in (answer["results"][0]["error"] or "")


def test_parts_that_do_not_fit_a_file_are_told(uploader: BackendClient, backend: MockBackend, tmp_path: Path) -> None:
    [path] = write(tmp_path, 1)
    ticket: dict[str, Any] = {"filename": path.name, "file_key": "k"}
    answers: list[tuple[list[Any], str]] = [
        ([], "files has 0 entries for 1 files"),
        ([ticket], "files[].presigned_url is missing or null instead of text"),
        (
            [{**ticket, "multipart": {"upload_id": "u", "part_size": 10, "parts": []}}],
            "the backend gave 0 URLs for parts of 10 bytes to a file of 224",
        ),
    ]
    for files, message in answers:
        body = {"files": files, "expires_at": "2030-01-01T00:00:00Z"}
        backend.faults.on("request_presigned_upload").status(200, body=body)
        answer = uploader.upload_files_bulk([path])
        assert message in (answer["results"][0]["error"] or "")


def test_an_error_of_ours_is_not_told_as_one_of_a_file(
    uploader: BackendClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> bool:
        raise RuntimeError("a mistake")

    monkeypatch.setattr("synapse_backend._bulk.is_unchanged", broken)
    with pytest.raises(RuntimeError, match="a mistake"):
        uploader.upload_files_bulk(write(tmp_path, 2))


def test_a_backend_that_refuses_stops_it(uploader: BackendClient, backend: MockBackend, tmp_path: Path) -> None:
    paths = write(tmp_path, 30)
    backend.faults.on("request_presigned_upload", times=None).status(403)
    answer = uploader.upload_files_bulk(paths[:3])
    assert (answer["created_count"], answer["failed_count"]) == (0, 3)
    with pytest.raises(UploadError, match="one file after the other failed") as stopped:
        uploader.upload_files_bulk(paths, batch_size=10)
    assert stopped.value.status_code == 403
    assert stopped.value.summary["failed_count"] == 20


def test_urls_to_nowhere_are_told(uploader: BackendClient, backend: MockBackend, tmp_path: Path) -> None:
    backend.faults.on("request_presigned_upload", times=None).foreign_url("file")
    answer = uploader.upload_files_bulk(write(tmp_path, 2))
    assert {result["error"] for result in answer["results"]} == {"it is not a plain http URL"}


def test_nobody_who_listens_is_told(uploader: BackendClient, backend: MockBackend, tmp_path: Path) -> None:
    backend.faults.on("request_presigned_upload", times=None).foreign_url("foreign_port")
    answer = uploader.upload_files_bulk(write(tmp_path, 1))
    assert answer["failed_count"] == 1
    assert "could not connect" in (answer["results"][0]["error"] or "")
