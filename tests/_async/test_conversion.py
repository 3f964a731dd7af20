"""What `url_conversion` makes of answers, with files that are really downloaded."""

from __future__ import annotations

import base64
import hashlib
import logging
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from synapse_backend import (
    AsyncBackendClient,
    ChecksumMismatchError,
    ClientError,
    NotFoundError,
    Page,
    ResponseError,
)
from tests.support.canary import TOKEN
from tests.support.files import files_in, small_disk
from tests.support.recorder import Recorder, Reply, record
from tests.support.scripted import NOTHING, Answer, ScriptedServer, json_reply, reply

CDN = {"files": lambda url: f"https://cdn.example.com{url}"}
SIGNATURE = "0123456789abcdef"


def task(pk: int, *urls: str, **details: Any) -> dict[str, Any]:
    return {"id": pk, "files": {f"image_{number}": {"url": url, **details} for number, url in enumerate(urls, 1)}}


def page(*items: object, following: str | None = None, total: int | None = None) -> dict[str, Any]:
    return {"count": len(items) if total is None else total, "next": following, "previous": None, "results": [*items]}


@pytest.fixture
def storage() -> Iterator[Recorder]:
    """A server that has every file; its content is its path."""
    with record() as recorder:
        recorder.reply = lambda request: Reply(200, request.path.encode())
        yield recorder


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def read(path: Any) -> bytes:
    """Return what is in a file, and require that it is only for its owner."""
    assert isinstance(path, Path)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    return path.read_bytes()


# --- a function for each field --------------------------------------------------------------------------------------


async def test_a_function_converts_a_page_a_list_and_a_walk(client: AsyncBackendClient, server: ScriptedServer) -> None:
    first = page(task(1, "/a"), following=f"{server.url}/sdk/tasks/?page=2", total=2)
    second = page(task(2, "/b", "/c"), total=2)
    expected = [task(1, "https://cdn.example.com/a"), task(2, "https://cdn.example.com/b", "https://cdn.example.com/c")]
    server.plays(*map(json_reply, [first, first, second, first, second]))
    assert await client.list_tasks(url_conversion=CDN) == Page(expected[:1], 2)
    assert await client.list_tasks(url_conversion=CDN, list_all=True) == expected
    assert [item async for item in client.iter_tasks(url_conversion=CDN)] == expected


async def test_a_function_converts_a_single_object(client: AsyncBackendClient, server: ScriptedServer) -> None:
    server.plays(json_reply({"id": 1, "file": "/model.pt"}))
    model: Any = await client.get_model(1, url_conversion={"file": lambda url: url.upper()})
    assert model == {"id": 1, "file": "/MODEL.PT"}


@pytest.mark.parametrize("conversion", [None, {}])
async def test_without_a_conversion_nothing_changes(
    conversion: Any, client: AsyncBackendClient, server: ScriptedServer, temporary: Path
) -> None:
    server.plays(json_reply(page(task(1, "/a"))))
    assert await client.list_tasks(url_conversion=conversion) == Page([task(1, "/a")], 1)
    assert files_in(temporary) == []


async def test_a_conversion_that_is_none_is_refused_before_anything_is_sent(client: AsyncBackendClient) -> None:
    wrong: Any = {"files": "x"}
    for call in (client.list_tasks, client.list_assignments, client.list_ground_truth_events):
        with pytest.raises(TypeError, match="must be a function"):
            await call(url_conversion=wrong)
        with pytest.raises(TypeError, match="must be a function"):
            await call(url_conversion=wrong, list_all=True)
    with pytest.raises(TypeError, match="must be a function"):
        await client.get_model(1, url_conversion=wrong)


# --- downloads ------------------------------------------------------------------------------------------------------


async def test_files_are_downloaded_and_paths_take_the_place_of_urls(
    client: AsyncBackendClient, server: ScriptedServer, storage: Recorder
) -> None:
    urls = [f"{storage.url}/{number}/cat.png?sig={SIGNATURE}" for number in range(20)]
    server.plays(json_reply(page(*(task(number, url) for number, url in enumerate(urls)))))
    tasks: Any = (await client.list_tasks(url_conversion={"files_fields": ["files"], "is_list": True})).items
    entries = [item["files"]["image_1"] for item in tasks]
    assert [set(entry) for entry in entries] == [{"path"}] * 20
    assert [read(entry["path"]) for entry in entries] == [f"/{number}/cat.png".encode() for number in range(20)]
    assert len({entry["path"] for entry in entries}) == 20
    assert len({entry["path"].parent for entry in entries}) == 1
    assert all(TOKEN not in str(request.headers) for request in storage.requests)


