"""`_bodies`: JSON, and forms whose files are streamed."""

from __future__ import annotations

import contextlib
import datetime as dt
import gc
import io
import json
import os
import threading
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import Enum, IntEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import UUID

import pytest

from synapse_api.models.plugin_create import PluginCreate
from synapse_api.models.plugin_release_create import PluginReleaseCreate
from synapse_api.types import File
from synapse_backend import SourceChangedError
from synapse_backend._bodies import SMALL_FILE, FileFromHere, Multipart, ThreadedStream, encode_json, plain
from tests.support.recorder import Recorded


class Colour(Enum):
    RED = "red"


class Level(IntEnum):
    HIGH = 2


class Array:
    """What NumPy makes of numbers."""

    def __init__(self, value: object) -> None:
        self._value = value

    def tolist(self) -> object:
        return self._value


# --- JSON ---------------------------------------------------------------------------------------------------------


def test_a_generated_model_becomes_its_dict() -> None:
    assert plain("create_plugin", PluginCreate(name="Edge detector")) == {"name": "Edge detector"}


@pytest.mark.parametrize("data", [{"a": 1}, MappingProxyType({"a": 1}), [1], (1,)])
def test_plain_data_stays_what_it_is(data: object) -> None:
    assert plain("create_plugin", data) is data


@pytest.mark.parametrize("data", [None, "text", b"bytes", 1, PluginCreate])
def test_data_of_another_type_is_refused_by_name(data: object) -> None:
    with pytest.raises(TypeError, match=r"^create_plugin: data must be a dict or a generated model, not "):
        plain("create_plugin", data)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("한국", '"한국"'),
        (True, "true"),
        (None, "null"),
        (0.1, "0.1"),
        (Colour.RED, '"red"'),
        (Level.HIGH, "2"),
        (UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        (Path("/data/in"), '"/data/in"'),
        (dt.date(2025, 9, 1), '"2025-09-01"'),
        (dt.datetime(2025, 9, 1, 12, tzinfo=dt.UTC), '"2025-09-01T12:00:00+00:00"'),
        (MappingProxyType({"a": Colour.RED}), '{"a":"red"}'),
        ((1, 2), "[1,2]"),
        ({1}, "[1]"),
        (frozenset({1}), "[1]"),
        (PluginCreate(name="x"), '{"name":"x"}'),
        (Array([1, 2]), "[1,2]"),
    ],
)
def test_what_people_have_in_their_dicts_becomes_json(value: object, text: str) -> None:
    assert encode_json("create_plugin", {"v": value}).decode() == f'{{"v":{text}}}'


