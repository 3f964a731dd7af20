"""`_responses`: from bytes to plain data, or to the reason why not."""

from __future__ import annotations

import gzip
import json
import random
import tracemalloc
import zlib
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synapse_backend._responses import (
    EXCERPT_CHARACTERS,
    Answer,
    BodyError,
    Decompressor,
    decode_error,
    decode_success,
    excerpt,
    is_json,
    message_of,
    parse_retry_after,
    printable,
)

JSON = {"content-type": "application/json"}
TEXT = b"one job, two jobs, " * 1000


def decompress(coding: str, data: bytes, *, limit: int = 100_000, piece: int = 100) -> bytes:
    decompressor = Decompressor(coding, limit)
    for start in range(0, len(data), piece):
        decompressor.feed(data[start : start + piece])
    return decompressor.finish()


# --- content coding -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("coding", ["", "identity", " Identity "])
def test_a_plain_body_stays_as_it_is(coding: str) -> None:
    assert decompress(coding, TEXT) == TEXT


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "GZIP"])
@pytest.mark.parametrize("piece", [1, 100, 10_000])
def test_a_gzip_body_is_decompressed_however_it_arrives(coding: str, piece: int) -> None:
    assert decompress(coding, gzip.compress(TEXT), piece=piece) == TEXT


@pytest.mark.parametrize("size", [1024 * 1024 - 1, 1024 * 1024, 1024 * 1024 + 1, 3 * 1024 * 1024])
@pytest.mark.parametrize("level", [0, 9])
def test_a_large_body_is_decompressed_whole(size: int, level: int) -> None:
    packed = gzip.compress(bytes(size), level)
    assert decompress("gzip", packed, limit=size, piece=len(packed)) == bytes(size)
    assert decompress("gzip", packed * 2, limit=2 * size, piece=100_000) == bytes(2 * size)


@pytest.mark.parametrize("piece", [1, 7, 10_000])
def test_every_member_of_a_gzip_body_counts(piece: int) -> None:
    members = gzip.compress(b"one, ") + gzip.compress(b"") + gzip.compress(b"two")
    assert decompress("gzip", members, piece=piece) == b"one, two"


@pytest.mark.parametrize("coding", ["br", "deflate", "zstd", "gzip, gzip", "compress\x1b[2J"])
def test_a_coding_that_was_not_asked_for_is_refused(coding: str) -> None:
    with pytest.raises(BodyError, match="is not one that was asked for") as caught:
        Decompressor(coding, 100)
    assert caught.value.kind == "encoding"
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("kept", [1, 5, 12, -1, -9])
def test_a_gzip_body_that_ends_early_is_never_short_data(kept: int) -> None:
    with pytest.raises(BodyError, match="ends early") as caught:
        decompress("gzip", gzip.compress(TEXT)[:kept])
    assert caught.value.kind == "truncated"


def test_a_second_member_that_ends_early_is_no_end() -> None:
    with pytest.raises(BodyError, match="ends early"):
        decompress("gzip", gzip.compress(TEXT) + gzip.compress(TEXT)[:5])


def test_a_gzip_body_without_a_byte_is_empty() -> None:
    assert decompress("gzip", b"") == b""


@pytest.mark.parametrize(
    "data", [b'{"id": 1}', gzip.compress(b"x") + b"trailing", zlib.compress(b"x")], ids=["plain", "trailing", "zlib"]
)
def test_what_is_only_labelled_gzip_is_an_error(data: bytes) -> None:
    with pytest.raises(BodyError, match="labelled gzip but is not") as caught:
        decompress("gzip", data)
    assert caught.value.kind == "encoding"


@pytest.mark.parametrize("coding", ["", "gzip"])
def test_a_body_may_be_as_large_as_the_limit_and_not_a_byte_larger(coding: str) -> None:
    data = TEXT if not coding else gzip.compress(TEXT)
    assert decompress(coding, data, limit=len(TEXT)) == TEXT
    with pytest.raises(BodyError, match=f"more than {len(TEXT) - 1} bytes") as caught:
        decompress(coding, data, limit=len(TEXT) - 1)
    assert caught.value.kind == "too_large"


def test_what_came_before_the_limit_is_kept() -> None:
    decompressor = Decompressor("", 10)
    with pytest.raises(BodyError):
        decompressor.feed(TEXT)
    assert decompressor.received() == TEXT[:10]


def test_a_bomb_is_never_unpacked() -> None:
    decompressor = Decompressor("gzip", 1000)
    with pytest.raises(BodyError, match="more than 1000 bytes"):
        decompressor.feed(gzip.compress(bytes(50_000_000)))
    assert len(decompressor.received()) == 1000


LARGE = random.Random(1).randbytes(9_000_000) + bytes(20_000_000) + random.Random(2).randbytes(1_000_000)
"""So large that it is not held while it comes."""


