"""Server-sent events, wherever the network cuts them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synapse_backend._sse import Event, EventParser, EventTooLargeError


def parsed(*pieces: bytes, limit: int = 1000) -> list[Event]:
    parser = EventParser(limit)
    return [event for piece in pieces for event in parser.feed(piece)]


def data(*pieces: bytes) -> list[str]:
    return [event.data for event in parsed(*pieces)]


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        pytest.param(b"data: one\n\n", ["one"], id="LF"),
        pytest.param(b"data: one\r\n\r\n", ["one"], id="CRLF"),
        pytest.param(b"data: one\r\r", ["one"], id="CR"),
        pytest.param(b"data: one\r\n\ndata: two\n\r\n", ["one", "two"], id="mixed"),
        pytest.param(b"data: one\ndata: two\n\n", ["one\ntwo"], id="several lines"),
        pytest.param(b"data:one\n\n", ["one"], id="no space"),
        pytest.param(b"data:  one \n\n", [" one "], id="one space is dropped"),
        pytest.param(b"data\n\n", [""], id="no colon"),
        pytest.param(b"data:\n\n", [""], id="empty"),
        pytest.param(b"data: a:b\n\n", ["a:b"], id="colons"),
        pytest.param(b"\n\n\n", [], id="nothing"),
        pytest.param(b"event: log\n\n", [], id="a name without data"),
        pytest.param(b": heartbeat\n\n: x\ndata: one\n: y\n\n", ["one"], id="comments"),
        pytest.param(b"id: 7\nretry: 10\nnonsense\ndata: one\n\n", ["one"], id="fields without a meaning"),
        pytest.param(b"\xef\xbb\xbfdata: one\n\n", ["one"], id="byte order mark"),
        pytest.param(b"data: one\n\n\xef\xbb\xbfdata: two\n\n", ["one"], id="byte order mark in the middle"),
        pytest.param(b"data: \xff\n\n", ["\ufffd"], id="not UTF-8"),
        pytest.param(b"data: a\xe2\x80\xa8b\x0bc\n\n", ["a\u2028b\x0bc"], id="no other character ends a line"),
        pytest.param(b"data: one", [], id="unfinished line"),
        pytest.param(b"data: one\n", [], id="unfinished event"),
    ],
)
def test_events_are_found_as_the_standard_says(stream: bytes, expected: list[str]) -> None:
    assert data(stream) == expected


def test_events_have_the_name_that_is_said_last() -> None:
    assert parsed(b"event: a\nevent: log\ndata: one\n\ndata: two\n\n") == [Event("log", "one"), Event("", "two")]


MIXED = "\ufeff: hi\r\ndata: 프레임\r\n\r\nevent: log\rdata: a\rdata: 😀\r\rdata: c\n\n".encode()


def test_a_stream_may_be_cut_anywhere() -> None:
    whole = parsed(MIXED)
    assert whole == [Event("", "프레임"), Event("log", "a\n😀"), Event("", "c")]
    assert parsed(*(bytes([byte]) for byte in MIXED)) == whole
    for cut in range(len(MIXED)):
        assert parsed(MIXED[:cut], MIXED[cut:]) == whole


LINES = st.sampled_from(["data: 가", "data", "data:x", ": c", "event: log", "", "", "id: 1"])


@given(st.lists(st.tuples(LINES, st.sampled_from(["\n", "\r", "\r\n"]))), st.lists(st.integers(0, 200)))
def test_where_a_stream_is_cut_makes_no_difference(lines: list[tuple[str, str]], cuts: list[int]) -> None:
    stream = "".join(line + end for line, end in lines).encode()
    places = sorted(min(cut, len(stream)) for cut in cuts)
    pieces = [stream[start:end] for start, end in zip([0, *places], [*places, len(stream)], strict=True)]
    assert parsed(*pieces) == parsed(stream)


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param([b"data: " + b"x" * 100 + b"\n\n"], id="one line"),
        pytest.param([b"x" * 40] * 3, id="a line that does not end"),
        pytest.param([b"data: " + b"x" * 20 + b"\n"] * 5, id="an event that does not end"),
        pytest.param([b"event: a\n"] * 20, id="names only"),
    ],
)
def test_an_event_that_is_too_large_is_refused(pieces: list[bytes]) -> None:
    with pytest.raises(EventTooLargeError):
        parsed(*pieces, limit=100)


def test_what_keeps_a_stream_alive_may_go_on_for_ever() -> None:
    assert parsed(*[b": heartbeat\n\n", b": x\n", b"id: 7\n"] * 100, b"data: one\n\n", limit=100) == [Event("", "one")]


def test_the_limit_is_that_of_one_event() -> None:
    assert len(parsed(*[b"data: " + b"x" * 50 + b"\n\n"] * 10, limit=100)) == 10