class Opaque:
    pass


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        ({"a": [1, {"b": Opaque()}]}, TypeError, r"data\['a'\]\[1\]\['b'\] cannot be sent as JSON: Opaque has no"),
        ({"a": b"bytes"}, TypeError, r"data\['a'\] cannot be sent as JSON: bytes has no JSON form"),
        ({"a": Decimal(1)}, TypeError, r"data\['a'\] cannot be sent as JSON: Decimal has no JSON form"),
        ({"a": Colour}, TypeError, r"data\['a'\] cannot"),
        ({"a": float("nan")}, ValueError, r"data\['a'\] cannot be sent as JSON"),
        ({"a": [0.0, float("-inf")]}, ValueError, r"data\['a'\]\[1\] cannot be sent as JSON"),
        ({"a": Array(float("nan"))}, ValueError, r"data\['a'\] cannot be sent as JSON"),
        ({"a": {("tuple",): 1}}, TypeError, r"data\['a'\] cannot be sent as JSON: keys must be str"),
        (MappingProxyType({"a": Opaque()}), TypeError, "data cannot be sent as JSON"),
        ({"a": "\ud800"}, ValueError, "data holds a lone surrogate"),
    ],
)
def test_what_json_cannot_carry_is_refused_with_its_place(
    data: Mapping[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=f"^create_plugin: {message}"):
        encode_json("create_plugin", data)


def test_data_that_contains_itself_is_refused_with_its_place() -> None:
    data: dict[str, Any] = {"a": {"b": []}}
    data["a"]["b"].append(data["a"])
    with pytest.raises(ValueError, match=r"^create_plugin: data\['a'\]\['b'\]\[0\] cannot be sent as JSON: Circular"):
        encode_json("create_plugin", data)


def test_data_that_is_nested_too_deeply_is_refused() -> None:
    nested: list[Any] = []
    for _ in range(100_000):
        nested = [nested]
    with pytest.raises(ValueError, match="cannot be sent as JSON: maximum recursion depth"):
        encode_json("create_plugin", {"a": nested})
    # Freeing the lists one in the other must not exhaust the stack while another test runs.
    while nested:
        nested = nested.pop()


# --- forms --------------------------------------------------------------------------------------------------------


def form(data: Any, files: tuple[str, ...] = ("file",)) -> Multipart:
    return Multipart("create_plugin_release", data, files)


def sent(multipart: Multipart) -> Recorded:
    """Return a form as it goes over the wire."""
    headers, body = multipart.encode()
    content = body if isinstance(body, bytes) else b"".join(body)
    request = Recorded("POST", "/", [(name.decode(), value.decode()) for name, value in headers], content)
    assert request.values("content-length") == [str(len(request.body))]
    return request


def parts(multipart: Multipart) -> list[tuple[str, str | None, bytes]]:
    return [(part.name, part.filename, part.content) for part in sent(multipart).parts]


def contents(multipart: Multipart) -> list[tuple[str, str | None, bytes]]:
    """Return the parts of a form that is sent once and closed."""
    with contextlib.closing(multipart):
        return parts(multipart)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    path = tmp_path / "edge-1.0.0.zip"
    path.write_bytes(b"0123456789")
    return path


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file that is not read into memory."""
    path = tmp_path / "large.bin"
    path.write_bytes(os.urandom(SMALL_FILE + 1))
    return path


@pytest.fixture
def opened(package: Path) -> Iterator[io.BufferedReader]:
    with package.open("rb") as file:
        yield file


def test_every_field_of_a_form_is_text() -> None:
    fields = {
        "plugin": 123,
        "is_stable": True,
        "changelog": "새 필터",
        "skipped": None,
        "tags": ["a", None, 2],
        "meta": {"a": [1, None]},
        "on": dt.date(2025, 9, 1),
    }
    assert contents(form({**fields, "file": b"zip"})) == [
        ("plugin", None, b"123"),
        ("is_stable", None, b"true"),
        ("changelog", None, "새 필터".encode()),
        ("tags", None, b"a"),
        ("tags", None, b"2"),
        ("meta", None, b'{"a":[1,null]}'),
        ("on", None, b"2025-09-01"),
        ("file", "file", b"zip"),
    ]


def test_a_file_may_be_open_or_a_path_or_bytes(package: Path, opened: io.BufferedReader) -> None:
    named = ("file", "edge-1.0.0.zip", b"0123456789")
    unnamed = ("file", "file", b"0123456789")
    assert contents(form({"file": opened})) == [named]
    assert contents(form({"file": package})) == [named]
    assert contents(form({"file": str(package)})) == [named]
    assert contents(form({"file": b"0123456789"})) == [unnamed]
    assert contents(form({"file": bytearray(b"0123456789")})) == [unnamed]
    assert contents(form({"file": memoryview(b"0123456789")})) == [unnamed]
    assert contents(form({"file": io.BytesIO(b"0123456789")})) == [unnamed]


@pytest.mark.parametrize(
    ("mime_type", "content_type"), [("application/zip", "application/zip"), (None, "application/octet-stream")]
)
def test_a_generated_model_may_carry_the_file(mime_type: str | None, content_type: str) -> None:
    model = PluginReleaseCreate(123, "1.0.0", File(io.BytesIO(b"zip"), "edge.zip", mime_type))
    [*_, part] = sent(form(plain("create_plugin_release", model))).parts
    assert (part.name, part.filename, part.content, part.content_type) == ("file", "edge.zip", b"zip", content_type)


@pytest.mark.parametrize("size", [0, 1, SMALL_FILE])
def test_a_small_file_is_one_piece_with_its_form(size: int, tmp_path: Path) -> None:
    path = tmp_path / "small.bin"
    path.write_bytes(content := os.urandom(size))
    multipart = form({"plugin": 1, "file": path})
    # It was read when the form was made.
    path.write_bytes(b"something else")
    _, body = multipart.encode()
    assert isinstance(body, bytes)
    assert contents(multipart) == [("plugin", None, b"1"), ("file", "small.bin", content)]


def test_a_large_file_is_read_while_it_is_sent(large: Path) -> None:
    with contextlib.closing(form({"file": large})) as multipart:
        _, body = multipart.encode()
        assert not isinstance(body, bytes)
        assert max(len(piece) for piece in body) <= 64 * 1024
        assert parts(multipart) == [("file", "large.bin", large.read_bytes())]


def test_a_file_of_the_system_that_says_nothing_of_its_size_is_no_empty_file() -> None:
    [part] = contents(form({"file": "/proc/self/cmdline"}))
    assert part[:2] == ("file", "cmdline")
    assert part[2] == Path("/proc/self/cmdline").read_bytes() != b""


@pytest.mark.parametrize(("size", "how"), [(SMALL_FILE, "shorter"), (SMALL_FILE + 2, "longer")])
def test_a_large_file_that_changes_its_length_is_not_sent_to_its_end(size: int, how: str, large: Path) -> None:
    with contextlib.closing(form({"file": large})) as multipart:
        _, body = multipart.encode()
        os.truncate(large, size)
        with pytest.raises(SourceChangedError, match=f"a file became {how} while it was sent") as changed:
            list(body)
        assert changed.value.status_code == 409


def test_every_form_has_a_boundary_of_its_own(package: Path) -> None:
    with contextlib.closing(form({"file": package})) as multipart:
        assert len({sent(multipart).values("content-type")[0] for _ in range(10)}) == 10


def test_an_open_file_is_sent_from_where_it_stands_each_time(opened: io.BufferedReader) -> None:
    opened.seek(4)
    multipart = form({"file": opened})
    assert parts(multipart) == parts(multipart) == [("file", "edge-1.0.0.zip", b"456789")]
    multipart.close()
    assert not opened.closed


@pytest.mark.parametrize("read_before", [0, 4])
def test_a_pipe_is_sent_whole_and_can_be_sent_again(read_before: int) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"0123456789")
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        pipe.read(read_before)
        multipart = form({"file": pipe})
        expected = [("file", "file", b"0123456789"[read_before:])]
        assert parts(multipart) == parts(multipart) == expected
        multipart.close()
        assert not pipe.closed


def test_whatever_can_be_read_is_a_file() -> None:
    class Stream:
        def __init__(self) -> None:
            self._pieces = [b"two", b"one "]

        def read(self, size: int = -1) -> bytes:
            return self._pieces.pop() if self._pieces else b""

    assert contents(form({"file": Stream()})) == [("file", "file", b"one two")]


def test_large_files_that_the_form_opened_are_closed_with_it(large: Path) -> None:
    multipart = form({"file": large})
    opened: Any = multipart.files["file"][1]
    assert not opened.closed
    multipart.close()
    assert opened.closed
    multipart.close()


def test_large_files_are_closed_when_a_later_field_is_wrong(large: Path) -> None:
    with pytest.raises(TypeError):
        form({"file": large, "version": object()})
    # An open file would be a ResourceWarning now, and warnings are errors.
    gc.collect()


def test_the_caller_keeps_the_dict_as_it_was(package: Path) -> None:
    data = {"plugin": 1, "tags": ["a"], "none": None, "file": package}
    before = {**data, "tags": ["a"]}
    contents(form(data))
    assert data == before


@pytest.mark.parametrize("name", ['a"b.zip', "a\r\nX-Injected: 1.zip", "../../a.zip", "패키지.zip", "a;b.zip"])
def test_the_name_of_a_file_never_becomes_a_header(name: str) -> None:
    request = sent(form({"file": (name, io.BytesIO(b"zip"), None)}))
    [part] = request.parts
    assert part.content == b"zip"
    assert b"\r\nX-Injected" not in request.body


@pytest.mark.parametrize("name", ['x"; filename="y', "x\r\nX-Injected: 1", "이름"])
def test_the_name_of_a_field_never_becomes_a_header(name: str) -> None:
    request = sent(form({name: "value", "file": b"zip"}))
    assert [part.content for part in request.parts] == [b"value", b"zip"]
    assert b"\r\nX-Injected" not in request.body


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        ([1], TypeError, "data must be a dict or a generated model, not list"),
        ({1: "x", "file": b""}, TypeError, "names in data must be str, not int"),
        ({"a\ud800": "x", "file": b""}, ValueError, r"the name 'a\\ud800' in data holds a lone surrogate"),
        ({"version": "\ud800", "file": b""}, ValueError, r"data\['version'\] holds a lone surrogate"),
        ({"version": b"1", "file": b""}, TypeError, r"data\['version'\] must be a str, number"),
        ({"meta": {"a": b"1"}, "file": b""}, TypeError, r"data\['meta'\]: data\['a'\] cannot be sent as JSON"),
        ({"version": "1"}, ValueError, "data has no 'file'; pass an open binary file, a path or bytes"),
        ({"file": None}, ValueError, "data has no 'file'"),
        ({"file": 7}, TypeError, r"data\['file'\] must be a file opened in binary mode, a path or bytes, not int"),
        (
            {"file": io.StringIO("text")},
            TypeError,
            r"data\['file'\] must be a file opened in binary mode.*not StringIO",
        ),
        ({"file": ("a", "b")}, TypeError, r"data\['file'\] must be .*not tuple"),
        ({"file": "a\x00b"}, ValueError, r"data\['file'\]: .*embedded null"),
        ({"file": ("a", b"", "a/b\r\nX-Injected: 1")}, ValueError, r"data\['file'\]: the media type of the file holds"),
        ({"file": ("\ud800", b"", None)}, ValueError, r"data\['file'\]: the name of the file holds a lone surrogate"),
    ],
)
def test_what_no_form_can_carry_is_refused_by_name(data: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=f"^create_plugin_release: {message}"):
        form(data)


def test_a_file_that_cannot_be_read_is_refused_by_name(tmp_path: Path) -> None:
    place = r"create_plugin_release: data\['file'\]"
    with pytest.raises(FileNotFoundError, match=f"{place}: No such file") as missing:
        form({"file": tmp_path / "missing.zip"})
    assert missing.value.filename == str(tmp_path / "missing.zip")
    with pytest.raises(IsADirectoryError, match=place):
        form({"file": tmp_path})
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(ValueError, match=f"{place}: is a named pipe"):
        form({"file": tmp_path / "fifo"})
    with (
        (tmp_path / "new.zip").open("wb") as file,
        pytest.raises(ValueError, match=f"{place} is a file that is not open"),
    ):
        form({"file": file})
    with pytest.raises(ValueError, match=f"{place} is a closed file"):
        form({"file": file})
    with (tmp_path / "new.zip").open() as text, pytest.raises(TypeError, match=f"{place} must be .*not TextIOWrapper"):
        form({"file": text})


# --- files and streams --------------------------------------------------------------------------------------------


def test_a_file_from_here_begins_where_it_stood() -> None:
    file = io.BytesIO(b"0123456789")
    file.seek(3)
    view = FileFromHere(file)
    assert (view.tell(), view.read(2), view.tell()) == (0, b"34", 2)
    assert (view.seek(0, os.SEEK_END), view.seek(-1, os.SEEK_CUR), view.read()) == (7, 6, b"9")
    assert (view.seek(1), view.read(1)) == (1, b"4")


async def test_a_stream_is_read_in_another_thread() -> None:
    threads: set[int] = set()

    def pieces() -> Iterator[bytes]:
        threads.add(threading.get_ident())
        yield b"one"
        threads.add(threading.get_ident())
        yield b"two"

    assert [piece async for piece in ThreadedStream(pieces())] == [b"one", b"two"]
    assert threads
    assert threading.get_ident() not in threads


async def test_an_error_while_reading_reaches_the_caller() -> None:
    def pieces() -> Iterator[bytes]:
        yield b"one"
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        assert [piece async for piece in ThreadedStream(pieces())] == []


def test_the_json_of_documented_data_reads_back() -> None:
    data = {"parameters": {"threshold": 0.8, "max_items": 150}, "context": {"execution_mode": "batch"}}
    assert json.loads(encode_json("run_plugin", data)) == data
