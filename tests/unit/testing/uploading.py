"""Uploads in parts over a front, one request at a time."""

from __future__ import annotations

import hashlib
from typing import Any

from tests.unit.testing.fronts import HOST, TOKEN, Answer, Front, multipart

NAME = "clip.bin"


def target(url: str) -> str:
    """What to send to an absolute URL of the mock."""
    return url.removeprefix(f"http://{HOST}")


def md5(content: bytes) -> str:
    """The MD5 of a content."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def part_of(content: bytes, start: int, stop: int, *, name: str = NAME) -> tuple[bytes, dict[str, str]]:
    """The form with some bytes of a file, and the headers to send it with."""
    body, headers = multipart(("filename", None, name.encode()), ("file", name, content[start:stop]))
    return body, {**headers, "Content-Range": f"bytes {start}-{stop - 1}/{len(content)}"}


def put(front: Front, url: str, content: bytes, start: int, stop: int, **changes: str) -> Answer:
    """Send some bytes of a file."""
    body, headers = part_of(content, start, stop)
    return front.send("PUT", target(url), body, {**headers, **changes})


def begin(front: Front, content: bytes, stop: int) -> dict[str, Any]:
    """Start an upload with its first bytes."""
    answer = put(front, "/chunked_upload/", content, 0, stop)
    assert answer.status == 200, answer.body
    shown: dict[str, Any] = answer.json
    return shown


def finish(front: Front, upload: dict[str, Any], content: bytes) -> Answer:
    """Complete an upload."""
    return front.send("POST", target(upload["url"]), {"md5": md5(content)})


def send(front: Front, content: bytes, size: int) -> dict[str, Any]:
    """Upload a file in parts of a size."""
    upload = begin(front, content, min(size, len(content)))
    while upload["offset"] < len(content):
        start = upload["offset"]
        upload = put(front, upload["url"], content, start, min(start + size, len(content))).json
    answer = finish(front, upload, content)
    assert answer.status == 200, answer.body
    shown: dict[str, Any] = answer.json
    return shown


def download(front: Front, url: str, **headers: str) -> Answer:
    """Fetch a file."""
    return front.send("GET", target(url), headers={**TOKEN, **headers})
