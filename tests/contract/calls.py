"""Example calls of every operation, as the documentation shows them, and the query that each must send.

An operation without an entry here fails `test_coverage.py`. The arguments are those of the client's method; `query` is
written as it goes over the wire, so that nothing is compared with itself.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from tests.support.spec import SPEC, SpecOperation

PACKAGE = b"PK\x05\x06" + bytes(18)
"""The smallest zip archive: an empty one."""


class Upload(Enum):
    """In which form a file is passed; replaced by the file itself just before the call."""

    OPEN_FILE = "an open file"
    PATH = "its path"
    TEXT_PATH = "its path as text"
    CONTENT = "its content"
    BUFFER = "a buffer in memory"

    def of(self, path: Path, stack: ExitStack) -> object:
        """Return the file in this form."""
        match self:
            case Upload.OPEN_FILE:
                return stack.enter_context(path.open("rb"))
            case Upload.PATH:
                return path
            case Upload.TEXT_PATH:
                return str(path)
            case Upload.CONTENT:
                return path.read_bytes()
            case Upload.BUFFER:
                return io.BytesIO(path.read_bytes())


@dataclass(frozen=True)
class Example:
    """One call.

    Attributes:
        path: The path arguments, in order.
        params: The query parameters as the caller writes them.
        data: The body as the caller writes it.
        query: What the query string must be, encoded.
    """

    path: tuple[int | str, ...] = ()
    params: Mapping[str, Any] | None = None
    data: Mapping[str, Any] | None = None
    query: str = ""

    @contextmanager
    def arguments(self, package: Path) -> Iterator[list[Any]]:
        """Give the arguments of the method, with files where the table says so."""
        with ExitStack() as stack:
            arguments: list[Any] = [*self.path]
            if self.params is not None:
                arguments.append(dict(self.params))
            if self.data is not None:
                arguments.append(
                    {
                        name: value.of(package, stack) if isinstance(value, Upload) else value
                        for name, value in self.data.items()
                    }
                )
            yield arguments


def _release(form: Upload) -> Example:
    fields = {"plugin": 123, "version": "2.0.0", "changelog": "새 필터와 수정", "is_stable": True}
    return Example(data={**fields, "file": form})


CALLS: dict[str, list[Example]] = {
    "health_check_agent": [Example(("agent-token-123",)), Example(("my-agent-token",))],
    "get_plugin": [Example((123,))],
    "create_plugin": [
        Example(
            data={
                "name": "Contour finder",
                "description": "길거리 사진에서 윤곽선을 찾는 플러그인",
                "version": "1.0.0",
                "author": "Vision team",
                "category": "data_processing",
                "configuration": {
                    "parameters": {
                        "threshold": {"type": "float", "default": 0.5},
                        "max_items": {"type": "int", "default": 100},
                    }
                },
            }
        ),
        Example(data={"name": "Contour finder"}),
    ],
    "update_plugin": [
        Example(
            (123,),
            data={
                "description": "Finds contours in half the time",
                "version": "1.1.0",
                "configuration": {
                    "parameters": {
                        "threshold": {"type": "float", "default": 0.7},
                        "max_items": {"type": "int", "default": 200},
                        "label": {"type": "string", "default": "edge"},
                    }
                },
            },
        ),
    ],
    "run_plugin": [
        Example(
            (123,),
            data={
                "parameters": {
                    "threshold": 0.8,
                    "max_items": 150,
                    "input_path": "/data/in/",
                    "output_path": "/data/out/",
                },
                "context": {"project_id": 123, "user_id": 456, "execution_mode": "batch"},
            },
        ),
        Example((123,), data={"parameters": {"threshold": 0.8}, "context": {"retry_attempt": 0}}),
    ],
    "get_plugin_release": [
        Example((456,)),
        Example((456,), params={"expand": "plugin"}, query="expand=plugin"),
    ],
    "create_plugin_release": [_release(form) for form in Upload],
    "get_job": [
        Example((789,)),
        Example((789,), params={"expand": "logs"}, query="expand=logs"),
        Example(
            (789,),
            params={"expand": ["logs", "metrics", "result"]},
            query="expand=logs&expand=metrics&expand=result",
        ),
    ],
    "list_jobs": [
        Example(),
        Example(params={"status": "running"}, query="status=running"),
        Example(params={"plugin": 123}, query="plugin=123"),
        Example(params={"user": 456, "page": 1, "page_size": 20}, query="user=456&page=1&page_size=20"),
        Example(
            params={"created_after": "2025-08-27T09:30:00.123456"},
            query="created_after=2025-08-27T09%3A30%3A00.123456",
        ),
    ],
    "update_job": [
        Example((789,), data={"status": "completed"}),
        Example(
            (789,),
            data={
                "status": "completed",
                "result": {
                    "output_files": ["contours.json", "preview.png"],
                    "metrics": {"accuracy": 0.95, "processing_time": 120},
                },
            },
        ),
        Example((789,), data={"progress": 75, "status": "running", "metadata": {"current_step": "tracing"}}),
    ],
    "list_job_console_logs": [Example((789,))],
    "list_storages": [Example()],
    # Clients ask for the configuration; the documented answer has it.
    "get_storage": [Example((123,), query="with_configuration=true")],
    "create_storage": [
        Example(
            data={
                "name": "Street scenes",
                "provider": "amazon_s3",
                "category": "external",
                "configuration": {
                    "bucket_name": "street-scenes",
                    "region": "us-west-2",
                    "access_key_id": "KEY",
                    "secret_access_key": "SECRET",
                },
            }
        ),
        Example(
            data={
                "name": "Disk of the server",
                "provider": "file_system",
                "category": "internal",
                "configuration": {"base_path": "/srv/storage", "permissions": "755"},
            }
        ),
    ],
}

COVERED: list[SpecOperation] = [operation for name, operation in SPEC.operations.items() if name in CALLS]
"""The operations that the tests can call. That these are all of them is the matter of `test_coverage.py`."""