@pytest.mark.parametrize("middle", [0, 5_000_000, 15_000_000, 29_500_000])
def test_a_large_body_comes_back_whole(middle: int) -> None:
    packed = gzip.compress(LARGE[:middle], 1) + gzip.compress(LARGE[middle:], 1)
    assert decompress("gzip", packed, limit=len(LARGE), piece=64 * 1024) == LARGE
    with pytest.raises(BodyError, match="ends early"):
        decompress("gzip", packed[:-1], limit=len(LARGE), piece=64 * 1024)


def test_a_bomb_takes_little_memory_however_much_would_be_allowed() -> None:
    packed = gzip.compress(bytes(200_000_000), 1)
    tracemalloc.start()
    with pytest.raises(BodyError, match="more than 100000000 bytes") as caught:
        decompress("gzip", packed, limit=100_000_000, piece=64 * 1024)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert caught.value.kind == "too_large"
    assert peak < 32_000_000


def feed_for_ever(decompressor: Decompressor, piece: bytes) -> None:
    for _ in range(10_000):
        decompressor.feed(piece)
    raise AssertionError("it never came to an end")


def test_an_endless_row_of_empty_members_comes_to_an_end() -> None:
    decompressor = Decompressor("gzip", 1000)
    with pytest.raises(BodyError, match="more than 1000 bytes"):
        feed_for_ever(decompressor, gzip.compress(b""))


@given(st.lists(st.binary()), st.integers(1, 50))
def test_whatever_was_compressed_comes_back(members: list[bytes], piece: int) -> None:
    packed = b"".join(gzip.compress(member) for member in members)
    assert decompress("gzip", packed, piece=piece) == b"".join(members)


# --- successes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"id": 1, "new": null}', {"id": 1, "new": None}),
        (b" [1, 2.5] \n", [1, 2.5]),
        ('"한국"'.encode(), "한국"),
        (b"null", None),
    ],
)
@pytest.mark.parametrize(
    "headers",
    [
        JSON,
        {},
        {"content-type": "Application/JSON; charset=utf-8"},
        {"content-type": "application/problem+json"},
    ],
)
def test_a_success_is_decoded(body: bytes, value: object, headers: dict[str, str]) -> None:
    assert is_json(headers)
    assert decode_success(Answer(200, headers, body)) == value


@pytest.mark.parametrize("status", [204, 205])
@pytest.mark.parametrize("body", [b"", b"ignored"])
def test_a_status_without_a_body_gives_none(status: int, body: bytes) -> None:
    assert decode_success(Answer(status, JSON, body)) is None


@pytest.mark.parametrize(
    ("headers", "body", "kind", "problem"),
    [
        (JSON, b"", "empty", "the body is empty"),
        (JSON, b" \r\n", "empty", "the body is empty"),
        ({"content-type": "text/html; charset=utf-8"}, b"<html>", "content_type", "got text/html; charset=utf-8"),
        ({"content-type": "text/plain"}, b'{"id": 1}', "content_type", "a proxy or a login page"),
        (JSON, b"<html>", "json", "not valid JSON"),
        (JSON, b'{"id": 1', "json", "not valid JSON"),
        (JSON, b'{"id": 1} {}', "json", "not valid JSON"),
        (JSON, b'{"name": "\xff"}', "json", "not valid JSON"),
        (JSON, '{"id": 1}'.encode("utf-16"), "json", "not valid JSON"),
        (JSON, b"[NaN]", "json", "NaN is not JSON"),
        (JSON, b"[1e999]", "json", "1e999 is beyond the range of a number"),
        (JSON, b'{"id": 1, "id": 2}', "json", "a name stands twice in an object"),
        (JSON, b"[-Infinity]", "json", "-Infinity is not JSON"),
        (JSON, b"[" * 100_000, "json", "nested too deeply"),
        (JSON, b"[" + b"9" * 5000 + b"]", "json", "not valid JSON"),
    ],
)
def test_a_success_that_cannot_be_used_says_why(headers: dict[str, str], body: bytes, kind: str, problem: str) -> None:
    with pytest.raises(BodyError, match=problem) as caught:
        decode_success(Answer(200, headers, body))
    assert caught.value.kind == kind


def test_an_answer_does_not_show_what_it_holds() -> None:
    assert "canary" not in repr(Answer(200, {"x-echo": "canary"}, b"canary"))


# --- errors -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "response"),
    [
        (b"", None),
        (b" \n", None),
        (b'{"detail": "Not found."}', {"detail": "Not found."}),
        (b"<h1>Bad gateway</h1>", "<h1>Bad gateway</h1>"),
        (b'{"detail": "cut', '{"detail": "cut'),
        (b"caf\xe9", "caf\ufffd"),
        (b"\x1b[2Jgone", "\\x1b[2Jgone"),
        (b"[" * 5000, "[" * EXCERPT_CHARACTERS + "…"),
    ],
)
def test_the_body_of_an_error_is_kept_in_whatever_form_it_came(body: bytes, response: object) -> None:
    assert decode_error(Answer(502, {}, body)) == response