async def test_a_file_of_several_objects_is_downloaded_once(
    client: AsyncBackendClient, server: ScriptedServer, storage: Recorder
) -> None:
    same = f"{storage.url}/cat.png"
    items = [task(1, same), task(2, same, f"{storage.url}/dog.png"), task(3, same, file_name_original="tom.png")]
    server.plays(json_reply(page(*items)))
    tasks: Any = (await client.list_tasks(url_conversion={"files_fields": ["files"]})).items
    names = [[entry["path"].name for entry in item["files"].values()] for item in tasks]
    assert names == [["cat.png"], ["cat.png", "dog.png"], ["tom.png"]]
    assert sorted(request.path for request in storage.requests) == ["/cat.png", "/cat.png", "/dog.png"]
    assert all(read(entry["path"]) for item in tasks for entry in item["files"].values())


async def test_every_form_of_a_field_is_downloaded(
    client: AsyncBackendClient, server: ScriptedServer, tmp_path: Path
) -> None:
    item = {"id": 1, "unit": {"files": ["/media/a", {"url": "/media/b", "size": 8}]}, "file": "/media/c", "none": None}
    server.plays(json_reply(page(item)), *[reply(200, b"x", None)] * 3)
    folder = tmp_path / "new" / "folder"
    [found] = (
        await client.list_tasks(
            url_conversion={
                "files_fields": ["unit.files", "file", "none", "absent"],
                "coerce": str,
                "folder": folder,
            }
        )
    ).items
    assert found == {
        "id": 1,
        "unit": {"files": [str(folder / "a"), {"path": str(folder / "b"), "size": 8}]},
        "file": str(folder / "c"),
        "none": None,
    }
    assert files_in(folder) == ["a", "b", "c"]
    assert [len(request.values("Synapse-Access-Token")) for request in server.requests] == [1] * 4


async def test_the_file_of_a_model_is_downloaded(client: AsyncBackendClient, server: ScriptedServer) -> None:
    server.plays(json_reply({"id": 1, "file": "/media/model.pt"}), reply(200, b"weights", None))
    model: Any = await client.get_model(1, url_conversion={"coerce": None})
    assert (read(model["file"]), model["file"].name) == (b"weights", "model.pt")


async def test_names_and_checksums_are_those_of_the_answer(client: AsyncBackendClient, server: ScriptedServer) -> None:
    md5 = hashlib.md5(b"x").hexdigest()  # noqa: S324
    server.plays(
        json_reply(page(task(1, "/media/7f3a", file_name_original="../cat.png", checksum=md5))), reply(200, b"x")
    )
    [found] = (await client.list_tasks(url_conversion={"files_fields": ["files"]})).items
    entry: Any = found["files"]["image_1"]
    assert (entry["path"].name, read(entry["path"])) == ("cat.png", b"x")


async def test_a_file_may_be_in_the_answer_itself(client: AsyncBackendClient, server: ScriptedServer) -> None:
    uri = f"data:image/png;base64,{base64.b64encode(b'pixels').decode()}"
    server.plays(json_reply({"id": 1, "file": uri}))
    model: Any = await client.get_model(1, url_conversion={"files_fields": ["file"]})
    assert (read(model["file"]), model["file"].name) == (b"pixels", "data.png")


async def test_a_walk_downloads_page_by_page(
    client: AsyncBackendClient, server: ScriptedServer, temporary: Path
) -> None:
    following = f"{server.url}/sdk/tasks/?cursor=b"
    server.plays(
        json_reply(page(task(1, "/media/a"), following=following, total=2)),
        reply(200, b"a", None),
        json_reply(page(task(2, "/media/b"), total=2)),
        reply(200, b"b", None),
    )
    walk = client.iter_tasks(url_conversion={"files_fields": ["files"]})
    first: Any = await anext(walk)
    assert [read(first["files"]["image_1"]["path"]), len(server.requests)] == [b"a", 2]
    second: Any = await anext(walk)
    assert read(second["files"]["image_1"]["path"]) == b"b"
    assert first["files"]["image_1"]["path"].parent == second["files"]["image_1"]["path"].parent
    assert len(files_in(temporary)) == 1


async def test_nothing_is_made_where_there_is_nothing_to_download(
    client: AsyncBackendClient, server: ScriptedServer, temporary: Path
) -> None:
    server.plays(json_reply(page({"id": 1, "files": {}})))
    assert await client.list_tasks(url_conversion={"files_fields": ["files"]}) == Page([{"id": 1, "files": {}}], 1)
    assert files_in(temporary) == []


