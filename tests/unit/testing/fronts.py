"""The two fronts of the mock backend behind one face: a socket, and in process."""

from __future__ import annotations

import heapq
import http.client
import json
from dataclasses import dataclass
from typing import Any

import httpx

from synapse_backend.testing import MockBackend

HOST = "backend.test"
TOKEN = {"Authorization": "Token t"}


def open_again(backend: MockBackend) -> None:
    """Open the port of a mock that was to be closed for long."""
    server = backend._server

    def hasten() -> None:
        while server._timers:
            heapq.heappop(server._timers)[2]()

    server._ask(hasten)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The decoded body."""
        return json.loads(self.body)


def prepare(body: object, headers: dict[str, str] | None) -> tuple[bytes | None, dict[str, str]]:
    """Body and headers as they are sent: what is not bytes goes as JSON, and a token is there unless headers are given."""
    fields = {"Host": HOST, **(TOKEN if headers is None else headers)}
    if body is None or isinstance(body, bytes):
        return body, fields
    return json.dumps(body).encode(), {"Content-Type": "application/json", **fields}


class SocketFront:
    """Each call on a connection of its own."""

    def __init__(self, backend: MockBackend) -> None:
        self.backend = backend

    def send(self, method: str, target: str, body: object = None, headers: dict[str, str] | None = None) -> Answer:
        """Call and return the answer."""
        content, fields = prepare(body, headers)
        connection = http.client.HTTPConnection(self.backend.url.removeprefix("http://"), timeout=60)
        try:
            connection.request(method, target, content, fields)
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders() if name != "Connection"}
            return Answer(response.status, names, response.read())
        finally:
            connection.close()


class InProcessFront:
    """Through the transport."""

    def __init__(self, backend: MockBackend) -> None:
        self.backend = backend

    def send(self, method: str, target: str, body: object = None, headers: dict[str, str] | None = None) -> Answer:
        """Call and return the answer."""
        content, fields = prepare(body, headers)
        with httpx.Client(transport=self.backend.transport(), base_url="http://unused") as client:
            response = client.request(method, target, content=content, headers=fields)
            return Answer(response.status_code, dict(response.headers), response.content)


Front = SocketFront | InProcessFront
FRONTS: dict[str, type[SocketFront] | type[InProcessFront]] = {"socket": SocketFront, "in-process": InProcessFront}


def multipart(*parts: tuple[str, str | None, bytes], boundary: str = "b0undary") -> tuple[bytes, dict[str, str]]:
    """A form of (name, file name, content), and the headers to send it with."""
    body = b""
    for name, filename, content in parts:
        disposition = f'form-data; name="{name}"' + ("" if filename is None else f'; filename="{filename}"')
        body += f"--{boundary}\r\nContent-Disposition: {disposition}\r\n\r\n".encode() + content + b"\r\n"
    body += f"--{boundary}--\r\n".encode()
    return body, {**TOKEN, "Content-Type": f"multipart/form-data; boundary={boundary}"}


def release_form(**overrides: bytes) -> tuple[bytes, dict[str, str]]:
    """A form that creates a release of plugin 123."""
    fields = {"plugin": b"123", "version": b"2.0.0", "changelog": b"New", "is_stable": b"True", **overrides}
    parts = [(name, None, value) for name, value in fields.items() if name != "file"]
    return multipart(*parts, ("file", "plugin.zip", fields.get("file", b"PK\x03\x04 binary \x00\xff\r\n--")))