@pytest.mark.parametrize(
    ("response", "message"),
    [
        (None, ""),
        ({}, ""),
        ([], ""),
        (17, ""),
        ({"detail": "Not found."}, "Not found."),
        ({"error": {"code": "INVALID_STATE", "message": "The job has ended."}}, "The job has ended."),
        ({"name": ["Required.", "Too short."], "pk": "bad"}, "name: Required., Too short.; pk: bad"),
        ({"detail": [{"loc": ["body"], "msg": "missing"}]}, 'detail: {"loc": ["body"], "msg": "missing"}'),
        (["one", ["two"]], "one, two"),
        ("a  text\nover lines ", "a text over lines"),
        ('<!doctype html>\\n<HTML lang="en">\\n<head><title>Not\\r\\n Found</title></head><body>x', "Not Found"),
        ("<html><body>no title</body></html>", "<html><body>no title</body></html>"),
        ("<title>of no page</title>", "<title>of no page</title>"),
        ({"detail": "\x1b]0;title\x07"}, "\\x1b]0;title\\x07"),
        ({"na\x1bme": ["\u202edesrever"]}, "na\\x1bme: \\u202edesrever"),
        ({"detail": "\ud800"}, "\\ud800"),
    ],
)
def test_an_error_is_told_in_one_printable_line(response: object, message: str) -> None:
    assert message_of(response) == message


@pytest.mark.parametrize(
    "response", ["x" * 10_000, {"detail": "x" * 10_000}, ["x" * 10_000], {"a": ["x" * 10_000] * 9}]
)
def test_a_message_has_an_end(response: object) -> None:
    assert 100 < len(message_of(response)) <= 500


@pytest.mark.parametrize("depth", [100, 500, 900])
@pytest.mark.parametrize("brackets", ["[]", "{}"])
def test_a_deeply_nested_error_costs_the_message_and_nothing_else(depth: int, brackets: str) -> None:
    nested: Any = "end"
    for _ in range(depth):
        nested = [nested] if brackets == "[]" else {"a": nested}
    assert isinstance(message_of({"field": nested}), str)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    )
)
def test_every_error_body_has_a_printable_message(body: Any) -> None:
    response = decode_error(Answer(400, JSON, json.dumps(body).encode()))
    assert message_of(response).isprintable()


@given(st.binary())
def test_no_error_body_is_too_broken_to_read(body: bytes) -> None:
    assert message_of(decode_error(Answer(400, JSON, body))).isprintable()


@pytest.mark.parametrize(
    ("value", "shown"),
    [("plain 한국", "plain 한국"), ("a\r\nb\x9b\x00", "a\\r\\nb\\x9b\\x00"), ("long" * 3, "longl…")],
)
def test_text_of_a_server_cannot_steer_a_terminal(value: str, shown: str) -> None:
    assert printable(value, 5 if value.startswith("long") else 100) == shown


def test_an_excerpt_is_the_quoted_beginning() -> None:
    assert excerpt(b"<html>\n") == "'<html>\\\\n'"
    assert len(excerpt(b"x" * 1000)) == 122


# --- Retry-After --------------------------------------------------------------------------------------------------

NOW = datetime(2025, 9, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "1"}, 1.0),
        ({"retry-after": " 2.5 "}, 2.5),
        ({"retry-after": "3600"}, 3600.0),
        ({"retry-after": "0"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "1e309"}, None),
        ({"retry-after": "9" * 400}, None),
        ({"retry-after": "1, 2"}, None),
        ({"retry-after": "Wed, 03 Sep 2025 12:00:10 GMT"}, 10.0),
        ({"retry-after": "Wed, 03 Sep 2025 11:59:00 GMT"}, None),
        ({"retry-after": "Wed, 03 Sep 2025 12:00:10"}, None),
        ({"retry-after": "Wed, 99 Sep 2025 12:00:10 GMT"}, None),
        # The clock of the server is an hour late.
        ({"retry-after": "Wed, 03 Sep 2025 11:00:10 GMT", "date": "Wed, 03 Sep 2025 11:00:00 GMT"}, 10.0),
        ({"retry-after": "Wed, 03 Sep 2025 12:00:10 GMT", "date": "today"}, 10.0),
    ],
)  # fmt: skip
def test_retry_after_is_read_in_every_form_and_never_fails(headers: dict[str, str], seconds: float | None) -> None:
    assert parse_retry_after(headers, NOW.timestamp()) == seconds


@given(st.text(max_size=70), st.text(max_size=70))
def test_no_header_breaks_the_reading_of_retry_after(retry_after: str, date: str) -> None:
    seconds = parse_retry_after({"retry-after": retry_after, "date": date}, NOW.timestamp())
    assert seconds is None or seconds > 0


@given(st.datetimes(min_value=datetime(2025, 9, 4), max_value=datetime(2100, 1, 1)))
def test_every_date_ahead_is_a_time_to_wait(moment: datetime) -> None:
    header = format_datetime(moment.replace(microsecond=0, tzinfo=UTC), usegmt=True)
    expected = (moment.replace(microsecond=0, tzinfo=UTC) - NOW).total_seconds()
    assert parse_retry_after({"retry-after": header}, NOW.timestamp()) == expected