# --- failures -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        (reply(404, b"", None), NotFoundError, "404 Not Found"),
        (reply(200, b"01", None, length=5, then="close"), ResponseError, "broke off after 2 bytes"),
        (reply(302, b"", None, {"Location": "ftp://x/y"}), ResponseError, "redirect is not followed"),
        (NOTHING, ClientError, "lost the connection"),
    ],
)
async def test_an_error_names_field_item_and_file_and_leaves_nothing(
    answer: Answer,
    error: type[ClientError],
    says: str,
    server: ScriptedServer,
    temporary: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    events: list[object] = []
    signed = f"/media/cat?sig={SIGNATURE}"
    server.plays(json_reply(page(task(41, "data:,a"), task(42, signed, file_name_original="cat.png"))), answer)
    async with AsyncBackendClient(server.url, TOKEN, retries=0, on_response=events.append) as client:
        with pytest.raises(error, match=says) as caught:
            await client.list_tasks(url_conversion={"files_fields": ["files"]})
    assert str(caught.value).endswith("This was files['image_1'] of item 42 (cat.png), in url_conversion.")
    [folder] = files_in(temporary)
    assert files_in(temporary / folder) == []
    shown = [str(caught.value), repr(caught.value), repr(vars(caught.value)), repr(events), caplog.text]
    assert [text for text in shown if SIGNATURE in text or TOKEN in text] == []


async def test_a_file_with_another_checksum_is_an_error(client: AsyncBackendClient, server: ScriptedServer) -> None:
    server.plays(json_reply(page(task(1, "/media/a", checksum="0" * 32))), reply(200, b"x"))
    with pytest.raises(ChecksumMismatchError, match=r"This was files\['image_1'\] of item 1, in url_conversion\."):
        await client.list_tasks(url_conversion={"files_fields": ["files"]})


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("ftp://host/a", "it is not a plain http URL"),
        (f"https://user:{SIGNATURE}@host/a", "it is not a plain http URL"),
        ("data:image/png;base64,?", "it is a data URI whose base64 is not valid"),
    ],
)
async def test_a_url_that_must_not_be_followed_is_an_error_of_the_answer(
    url: str, says: str, client: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(json_reply(page(task(1, url))))
    with pytest.raises(ResponseError, match=f"A URL of a file was refused: {says}. This was files") as caught:
        await client.list_tasks(url_conversion={"files_fields": ["files"]})
    assert caught.value.kind == "url"
    assert SIGNATURE not in str(caught.value)


async def test_a_full_disk_is_told_with_the_place(
    client: AsyncBackendClient, server: ScriptedServer, tmp_path: Path
) -> None:
    server.plays(json_reply(page(task(1, "/media/a"))), reply(200, b"x" * 2_000_000, None))
    with small_disk(1_000_000), pytest.raises(OSError, match="download_file: File too large") as caught:
        await client.list_tasks(url_conversion={"folder": tmp_path / "new"})
    assert caught.value.__notes__ == ["This was files['image_1'] of item 1, in url_conversion."]
    assert files_in(tmp_path / "new") == []


async def test_a_folder_that_cannot_be_made_is_an_error(
    client: AsyncBackendClient, server: ScriptedServer, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"")
    server.plays(json_reply(page(task(1, "/media/a"))))
    with pytest.raises(OSError, match=r"File exists|Not a directory"):
        await client.list_tasks(url_conversion={"folder": tmp_path / "file"})


async def test_a_coercion_that_fails_leaves_nothing(
    client: AsyncBackendClient, server: ScriptedServer, tmp_path: Path
) -> None:
    def fail(path: Path) -> None:
        raise KeyError("mine")

    server.plays(json_reply(page(task(1, "/media/a"))), reply(200, b"x", None))
    with pytest.raises(KeyError, match="mine") as caught:
        await client.list_tasks(url_conversion={"coerce": fail, "folder": tmp_path / "new"})
    assert caught.value.__notes__ == ["This was files['image_1'] of item 1, in url_conversion."]
    assert files_in(tmp_path / "new") == []


# --- the mock backend -----------------------------------------------------------------------------------------------


async def test_all_files_of_a_project_are_downloaded(connected: AsyncBackendClient, tmp_path: Path) -> None:
    plain = await connected.list_tasks({"project": 123}, list_all=True)
    folder = tmp_path / "images"
    tasks: Any = await connected.list_tasks({"project": 123}, {"coerce": None, "folder": folder}, list_all=True)
    wanted = {info["checksum"] for item in plain for info in item["files"].values()}
    paths = [info["path"] for item in tasks for info in item["files"].values()]
    assert {hashlib.md5(path.read_bytes()).hexdigest() for path in paths} == wanted  # noqa: S324
    assert sorted(path.name for path in paths) == files_in(folder)
    assert len(set(paths)) == len(paths) > 20
