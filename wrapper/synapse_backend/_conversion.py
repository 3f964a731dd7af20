"""What becomes of the URLs of files in answers. Pure.

An answer is changed only when everything is ready: whatever fails before leaves it as it came.
"""

from __future__ import annotations

import base64
import binascii
import mimetypes
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias, TypedDict
from urllib.parse import unquote_to_bytes

from synapse_backend._downloads import MD5
from synapse_backend._responses import printable
from synapse_backend._secrets import SecretText, Unshown


class FileConversion(TypedDict, total=False):
    """Downloads files; see `UrlConversion`."""

    files_fields: Sequence[str]
    """Where the URLs are: names of fields, with dots for fields of fields, for example ``data_unit.files``. Without
    it, where the files of this kind of object are: `files`, or `file` of a model."""
    coerce: Callable[[Path], Any] | None
    """Called with the path of each file; what it returns takes the place of the path."""
    is_list: bool
    """Taken for the sake of code that was written for other clients; lists and single objects are told apart without."""
    folder: str | os.PathLike[str]
    """Where the files go; made if it is not there. Without it a private temporary folder, one for each client, which
    is left to the caller."""


UrlConversion: TypeAlias = Mapping[str, Callable[[str], Any]] | FileConversion
"""What becomes of the URLs of files in an answer.

Either a function for each field: it is called with each URL that the field holds, and what it returns takes the place
of the URL. A field may have dots, for fields of fields. ::

    {"files": lambda url: f"https://cdn.example.com{url}"}

Or a `FileConversion`, which downloads the files: a path takes the place of each URL, and in an object with `url` it
becomes `path`. ::

    {"files_fields": ["files"], "coerce": str, "folder": "images"}

A field holds a URL, an object with `url`, a list of these, or these by name. Fields that are not there are skipped, and
an empty dict changes nothing.
"""

