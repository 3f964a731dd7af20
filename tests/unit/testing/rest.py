"""A REST client for tests of rules: each call says which status it expects."""

from __future__ import annotations

import hashlib
from typing import Any

import httpx

from synapse_backend.testing import MockBackend
from tests.unit.testing.fronts import TOKEN


class Api:
    """Calls a backend over one connection.

    Args:
        backend: The mock, started.
        http: The connection.
    """

    def __init__(self, backend: MockBackend, http: httpx.Client) -> None:
        self.backend = backend
        self.http = http

    def call(self, method: str, target: str, expected: int, **options: Any) -> Any:
        """Call, require a status, and return the decoded answer."""
        headers = TOKEN | options.pop("headers", {})
        response = self.http.request(method, self.backend.url + target, headers=headers, **options)
        assert response.status_code == expected, response.text[:500]
        return response.json()

    def get(self, target: str, expected: int = 200, **query: Any) -> Any:
        """Get an object or a page."""
        return self.call("GET", target, expected, params=query or None)

    def post(self, target: str, body: object, expected: int = 201) -> Any:
        """Post JSON."""
        return self.call("POST", target, expected, json=body)

    def put(self, target: str, body: object, expected: int = 200) -> Any:
        """Put JSON."""
        return self.call("PUT", target, expected, json=body)

    def send_file(self, content: bytes, filename: str = "new.png", expected: int = 201) -> Any:
        """Create a data file."""
        return self.call("POST", "/data_files/", expected, files={"file": (filename, content, "image/png")})

    def upload(self, content: bytes, filename: str = "big.bin", *, complete: bool = True) -> Any:
        """Upload a file in one part, and complete it unless told otherwise; returns the upload."""
        size = len(content)
        upload = self.call(
            "PUT",
            "/chunked_upload/",
            200,
            headers={"Content-Range": f"bytes 0-{size - 1}/{size}"},
            data={"filename": filename},
            files={"file": (filename, content)},
        )
        if complete:
            md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
            return self.post(f"/chunked_upload/{upload['id']}/", {"md5": md5}, 200)
        return upload

    def ids(self, target: str, **query: Any) -> list[int]:
        """The ids on a page."""
        return [item["id"] for item in self.get(target, **query)["results"]]

    def download(self, url: str) -> bytes:
        """The content of a file."""
        response = self.http.get(url, headers=TOKEN)
        assert response.status_code == 200, response.text
        return response.content
