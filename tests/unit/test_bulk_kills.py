"""Processes that are killed while they upload in bulk: whoever starts again creates each unit exactly once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from synapse_backend.testing import MockBackend
from tests.support.bulk import collection, killed_at, present, units, wanted, write
from tests.support.campaign import chance, count
from tests.support.notes import noted

KILLS = count(20, 1)
REQUESTS = 40
"""Of a process, until it is killed: at the most."""
FILES = REQUESTS * KILLS + 100
"""So many that none gets to the end before."""
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


@pytest.mark.campaign("killed bulk uploads of units", KILLS)
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_each_unit_is_created_once_however_often_the_process_is_killed(kind: str, tmp_path: Path) -> None:
    dice = chance(f"bulk {kind}")
    paths = write(tmp_path, FILES, size=20_000)
    journal = tmp_path / "journal"
    moments: list[int] = []
    with MockBackend() as backend, noted("killed at requests", moments):
        pk = collection(backend)
        project = backend.projects.add(name="Signs", data_collection=pk)["id"]
        arguments = [kind, backend.url, backend.token, str(pk), str(project), str(tmp_path), str(journal)]
        command = [sys.executable, "-c", PROGRAM, *arguments]
        for _ in range(KILLS):
            moments.append(dice.randint(1, REQUESTS))
            killed_at(moments[-1], dice, command, backend)
        output = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.removeprefix("begun\n")
        data = units([*paths, *paths[:50]])
        created, skipped, failed, known = map(int, output.split())
        assert (created + skipped, failed, known) == (len(data), 0, len(data))
        assert present(backend, pk) == wanted(data)
        made = [task["data_unit"] for task in backend.tasks.values() if task["project"] == project]
        mine = sorted(unit for unit, row in backend.data_units.items() if row["data_collection"] == pk)
        assert sorted(made) == mine
