"""Request bodies: JSON, and multipart forms whose files are streamed from where they are."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import shutil
import stat
import tempfile
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from functools import partial
from io import TextIOBase
from pathlib import Path
from typing import IO, Any, Final, Protocol, cast, runtime_checkable
from uuid import UUID

import anyio.to_thread

from synapse_backend._errors import SourceChangedError
from synapse_backend._urls import encodable, iso_datetime, text

SMALL_FILE: Final = 256 * 1024
"""Bytes up to which a file is read into memory and sent in one piece."""
_SPOOL_BYTES = 1024 * 1024
_READ_BYTES = 64 * 1024
_BINARY = "application/octet-stream"
_AT_ONCE = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
# As browsers do it; of the control characters only what begins a code for terminals stays.
_ESCAPES = {chr(code): f"%{code:02X}" for code in range(0x20) if code != 0x1B} | {'"': "%22", "\\": "\\\\"}
_TO_ESCAPE = re.compile("|".join(map(re.escape, _ESCAPES)))


@runtime_checkable
class SupportsToDict(Protocol):
    """A model of the generated client, or anything else that turns itself into a dict."""

    def to_dict(self) -> dict[str, Any]:
        """Return the plain form."""
        ...


def plain(operation: str, data: object) -> Any:
    """Return `data` as a dict or list, from one or from a generated model.

    Raises:
        TypeError: It is neither.
    """
    if isinstance(data, Mapping | list | tuple):
        return data
    if isinstance(data, SupportsToDict) and not isinstance(data, type):
        return data.to_dict()
    raise TypeError(f"{operation}: data must be a dict or a generated model, not {type(data).__name__}")


def encode_json(operation: str, data: Any) -> bytes:
    """Return the JSON text of `data`.

    Date-times get an offset, enumerations give their value, NumPy scalars and arrays become numbers and lists.

    Raises:
        TypeError: A value has no JSON form. The message says which and where.
        ValueError: A number is NaN or infinite, a string is not Unicode, or `data` contains itself.
    """
    try:
        return json.dumps(
            data, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_json_default
        ).encode()
    except UnicodeEncodeError:
        raise ValueError(f"{operation}: data holds a lone surrogate, which UTF-8 cannot encode") from None
    except (TypeError, ValueError, RecursionError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        where = _find_unencodable(data, "data")
        raise kind(f"{operation}: {where} cannot be sent as JSON: {error}") from None


def _json_default(value: object) -> Any:
    match value:
        case datetime():
            return iso_datetime(value)
        case date():
            return value.isoformat()
        case UUID() | Path():
            return str(value)
        case Enum():
            return value.value
        case Mapping():
            return dict(value)
        case set() | frozenset():
            return list(value)
        case SupportsToDict():
            return value.to_dict()
    # NumPy scalars and arrays, without importing NumPy.
    if callable(tolist := getattr(value, "tolist", None)):
        return tolist()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _find_unencodable(value: Any, where: str, ancestors: tuple[Any, ...] = ()) -> str:
    """Return the place of the first value that JSON refuses, for the error message."""
    if any(value is ancestor for ancestor in ancestors):
        return where
    children: Iterator[tuple[str, Any]]
    if isinstance(value, dict):
        children = ((f"{where}[{key!r}]", item) for key, item in value.items())
    elif isinstance(value, list | tuple):
        children = ((f"{where}[{index}]", item) for index, item in enumerate(value))
    else:
        return where
    for place, item in children:
        try:
            json.dumps(item, allow_nan=False, default=_json_default)
        except RecursionError:
            return where
        except (TypeError, ValueError):
            return _find_unencodable(item, place, (*ancestors, value))
    return where


class StreamedBody(ABC):
    """A body that is produced while it is sent, once for each attempt."""

    @abstractmethod
    def encode(self) -> tuple[list[tuple[bytes, bytes]], bytes | Iterable[bytes]]:
        """Return the headers that describe the body, and the body or its pieces from the beginning."""

    @abstractmethod
    def close(self) -> None:
        """Close what was opened for it."""


class Form:
    """The parts of a form in their order, and the boundary between them.

    The boundary is new and random for each form, so that no file can hold it.
    """

    def __init__(self) -> None:
        self._boundary = os.urandom(16).hex()
        self._pieces: list[bytes | tuple[IO[bytes], int]] = []
        self._length = 0

    def add_field(self, name: str, value: str) -> None:
        """Add a part that is text."""
        self._add(f'--{self._boundary}\r\nContent-Disposition: form-data; name="{escaped(name)}"\r\n\r\n{value}\r\n')

    def add_file(self, name: str, file_name: str, content: bytes | IO[bytes], media_type: str) -> None:
        """Add a part that is a file; an open one is sent from its beginning."""
        self._add(
            f'--{self._boundary}\r\nContent-Disposition: form-data; name="{escaped(name)}"; '
            f'filename="{escaped(file_name)}"\r\nContent-Type: {media_type}\r\n\r\n'
        )
        if isinstance(content, bytes):
            self._pieces.append(content)
            self._length += len(content)
        else:
            size = content.seek(0, os.SEEK_END)
            self._pieces.append((content, size))
            self._length += size
        self._add("\r\n")

    def _add(self, text: str) -> None:
        data = text.encode()
        self._pieces.append(data)
        self._length += len(data)

    def encode(self) -> tuple[list[tuple[bytes, bytes]], bytes | Iterable[bytes]]:
        """Return the headers and the body, in one piece when all of it is in memory and small."""
        self._add(f"--{self._boundary}--\r\n")
        headers = [
            (b"Content-Type", f"multipart/form-data; boundary={self._boundary}".encode()),
            (b"Content-Length", str(self._length).encode()),
        ]
        in_memory = [piece for piece in self._pieces if isinstance(piece, bytes)]
        if len(in_memory) == len(self._pieces) and self._length <= 2 * SMALL_FILE:
            # One write, and one packet or a few, instead of one for each part.
            return headers, b"".join(in_memory)
        return headers, self._stream()

    def _stream(self) -> Iterator[bytes]:
        for piece in self._pieces:
            if isinstance(piece, bytes):
                yield piece
                continue
            file, left = piece
            file.seek(0)
            while left > 0 and (data := file.read(min(left, _READ_BYTES))):
                left -= len(data)
                yield data
            if left or file.read(1):
                # What has no end is not taken by the server, so that nothing wrong is kept there.
                raise SourceChangedError(
                    f"a file became {'shorter' if left > 0 else 'longer'} while it was sent; call again when nobody "
                    "writes to it",
                    status_code=409,
                )


def escaped(name: str) -> str:
    """Return a name as it stands between the quotes of a header, where nothing in it can end them or the line."""
    return name if name.isalnum() else _TO_ESCAPE.sub(lambda found: _ESCAPES[found[0]], name)


class Multipart(StreamedBody):
    """The parts of a form, opened and checked, and closed again by `close`.

    The mapping that it is made from is left as it was. Small files are read at once, and so sent as they were then.
    """

    def __init__(self, operation: str, data: Mapping[str, Any], files: Sequence[str]) -> None:
        """Open the files of a form.

        Args:
            operation: Name of the operation, for messages.
            data: The fields; None is left out, a list repeats its field, a dict is sent as JSON text.
            files: Names of the fields that are files: an open binary file, a path or bytes, or what generated models
                make of their files, a tuple of name, file and media type.

        Raises:
            TypeError: `data` is no dict, or a field or file has a type that cannot be sent.
            ValueError: A file is missing from `data`, closed, or not open for reading.
            OSError: A path cannot be opened; `FileNotFoundError`, `IsADirectoryError` and the like.
        """
        self.fields: dict[str, str | list[str]] = {}
        self.files: dict[str, tuple[str, bytes | IO[bytes], str]] = {}
        if not isinstance(data, Mapping):
            raise TypeError(f"{operation}: data must be a dict or a generated model, not {type(data).__name__}")
        with contextlib.ExitStack() as opened:
            for name, value in data.items():
                place = f"{operation}: data[{name!r}]"
                if not isinstance(name, str):
                    raise TypeError(f"{operation}: names in data must be str, not {type(name).__name__}")
                encodable(f"{operation}: the name {name!r} in data", name)
                if name in files:
                    if value is None:
                        continue
                    self.files[name] = _open_file(place, name, value, opened)
                elif isinstance(value, list | tuple):
                    self.fields[name] = [_field(place, item) for item in value if item is not None]
                elif value is not None:
                    self.fields[name] = _field(place, value)
            for name in files:
                if name not in self.files:
                    raise ValueError(f"{operation}: data has no {name!r}; pass an open binary file, a path or bytes")
            self._opened = opened.pop_all()

    def encode(self) -> tuple[list[tuple[bytes, bytes]], bytes | Iterable[bytes]]:
        """Return the headers and the body of the form, with a boundary of its own; the files from their beginning."""
        form = Form()
        for name, value in self.fields.items():
            for item in [value] if isinstance(value, str) else value:
                form.add_field(name, item)
        for name, file in self.files.items():
            form.add_file(name, *file)
        return form.encode()

    def close(self) -> None:
        """Close the files that were opened here; a file that the caller opened stays open."""
        self._opened.close()


class FileForm(StreamedBody):
    """A form with one small file that was read before.

    Args:
        field: Name of the part.
        file_name: Name of the file.
        content: What is in it.
    """

    def __init__(self, field: str, file_name: str, content: bytes) -> None:
        self._part = field, encodable(f"the name of {file_name!r}", file_name), content, _BINARY

    def encode(self) -> tuple[list[tuple[bytes, bytes]], bytes | Iterable[bytes]]:
        """Return the headers and the body of the form, with a boundary of its own."""
        form = Form()
        form.add_file(*self._part)
        return form.encode()

    def close(self) -> None:
        """Do nothing: nothing is open."""


def _field(place: str, value: object) -> str:
    if isinstance(value, Mapping):
        return encode_json(place, value).decode()
    return text(place, value)


def _open_file(
    place: str, name: str, value: object, opened: contextlib.ExitStack
) -> tuple[str, bytes | IO[bytes], str]:
    """Return the part of a file: its name, the file itself, and its media type."""
    given_name = media_type = None
    if isinstance(value, tuple) and len(value) == 3:
        given_name, value, media_type = value
    file_name, file = _readable(place, name, value, opened)
    file_name = encodable(f"{place}: the name of the file", given_name or file_name)
    if media_type and not media_type.isprintable():
        raise ValueError(f"{place}: the media type of the file holds control characters")
    return file_name, file, media_type or _BINARY


def _readable(place: str, name: str, value: object, opened: contextlib.ExitStack) -> tuple[str, bytes | IO[bytes]]:
    """Return the file name, and the content or a file that starts where the caller left it and knows its length."""
    if isinstance(value, bytes | bytearray | memoryview):
        return name, bytes(value)
    if isinstance(value, str | os.PathLike):
        path = os.fspath(value)
        content = open_path(place, path)
        return Path(path).name, content if isinstance(content, bytes) else opened.enter_context(content)
    if isinstance(value, TextIOBase) or not callable(getattr(value, "read", None)):
        raise TypeError(f"{place} must be a file opened in binary mode, a path or bytes, not {type(value).__name__}")
    if getattr(value, "closed", False):
        raise ValueError(f"{place} is a closed file")
    if callable(readable := getattr(value, "readable", None)) and not readable():
        raise ValueError(f"{place} is a file that is not open for reading")
    file: Any = value
    file_name = Path(file.name).name if isinstance(getattr(file, "name", None), str) else name
    if not (callable(getattr(file, "seekable", None)) and file.seekable()):
        # A pipe has no length and cannot be sent twice; most servers refuse a form without a length.
        spool = tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES)  # noqa: SIM115 - `Multipart` closes it
        opened.callback(spool.close)
        shutil.copyfileobj(file, spool)
        spool.seek(0)
        file = spool
    return file_name, cast("IO[bytes]", FileFromHere(file))


def open_path(place: str, path: str) -> bytes | IO[bytes]:
    """Return the content of a small file, or a large one opened.

    Args:
        place: What the path is, for messages.
        path: Where the file is.

    Raises:
        ValueError: It is a named pipe, or the path cannot be one.
        OSError: It cannot be opened; `FileNotFoundError`, `IsADirectoryError` and the like.
    """
    try:
        # Opening a named pipe would wait until somebody writes to it.
        descriptor = os.open(path, os.O_RDONLY | _AT_ONCE)
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from None
    except OSError as error:
        raise type(error)(error.errno, f"{place}: {error.strerror}", path) from None
    try:
        found = os.fstat(descriptor)
        if stat.S_ISDIR(found.st_mode):
            raise IsADirectoryError(errno.EISDIR, f"{place}: {os.strerror(errno.EISDIR)}", path)
        if stat.S_ISFIFO(found.st_mode):
            raise ValueError(f"{place}: is a named pipe; open it yourself and pass the file")
        if stat.S_ISREG(found.st_mode) and found.st_size <= SMALL_FILE:
            return read_all(descriptor)
        file = os.fdopen(descriptor, "rb")
        descriptor = -1
        return file
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def read_all(descriptor: int) -> bytes:
    """Read an open file to its end, which need not be where its size says: files of the system have none."""
    return b"".join(iter(partial(os.read, descriptor, SMALL_FILE), b""))


class FileFromHere:
    """A file from its present position on, so that its length and a rewind mean what is left of it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._start = file.tell()

    def read(self, size: int = -1, /) -> bytes:
        """Read as the file does."""
        return self._file.read(size)

    def tell(self) -> int:
        """Return the position, counted from the start of this view."""
        return self._file.tell() - self._start

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Move within this view."""
        return self._file.seek(offset + self._start if whence == os.SEEK_SET else offset, whence) - self._start


class ThreadedStream:
    """A body that is read in a worker thread, so that a slow disk does not stop the event loop."""

    def __init__(self, stream: Iterable[bytes]) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        chunks = iter(self._stream)
        while (chunk := await anyio.to_thread.run_sync(next, chunks, None)) is not None:
            yield chunk


BlockingStream = iter
"""The counterpart of `ThreadedStream` where blocking is fine."""
