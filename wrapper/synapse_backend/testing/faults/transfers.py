"""Faults of uploads and downloads: parts that arrive damaged or half, sessions that are gone, files that are not the same any more."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Literal, get_args
from urllib.parse import urlsplit

from synapse_backend.testing import media, storage
from synapse_backend.testing.checks import flag, number, one_of
from synapse_backend.testing.contract import FORM
from synapse_backend.testing.delivery import End, Step
from synapse_backend.testing.faults.base import Exchange, ExchangeFault, decoded, ending, json_body, split
from synapse_backend.testing.faults.shapes import properties
from synapse_backend.testing.messages import Headers
from synapse_backend.testing.multipart import MultipartError, parse_multipart

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synapse_backend.testing.contract import OperationContract
    from synapse_backend.testing.messages import Request, Response

RangeLieKind = Literal["changed", "ignored", "shifted", "unnamed", "other_total"]
UrlKind = Literal[
    "foreign_host", "foreign_port", "foreign_scheme", "no_scheme", "user_info", "private_address", "file", "relative"
]

_ADDRESSES = ("url", "file", "presigned_url")
_RANGE = re.compile(r"bytes ([0-9]+)-([0-9]+)/([0-9]+)", re.ASCII)


def _takes_file(operation: OperationContract) -> bool:
    forms = [operation.bodies[FORM]] if FORM in operation.bodies else []
    return any(part.format == "binary" for form in forms for part in form.parts.values())


def _under(prefix: str, path: str) -> bool:
    """Whether a path, or the beginning of one, can be one of these."""
    return path.startswith(prefix) or prefix.startswith(path)


def _span(request: Request) -> tuple[int, int]:
    """Where the content of the file stands in the body of a request."""
    if not request.headers.get("content-type", "").startswith(FORM):
        return 0, len(request.body)
    try:
        parts = parse_multipart(request.headers["content-type"], request.body)
    except MultipartError:
        return 0, 0
    return next(((part.position, part.position + part.size) for part in parts if part.filename is not None), (0, 0))


def _carries_file(exchange: Exchange) -> bool:
    request = exchange.request
    is_file = request.headers.get("content-type", "").startswith(FORM) or exchange.operation is None
    return is_file and _span(request)[1] > 0


@dataclass(frozen=True)
class FlipBit(ExchangeFault):
    """Args: `at` (per cent of the file)."""

    name: ClassVar = "flip_bit"
    summary: ClassVar = "Carries out with a file of which one bit is another than the one that was sent."
    scenarios: ClassVar = (74,)
    commits: ClassVar = True
    needs: ClassVar = "a request with a file"
    at: float = 50

    def __post_init__(self) -> None:
        number("at", self.at, low=0, high=100)

    def fits(self, operation: OperationContract) -> bool:
        """It takes a file."""
        return _takes_file(operation)

    def fits_path(self, path: str) -> bool:
        """Objects of the storage are files."""
        return _under(storage.PREFIX, path)

    def wants(self, exchange: Exchange) -> bool:
        """A file came."""
        return _carries_file(exchange)

    def play(self, exchange: Exchange) -> Response:
        """The answer to the damaged request."""
        start, stop = _span(exchange.request)
        body = bytearray(exchange.request.body)
        body[start + min(int((stop - start) * self.at / 100), stop - start - 1)] ^= 1
        return replace(exchange, request=replace(exchange.request, body=bytes(body))).answer()


@dataclass(frozen=True)
class PartThenReset(ExchangeFault):
    """Args: `share` (per cent of the part; at least one byte is kept, and one is lost)."""

    name: ClassVar = "part_then_reset"
    summary: ClassVar = "Keeps only the beginning of a part, then resets the connection."
    scenarios: ClassVar = (71,)
    commits: ClassVar = True
    needs: ClassVar = "an upload in parts"
    share: float = 50

    def __post_init__(self) -> None:
        number("share", self.share, low=0, high=100)

    def fits(self, operation: OperationContract) -> bool:
        """It takes parts of files."""
        return "Content-Range" in operation.header_parameters

    def wants(self, exchange: Exchange) -> bool:
        """There is a beginning and an end, and the part says where it belongs."""
        start, stop = _span(exchange.request)
        return stop - start > 1 and _RANGE.fullmatch(exchange.request.headers.get("content-range", "")) is not None

    def play(self, exchange: Exchange) -> Response:
        """The answer to the beginning is lost."""
        request = exchange.request
        start, stop = _span(request)
        kept = min(max(int((stop - start) * self.share / 100), 1), stop - start - 1)
        fields = [(name, value) for name, value in request.headers.fields if name.lower() != "content-range"]
        first, _, total = request.headers["content-range"].removeprefix("bytes ").replace("/", "-").split("-")
        fields.append(("Content-Range", f"bytes {first}-{int(first) + kept - 1}/{total}"))
        body = request.body[: start + kept] + request.body[stop:]
        response = replace(exchange, request=replace(request, headers=Headers(fields), body=body)).answer()
        response.delivery = ending(End.RESET)
        return response


@dataclass(frozen=True)
class UploadGone(ExchangeFault):
    """Args: `status` (404: nobody knows the upload any more; 410: it has expired)."""

    name: ClassVar = "upload_gone"
    summary: ClassVar = "Gives the upload up, for good, before it looks at the request."
    scenarios: ClassVar = (79,)
    needs: ClassVar = "an upload in parts that was started"
    status: int = 404

    def __post_init__(self) -> None:
        if self.status not in (404, 410) or isinstance(self.status, bool):
            raise ValueError(f"status must be 404 or 410, not {self.status!r}")

    def fits(self, operation: OperationContract) -> bool:
        """Its path names an upload."""
        return operation.path.startswith("/chunked_upload/{")

    def play(self, exchange: Exchange) -> Response:
        """The answer once the upload is gone."""
        uploads = exchange.state().uploads
        key = exchange.request.target.partition("?")[0].split("/")[2]
        row = uploads.find(int(key) if key.isdecimal() else key)
        if row is not None:
            uploads.end(row, exchange.now, forget=self.status == 404)
        return exchange.answer()


@dataclass(frozen=True)
class ForeignUrl(ExchangeFault):
    """Args: `kind`."""

    name: ClassVar = "foreign_url"
    summary: ClassVar = "Carries out, and hands out URLs, for uploads or files, that lead somewhere else."
    scenarios: ClassVar = (50, 83)
    commits: ClassVar = True
    needs: ClassVar = "an answer with URLs"
    kind: UrlKind = "foreign_host"

    def __post_init__(self) -> None:
        one_of("kind", self.kind, get_args(UrlKind))

    def fits(self, operation: OperationContract) -> bool:
        """The answer has a URL."""
        names = properties(operation, lambda schema: True)
        return not {*_ADDRESSES, "files"}.isdisjoint(names)

    def play(self, exchange: Exchange) -> Response:
        """The answer with other URLs."""
        response = exchange.answer()
        response.body = json_body(self._changed(exchange.base_url, decoded(response)))
        return response

    def _changed(self, base: str, value: object) -> object:
        if isinstance(value, dict):
            return {
                name: self._elsewhere(base, item)
                if name in _ADDRESSES and isinstance(item, str)
                else self._changed(base, item)
                for name, item in value.items()
            }
        return [self._changed(base, item) for item in value] if isinstance(value, list) else value

    def _elsewhere(self, base: str, url: str) -> str:
        host = urlsplit(base).netloc
        path = url.removeprefix(base)
        urls: dict[UrlKind, str] = {
            "foreign_host": f"http://elsewhere.example{path}",
            "foreign_port": f"http://{host.partition(':')[0]}:9{path}",
            "foreign_scheme": f"ftp://{host}{path}",
            "no_scheme": f"//elsewhere.example{path}",
            "user_info": f"http://{host}@elsewhere.example{path}",
            "private_address": f"http://10.0.0.1{path}",
            "file": "file:///etc/hostname",
            "relative": path,
        }
        return urls[self.kind]


@dataclass(frozen=True)
class Cut(ExchangeFault):
    """Args: `percent` of the body (at least one byte is missing), `reset` (instead of closing in order)."""

    name: ClassVar = "cut"
    summary: ClassVar = "Carries out, and ends the connection after that much of the body."
    scenarios: ClassVar = (34, 84)
    commits: ClassVar = True
    percent: float = 40
    reset: bool = False

    def __post_init__(self) -> None:
        number("percent", self.percent, low=0, high=100)
        flag("reset", self.reset)

    def play(self, exchange: Exchange) -> Response:
        """The beginning of the answer."""
        response = exchange.answer()

        def deliver(answer: bytes) -> Iterator[Step]:
            head, body = split(answer)
            yield head + body[: max(min(int(len(body) * self.percent / 100), len(body) - 1), 0)]
            yield End.RESET if self.reset else End.CLOSE

        response.delivery = deliver
        return response


@dataclass(frozen=True)
class RangeLie(ExchangeFault):
    """Args: `kind`."""

    name: ClassVar = "range_lie"
    summary: ClassVar = "Answers a request for a part of a file with something else."
    scenarios: ClassVar = (84,)
    commits: ClassVar = True
    needs: ClassVar = "a file to download"
    kind: RangeLieKind = "changed"

    def __post_init__(self) -> None:
        one_of("kind", self.kind, get_args(RangeLieKind))

    def fits_path(self, path: str) -> bool:
        """It is a file."""
        return _under(media.PREFIX, path)

    def wants(self, exchange: Exchange) -> bool:
        """A part of the file is asked for."""
        return "range" in exchange.request.headers

    def play(self, exchange: Exchange) -> Response:
        """The whole file, as after a change or from a server that knows no ranges; or a part with a wrong name."""
        if self.kind in ("changed", "ignored"):
            fields = [item for item in exchange.request.headers.fields if item[0].lower() not in ("range", "if-range")]
            response = replace(exchange, request=replace(exchange.request, headers=Headers(fields))).answer()
            left_out = ("ETag",) if self.kind == "changed" else ("Accept-Ranges",)
            response.headers = [item for item in response.headers if item[0] not in left_out]
            if self.kind == "changed":
                response.headers.append(("ETag", f'"{exchange.random.getrandbits(128):032x}"'))
            return response
        response = exchange.answer()
        response.headers = [
            (name, self._other(value)) if name == "Content-Range" else (name, value)
            for name, value in response.headers
            if name != "Content-Range" or self.kind != "unnamed"
        ]
        return response

    def _other(self, value: str) -> str:
        match = _RANGE.fullmatch(value)
        if match is None:
            return value
        first, last, total = map(int, match.groups())
        if self.kind == "other_total":
            return f"bytes {first}-{last}/{total + 1}"
        step = -1 if first else 1
        return f"bytes {first + step}-{last + step}/{total}"
