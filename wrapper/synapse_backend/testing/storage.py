"""The object storage behind the backend, to which clients upload with URLs that were signed beforehand."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, unquote, urlencode

from synapse_backend.testing.clock import EPOCH, wire
from synapse_backend.testing.content import Content, StoredFile, digests, media_path
from synapse_backend.testing.messages import JsonObject, RequestError, Response
from synapse_backend.testing.storing import free_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from synapse_backend.testing.messages import Request
    from synapse_backend.testing.options import UploadOptions
    from synapse_backend.testing.state import State

PREFIX = "/storage/"
# What storages of this kind take in one request.
MAX_OBJECT_BYTES = 5 * 1024**3
MAX_PARTS = 10_000
_WHOLE = 0


class StorageError(Exception):
    """The storage refuses a request, in its own words."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(status, code)
        self.response = Response(
            status,
            [("Content-Type", "application/xml")],
            f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>'.encode(),
        )


@dataclass(slots=True)
class Ticket:
    """A file that may be uploaded.

    Attributes:
        key: What the storage calls it.
        filename: What the client calls it.
        size: How many bytes were announced.
        content_type: Its media type.
        expires: Until when its URLs work, in seconds since 1970.
        upload_id: Id of the upload when the file comes in parts.
        parts: How many parts it has.
        objects: What came, by the number of the part; a whole file has the number 0.
        data_file: Id of the data file that was made of it.
    """

    key: str
    filename: str
    size: int
    content_type: str
    expires: int
    upload_id: str | None
    parts: int
    objects: dict[int, StoredFile] = field(default_factory=dict)
    data_file: int | None = None


