"""URLs that give access to files: no traceback shows them, and each part of a file goes where it belongs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from synapse_backend import AsyncBackendClient, NotFoundError, ResponseError, UploadError, _bulk
from synapse_backend._presigned import Candidate, Part, work
from synapse_backend.testing import MockBackend
from synapse_backend.testing.options import UploadOptions
from tests.support.bulk import md5, write
from tests.support.canary import TOKEN, shown_with_locals
from tests.support.scripted import ScriptedServer, json_reply

SIGNATURE = "signature=0123456789abcdef"


@pytest.fixture
async def uploader(backend: MockBackend) -> AsyncIterator[AsyncBackendClient]:
    """A client that makes one attempt per call."""
    async with AsyncBackendClient(backend.url, TOKEN, timeout=60, retries=0, clock=backend.clock) as client:
        yield client


def unit(pk: int) -> dict[str, Any]:
    return {"id": pk, "files": {"image": {"url": f"/files/{pk}?{SIGNATURE}"}}}


def page(*items: object, total: int, following: str | None = None) -> dict[str, Any]:
    return {"count": total, "next": following, "previous": None, "results": [*items]}


# --- tracebacks -------------------------------------------------------------------------------------------------------


async def test_an_upload_that_is_stopped_shows_no_url(
    uploader: AsyncBackendClient, backend: MockBackend, tmp_path: Path
) -> None:
    backend.faults.on("confirm_presigned_upload").status(503)
    with pytest.raises(UploadError) as caught:
        await uploader.upload_files_bulk(write(tmp_path, 30), batch_size=30, max_retries=0)
    assert "signature=" not in shown_with_locals(caught.value)


async def test_an_upload_that_the_caller_ends_shows_no_url(uploader: AsyncBackendClient, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        await uploader.upload_files_bulk(write(tmp_path, 2), on_progress=lambda _: 1 / 0)
    assert "signature=" not in shown_with_locals(caught.value)


@pytest.mark.parametrize("tickets", [1, 3])
async def test_urls_for_other_files_than_were_asked_for_are_not_shown(
    tickets: int, client: AsyncBackendClient, server: ScriptedServer, tmp_path: Path
) -> None:
    ticket = {"filename": "a", "file_key": "k", "presigned_url": f"{server.url}/{SIGNATURE}"}
    server.plays(*[json_reply({"files": [ticket] * tickets})] * 10)
    paths = write(tmp_path, 20)
    with pytest.raises(UploadError) as caught:
        await client.upload_files_bulk(paths, batch_size=2, max_retries=0)
    assert isinstance(caught.value.__cause__, ResponseError)
    assert SIGNATURE not in shown_with_locals(caught.value)


@pytest.mark.parametrize(
    "call",
    [
        lambda client, wanted: client.list_data_units(None, wanted),
        lambda client, wanted: client.list_data_units(None, wanted, list_all=True),
        lambda client, wanted: client.get_model(1, url_conversion={**wanted, "files_fields": ["files"]}),
    ],
)
async def test_a_download_that_fails_shows_no_url(
    call: Callable[..., Any], client: AsyncBackendClient, server: ScriptedServer, tmp_path: Path
) -> None:
    answer = {**unit(1), **page(unit(1), total=1)}
    server.plays(json_reply(answer), json_reply({"detail": "Not found."}, 404))
    with pytest.raises(NotFoundError) as caught:
        await call(client, {"folder": tmp_path})
    assert SIGNATURE not in shown_with_locals(caught.value)


async def test_a_function_that_fails_shows_no_url(client: AsyncBackendClient, server: ScriptedServer) -> None:
    server.plays(json_reply(page(unit(1), total=2, following="?page=2")), json_reply(page(unit(2), total=2)))
    seen: list[str] = []

    def convert(url: str) -> str:
        seen.append(url)
        return str(1 // (2 - len(seen)))

    async def walk() -> list[int]:
        return [found["id"] async for found in client.iter_data_units(None, {"files": convert})]

    with pytest.raises(ZeroDivisionError) as caught:
        await walk()
    assert len(seen) == 2
    assert SIGNATURE not in shown_with_locals(caught.value)


# --- parts ------------------------------------------------------------------------------------------------------------


def parted(*numbers: int) -> Candidate:
    """Return a file of 25 bytes that got URLs for these parts of 10."""
    parts = [{"part_number": number, "presigned_url": f"https://storage/{number}"} for number in numbers]
    multipart: Any = {"upload_id": "u", "part_size": 10, "parts": parts}
    return Candidate("/x", "x", size=25, ticket={"file_key": "k", "filename": "x", "multipart": multipart})


def test_each_part_is_the_one_of_its_number_however_they_are_listed() -> None:
    steps = [step for step in work([parted(3, 1, 2)]) if isinstance(step, Part)]
    assert [(step.number, str.__str__(step.url)[-1], step.start, step.end) for step in steps] == [
        (1, "1", 0, 10),
        (2, "2", 10, 20),
        (3, "3", 20, 25),
    ]


@pytest.mark.parametrize("numbers", [(0, 1, 2), (1, 2, 4), (1, 2, 2), (-1, 1, 2)])
def test_parts_with_other_numbers_than_are_due_are_a_failure_of_their_file(numbers: tuple[int, ...]) -> None:
    candidate = parted(*numbers)
    assert list(work([candidate])) == []
    assert str(candidate.error) == "the backend gave 3 URLs for parts that are not those from 1 to 3"


async def test_a_file_that_changes_after_its_parts_were_sent_is_not_confirmed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [path] = write(tmp_path, 1, size=1000)
    before, of_file = md5(path), _bulk.md5_of

    def after_the_parts(changed: str) -> str:
        # Whoever reads the file first to hash it may be slower than those who send it.
        path.write_bytes(b"B" * 900)
        return of_file(changed)

    with MockBackend(uploads=UploadOptions(multipart_threshold=500, part_size=300)) as backend:
        monkeypatch.setattr(_bulk, "md5_of", after_the_parts)
        async with AsyncBackendClient(backend.url, TOKEN) as client:
            # The parts come to their end before the hash does where they are looked at first.
            monkeypatch.setattr("synapse_backend._presigned.work", lambda waiting: sorted(work(waiting), key=is_hash))
            done = await client.upload_files_bulk([path], max_workers=1, max_retries=0)
        assert (done["created_count"], done["failed_count"]) == (0, 1)
        assert "changed while it was sent" in str(done["results"][0]["error"])
        assert all(request.path != "/data_files/presigned_upload/confirm_upload/" for request in backend.requests)
    assert before != md5(path)


def is_hash(step: object) -> bool:
    return not isinstance(step, Part)
