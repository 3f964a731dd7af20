"""What the events of a console mean, in all forms that backends send."""

from __future__ import annotations

import json
from typing import Any

import pytest

from synapse_backend import AuthorizationError, NotFoundError, ServerError
from synapse_backend._console import AnotherLogError, Console, ConsoleError, Followed, Reading, StreamError
from synapse_backend._sse import Event

EVENTS = {"content-type": "text/event-stream; charset=utf-8"}


def frame(**fields: Any) -> bytes:
    return f"data: {json.dumps(fields)}\n\n".encode()


def lines(*frames: bytes) -> list[str]:
    """Return what a stream that consists of these holds."""
    return list(Reading(EVENTS, Followed()).lines(b"".join(frames)))


CONNECTED = frame(type="connected", job_id=789)
COMPLETE = frame(type="complete", message="done")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"data": {"message": "one", "level": "info"}}, ["one"]),
        ({"data": {"level": "info"}}, ['{"level": "info"}']),
        ({"data": "one"}, ["one"]),
        ({"message": "one"}, ["one"]),
        ({"data": None}, ["null"]),
        ({"data": ["가", 1]}, ['["가", 1]']),
        ({"data": {"message": {"loss": 0.1}}}, ['{"loss": 0.1}']),
        ({"data": "one\ntwo\r\nthree\n"}, ["one", "two", "three"]),
        ({"data": "one\n\ntwo"}, ["one", "", "two"]),
        ({"data": ""}, []),
        ({"data": "\n"}, []),
        ({}, []),
        ({"data": 'data: {"type": "log", "message": "one"}\n\n'}, ["one"]),
        ({"data": 'data: {"type": "log", "message": "one"}'}, ["one"]),
        (
            {"data": 'data: {"type": "log", "data": {"message": "one"}}\n\ndata: {"type":"log","data":"two"}'},
            ["one", "two"],
        ),
        ({"message": 'data: {"type": "log", "message": "one"}'}, ["one"]),
        ({"data": 'data: {"type": "complete"}'}, ['data: {"type": "complete"}']),
        ({"data": "data: none of these"}, ["data: none of these"]),
        ({"data": 'data: {"loss": 1}'}, ['data: {"loss": 1}']),
    ],
)
def test_the_text_of_a_log_is_found_in_every_form(fields: dict[str, Any], expected: list[str]) -> None:
    assert lines(CONNECTED, frame(type="log", **fields), COMPLETE) == expected


def test_events_in_events_in_events_have_an_end() -> None:
    text = "one"
    for _ in range(8):
        text = f"data: {json.dumps({'type': 'log', 'message': text})}"
    [line] = lines(frame(type="log", data=text))
    assert line.startswith("data: ")


@pytest.mark.parametrize(
    "text", ["plain text", '{"loss": 0.1}', '{"type": "epoch", "loss": 0.1}', "[1, 2]", "12", '{"type": 7}', "{" * 3000]
)
def test_earlier_backends_send_lines_and_nothing_else(text: str) -> None:
    assert lines(f"data: {text}\n\n".encode()) == [text]


def test_later_types_of_events_are_left_out() -> None:
    assert lines(CONNECTED, frame(type="progress", data=40), b'data: {"loss": 1}\n\n') == ['{"loss": 1}']


def test_the_name_of_an_event_may_say_its_type() -> None:
    assert lines(b"event: log\ndata: one\n\nevent: log\ndata: {}\n\n") == ["one"]
    console = Console()
    assert list(console.lines(Event("complete", "done"))) == []
    assert console.is_complete
    with pytest.raises(ConsoleError, match="broken"):
        list(console.lines(Event("error", "broken")))


def test_nothing_is_read_behind_the_end() -> None:
    reading = Reading(EVENTS, Followed())
    assert list(reading.lines(COMPLETE + frame(type="log", data="late"))) == []
    assert (reading.is_complete, reading.end()) == (True, True)


