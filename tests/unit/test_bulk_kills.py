"""Processes that are killed while they upload in bulk: whoever starts again creates each unit exactly once."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from synapse_backend.testing import MockBackend
from tests.support.bulk import collection, present, units, wanted, write

KILLS = 20
FILES = 400
# As an application would write it; the pause after a kill is shortened, because this server is never slow.
PROGRAM = """
import asyncio, sys
from pathlib import Path
from synapse_backend import AsyncBackendClient, BackendClient, _bulk

_bulk.STILL_AT_WORK = 1.0
kind, url, token, pk, project, folder, journal = sys.argv[1:]
paths = sorted(Path(folder).glob("*.jpg"))
paths += paths[:50]
data = ({"files": {"image": path}, "meta": {"stem": path.stem}} for path in paths)
named = {"project_id": int(project), "batch_size": 15, "max_workers": 4, "journal": journal}
print("begun", flush=True)

async def main():
    async with AsyncBackendClient(url, token) as client:
        return await client.upload_data_collection(int(pk), data, **named)

if kind == "async":
    summary = asyncio.run(main())
else:
    with BackendClient(url, token) as client:
        summary = client.upload_data_collection(int(pk), data, **named)
print(summary.created, summary.skipped, summary.failed, len(summary.unit_ids), flush=True)
"""


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_each_unit_is_created_once_however_often_the_process_is_killed(kind: str, tmp_path: Path) -> None:
    chance = random.Random(kind)
    paths = write(tmp_path, FILES, size=20_000)
    journal = tmp_path / "journal"
    kills = 0
    with MockBackend() as backend:
        pk = collection(backend)
        project = backend.projects.add(name="Signs", data_collection=pk)["id"]
        while True:
            arguments = [kind, backend.url, backend.token, str(pk), str(project), str(tmp_path), str(journal)]
            with subprocess.Popen(
                [sys.executable, "-c", PROGRAM, *arguments], stdout=subprocess.PIPE, text=True
            ) as process:
                assert process.stdout is not None
                assert process.stdout.readline() == "begun\n"
                if kills < KILLS:
                    time.sleep(chance.uniform(0.0, 0.12))
                    process.kill()
                output = process.stdout.read()
                status = process.wait()
            assert status in (0, -signal.SIGKILL)
            kills += status != 0
            if status == 0:
                break
        data = units([*paths, *paths[:50]])
        created, skipped, failed, known = map(int, output.split())
        assert (created + skipped, failed, known) == (len(data), 0, len(data))
        assert present(backend, pk) == wanted(data)
        made = [task["data_unit"] for task in backend.tasks.values() if task["project"] == project]
        mine = sorted(unit for unit, row in backend.data_units.items() if row["data_collection"] == pk)
        assert sorted(made) == mine
        assert kills == KILLS, f"{kills} kills only: the upload is too fast for them"
