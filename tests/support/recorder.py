"""An HTTP server on a real socket that keeps what arrives and answers what it was told. It knows nothing of the API."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl


@dataclass(frozen=True)
class Part:
    """One part of a form."""

    name: str
    filename: str | None
    content_type: str | None
    content: bytes


@dataclass(frozen=True)
class Recorded:
    """A request as it left the wire."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def path(self) -> str:
        """The path, still percent-encoded."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> list[tuple[str, str]]:
        """The query, decoded, in the order in which it came."""
        return parse_qsl(self.target.partition("?")[2], keep_blank_values=True, strict_parsing="?" in self.target)

    def values(self, header: str) -> list[str]:
        """Return every value of a header."""
        return [value for name, value in self.headers if name.lower() == header.lower()]

    @property
    def media_type(self) -> str | None:
        """The content type without its parameters."""
        values = self.values("Content-Type")
        return values[0].partition(";")[0].strip().lower() if values else None

    @property
    def parts(self) -> list[Part]:
        """The parts of a multipart body."""
        head = f"Content-Type: {self.values('Content-Type')[0]}\r\n\r\n".encode()
        message = BytesParser(policy=HTTP).parsebytes(head + self.body)
        return [_part(part) for part in message.iter_parts()]


def _part(part: Message) -> Part:
    name = part.get_param("name", header="Content-Disposition")
    assert isinstance(name, str), part.items()
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return Part(name, part.get_filename(), part.get("Content-Type"), content)


@dataclass(frozen=True)
class Reply:
    """What the server answers."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_json(cls, status: int, value: Any, **headers: str) -> Reply:
        """Return an answer with a JSON body."""
        return cls(status, json.dumps(value).encode(), {"Content-Type": "application/json", **headers})


class Recorder:
    """Where a test says what is answered next and sees what arrived.

    Attributes:
        url: Address of the server.
        requests: What arrived since the last `take`.
        reply: Makes the answer to a request.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.requests: list[Recorded] = []
        self.reply: Callable[[Recorded], Reply] = lambda request: Reply(500, b"no answer was prepared")

    def answer(self, reply: Reply) -> None:
        """Answer every request like this from now on."""
        self.reply = lambda request: reply

    def take(self) -> list[Recorded]:
        """Return what arrived, and forget it."""
        taken, self.requests = self.requests, []
        return taken


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body leave together; apart, the second would wait for the acknowledgement of the first.
    wbufsize = -1
    disable_nagle_algorithm = True
    recorder: Recorder

    def __getattr__(self, name: str) -> Callable[[], None]:
        # The base class looks for one method per verb.
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def _serve(self) -> None:
        request = Recorded(self.command, self.path, list(self.headers.items()), self._read_body())
        self.recorder.requests.append(request)
        reply = self.recorder.reply(request)
        self.send_response_only(reply.status, "Reason")
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status not in (204, 304):
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def _read_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", "0")))
        pieces = []
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is that of the base class
        """Keep quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # A client that opens many connections at once would have to try again for those that do not fit.
    request_queue_size = 128
    # Keep-alive connections end when the clients close them; nobody waits for that.
    block_on_close = False


@contextmanager
def record() -> Iterator[Recorder]:
    """Run a recorder on a free port of this machine."""
    handler = type("Handler", (_Handler,), {})
    with _Server(("127.0.0.1", 0), handler) as server:
        recorder = handler.recorder = Recorder(f"http://127.0.0.1:{server.server_address[1]}")  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield recorder
        finally:
            server.shutdown()
            thread.join()