class ObjectStore:
    """What was uploaded to the storage, or may be.

    Args:
        seed: Decides about keys and signatures.
    """

    def __init__(self, seed: int) -> None:
        self._secret = hashlib.sha256(f"storage:{seed}".encode()).digest()
        self._tickets: dict[str, Ticket] = {}

    def find(self, key: str) -> Ticket | None:
        """The upload of an object."""
        return self._tickets.get(key)

    @property
    def bytes(self) -> int:
        """Bytes of everything that has not become a data file."""
        return sum(part.size for ticket in self._tickets.values() for part in ticket.objects.values())

    def issue(
        self, files: Iterable[JsonObject], expires: datetime, base_url: str, options: UploadOptions
    ) -> JsonObject:
        """URLs for files that are going to be uploaded, as answered.

        Raises:
            RequestError: 400, a file would need more parts than there can be; nothing was issued.
        """
        files = list(files)
        largest = MAX_PARTS * options.part_size
        messages = {"size": [f"Ensure this value is less than or equal to {largest}."]}
        problems = {str(number): messages for number, file in enumerate(files) if file["size"] > largest}
        if problems:
            raise RequestError(400, {"files": problems})
        shown = [self._issue(file, expires, base_url, options) for file in files]
        return {"files": shown, "expires_at": wire(expires)}

    def _issue(self, file: JsonObject, expires: datetime, base_url: str, options: UploadOptions) -> JsonObject:
        # Of JSON, 1.0 is an integer, too.
        name, size = file["filename"], int(file["size"])
        number = len(self._tickets) + 1
        folder, safe = self._sign(f"key {number}")[:12], media_path("", "", name).rpartition("/")[2]
        is_large = size >= options.multipart_threshold
        ticket = Ticket(
            key=f"uploads/{folder}/{safe or 'file'}",
            filename=name,
            size=size,
            content_type=file.get("content_type", "application/octet-stream"),
            expires=(expires - EPOCH) // timedelta(seconds=1),
            upload_id=self._sign(f"upload {number}") if is_large else None,
            parts=-(-size // options.part_size) or 1 if is_large else 0,
        )
        self._tickets[ticket.key] = ticket
        url = base_url + PREFIX
        multipart: JsonObject | None = None
        if is_large:
            urls = [(part, url + self._target(ticket, part)) for part in range(1, ticket.parts + 1)]
            multipart = {
                "upload_id": ticket.upload_id,
                "part_size": options.part_size,
                "parts": [{"part_number": part, "presigned_url": signed} for part, signed in urls],
            }
        whole = None if is_large else url + self._target(ticket, _WHOLE)
        return {"filename": name, "file_key": ticket.key, "presigned_url": whole, "multipart": multipart}

    def _target(self, ticket: Ticket, part: int) -> str:
        query: dict[str, object] = {"expires": ticket.expires}
        if part:
            query |= {"part": part, "upload_id": ticket.upload_id}
        return f"{quote(ticket.key)}?{urlencode({**query, 'signature': self.signature(ticket, part)})}"

    def signature(self, ticket: Ticket, part: int) -> str:
        """What shows that a URL was handed out by this storage."""
        return self._sign(f"{ticket.key} {ticket.expires} {part} {ticket.upload_id}")

    def _sign(self, text: str) -> str:
        return hashlib.blake2b(text.encode(), digest_size=20, key=self._secret).hexdigest()


def serve(
    states: Iterable[State], request: Request, now: datetime, secrets: Iterable[str | None], options: UploadOptions
) -> tuple[Response, int, int]:
    """Answer a request to the storage.

    Args:
        states: Whose storages there are.
        request: The request.
        now: The moment at which it is served.
        secrets: Header fields that carry credentials of the backend.
        options: How much there is space for.

    Returns:
        The answer, and how many bytes were stored, and stored again.
    """
    try:
        if any(name is not None and name in request.headers for name in secrets):
            # A credential of the backend is none of the storage's business: a client that sends it gives it away.
            raise StorageError(400, "InvalidArgument", "The URL is signed; no other credential may come.")
        if request.method != "PUT":
            raise StorageError(405, "MethodNotAllowed", "Objects can only be put here.")
        state, ticket, number = _addressed(states, request, now)
        size = len(request.body)
        if size > free_bytes(state, options):
            raise StorageError(507, "InsufficientStorage", "There is no space left.")
        response, again = _put(ticket, number, request)
    except StorageError as error:
        return error.response, 0, 0
    return response, 0 if again else size, size if again else 0


def _addressed(states: Iterable[State], request: Request, now: datetime) -> tuple[State, Ticket, int]:
    """Whose storage, which file and which part of it a signed URL names.

    Raises:
        StorageError: 403, the URL was not handed out like this, or its time is over.
    """
    path, _, text = request.target.partition("?")
    key = unquote(path.removeprefix(PREFIX))
    query = {name: values[-1] for name, values in parse_qs(text, keep_blank_values=True).items()}
    part = query.pop("part", str(_WHOLE))
    for state in states:
        ticket = state.objects.find(key)
        if ticket is None or not part.isdecimal() or not part.isascii() or int(part) > ticket.parts:
            continue
        number = int(part)
        wanted: dict[str, str] = {"expires": str(ticket.expires), "signature": state.objects.signature(ticket, number)}
        if number and ticket.upload_id is not None:
            wanted["upload_id"] = ticket.upload_id
        if query == wanted and bool(number) == bool(ticket.parts):
            if (now - EPOCH) // timedelta(seconds=1) >= ticket.expires:
                raise StorageError(403, "AccessDenied", "The URL has expired.")
            return state, ticket, number
    raise StorageError(403, "SignatureDoesNotMatch", "The URL is not one that was signed.")


def _put(ticket: Ticket, number: int, request: Request) -> tuple[Response, bool]:
    """Keep an object.

    Returns:
        The answer, and whether the same bytes were there already.

    Raises:
        StorageError: 400 or 411, the request is not what a storage takes.
    """
    if "content-length" not in request.headers or "transfer-encoding" in request.headers:
        raise StorageError(411, "MissingContentLength", "The request must say how long its body is.")
    content = Content(request.body)
    claimed = request.headers.get("content-md5")
    if claimed is not None and claimed != base64.b64encode(bytes.fromhex(content.md5)).decode("ascii"):
        raise StorageError(400, "BadDigest", "The body does not have the MD5 of its header.")
    before = ticket.objects.get(number)
    ticket.objects[number] = StoredFile(content, ticket.content_type, content.md5)
    etag = [("ETag", f'"{content.md5}"')]
    return Response(200, etag, b""), before is not None and before.md5 == content.md5


def assemble(ticket: Ticket, file: JsonObject) -> StoredFile:
    """The uploaded file, when it is what the client says it is.

    Raises:
        RequestError: It is not, or it is not there.
    """
    sent = file.get("multipart")
    if ticket.upload_id is None:
        whole = ticket.objects.get(_WHOLE)
        if whole is None:
            raise _failed("Nothing was uploaded under this key.")
    else:
        whole = _joined(ticket, sent)
    if whole.size != file["size"]:
        raise _failed(f"The file has {whole.size} bytes, not {file['size']}.")
    checksum: str = file["checksum"].lower()
    algorithm = {32: "md5", 40: "sha1"}.get(len(checksum))
    if algorithm is None or digests(whole.pieces(), algorithm) != [checksum]:
        raise _failed("The file does not have this checksum.")
    return whole


def _joined(ticket: Ticket, sent: JsonObject | None) -> StoredFile:
    if sent is None or sent["upload_id"] != ticket.upload_id:
        raise _failed("The file was uploaded in parts; they must be named with the id of the upload.")
    numbers = list(range(1, ticket.parts + 1))
    if [part["part_number"] for part in sent["parts"]] != numbers or sorted(ticket.objects) != numbers:
        raise _failed(f"The file has {ticket.parts} parts; {len(ticket.objects)} were uploaded.")
    content = Content()
    for part in sent["parts"]:
        stored = ticket.objects[part["part_number"]]
        if part["etag"].strip('"') != stored.md5:
            raise _failed(f"Part {part['part_number']} does not have this ETag.")
        for piece in stored.pieces():
            content.append(piece)
    return StoredFile(content, ticket.content_type, content.md5)


def _failed(message: str) -> RequestError:
    return RequestError(400, {"detail": message})
