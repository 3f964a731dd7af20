"""Plugins, releases, jobs, agents and storages."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from synapse_backend.testing.clock import wire
from synapse_backend.testing.data.basics import DEFAULT_USER, USERS, archive, store
from synapse_backend.testing.jobs import Output

if TYPE_CHECKING:
    from synapse_backend.testing.messages import JsonObject
    from synapse_backend.testing.state import StoredFile

LAST_JOB = 789
JOB_COUNT = 25

_PLUGINS = (
    (121, "frame-sampler", "Frame sampler", "Takes every n-th frame of a video", "data_processing"),
    (122, "blur-faces", "Face blurring", "Blurs faces before images are shared", "image_processing"),
    (123, "edge-detector", "Edge detector", "Finds edges in street scenes", "image_processing"),
    (124, "coco-export", "COCO export", "Writes annotations in COCO format", "export"),
    (125, "lane-validator", "Lane validator", "Checks lane annotations for gaps", "data_validation"),
)
_AUTHORS = ("Vision team", "Data team", "Quality team")
_RELEASES = (
    (451, 121, "1.0.0"),
    (452, 122, "1.0.0"),
    (453, 123, "1.0.0"),
    (454, 124, "3.2.1"),
    (455, 123, "1.1.0"),
    (456, 123, "1.2.0"),
)
_STORAGES: tuple[tuple[int, str, str, str, JsonObject], ...] = (
    (121, "Project data", "file_system", "internal", {"base_path": "/srv/synapse", "permissions": "755"}),
    (122, "Camera archive", "gcp", "external", {"bucket_name": "camera-archive", "credentials": "EXAMPLE"}),
    (
        123,
        "Raw images",
        "amazon_s3",
        "external",
        {
            "bucket_name": "raw-images",
            "region": "us-west-2",
            "access_key_id": "EXAMPLE",
            "secret_access_key": "EXAMPLE",
        },
    ),
    (124, "Partner drop", "sftp", "external", {"host": "sftp.example.org", "port": 22, "root_path": "/incoming"}),
    (125, "Exports", "minio", "internal", {"bucket_name": "exports", "endpoint_url": "http://minio.example.org"}),
)
_AGENTS = (
    (1, "gpu-agent-1", "agent-token-123", "connected"),
    (2, "gpu-agent-2", "my-agent-token", "connected"),
    (3, "cpu-agent-1", "agent-token-offline", "disconnected"),
)
_SERVE_APPLICATIONS = ((122, 783, "DEPLOYING"), (123, 789, "RUNNING"))
# The statuses of the last jobs, oldest first; it ends with the job of the documentation. Those that are queued or running
# stay so until a client updates them: they are the jobs of a runner that is not part of the mock.
_STATUSES = (
    *("completed", "failed", "completed", "completed", "running", "completed", "failed", "completed"),
    *("completed", "queued", "completed", "completed", "failed", "running", "completed", "completed"),
    *("queued", "failed", "completed", "running", "completed", "queued", "running", "failed", "completed"),
)


@dataclass(frozen=True, slots=True)
class Rows:
    """What there is at the start."""

    plugins: tuple[JsonObject, ...]
    releases: tuple[JsonObject, ...]
    storages: tuple[JsonObject, ...]
    agents: tuple[JsonObject, ...]
    jobs: tuple[JsonObject, ...]
    outputs: tuple[tuple[int, Output], ...]
    files: dict[str, StoredFile]


@lru_cache(maxsize=8)
def rows(seed: int, start: datetime) -> Rows:
    """All of it."""
    rng = random.Random(f"rows:{seed}")
    files: dict[str, StoredFile] = {}
    plugins = tuple(_plugin(rng, start, *values) for values in _PLUGINS)
    codes = {plugin["id"]: plugin["code"] for plugin in plugins}
    releases = tuple(_release(files, start, codes[plugin], pk, plugin, version) for pk, plugin, version in _RELEASES)
    latest = {release["plugin"]: release["id"] for release in releases}
    jobs: list[JsonObject] = []
    outputs: list[tuple[int, Output]] = []
    for position, status in enumerate(_STATUSES):
        job, output = _job(rng, start, position, status, latest)
        jobs.append(job)
        outputs.append((job["id"], output))
    return Rows(
        plugins=plugins,
        releases=releases,
        storages=tuple(
            {
                "id": pk,
                "name": name,
                "provider": provider,
                "category": category,
                "is_default": pk == _STORAGES[0][0],
                "configuration": configuration,
            }
            for pk, name, provider, category, configuration in _STORAGES
        ),
        agents=tuple(
            {
                "id": pk,
                "name": name,
                "token": token,
                "status": status,
                "url": f"http://{name}.example.org:8000",
                "connected_at": wire(start - timedelta(hours=pk)),
            }
            for pk, name, token, status in _AGENTS
        ),
        jobs=tuple(jobs),
        outputs=tuple(outputs),
        files=files,
    )


def _plugin(
    rng: random.Random, start: datetime, pk: int, code: str, name: str, description: str, category: str
) -> JsonObject:
    moment = wire(start - timedelta(days=60 - pk % 10))
    return {
        "id": pk,
        "name": name,
        "code": code,
        "description": description,
        "version": "1.0.0",
        "author": rng.choice(_AUTHORS),
        "category": category,
        "configuration": {
            "parameters": {
                "threshold": {"type": "float", "default": round(rng.uniform(0.3, 0.7), 2)},
                "max_items": {"type": "int", "default": rng.choice((50, 100, 200))},
            }
        },
        "created_at": moment,
        "updated_at": moment,
    }


def _release(
    files: dict[str, StoredFile], start: datetime, code: str, pk: int, plugin: int, version: str
) -> JsonObject:
    return {
        "id": pk,
        "plugin": plugin,
        "version": version,
        "changelog": f"Release {version} of {code}",
        "is_stable": True,
        **store(files, "plugin_releases", f"{code}.zip", _package(code, version), "application/zip"),
        "created_at": wire(start - timedelta(days=460 - pk)),
    }


def _package(code: str, version: str) -> bytes:
    return archive(
        {
            "config.yaml": f"code: {code}\nversion: {version}\n",
            "plugin/__init__.py": "",
            "plugin/main.py": "def run(parameters):\n    return {'processed': parameters.get('max_items', 100)}\n",
        }
    )


def _job(
    rng: random.Random, start: datetime, position: int, status: str, latest: dict[int, int]
) -> tuple[JsonObject, Output]:
    pk = LAST_JOB - JOB_COUNT + 1 + position
    documented = pk == LAST_JOB
    plugin = 123 if documented else rng.choice(_PLUGINS)[0]
    user = DEFAULT_USER if documented else rng.choice(USERS)
    created_at = start - timedelta(hours=12 * (JOB_COUNT - position)) + timedelta(minutes=rng.randrange(600))
    started = created_at + timedelta(seconds=rng.randint(1, 90))
    finished = started + timedelta(seconds=rng.randint(60, 1800))
    items = rng.choice((50, 100, 150, 500))
    progress = {"queued": 0, "completed": 100}.get(status, rng.randint(10, 90))
    agent = rng.choice((1, 2))
    log = [(created_at, "info", f"Job {pk} queued")]
    if status != "queued":
        log.append((started, "info", f"Started on agent {agent}"))
        log.append((started + timedelta(seconds=20), "debug", f"Processed {items * progress // 100} of {items} items"))
    output = Output()
    if status == "completed":
        log.append((finished, "info", f"Completed: {items} items"))
        output.metrics = {"accuracy": round(rng.uniform(0.8, 0.99), 3), "items": items}
        output.result = {"output_files": [f"/data/output/job-{pk}.json"], "processed": items}
    if status == "failed":
        log.append((finished, "error", "The plugin raised an error"))
    output.logs = [{"timestamp": wire(moment), "level": level, "message": message} for moment, level, message in log]
    ended = status in ("completed", "failed")
    job: JsonObject = {
        "id": pk,
        "status": status,
        "progress": progress,
        "plugin": plugin,
        "plugin_release": latest.get(plugin),
        "user": user,
        "agent": agent,
        "parameters": {"threshold": round(rng.uniform(0.3, 0.9), 2), "max_items": items},
        "context": {"project_id": 123, "user_id": user, "execution_mode": "batch"},
        "metadata": {},
        "created_at": wire(created_at),
        "updated_at": wire(finished if ended else created_at if status == "queued" else started),
        "started_at": None if status == "queued" else wire(started),
        "finished_at": wire(finished) if ended else None,
    }
    return job, output


def serve_applications(seed: int, start: datetime) -> tuple[JsonObject, ...]:
    """Applications that two of the jobs have started."""
    known = rows(seed, start)
    codes = {plugin["id"]: plugin["code"] for plugin in known.plugins}
    jobs = {job["id"]: job for job in known.jobs}
    return tuple(
        {
            "id": pk,
            "job": job,
            "status": status,
            "data": {"route": f"/{codes[jobs[job]['plugin']]}"},
            "plugin_code": codes[jobs[job]["plugin"]],
            "agent": jobs[job]["agent"],
            "created_at": jobs[job]["created_at"],
        }
        for pk, job, status in _SERVE_APPLICATIONS
    )
