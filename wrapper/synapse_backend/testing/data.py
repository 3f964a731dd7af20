"""What the mock holds at the start: the objects that the documentation mentions and a handful around them.

All of it is a function of the seed and of the moment at which the clock starts.
"""

from __future__ import annotations

import hashlib
import io
import random
import zipfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from synapse_backend.testing.clock import microseconds, wire
from synapse_backend.testing.jobs import Jobs, Output
from synapse_backend.testing.state import State, StoredFile, Table

if TYPE_CHECKING:
    from synapse_backend.testing.messages import JsonObject

# The user that tokens belong to, and the agent that runs jobs when the request names none.
DEFAULT_USER = 456
DEFAULT_AGENT = 1
USERS = (456, 457, 458)
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
# The statuses of the last jobs, oldest first; it ends with the job of the documentation. Those that are queued or running
# stay so until a client updates them: they are the jobs of a runner that is not part of the mock.
_STATUSES = (
    *("completed", "failed", "completed", "completed", "running", "completed", "failed", "completed"),
    *("completed", "queued", "completed", "completed", "failed", "running", "completed", "completed"),
    *("queued", "failed", "completed", "running", "completed", "queued", "running", "failed", "completed"),
)


@dataclass(frozen=True, slots=True)
class _Rows:
    plugins: tuple[JsonObject, ...]
    releases: tuple[JsonObject, ...]
    storages: tuple[JsonObject, ...]
    agents: tuple[JsonObject, ...]
    jobs: tuple[JsonObject, ...]
    outputs: tuple[tuple[int, Output], ...]
    files: dict[str, StoredFile]


def seeded_state(seed: int, start: datetime) -> State:
    """The state before the first request. Rows are shared between states: nothing changes a row in place."""
    rows = _rows(seed, start)
    jobs = Table("job", rows.jobs, order=created)
    return State(
        plugins=Table("plugin", rows.plugins),
        releases=Table("release", rows.releases),
        storages=Table("storage", rows.storages),
        agents=Table("agent", rows.agents),
        jobs=Jobs(seed, jobs, dict(rows.outputs)),
        files=dict(rows.files),
    )


def created(row: JsonObject) -> int:
    """Jobs are ordered by the moment of their creation."""
    return microseconds(datetime.fromisoformat(row["created_at"]))


def media_path(folder: str, md5: str, filename: str) -> str:
    """Where a stored file is served. The name that the client gave is not trusted to be a path."""
    kept = "".join(character if character.isascii() and character.isalnum() else "-" for character in filename[-80:])
    stem, dash, suffix = kept.rpartition("-")
    return f"/media/{folder}/{md5}/{f'{stem}.{suffix}' if dash and stem and suffix else kept}"


def store(files: dict[str, StoredFile], folder: str, filename: str, content: bytes, content_type: str) -> JsonObject:
    """Keep a file.

    Returns:
        The fields of the object that owns it: `file` (a path), `checksum` and `size`.
    """
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    path = media_path(folder, md5, filename)
    files[path] = StoredFile(content, content_type, md5)
    return {"file": path, "checksum": md5, "size": len(content)}


@lru_cache(maxsize=8)
def _rows(seed: int, start: datetime) -> _Rows:
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
    return _Rows(
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
    """A real package; its time stamps are fixed so that its checksum is."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in (
            ("config.yaml", f"code: {code}\nversion: {version}\n"),
            ("plugin/__init__.py", ""),
            ("plugin/main.py", "def run(parameters):\n    return {'processed': parameters.get('max_items', 100)}\n"),
        ):
            archive.writestr(zipfile.ZipInfo(name), text)
    return buffer.getvalue()


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
