"""What is uploaded in parts: which files are taken, what is read of them, and what changes are noticed."""

from __future__ import annotations

import hashlib
import io
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from synapse_backend import SourceChangedError
from synapse_backend._digests import Digest
from synapse_backend._sources import open_source
from synapse_backend._uploads import take_in


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "video.mp4"
    path.write_bytes(b"0123456789")
    return path


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_path_is_read_at_any_place(path: Path) -> None:
    for given in (path, str(path)):
        source = open_source("upload", given)
        assert (source.name, source.size, source.path) == ("video.mp4", 10, path)
        assert [source.read(7, 3), source.read(0, 2), source.read(10, 0)] == [b"789", b"01", b""]
        source.check()
        source.close()


def test_an_open_file_begins_where_it_stands_and_stays_open(path: Path) -> None:
    with path.open("rb") as file:
        file.seek(4)
        source = open_source("upload", file)
        assert (source.name, source.size, source.path) == ("video.mp4", 6, None)
        assert source.read(1, 2) == b"56"
        source.check()
        source.close()
        assert not file.closed


def test_bytes_in_memory_have_a_name_of_their_own_and_cannot_be_watched() -> None:
    source = open_source("upload", io.BytesIO(b"abc"))
    assert (source.name, source.size, source.signature) == ("file", 3, None)
    source.check()
    source.close()


def test_a_pipe_is_copied_so_that_it_can_be_read_again() -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(b"0123456789")
    with os.fdopen(reading, "rb") as pipe:
        source = open_source("upload", pipe)
        assert (source.name, source.size) == ("file", 10)
        assert [source.read(5, 5), source.read(0, 5)] == [b"56789", b"01234"]
        source.check()
        source.close()
        assert not pipe.closed


def test_a_pipe_that_breaks_leaves_nothing_open() -> None:
    class Broken(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def read(self, size: int = -1, /) -> bytes:
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        open_source("upload", Broken())


class Slow(io.BytesIO):
    """Returns less than it is asked for, as files of networks do."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size or 0, 2))


def test_short_reads_are_put_together() -> None:
    assert open_source("upload", Slow(b"0123456789")).read(1, 7) == b"1234567"


def test_what_cannot_be_uploaded_is_refused(path: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    closed = path.open("rb")
    closed.close()
    cases: list[tuple[Any, type[Exception], str]] = [
        (tmp_path / "none", FileNotFoundError, "upload: file_path: No such file"),
        (tmp_path, IsADirectoryError, "upload: file_path: Is a directory"),
        (tmp_path / "pipe", ValueError, "no ordinary file; open it yourself"),
        ("/dev/null", ValueError, "no ordinary file"),
        (closed, ValueError, "is a closed file"),
        (3, TypeError, "must be a path or a file opened in binary mode, not int"),
        (b"bytes", TypeError, "not bytes"),
        (io.StringIO("text"), TypeError, "not StringIO"),
        (f"{tmp_path}/\udc80", ValueError, "lone surrogate"),
    ]
    for given, error, says in cases:
        with pytest.raises(error, match=says):
            open_source("upload", given)
    with (
        (tmp_path / "new").open("wb") as writing,
        pytest.raises(ValueError, match="not open for reading"),
    ):
        open_source("upload", writing)


def test_a_file_that_may_not_be_read_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    # Who tests as root may read everything.
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(PermissionError, match="file_path: Permission denied"):
        open_source("upload", path)


# --- changes ----------------------------------------------------------------------------------------------------------


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def rewrite(path: Path) -> None:
    path.write_bytes(b"9876543210")
    os.utime(path, ns=(1, 1))


def replace(path: Path) -> None:
    kept = path.stat()
    other = path.with_suffix(".new")
    other.write_bytes(b"9876543210")
    os.utime(other, ns=(kept.st_atime_ns, kept.st_mtime_ns))
    other.replace(path)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (grow, "4 bytes longer now"),
        (lambda path: os.truncate(path, 7), "3 bytes shorter now"),
        (rewrite, "it was written to"),
        (replace, "another file took its place"),
        (Path.unlink, "cannot be looked at any more: No such file"),
    ],
)
def test_changes_are_noticed(path: Path, change: Any, says: str) -> None:
    source = open_source("upload", path)
    change(path)
    with pytest.raises(SourceChangedError, match=f"video.mp4 changed while it was uploaded: .*{says}") as caught:
        source.check()
    assert caught.value.status_code == 409
    source.close()


def test_a_file_that_ends_too_early_is_noticed_while_it_is_read(path: Path) -> None:
    source = open_source("upload", path)
    os.truncate(path, 4)
    with pytest.raises(SourceChangedError, match="it is shorter now"):
        source.read(2, 5)
    source.close()


def test_changes_of_an_open_file_are_noticed(path: Path) -> None:
    with path.open("rb") as file:
        source = open_source("upload", file)
        grow(path)
        with pytest.raises(SourceChangedError, match="video"):
            source.check()


# --- digests ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [10, 3_000_000])
def test_every_byte_is_hashed_once_whatever_is_read_again(size: int) -> None:
    data = os.urandom(size)
    digest, third = Digest(size), size // 3
    digest.feed(0, data[: 2 * third])
    digest.feed(third, data[third : 2 * third])
    digest.feed(third, data[third:])
    assert digest.hexdigest() == hashlib.md5(data, usedforsecurity=False).hexdigest()
    digest.feed(0, data)
    assert digest.hexdigest() == hashlib.md5(data, usedforsecurity=False).hexdigest()
    digest.close()


def test_a_digest_goes_on_after_it_was_asked_and_not_after_it_was_closed() -> None:
    digest = Digest(2_000_000)
    before = threading.active_count()
    digest.feed(0, b"a" * 1_000_000)
    assert threading.active_count() == before + 1
    half = digest.hexdigest()
    assert threading.active_count() == before
    digest.feed(1_000_000, b"b" * 1_000_000)
    whole = digest.hexdigest()
    assert whole != half
    digest.close()
    digest.feed(2_000_000, b"late")
    assert (digest.hexdigest(), digest.position, threading.active_count()) == (whole, 2_000_000, before)


def test_a_file_is_taken_in_a_little_at_a_time() -> None:
    size = 20 * 1024 * 1024 + 1
    source, digest = open_source("upload", io.BytesIO(b"x" * size)), Digest(size)
    steps = 1
    while take_in(source, digest, size):
        steps += 1
    assert steps > 2
    assert digest.hexdigest() == hashlib.md5(b"x" * size, usedforsecurity=False).hexdigest()
    digest.close()
