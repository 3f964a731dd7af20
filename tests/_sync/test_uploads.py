# Derived from tests/_async/test_uploads.py by scripts/unasync.py; do not edit.
"""Files on their way to the server: streamed, from where they stand, and left as they were."""

from __future__ import annotations

import io
import os
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from synapse_api.models.plugin_release_create import PluginReleaseCreate
from synapse_api.types import File
from synapse_backend import BackendClient, ConflictError
from tests.support.scripted import NOTHING, ScriptedServer, json_reply

CREATED = json_reply({"id": 456}, 201)


def release(file: Any) -> dict[str, Any]:
    return {"plugin": 123, "version": "1.0.0", "tags": ["a", "b"], "file": file}


def received(server: ScriptedServer) -> tuple[str | None, bytes]:
    """Return the name and the content of the file of the last request."""
    part = server.requests[-1].parts[-1]
    assert part.name == "file"
    return part.filename, part.content


def test_every_form_of_a_file_arrives(client: BackendClient, server: ScriptedServer, package: Path) -> None:
    server.plays(*[CREATED] * 5)
    for path in (package, str(package)):
        client.create_plugin_release(release(path))
        assert received(server) == ("edge-1.0.0.zip", b"0123456789")
    for content in (b"0123456789", io.BytesIO(b"0123456789")):
        client.create_plugin_release(release(content))
        assert received(server) == ("file", b"0123456789")
    client.create_plugin_release(PluginReleaseCreate(1, "1", File(io.BytesIO(b"model"), "model.zip")))
    assert received(server) == ("model.zip", b"model")


def test_an_open_file_is_sent_from_where_it_stands_and_stays_open(
    client: BackendClient, server: ScriptedServer, package: Path
) -> None:
    server.plays(CREATED)
    with package.open("rb") as file:
        file.seek(7)
        client.create_plugin_release(release(file))
        assert not file.closed
    assert received(server) == ("edge-1.0.0.zip", b"789")


def test_a_pipe_arrives_whole(client: BackendClient, server: ScriptedServer) -> None:
    server.plays(CREATED)
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(b"0123456789")
    with os.fdopen(reading, "rb") as pipe:
        client.create_plugin_release(release(pipe))
        assert not pipe.closed
    assert received(server) == ("file", b"0123456789")


def test_an_empty_file_arrives(client: BackendClient, server: ScriptedServer) -> None:
    server.plays(CREATED)
    client.create_plugin_release(release(b""))
    assert received(server) == ("file", b"")


def test_the_dict_of_the_caller_stays_as_it_was(client: BackendClient, server: ScriptedServer, package: Path) -> None:
    server.plays(CREATED)
    data = release(package)
    before = release(package)
    client.create_plugin_release(data)
    assert data == before


def test_a_failed_upload_leaves_the_file_open(client: BackendClient, server: ScriptedServer, package: Path) -> None:
    server.plays(json_reply({"detail": "This version exists."}, 409))
    with package.open("rb") as file:
        with pytest.raises(ConflictError, match="This version exists"):
            client.create_plugin_release(release(file))
        assert not file.closed


def test_a_file_that_cannot_be_read_to_its_end_is_an_error_of_the_file(
    client: BackendClient, server: ScriptedServer
) -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(5, "the disk is gone")

    server.plays(NOTHING, json_reply({"id": 789}))
    with pytest.raises(OSError, match="the disk is gone"):
        client.create_plugin_release(release(Failing(b"0123456789")))
    server.wait_until_idle()
    # The half-sent request does not disturb the next one.
    assert (client.get_job(789))["id"] == 789


def test_a_large_file_is_never_held_in_memory(server: ScriptedServer, tmp_path: Path) -> None:
    server.plays(CREATED)
    path = tmp_path / "large.zip"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    with BackendClient(server.url) as client:
        tracemalloc.start()
        client.create_plugin_release(release(path))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert server.sizes[0] > 200_000_000
    assert server.requests[0].values("Content-Length") == [str(server.sizes[0])]
    assert peak < 16 * 1024 * 1024
