"""A strict reader for `multipart/form-data` bodies.

The body is in memory already, so that splitting it takes a few searches. Parsers made for servers forgive much (a missing
closing boundary, bare line feeds, parts without a name); a mock has to report such a request instead, because it is a
defect of the client under test.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_BOUNDARY = re.compile(r';\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))\s*(?:;|$)', re.IGNORECASE)
_PARAMETER = re.compile(r';\s*([\w-]+\*?)=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))')
_ESCAPES = {"%22": '"', "%0D": "\r", "%0A": "\n"}
_MAX_HEADER_BYTES = 16_384
_MAX_PARTS = 1_000
_COPIED_BYTES = 64 * 1024


class MultipartError(ValueError):
    """The body is not the multipart message that its header announces."""


@dataclass(slots=True)
class Part:
    """One part of a form: a text field, or a file when it has a file name.

    Attributes:
        name: Name of the field.
        data: Its content; a large one is part of the body and not copied out of it.
        filename: Name of the file.
        content_type: Media type of the file.
        position: Where the content starts in the body.
        digest: What is left of the content when it is not kept.
    """

    name: str
    data: bytes | memoryview = field(repr=False)
    filename: str | None = None
    content_type: str | None = None
    position: int = 0
    digest: str = field(default="", repr=False)

    @property
    def content(self) -> bytes:
        """The content."""
        return bytes(self.data)

    @property
    def size(self) -> int:
        """The number of bytes of the content."""
        return len(self.data)

    @property
    def text(self) -> str:
        """The content as text.

        Raises:
            UnicodeDecodeError: The content is not UTF-8.
        """
        return self.content.decode()

    def __repr__(self) -> str:
        return f"Part({self.name!r}, {self.size} bytes, filename={self.filename!r})"


def parse_multipart(content_type: str, body: bytes) -> list[Part]:
    """The parts of a body, in order.

    Raises:
        MultipartError: It is malformed; the message says how.
    """
    match = _BOUNDARY.search(content_type)
    if match is None:
        raise MultipartError("Invalid boundary in multipart: None")
    delimiter = b"--" + (match[1] or match[2]).encode("latin-1", "replace")
    position = _first_delimiter(body, delimiter) + len(delimiter)
    parts: list[Part] = []
    while body[position : position + 2] != b"--":
        if len(parts) == _MAX_PARTS:
            raise MultipartError(f"More than {_MAX_PARTS} parts")
        start = position + 2
        head_end = body.find(b"\r\n\r\n", start, start + _MAX_HEADER_BYTES)
        if head_end < 0:
            raise MultipartError(f"The header of part {len(parts) + 1} does not end")
        end = _next_delimiter(body, b"\r\n" + delimiter, head_end + 2)
        first = head_end + 4
        is_large = end - first > _COPIED_BYTES
        content = memoryview(body)[first:end] if is_large else body[first:end]
        part = _part(body[start:head_end], content, len(parts) + 1)
        part.position = first
        parts.append(part)
        position = end + 2 + len(delimiter)
    return parts


def _first_delimiter(body: bytes, delimiter: bytes) -> int:
    if body.startswith(delimiter) and body[len(delimiter) : len(delimiter) + 2] in (b"\r\n", b"--"):
        return 0
    return _next_delimiter(body, b"\r\n" + delimiter, 0) + 2


def _next_delimiter(body: bytes, delimiter: bytes, position: int) -> int:
    """Where the next delimiter line starts; text that only begins like one does not count."""
    while (found := body.find(delimiter, position)) >= 0:
        if body[found + len(delimiter) : found + len(delimiter) + 2] in (b"\r\n", b"--"):
            return found
        position = found + 1
    raise MultipartError("The body ends before the closing boundary")


def _part(head: bytes, content: bytes | memoryview, number: int) -> Part:
    try:
        lines = head.decode().split("\r\n")
    except UnicodeDecodeError:
        raise MultipartError(f"The header of part {number} is not UTF-8") from None
    fields: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise MultipartError(f"The header of part {number} has a line without a colon")
        fields[name.strip().lower()] = value.strip()
    disposition = fields.get("content-disposition", "")
    if disposition.split(";")[0].strip().lower() != "form-data":
        raise MultipartError(f"Part {number} has no Content-Disposition: form-data")
    parameters = {key.lower(): _unescape(quoted or plain) for key, quoted, plain in _PARAMETER.findall(disposition)}
    if not parameters.get("name"):
        raise MultipartError(f"Part {number} has no name")
    return Part(parameters["name"], content, _filename(parameters), fields.get("content-type"))


def _filename(parameters: dict[str, str]) -> str | None:
    extended = parameters.get("filename*")
    if extended is None:
        return parameters.get("filename")
    from urllib.parse import unquote

    return unquote(extended.rpartition("'")[2])


def _unescape(text: str) -> str:
    text = re.sub(r"\\(.)", r"\1", text)
    return re.sub(r"%(?:22|0D|0A)", lambda match: _ESCAPES[match[0]], text)
