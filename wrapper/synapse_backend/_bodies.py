"""Request bodies: JSON, and multipart forms whose files are streamed from where they are."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import stat
import tempfile
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from io import BytesIO, TextIOBase
from pathlib import Path
from typing import IO, Any, Protocol, cast, runtime_checkable
from uuid import UUID

import anyio.to_thread

from synapse_backend._urls import encodable, iso_datetime, text

_SPOOL_BYTES = 1024 * 1024


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
    def encode(self) -> tuple[list[tuple[bytes, bytes]], Iterable[bytes]]:
        """Return the headers that describe the body, and its pieces from the beginning."""

    @abstractmethod
    def close(self) -> None:
        """Close what was opened for it."""


class Multipart(StreamedBody):
    """The parts of a form, opened and checked, and closed again by `close`.

    The mapping that it is made from is left as it was.
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
        self.files: dict[str, tuple[str, IO[bytes], str]] = {}
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

    def encode(self) -> tuple[list[tuple[bytes, bytes]], Iterable[bytes]]:
        """Return the headers and the body of the form, with a boundary of its own; the files from their beginning."""
        # Imported here: only uploads need it. Its encoder alone is used, so address and method do not matter.
        import httpx

        form = httpx.Request("FORM", "http://localhost", data=self.fields, files=self.files)
        wanted = ("content-type", "content-length")
        headers = [(name.encode(), form.headers[name].encode()) for name in wanted]
        return headers, cast("Iterable[bytes]", form.stream)

    def close(self) -> None:
        """Close the files that were opened here; a file that the caller opened stays open."""
        self._opened.close()


def _field(place: str, value: object) -> str:
    if isinstance(value, Mapping):
        return encode_json(place, value).decode()
    return text(place, value)


def _open_file(place: str, name: str, value: object, opened: contextlib.ExitStack) -> tuple[str, IO[bytes], str]:
    """Return the part of a file: its name, the file itself, and its media type."""
    given_name = media_type = None
    if isinstance(value, tuple) and len(value) == 3:
        given_name, value, media_type = value
    file_name, file = _readable(place, name, value, opened)
    file_name = encodable(f"{place}: the name of the file", given_name or file_name)
    return file_name, file, media_type or "application/octet-stream"


def _readable(place: str, name: str, value: object, opened: contextlib.ExitStack) -> tuple[str, IO[bytes]]:
    """Return the file name and a file that starts where the caller left it and knows its length."""
    if isinstance(value, bytes | bytearray | memoryview):
        return name, BytesIO(value)
    if isinstance(value, str | os.PathLike):
        path = Path(value)
        return path.name, opened.enter_context(_open_path(place, path))
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


def _open_path(place: str, path: Path) -> IO[bytes]:
    try:
        # Opening a FIFO would block until somebody writes to it.
        if stat.S_ISFIFO(path.stat().st_mode):
            raise ValueError("is a named pipe; open it yourself and pass the file")
        return path.open("rb")
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from None
    except OSError as error:
        raise type(error)(error.errno, f"{place}: {error.strerror}", str(path)) from None


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
