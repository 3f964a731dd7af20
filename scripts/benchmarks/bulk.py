"""What many small files cost: their upload and the units that are made of them."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from synapse_backend import AsyncBackendClient, BackendClient

from .bulk_sink import COLLECTION, running
from .libraries import load
from .measuring import Figure, alternate, compare

FILES = 2000
FILE_BYTES = 20 * 1024
WORKERS = 10
BATCH = 1000
GROUP = f"{FILES} files of {FILE_BYTES // 1024} KiB as data units"
RIVAL = f"requests.Session in {WORKERS} threads"
NOTE = (
    f"{GROUP}: one upload for each file and one request for each {BATCH} units, to a server on the same machine that hashes and "
    "throws them away; requests makes the same calls, with one session and a pool of threads, and hashes nothing"
)


def measure(rounds: int) -> list[Figure]:
    """Return the time of a file with each client and the ratios."""
    with tempfile.TemporaryDirectory() as folder, running() as url:
        paths = write_files(Path(folder), FILES)
        contenders = {
            "BackendClient.upload_data_collection": lambda: synchronous(url, paths),
            "AsyncBackendClient.upload_data_collection": lambda: asyncio.run(asynchronous(url, paths)),
            RIVAL: lambda: by_hand(url, paths),
        }
        series = alternate(contenders, rounds=min(rounds, 7), size=len(paths))
    return compare(GROUP, series, scale=1e6, unit="us", targets={RIVAL: "<= 0.33"}, note=NOTE)


def write_files(folder: Path, number: int) -> list[Path]:
    """Write files of random bytes and return where they are."""
    paths = [folder / f"{index:05}.jpg" for index in range(number)]
    for path in paths:
        path.write_bytes(os.urandom(FILE_BYTES))
    return paths


def units(paths: list[Path]) -> Iterator[dict[str, Any]]:
    """Yield the units, a file each."""
    return ({"files": {"image": path}, "meta": {"origin_file_stem": path.stem}} for path in paths)


def synchronous(url: str, paths: list[Path]) -> None:
    """Upload with `BackendClient`."""
    with BackendClient(url, "secret") as client:
        summary = client.upload_data_collection(123, units(paths), max_workers=WORKERS, batch_size=BATCH)
        require(summary.created, len(paths))


async def asynchronous(url: str, paths: list[Path]) -> None:
    """Upload with `AsyncBackendClient`."""
    async with AsyncBackendClient(url, "secret") as client:
        summary = await client.upload_data_collection(123, units(paths), max_workers=WORKERS, batch_size=BATCH)
        require(summary.created, len(paths))


def by_hand(url: str, paths: list[Path]) -> None:
    """Make the same calls with requests."""
    with load("requests").Session() as session, ThreadPoolExecutor(WORKERS) as pool:
        session.headers["Synapse-Access-Token"] = "Token secret"
        session.get(f"{url}/data_collections/123/", params={"expand": "file_specifications"}).raise_for_status()

        def upload(path: Path) -> dict[str, Any]:
            with path.open("rb") as file:
                answer = session.post(f"{url}/data_files/", files={"file": (path.name, file)})
            answer.raise_for_status()
            files = {"image": {"checksum": answer.json()["checksum"], "path": path.name}}
            return {"data_collection": COLLECTION["id"], "files": files, "meta": {"origin_file_stem": path.stem}}

        bodies = list(pool.map(upload, paths))
        created = 0
        for start in range(0, len(bodies), BATCH):
            answer = session.post(f"{url}/data_units/", json=bodies[start : start + BATCH])
            answer.raise_for_status()
            created += len(answer.json())
        require(created, len(paths))


def require(created: int, wanted: int) -> None:
    """Refuse to measure what does not do the work.

    Raises:
        RuntimeError: Units are missing.
    """
    if created != wanted:
        raise RuntimeError(f"{created} of {wanted} units were created")
