"""A step of a pipeline: upload a release, run it, wait, and know what to do about each error.

SYNAPSE_API_TOKEN=... python -m examples.release_pipeline https://api.synapse.sh 123 2.0.0 examples/edge_counter
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from examples.packing import pack
from synapse_backend import (
    BackendClient,
    ClientError,
    ConflictError,
    NotFoundError,
    OutcomeUnknownError,
    ValidationError,
)
from synapse_backend.types import Job


class JobFailedError(Exception):
    """The job ended without a result; the text is the last line of its console."""


def upload(client: BackendClient, plugin: int, version: str, package: Path) -> None:
    """Upload a release, unless this version is there already."""
    try:
        release = client.create_plugin_release({"plugin": plugin, "version": version, "file": package})
        print(f"uploaded release {release['id']}")
    except ConflictError:
        print(f"version {version} is there already")


def run(client: BackendClient, plugin: int, parameters: dict[str, Any]) -> int | str:
    """Start a job and return its id, also when the answer was lost on its way."""
    try:
        return client.run_plugin(plugin, {"parameters": parameters})["job_id"]
    except OutcomeUnknownError:
        # The job may be running. Starting a second one would do the work twice, so look for it first.
        newest = next(iter(client.iter_jobs({"plugin": plugin})), None)
        if newest is None or newest.get("parameters") != parameters:
            raise
        return newest["id"]


def wait(client: BackendClient, job_id: int | str, pause: Callable[[float], object] = time.sleep) -> Job:
    """Return the finished job.

    Raises:
        JobFailedError: The job failed.
    """
    while (job := client.get_job(job_id, params={"expand": ["logs", "result"]}))["status"] in {"queued", "running"}:
        print(f"{job['status']}, {job['progress']:.0f} %")
        pause(1)
    if job["status"] == "failed":
        raise JobFailedError(job["logs"][-1]["message"])
    return job


def main(url: str, plugin: int, version: str, folder: Path, pause: Callable[[float], object] = time.sleep) -> int:
    """Return the exit status: 0 for success, 1 for a failed job, 2 for a mistake in the request, 3 for trouble."""
    with BackendClient(url) as client, tempfile.TemporaryDirectory() as temporary:
        try:
            upload(client, plugin, version, pack(folder, Path(temporary) / f"{folder.name}.zip"))
            job = wait(client, run(client, plugin, {"threshold": 0.8, "max_items": 20}), pause)
            print(f"result: {job['result']}")
            return 0
        except JobFailedError as error:
            print(f"the job failed: {error}")
            return 1
        except NotFoundError:
            print(f"there is no plugin {plugin}")
            return 2
        except ValidationError as error:
            print(f"refused: {error.response}")
            return 2
        except ClientError as error:
            print(f"{type(error).__name__}, status {error.status_code}: {error}")
            return 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), sys.argv[3], Path(sys.argv[4])))
