"""Processes that are killed while they send files in bulk: whoever starts again makes each file a data file exactly once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from synapse_backend.testing import MockBackend
from tests.support.bulk import killed_at, md5, write
from tests.support.campaign import chance, count
from tests.support.notes import noted

KILLS = count(10, 1)
REQUESTS = 60
"""Of a process, until it is killed: at the most."""
FILES = REQUESTS * KILLS + 100
"""So many that none gets to the end before."""
# As an application would write it; the pause after a kill is shortened, because this server is never slow.
PROGRAM = """
import asyncio, json, sys
from pathlib import Path
from synapse_backend import AsyncBackendClient, BackendClient, _bulk

_bulk.STILL_AT_WORK = 1.0
kind, url, token, folder, journal = sys.argv[1:]
paths = sorted(Path(folder).glob("*.jpg"))
ids = {}
def tell(file):
    ids[file["path"]] = file["data_file_id"]
named = {"batch_size": 10, "max_workers": 4, "journal": journal, "on_result": tell}
print("begun", flush=True)

async def main():
    async with AsyncBackendClient(url, token) as client:
        return await client.upload_files_bulk(paths, **named)

if kind == "async":
    answer = asyncio.run(main())
else:
    with BackendClient(url, token) as client:
        answer = client.upload_files_bulk(paths, **named)
print(json.dumps([answer, ids]), flush=True)
"""


@pytest.mark.campaign("killed bulk uploads of files", KILLS)
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_each_file_is_a_data_file_once_however_often_the_process_is_killed(kind: str, tmp_path: Path) -> None:
    dice = chance(f"bulk files {kind}")
    paths = write(tmp_path, FILES, size=2_000)
    journal = tmp_path / "journal"
    moments: list[int] = []
    with MockBackend() as backend, noted("killed at requests", moments):
        assert backend.data_files.values()  # They are made when somebody looks at them.
        command = [sys.executable, "-c", PROGRAM, kind, backend.url, backend.token, str(tmp_path), str(journal)]
        for _ in range(KILLS):
            moments.append(dice.randint(1, REQUESTS))
            killed_at(moments[-1], dice, command, backend)
        output = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.removeprefix("begun\n")
        answer, ids = json.loads(output)
        assert (answer["created_count"] + answer["skipped_count"], answer["failed_count"]) == (FILES, 0)
        made = list(backend.data_files.values())[-backend.writes["data_files"].created :]
        assert Counter(row["checksum"] for row in made) == Counter(map(md5, paths))
        # Each result names the file that it is about.
        assert {row["id"]: row["checksum"] for row in made} == {pk: md5(Path(path)) for path, pk in ids.items()}
