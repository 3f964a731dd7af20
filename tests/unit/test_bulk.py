"""`_bulk` and what it stands on: files, pace, failures, and the search for what was lost. Needs no socket."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from synapse_api import operations
from synapse_backend import (
    AuthenticationError,
    BackendClient,
    ChecksumMismatchError,
    ClientConnectionError,
    ClientError,
    ClientTimeoutError,
    HTTPError,
    OutcomeUnknownError,
    RateLimitError,
    ResponseError,
    ServerError,
    ValidationError,
)
from synapse_backend import _bulk as bulk
from synapse_backend._answers import Reader
from synapse_backend._bodies import SMALL_FILE
from synapse_backend._hashed import HashedFile
from synapse_backend._presigned import Candidate, FileSlice, candidates
from synapse_backend._sync._attempts import Attempts
from synapse_backend._throttle import Throttle, is_away
from synapse_backend._units import Unit, UploadedUnit, name_of
from tests.support.bulk import md5, write
from tests.support.clock import FakeClock


def reader() -> Reader:
    """Return what reads answers about units."""
    client = BackendClient("http://127.0.0.1", "t")
    return Reader(client._config, operations.create_data_units)


# --- units --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "error", "message"),
    [
        (None, TypeError, "place must be a dict with files, not NoneType"),
        ({}, TypeError, r"place\['files'\] must be a dict of names and paths, not NoneType"),
        ({"files": {}}, ValueError, "is empty"),
        ({"files": {1: "a"}}, TypeError, "names must be str, not int"),
        ({"files": {"a": 1}}, TypeError, r"place\['files'\]\['a'\] must be a path, not int"),
        ({"files": {"a": b"x"}}, TypeError, "must be a path, not bytes"),
        ({"files": {"a": "x"}, "meta": []}, TypeError, r"place\['meta'\] must be a dict, not list"),
        ({"files": {"a": "x"}, "groups": "north"}, TypeError, r"place\['groups'\] must be a list of names, not str"),
        ({"files": {"a": "x"}, "groups": 7}, TypeError, "must be a list of names, not int"),
    ],
)
def test_what_is_no_unit_is_refused_by_name(source: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Unit("place", source)


def test_units_are_told_apart_by_what_their_caller_says() -> None:
    def key(**unit: Any) -> str:
        return bulk.key_of(Unit("place", {"files": {"image": "a.jpg", "mask": "b.png"}, **unit}))

    assert key() == key(files={"mask": Path("b.png"), "image": os.path.abspath("a.jpg")})  # noqa: PTH100
    assert key(meta={"a": 1, "b": 2}) == key(meta={"b": 2, "a": 1})
    moment = datetime(2025, 9, 1, tzinfo=UTC)
    different = [key(), key(meta={"a": moment}), key(groups=[]), key(groups=["n"]), key(files={"image": "b.jpg"})]
    assert len(set(different)) == len(different)


def test_a_collection_that_says_nothing_takes_everything() -> None:
    bulk.Specifications(reader(), {}).check("place", Unit("place", {"files": {"whatever": "a"}}))


def test_the_name_of_a_file_is_that_of_its_path() -> None:
    class Opened:
        name = 7

    assert [name_of(Path("a/b.jpg")), name_of("b.jpg"), name_of(Opened()), name_of(object())] == [
        "b.jpg",
        "b.jpg",
        "file",
        "file",
    ]


# --- files --------------------------------------------------------------------------------------------------------------


def test_small_files_are_read_and_large_ones_are_not(tmp_path: Path) -> None:
    [path] = write(tmp_path, 1)
    small = bulk.read_local(str(path))
    assert (small.content, small.md5, small.size) == (path.read_bytes(), md5(path), 224)
    path.write_bytes(bytes(SMALL_FILE + 1))
    large = bulk.read_local(str(path))
    assert (large.content, large.md5, large.size) == (None, None, SMALL_FILE + 1)
    assert bulk.md5_of(str(path)) == md5(path)
    assert bulk.is_unchanged(str(path), large.stamp)
    path.write_bytes(b"")
    assert not bulk.is_unchanged(str(path), large.stamp)
    assert not bulk.is_unchanged(str(tmp_path / "missing"), large.stamp)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    for path in (tmp_path, tmp_path / "fifo", Path("/dev/null")):
        with pytest.raises(ValueError, match="is no ordinary file"):
            bulk.read_local(str(path))


def test_not_more_is_read_ahead_than_memory_is_for(tmp_path: Path) -> None:
    paths = write(tmp_path, 6, size=100_000)
    paths[1].unlink()
    assert list(bulk.read_ahead([str(path) for path in paths])) == [str(paths[place]) for place in (0, 2, 3)]


def test_a_file_that_is_sent_twice_is_hashed_once(tmp_path: Path) -> None:
    [path] = write(tmp_path, 1, size=1000)
    with path.open("rb") as opened:
        file = HashedFile(opened)
        file.seek(0, os.SEEK_END)
        for _ in range(2):
            file.seek(0)
            while file.read(300):
                pass
        assert (file.hexdigest(), file.tell(), file.size) == (md5(path), 1024, 1024)


def test_a_slice_is_read_again_for_each_attempt(tmp_path: Path) -> None:
    [path] = write(tmp_path, 1, size=SMALL_FILE + 2000)
    whole = path.read_bytes()
    slice_ = FileSlice(str(path), 0, len(whole))
    for _ in range(2):
        headers, body = slice_.encode()
        assert not isinstance(body, bytes)
        assert b"".join(body) == whole
        assert headers == [(b"Content-Length", str(len(whole)).encode())]
        assert slice_.hexdigest() == md5(path)
    assert FileSlice(str(path), 10, 20).encode()[1] == whole[10:20]
    slice_.close()


def test_the_first_thing_that_went_wrong_with_a_file_counts() -> None:
    [candidate] = candidates(["missing"])
    assert isinstance(candidate.error, FileNotFoundError)
    candidate.fail(ValueError("later"), is_final=False)
    assert candidate.is_final
    assert candidate.result()["error"] == "[Errno 2] No such file or directory: 'missing'"
    nameless = Candidate("a", "a", error=ValueError())
    assert nameless.result()["error"] == "ValueError"
    assert nameless.confirmed()["file_key"] == ""


# --- failures -----------------------------------------------------------------------------------------------------------


def throttled(retry_after: float | None = None) -> RateLimitError:
    error = RateLimitError("", status_code=429)
    error.retry_after = retry_after
    return error


def test_a_pause_holds_everybody_and_grows_when_it_does_not_help() -> None:
    throttle = Throttle()
    assert throttle.pause(0.0) == 0.0
    assert throttle.refuse(0.0, throttled())
    assert 0.25 <= throttle.pause(0.0) <= 0.375
    assert throttle.refuse(0.2, throttled()), "what was under way belongs to the same refusal"
    assert 0.45 <= throttle.pause(0.0) <= 0.675
    assert throttle.refuse(100.0, throttled())
    assert throttle.refuse(200.0, throttled())
    assert throttle.pause(200.0) >= 1.0
    throttle.accept()
    assert throttle.refuse(300.0, throttled(7.0))
    assert 7.0 <= throttle.pause(300.0) <= 8.0
    assert not throttle.refuse(400.0, throttled(3600.0))
    assert throttle.pause(400.0) == 0.0, "one that is not waited for holds nobody"


def test_no_two_threads_get_the_same_turn() -> None:
    class Slow(float):
        """A time whose comparison lets other threads go on, as a switch in the middle of it would."""

        def __gt__(self, other: float) -> bool:
            time.sleep(0.02)
            return float(self) > float(other)

    throttle = Throttle()
    throttle.refuse(0.0, throttled())
    with ThreadPoolExecutor(4) as threads:
        turns = sorted(threads.map(throttle.turn, [Slow(10.0)] * 4))
    assert turns == pytest.approx([0.0, 0.02, 0.04, 0.06])


def test_refusals_without_end_are_given_up() -> None:
    throttle = Throttle()
    assert [throttle.refuse(100.0 * number, throttled()) for number in range(1, 22)] == [True] * 20 + [False]


def test_a_server_that_is_away_is_waited_for_but_not_for_minutes() -> None:
    throttle, now = Throttle(), 0.0
    while throttle.refuse(now, ServerError("", status_code=502)):
        now += throttle.pause(now)
    assert 39 <= now <= 45
    assert throttle.pause(now) == 0.0
    assert throttle.turn(now) == 0.0
    throttle.accept()
    assert throttle.refuse(now, ClientError("", sent=False))


def test_requests_keep_apart_where_the_server_wants_fewer() -> None:
    throttle = Throttle()
    assert [throttle.turn(0.0) for _ in range(3)] == [0.0] * 3
    throttle.refuse(0.0, throttled())
    assert [throttle.turn(10.0) for _ in range(3)] == pytest.approx([0.0, 0.02, 0.04])
    throttle.refuse(10.0, throttled())
    assert [throttle.turn(20.0) for _ in range(3)] == pytest.approx([0.0, 0.04, 0.08])
    for _ in range(200):
        throttle.accept()
    assert throttle.turn(30.0) == throttle.turn(30.0) == 0.0
    for number in range(20):
        throttle.refuse(100.0 * number, throttled())
    assert [throttle.turn(9000.0) for _ in range(2)] == [0.0, 1.0]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ClientError("", sent=False), True),
        (ServerError("", status_code=502), True),
        (ServerError("", status_code=504), True),
        (ServerError("", status_code=500), False),
        (ServerError("", status_code=507), False),
        (ClientError("", status_code=503), False),
    ],
)
def test_a_server_is_away_where_nobody_or_a_proxy_answers(error: ClientError, *, expected: bool) -> None:
    assert is_away(error) is expected


def test_only_failures_in_a_row_stop_and_only_those_of_the_backend() -> None:
    streak = bulk.Streak(3)
    refused, down = ValidationError("", status_code=400), ServerError("", status_code=503)
    assert not any(streak.fail([OSError(), refused]) for _ in range(100))
    assert not any(streak.fail([down]) for _ in range(19))
    streak.succeed()
    assert [streak.fail([refused, down]) for _ in range(20)] == [False] * 19 + [True]
    assert bulk.Streak(50)._most == 100
    assert bulk.Streak(1).fail([AuthenticationError("", status_code=401)])


def test_what_a_refusal_names_must_be_places() -> None:
    def named(response: object) -> list[int]:
        return bulk.refused_units(ValidationError("", status_code=400, response=response), 3)

    assert named({"2": ["no"], "0": ["no"]}) == [0, 2]
    others: list[object] = [{"3": []}, {"-1": []}, {"a": []}, {}, [], None, {"²": []}]
    assert [named(response) for response in others] == [[]] * 7


@pytest.mark.parametrize("answer", [None, {}, [], [{"id": 1}], [{"id": "1"}, {"id": 2}], [{}, {}], [1, 2]])
def test_an_answer_without_all_ids_is_not_trusted(answer: object) -> None:
    with pytest.raises(ResponseError, match=r"POST /data_units/: .* \(127.0.0.1\)") as raised:
        reader().ids(answer, 2)
    assert raised.value.kind == "schema"
    assert reader().ids([{"id": 1}, {"id": 2}], 2) == [1, 2]


def test_what_the_retry_policy_needs_to_know() -> None:
    failure = bulk.failure_of(throttled(3.0))
    assert (failure.stage, failure.retry_after) == ("answered", 3.0)
    assert bulk.failure_of(ClientError("", sent=False)).stage == "sent", "not so soon again"
    assert bulk.failure_of(ClientError("")).stage == "sent"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ServerError("", status_code=500), True),
        (ResponseError("", status_code=200), True),
        (OutcomeUnknownError("", status_code=408), True),
        (ClientTimeoutError("", status_code=408), True),
        (ClientTimeoutError("", status_code=408, sent=False), False),
        (HTTPError("", status_code=408), True),
        (ValidationError("", status_code=400), False),
        (RateLimitError("", status_code=429), False),
        (ChecksumMismatchError("", status_code=200), False),
    ],
)
def test_a_request_may_have_been_carried_out_unless_it_was_refused_or_not_sent(
    error: ClientError, *, expected: bool
) -> None:
    assert bulk.is_unknown(error) is expected


UNKNOWN = OutcomeUnknownError("lost", status_code=408)
AWAY = ServerError("away", status_code=503)
REFUSED = ValidationError("refused", status_code=400)


@pytest.mark.parametrize(
    ("answers", "looks", "expected"),
    [
        ([UNKNOWN, REFUSED], [None, None], REFUSED),
        ([UNKNOWN, REFUSED], [None, [7]], [7]),
        ([UNKNOWN, REFUSED], [None, REFUSED], UNKNOWN),
        ([UNKNOWN, ClientConnectionError("", status_code=503, sent=False), REFUSED], [None, [7]], [7]),
        ([AWAY, REFUSED], [None, UNKNOWN], UNKNOWN),
        ([UNKNOWN], [[7]], [7]),
        ([UNKNOWN, [8]], [None], [8]),
        ([REFUSED], [], REFUSED),
    ],
)
def test_a_refusal_says_nothing_of_the_attempts_before(answers: list[Any], looks: list[Any], expected: object) -> None:
    def take(outcomes: list[Any]) -> Any:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    attempts = Attempts(FakeClock(), 3)
    answers, looks = answers.copy(), looks.copy()
    try:
        result = attempts.repeat(lambda: take(answers), lambda _: take(looks))
    except ClientError as error:
        result = error
    assert result is expected or result == expected
    assert (answers, looks) == ([], [])


def test_workers_take_more_at_once_where_that_pays() -> None:
    pace = bulk.Pace(10)
    sizes = []
    for seconds in (0.001, 0.001, 0.001, 0.001, 0.001, 0.001, 1.0, 1.0, 1.0, 1.0, 1.0):
        pace.take(pace.group_size, seconds * pace.group_size)
        sizes.append(pace.group_size)
    assert sizes == [2, 4, 8, 16, 16, 16, 8, 4, 2, 1, 1]
    pace.take(1, 0.0)
    assert pace.group_size == 2


@pytest.mark.parametrize(("most", "idle", "busy"), [(10, [5, 6, 7, 8, 9, 10, 10], 4), (3, [3] * 7, 3), (1, [1] * 7, 1)])
def test_there_are_as_many_workers_as_help(most: int, idle: list[int], busy: int) -> None:
    pace = bulk.Pace(most)
    counts = []
    for _ in range(7):
        pace.share(0.1, 1.0)
        counts.append(pace.workers)
    assert counts == idle
    pace.share(0.7, 1.0)
    assert pace.workers == idle[-1]
    for _ in range(7):
        pace.share(0.9, 1.0)
    assert pace.workers == busy


# --- search -------------------------------------------------------------------------------------------------------------


def unit(checksum: str, *, meta: dict[str, Any] | None = None, groups: list[str] | None = None) -> UploadedUnit:
    body: UploadedUnit = {
        "files": {"image": {"checksum": checksum, "path": f"{checksum}.jpg", "id": 1, "size": 1}},
        "data_collection": 1,
        "meta": meta or {},
    }
    if groups is not None:
        body["groups"] = groups
    return body


def listed(pk: int, checksum: str | None, **other: Any) -> dict[str, Any]:
    info = {"url": "u", "file_name_original": "a.jpg"} | ({} if checksum is None else {"checksum": checksum})
    return {"id": pk, "files": {"image": info}, "meta": {}, **other}


def test_equal_units_are_found_as_often_as_they_are_wanted() -> None:
    search = bulk.Search([unit("a"), unit("b"), unit("a")])
    for pk, checksum in ((9, "A"), (8, "a"), (7, "c"), (6, "a")):
        search.take(listed(pk, checksum))
    assert len(search.found) == 2
    search.take(listed(5, "b"))
    assert search.is_complete
    assert search.in_order() == [8, 5, 9]


def test_facts_and_groups_must_be_those_that_were_sent() -> None:
    search = bulk.Search([unit("a", meta={"n": [1, None]}, groups=["x"])])
    search.take(listed(1, "a"))
    search.take(listed(2, "a", meta={"n": [1]}))
    search.take(listed(3, "a", meta={"n": [1, None]}, groups=["y"]))
    search.take({"id": 4})
    assert not search.found
    search.take(listed(5, "a", meta={"n": [1, None], "added": True}, groups=["y", "x"]))
    assert search.in_order() == [5]


@pytest.mark.parametrize(
    ("unit_there", "is_doubtful"),
    [
        ({"id": 9}, True),
        ({"id": 9, "files": None, "meta": {"score": 0.1}}, True),
        (listed(9, "b", meta={"score": 0.1}), False),
        (listed(9, "A", meta={"score": "0.10"}), True),
        (listed(9, "a"), True),
        ({"id": 9, "files": {"image": {"url": "u"}}, "meta": {"score": 0.1}}, True),
        ({"id": 9, "files": {"image": {"url": "u", "path": "stored/b.jpg"}}, "meta": {"score": 0.1}}, True),
        (listed(9, None, meta={"score": 1}), True),
        ({"id": 9, "files": {"image": {"file_name_original": "b.jpg"}}, "meta": {"score": 0.1}}, False),
        ({"id": 9, "files": {"image_1": {"checksum": "a"}}, "meta": {"score": 0.1}}, True),
        ({"id": 9, "files": {"image_1": {"checksum": "b"}}, "meta": {"score": 0.1}}, False),
        ({"id": 9, "files": {"image_1": {"url": "u"}}, "meta": {"score": 0.1}}, True),
    ],
)
def test_only_files_show_that_a_unit_is_not_the_one_that_was_sent(
    unit_there: dict[str, Any], *, is_doubtful: bool
) -> None:
    search = bulk.Search([unit("a", meta={"score": 0.1})])
    search.take(unit_there)
    assert (search.found, search.doubtful) == ({}, 9 if is_doubtful else None)


def test_a_file_in_a_folder_of_the_backend_has_its_name() -> None:
    search = bulk.Search([unit("a")])
    search.take({"id": 9, "files": {"image": {"path": "stored/ab/a.jpg"}}, "meta": {}})
    assert search.found == {0: 9}


def test_where_the_backend_tells_no_checksum_the_name_tells() -> None:
    search = bulk.Search([unit("a")])
    search.take(listed(1, None))
    assert search.found == {0: 1}
