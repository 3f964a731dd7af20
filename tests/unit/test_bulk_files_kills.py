"""Processes that are killed while they send files in bulk: whoever starts again makes each file a data file exactly once."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from synapse_backend.testing import MockBackend
from tests.support.bulk import md5, write

KILLS = 10
FILES = 600
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


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_each_file_is_a_data_file_once_however_often_the_process_is_killed(kind: str, tmp_path: Path) -> None:
    chance = random.Random(kind)
    paths = write(tmp_path, FILES, size=2_000)
    journal = tmp_path / "journal"
    kills = 0
    with MockBackend() as backend:
        assert backend.data_files.values()  # They are made when somebody looks at them.
        while True:
            before = len(backend.requests)
            arguments = [kind, backend.url, backend.token, str(tmp_path), str(journal)]
            with subprocess.Popen(
                [sys.executable, "-c", PROGRAM, *arguments], stdout=subprocess.PIPE, text=True
            ) as process:
                assert process.stdout is not None
                assert process.stdout.readline() == "begun\n"
                if kills < KILLS:
                    # After so many requests, and a moment: a machine may be slow.
                    wanted = before + chance.randint(1, 70)
                    while len(backend.requests) < wanted and process.poll() is None:
                        time.sleep(0.0005)
                    time.sleep(chance.uniform(0.0, 0.003))
                    process.kill()
                output = process.stdout.read()
                status = process.wait()
            assert status in (0, -signal.SIGKILL)
            kills += status != 0
            if status == 0:
                break
        answer, ids = json.loads(output)
        assert (answer["created_count"] + answer["skipped_count"], answer["failed_count"]) == (FILES, 0)
        made = list(backend.data_files.values())[-backend.writes["data_files"].created :]
        assert Counter(row["checksum"] for row in made) == Counter(map(md5, paths))
        # Each result names the file that it is about.
        assert {row["id"]: row["checksum"] for row in made} == {pk: md5(Path(path)) for path, pk in ids.items()}
        assert kills == KILLS, f"{kills} kills only: the upload is too fast for them"
        assert answer["skipped_count"] > 0