@pytest.mark.parametrize(
    ("fields", "error_class", "says"),
    [
        ({"message": "Job not found"}, NotFoundError, "Job not found"),
        ({"message": "Job 789 does not exist."}, NotFoundError, "does not exist"),
        ({"data": "No such job"}, NotFoundError, "No such job"),
        ({"message": "You do not have permission"}, AuthorizationError, "permission"),
        ({"message": "the agent is gone\x1b[2J"}, ServerError, r"gone\\x1b"),
        ({"message": {"detail": "broken"}}, ServerError, "broken"),
        ({"data": {"message": "broken"}}, ServerError, "broken"),
        ({}, ServerError, "it does not say which"),
    ],
)
def test_an_error_in_the_stream_is_one(fields: dict[str, Any], error_class: type[Exception], says: str) -> None:
    with pytest.raises(ConsoleError, match=says) as caught:
        lines(CONNECTED, frame(type="error", **fields))
    found, status = caught.value.error_class()
    assert found is error_class
    assert status == {NotFoundError: 404, AuthorizationError: 403, ServerError: 500}[error_class]
    assert json.loads(caught.value.data) == {"type": "error", **fields}


@pytest.mark.parametrize("content_type", ["text/html; charset=utf-8", "application/json", ""])
def test_anything_but_events_is_refused(content_type: str) -> None:
    with pytest.raises(StreamError, match="where events are due") as caught:
        Reading({"content-type": content_type}, Followed())
    assert caught.value.kind == "content_type"


def test_compressed_events_are_refused() -> None:
    with pytest.raises(StreamError, match="content coding gzip, unasked") as caught:
        Reading({**EVENTS, "content-encoding": "gzip"}, Followed())
    assert caught.value.kind == "encoding"
    assert list(Reading({**EVENTS, "content-encoding": "identity"}, Followed()).lines(b"data: one\n\n")) == ["one"]


def test_an_answer_without_a_content_type_is_taken_at_its_word() -> None:
    assert list(Reading({}, Followed()).lines(b"data: one\n\n")) == ["one"]


def test_an_event_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("synapse_backend._console.EVENT_CHARACTERS", 50)
    with pytest.raises(StreamError, match="more than 50 characters") as caught:
        lines(b"data: " + b"x" * 51)
    assert caught.value.kind == "too_large"


# --- a log that comes again ---------------------------------------------------------------------------------------


def log(*texts: str) -> bytes:
    return b"".join(frame(type="log", data=text) for text in texts)


def test_a_log_goes_on_behind_what_was_handed_on() -> None:
    followed = Followed()
    first = Reading(EVENTS, followed)
    assert list(first.lines(log("a", "b"))) == ["a", "b"]
    assert first.end() is False
    again = Reading(EVENTS, followed)
    assert [list(again.lines(log(text))) for text in "abc"] == [[], [], ["c"]]
    last = Reading(EVENTS, followed)
    assert list(last.lines(log("a", "b", "c", "d") + COMPLETE)) == ["d"]
    assert last.end() is True


@pytest.mark.parametrize("texts", [["x"], ["a", "x"], ["b", "c"]])
def test_another_log_is_noticed_at_its_first_line(texts: list[str]) -> None:
    followed = Followed()
    list(Reading(EVENTS, followed).lines(log("a", "b", "c")))
    again = Reading(EVENTS, followed)
    with pytest.raises(StreamError, match="broke off after 3 lines and does not begin again with these") as caught:
        list(again.lines(log(*texts)))
    assert caught.value.kind == "truncated"


def test_a_log_that_ends_before_what_was_handed_on_is_another_one() -> None:
    followed = Followed()
    list(Reading(EVENTS, followed).lines(log("a", "b", "c")))
    again = Reading(EVENTS, followed)
    assert list(again.lines(log("a") + COMPLETE)) == []
    with pytest.raises(StreamError, match="does not begin again"):
        again.end()


def test_late_lines_are_compared_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("synapse_backend._console._COMPARED", 2)
    followed = Followed()
    assert [followed.is_new(line) for line in "abcd"] == [True] * 4
    followed.start_over()
    assert [followed.is_new(line) for line in "abcde"] == [False] * 4 + [True]
    followed.start_over()
    assert [followed.is_new(line) for line in "abxd"] == [False] * 4
    with pytest.raises(AnotherLogError):
        followed.is_new("e")


def test_a_stream_without_types_ends_with_its_body() -> None:
    reading = Reading(EVENTS, Followed())
    assert list(reading.lines(b": heartbeat\n\ndata: one\n\n")) == ["one"]
    assert reading.end() is True