_KEYS = frozenset(FileConversion.__annotations__)
_DATA_URI = re.compile(r"data:(?P<type>[\w.+-]+/[\w.+-]+)?(?:;[\w.+=-]+?)*?(?P<base64>;base64)?,", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a URL stands in an answer."""

    where: str
    """Field and item, for messages."""
    url: SecretText = field(repr=False)
    container: Any = field(repr=False)
    """What holds the URL."""
    key: Any
    details: Mapping[str, Any] = field(repr=False)
    """What else is said about the file."""

    @property
    def is_entry(self) -> bool:
        """Whether the URL stands in an object that describes the file."""
        return self.details is self.container

    @property
    def name(self) -> str | None:
        """What the file is called, where that is said."""
        names = (self.details.get(key) for key in ("file_name_original", "name"))
        return next((name for name in names if isinstance(name, str) and name), None)

    @property
    def shown_name(self) -> str | None:
        """The same for messages."""
        return None if self.name is None else printable(self.name, 100)

    @property
    def checksum(self) -> str | None:
        """The MD5 of the file, where it is said."""
        checksum = self.details.get("checksum")
        return checksum.lower() if isinstance(checksum, str) and MD5.fullmatch(checksum) else None

    def replace_url(self, value: Any) -> None:
        """Put something in the place of the URL."""
        self.container[self.key] = value

    def move_to_path(self, value: Any) -> None:
        """Put the path of a file in the place of the URL; an object has it under a name of its own."""
        if self.is_entry:
            self.container["path"] = value
            del self.container["url"]
        else:
            self.replace_url(value)


@contextmanager
def _noted(place: Place) -> Iterator[None]:
    """Say in an error of a function of the caller where it was called."""
    try:
        yield
    except Exception as error:
        error.add_note(f"This was {place.where}, in url_conversion.")
        raise


@dataclass(frozen=True, slots=True)
class Functions:
    """A function for each field."""

    by_field: Mapping[str, Callable[[str], Any]]

    def apply(self, answer: Unshown[Any]) -> None:
        """Convert an answer, an object or a list of them, in place.

        Raises:
            Exception: Whatever a function raises, with a note that says where; then nothing was changed.
        """
        done: Unshown[list[tuple[Place, Any]]] = Unshown([])
        for name, function in self.by_field.items():
            for place in places(answer.value, [name]):
                with _noted(place):
                    done.value.append((place, function(str(place.url))))
        for place, value in done.value:
            place.replace_url(value)


@dataclass(frozen=True, slots=True)
class Downloads:
    """What to download, and where to."""

    fields: Sequence[str]
    coerce: Callable[[Path], Any] | None
    folder: Path | None

    def places(self, answer: Any) -> list[Place]:
        """Return where the URLs are in an answer, an object or a list of them."""
        return places(answer, self.fields)

    def apply(self, found: Sequence[Place], paths: Sequence[Path]) -> None:
        """Put the paths of files in the place of their URLs.

        Raises:
            Exception: Whatever `coerce` raises, with a note that says where; then nothing was changed.
        """
        values: list[Any] = []
        for place, path in zip(found, paths, strict=True):
            with _noted(place):
                values.append(path if self.coerce is None else self.coerce(path))
        for place, value in zip(found, values, strict=True):
            place.move_to_path(value)


def parse(conversion: object, fields: Sequence[str]) -> Functions | Downloads | None:
    """Check a conversion.

    Args:
        conversion: What the caller gave.
        fields: Where the URLs are when the caller does not say so.

    Returns:
        None where there is nothing to do.

    Raises:
        TypeError: It has neither of the two forms.
    """
    if conversion is None:
        return None
    if not isinstance(conversion, Mapping):
        raise TypeError(f"url_conversion must be a dict, not {type(conversion).__name__}")
    if not conversion:
        return None
    if conversion.keys() <= _KEYS:
        return _parse_downloads(conversion, fields)
    for name, function in conversion.items():
        if not isinstance(name, str) or not callable(function):
            raise TypeError(
                f"url_conversion[{name!r}] must be a function; to download files, pass {', '.join(sorted(_KEYS))}"
            )
    return Functions(conversion)


def _parse_downloads(conversion: Mapping[str, Any], fields: Sequence[str]) -> Downloads:
    wanted = conversion.get("files_fields")
    if wanted is None:
        wanted = fields
    elif isinstance(wanted, str) or not isinstance(wanted, Iterable):
        raise TypeError("url_conversion['files_fields'] must be a list of str")
    wanted = list(wanted)
    if not all(isinstance(name, str) for name in wanted):
        raise TypeError("url_conversion['files_fields'] must hold str")
    coerce, folder = conversion.get("coerce"), conversion.get("folder")
    if coerce is not None and not callable(coerce):
        raise TypeError("url_conversion['coerce'] must be a function or None")
    if folder is not None and not isinstance(folder, str | os.PathLike):
        raise TypeError("url_conversion['folder'] must be a path")
    return Downloads(wanted, coerce, None if folder is None else Path(folder))


# --- where URLs are ---------------------------------------------------------------------------------------------------


def places(answer: Any, fields: Iterable[str]) -> list[Place]:
    """Return where the URLs of files are in an answer, an object or a list of them."""
    items = answer if isinstance(answer, list) else [answer]
    found = []
    seen: set[tuple[int, Any]] = set()
    for number, item in enumerate(items):
        identity = item.get("id") if isinstance(item, Mapping) else None
        owner = f"item {printable(str(identity)) if isinstance(identity, int | str) else f'at {number}'}"
        for name in fields:
            for place in _in_field(item, name, name, owner):
                # Two fields may lead to the same place.
                spot = id(place.container), place.key
                if spot not in seen:
                    seen.add(spot)
                    found.append(place)
    return found


def _in_field(container: Any, path: str, shown: str, owner: str) -> Iterator[Place]:
    if isinstance(container, list):
        for element in container:
            yield from _in_field(element, path, shown, owner)
    elif isinstance(container, MutableMapping):
        if path in container:
            yield from _in_value(container, path, shown, owner)
            return
        head, dot, rest = path.partition(".")
        if dot and head in container:
            yield from _in_field(container[head], rest, shown, owner)


def _in_value(container: MutableMapping[str, Any], key: str, shown: str, owner: str) -> Iterator[Place]:
    value = container[key]
    if isinstance(value, str) or _is_entry(value):
        yield from _one(container, key, f"{shown} of {owner}")
    elif isinstance(value, list):
        for number in range(len(value)):
            yield from _one(value, number, f"{shown}[{number}] of {owner}")
    elif isinstance(value, MutableMapping):
        for name in value:
            yield from _one(value, name, f"{shown}[{printable(str(name), 100)!r}] of {owner}")


def _one(container: Any, key: Any, where: str) -> Iterator[Place]:
    value = container[key]
    if isinstance(value, str) and value:
        yield Place(where, SecretText(value), container, key, {})
    elif _is_entry(value):
        yield Place(where, SecretText(value["url"]), value, "url", value)


def _is_entry(value: Any) -> bool:
    return isinstance(value, MutableMapping) and isinstance(value.get("url"), str) and bool(value["url"])


# --- files inside of answers ------------------------------------------------------------------------------------------


def data_of(url: str) -> tuple[bytes, str] | None:
    """Return the content of a data URI and the ending that a file of its type has; None for any other URL.

    Raises:
        ValueError: It is a data URI, but not a valid one.
    """
    if url[:5].lower() != "data:":
        return None
    head = _DATA_URI.match(url)
    if head is None:
        raise ValueError("it is no valid data URI")
    content = unquote_to_bytes(url[head.end() :])
    if head["base64"]:
        try:
            content = base64.b64decode(content, validate=True)
        except binascii.Error:
            raise ValueError("it is a data URI whose base64 is not valid") from None
    return content, mimetypes.guess_extension((head["type"] or "").lower()) or ".bin"
