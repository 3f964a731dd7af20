"""Faults of the body: broken compression, broken JSON, and JSON that is not what the contract says."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, get_args

from synapse_backend.testing.checks import number, one_of
from synapse_backend.testing.delivery import Step
from synapse_backend.testing.faults.base import Exchange, ExchangeFault, decoded, json_answer, json_body, split
from synapse_backend.testing.faults.shapes import item_schema, items, kinds, properties

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from synapse_backend.testing.contract import Node, OperationContract
    from synapse_backend.testing.messages import Response

JsonFlaw = Literal["bad_utf8", "nan", "huge_number", "deep", "long_integer", "duplicate_keys", "broken"]
Shape = Literal["extra", "missing", "null_list", "unknown_enum", "odd_dates"]

_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_MIB = 1024 * 1024
# Escape sequences of terminals, overwriting of the line, reversed text, and names that climb.
HOSTILE = (
    "\x1b[2J\x1b]0;owned\x07\x1b]8;;http://elsewhere.example/\x07\x9b31m\r\u202egpj.exe\u202c ../../.profile\n<script>"
)
_ODD_DATES = (
    "2025-09-03T09:00:00",
    "2016-12-31T23:59:60Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999999+14:00",
    "0000-00-00T00:00:00Z",
    "yesterday",
)


def compressed(body: bytes) -> bytes:
    """Gzip whose bytes are always the same."""
    return gzip.compress(body, mtime=0)


def _as_gzip(response: Response, body: bytes, coding: str = "gzip") -> Response:
    response.headers.append(("Content-Encoding", coding))
    response.body = body
    return response


@dataclass(frozen=True)
class BadGzip(ExchangeFault):
    """No arguments."""

    name: ClassVar = "bad_gzip"
    summary: ClassVar = "Carries out, and calls a body gzip that is none."
    scenarios: ClassVar = (37,)
    commits: ClassVar = True

    def play(self, exchange: Exchange) -> Response:
        """The answer with a wrong label."""
        response = exchange.answer()
        return _as_gzip(response, response.body)


@dataclass(frozen=True)
class TruncatedGzip(ExchangeFault):
    """Args: `missing` (bytes at the end)."""

    name: ClassVar = "truncated_gzip"
    summary: ClassVar = "Carries out, and answers with gzip whose end is missing; Content-Length fits what is sent."
    scenarios: ClassVar = (35,)
    commits: ClassVar = True
    missing: int = 10

    def __post_init__(self) -> None:
        number("missing", self.missing, low=1, whole=True)

    def play(self, exchange: Exchange) -> Response:
        """The answer without the end of its gzip stream."""
        response = exchange.answer()
        whole = compressed(response.body)
        return _as_gzip(response, whole[: max(len(whole) - self.missing, 1)])


@dataclass(frozen=True)
class MultiMemberGzip(ExchangeFault):
    """No arguments."""

    name: ClassVar = "multi_member_gzip"
    summary: ClassVar = "Carries out, and answers with gzip of two members; both belong to the body."
    scenarios: ClassVar = (36,)
    commits: ClassVar = True

    def play(self, exchange: Exchange) -> Response:
        """The answer in two members."""
        response = exchange.answer()
        middle = len(response.body) // 2
        return _as_gzip(response, compressed(response.body[:middle]) + compressed(response.body[middle:]))


@dataclass(frozen=True)
class Bomb(ExchangeFault):
    """Args: `size` (bytes after decompression, in whole MiB), `status`."""

    name: ClassVar = "bomb"
    summary: ClassVar = "Answers with a small body that decompresses to a huge one; nothing is carried out."
    scenarios: ClassVar = (30, 38)
    size: int = 512 * _MIB
    status: int = 200

    def __post_init__(self) -> None:
        number("size", self.size, low=_MIB, high=1024 * 1024 * _MIB, whole=True)
        number("status", self.status, low=200, high=599, whole=True)

    def play(self, exchange: Exchange) -> Response:
        """The bomb: JSON after very many spaces."""
        response = json_answer(self.status, {}, ("Content-Encoding", "gzip"))
        compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        spaces = b" " * _MIB
        block = compressor.compress(spaces) + compressor.flush(zlib.Z_FULL_FLUSH)
        last = compressor.compress(b"{}") + compressor.flush(zlib.Z_FINISH)
        count = self.size // _MIB
        length = len(_GZIP_HEAD) + count * len(block) + len(last) + 8

        def deliver(answer: bytes) -> Iterator[Step]:
            head, _ = split(answer)
            yield head.replace(b"Content-Length: 2\r\n", b"Content-Length: %d\r\n" % length) + _GZIP_HEAD
            checksum = 0
            for _ in range(count):
                yield block
                checksum = zlib.crc32(spaces, checksum)
            checksum = zlib.crc32(b"{}", checksum)
            size = (count * _MIB + 2) & 0xFFFFFFFF
            yield last + checksum.to_bytes(4, "little") + size.to_bytes(4, "little")

        response.delivery = deliver
        return response


@dataclass(frozen=True)
class ManyCodings(ExchangeFault):
    """Args: `count`."""

    name: ClassVar = "many_codings"
    summary: ClassVar = "Carries out, and compresses the body several times over."
    scenarios: ClassVar = (39,)
    commits: ClassVar = True
    count: int = 3

    def __post_init__(self) -> None:
        number("count", self.count, low=2, high=20, whole=True)

    def play(self, exchange: Exchange) -> Response:
        """The answer in several layers."""
        response = exchange.answer()
        body = response.body
        for _ in range(self.count):
            body = compressed(body)
        return _as_gzip(response, body, ", ".join(["gzip"] * self.count))


_MEMBERS: dict[JsonFlaw, bytes] = {
    "bad_utf8": b'"fault":"\xff\xfe"',
    "nan": b'"fault":NaN',
    "huge_number": b'"fault":1e999',
    "deep": b'"fault":' + b"[" * 100_000 + b"]" * 100_000,
    "long_integer": b'"fault":' + b"9" * 5000,
    "duplicate_keys": b'"fault":1,"fault":2',
}


@dataclass(frozen=True)
class MalformedJson(ExchangeFault):
    """Args: `kind`."""

    name: ClassVar = "malformed_json"
    summary: ClassVar = "Carries out, and answers with JSON that is broken or that programs read differently."
    scenarios: ClassVar = (30, 43)
    commits: ClassVar = True
    kind: JsonFlaw = "broken"

    def __post_init__(self) -> None:
        one_of("kind", self.kind, get_args(JsonFlaw))

    def play(self, exchange: Exchange) -> Response:
        """The answer with a flaw."""
        response = exchange.answer()
        body = response.body
        if self.kind == "broken":
            response.body = body[:-1]
        else:
            member = _MEMBERS[self.kind]
            is_object = body.startswith(b"{")
            first = member if is_object else b"{" + member + b"}"
            rest = body[1:]
            separator = b"" if rest[:1] in (b"}", b"]") else b","
            response.body = body[:1] + first + separator + rest
        return response


def _has_shape(kind: Shape) -> Callable[[Node], bool]:
    match kind:
        case "unknown_enum":
            return lambda schema: "enum" in schema
        case "odd_dates":
            return lambda schema: schema.get("format") == "date-time"
        case "null_list":
            return lambda schema: bool({"array", "object"} & kinds(schema)) and "null" not in kinds(schema)
        case _:
            return lambda schema: True


@dataclass(frozen=True)
class WrongShape(ExchangeFault):
    """Args: `kind`."""

    name: ClassVar = "wrong_shape"
    summary: ClassVar = "Carries out, and answers with valid JSON that is not what the contract says."
    scenarios: ClassVar = (44, 45)
    commits: ClassVar = True
    needs: ClassVar = "an answer with fields of that kind"
    kind: Shape = "missing"

    def __post_init__(self) -> None:
        one_of("kind", self.kind, get_args(Shape))

    def fits(self, operation: OperationContract) -> bool:
        """The answer has such a field."""
        return bool(properties(operation, _has_shape(self.kind)))

    def play(self, exchange: Exchange) -> Response:
        """The answer with another shape."""
        response = exchange.answer()
        value = decoded(response)
        if self.kind == "null_list" and isinstance(value, dict) and "results" in value:
            value["results"] = None
        else:
            self._change(exchange.known, value)
        response.body = json_body(value)
        return response

    def _change(self, operation: OperationContract, value: object) -> None:
        names = properties(operation, _has_shape(self.kind))
        for position, item in enumerate(items(value)):
            present = [name for name in names if name in item]
            match self.kind:
                case "extra":
                    item["added_later"] = {"nested": [1, None]}
                case "missing":
                    for name in item_schema(operation).get("required", names)[:1]:
                        item.pop(name, None)
                case "unknown_enum":
                    item.update(dict.fromkeys(present, "brand_new"))
                case "null_list":
                    item.update(dict.fromkeys(present, None))
                case _:
                    for place, name in enumerate(present):
                        item[name] = _ODD_DATES[(position + place) % len(_ODD_DATES)]


def _is_free_text(schema: Node) -> bool:
    return kinds(schema) == {"string"} and not {"enum", "format"} & schema.keys()


@dataclass(frozen=True)
class HostileText(ExchangeFault):
    """Args: `status` (None: carried out, and in every free text of the answer; otherwise in the message of an error)."""

    name: ClassVar = "hostile_text"
    summary: ClassVar = "Answers with texts that hold terminal escapes, reversed text and climbing paths."
    scenarios: ClassVar = (30, 61, 66)
    commits: ClassVar = True
    needs: ClassVar = "an answer with free text, or a status"
    status: int | None = None

    def __post_init__(self) -> None:
        if self.status is not None:
            number("status", self.status, low=400, high=599, whole=True)

    def fits(self, operation: OperationContract) -> bool:
        """There is a text to change."""
        return self.status is not None or bool(properties(operation, _is_free_text))

    def fits_path(self, path: str) -> bool:
        """The text of an error fits everywhere."""
        return self.status is not None

    def play(self, exchange: Exchange) -> Response:
        """The answer with hostile texts."""
        if self.status is not None:
            return json_answer(self.status, {"detail": HOSTILE})
        response = exchange.answer()
        value = decoded(response)
        names = properties(exchange.known, _is_free_text)
        for item in items(value):
            item.update({name: HOSTILE for name in names if name in item})
        response.body = json_body(value)
        return response


@dataclass(frozen=True)
class WrongChecksum(ExchangeFault):
    """No arguments."""

    name: ClassVar = "wrong_checksum"
    summary: ClassVar = "Carries out, and answers with a checksum that is not that of the content."
    scenarios: ClassVar = (75,)
    commits: ClassVar = True
    needs: ClassVar = "an answer with the field checksum"

    def fits(self, operation: OperationContract) -> bool:
        """The answer has a checksum."""
        return "checksum" in properties(operation, lambda schema: True)

    def play(self, exchange: Exchange) -> Response:
        """The answer with the checksum of something else."""
        response = exchange.answer()
        value = decoded(response)
        for item in items(value):
            if isinstance(item.get("checksum"), str):
                item["checksum"] = item["checksum"].translate(str.maketrans("0123456789abcdef", "123456789abcdef0"))
        response.body = json_body(value)
        return response


@dataclass(frozen=True)
class OffsetLie(ExchangeFault):
    """Args: `by` (bytes; negative for less than was received, None for no offset at all)."""

    name: ClassVar = "offset_lie"
    summary: ClassVar = "Carries out, and names an offset that is not the one up to which content was received."
    scenarios: ClassVar = (73,)
    commits: ClassVar = True
    needs: ClassVar = "an answer with the field offset"
    by: int | None = 1

    def __post_init__(self) -> None:
        if self.by is not None:
            number("by", self.by, low=None, whole=True)

    def fits(self, operation: OperationContract) -> bool:
        """The answer has an offset."""
        return "offset" in properties(operation, lambda schema: True)

    def play(self, exchange: Exchange) -> Response:
        """The answer with another offset."""
        response = exchange.answer()
        value = decoded(response)
        for item in items(value):
            if "offset" in item and self.by is None:
                del item["offset"]
            elif "offset" in item:
                item["offset"] = max(item["offset"] + self.by, 0)
        response.body = json_body(value)
        return response
