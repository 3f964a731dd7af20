"""Many threads at once: every invariant holds."""

from __future__ import annotations

import http.client
import json
import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from synapse_backend.testing import MockBackend
from tests.unit.testing.fronts import TOKEN, release_form

THREADS = 64
CALLS = 40


class Worker:
    """Makes random calls and keeps what it was told."""

    def __init__(self, backend: MockBackend, number: int, *, socket: bool) -> None:
        self.rng = random.Random(number)
        self.number = number
        self.seen: Counter[str] = Counter()
        self.ids: dict[str, list[int]] = {"plugins": [], "storages": [], "releases": [], "jobs": []}
        self.progress: dict[int, float] = {}
        if socket:
            self.connection: http.client.HTTPConnection | None = http.client.HTTPConnection(
                backend.url.removeprefix("http://"), timeout=60
            )
        else:
            self.connection = None
            self.client = httpx.Client(transport=backend.transport(), base_url="http://x")

    def call(self, method: str, target: str, body: object = None) -> tuple[int, Any]:
        content, headers = release_form(version=body) if isinstance(body, bytes) else (None, dict(TOKEN))
        if content is None and body is not None:
            content, headers = json.dumps(body).encode(), {**TOKEN, "Content-Type": "application/json"}
        if self.connection is None:
            answer = self.client.request(method, target, content=content, headers=headers)
            return answer.status_code, answer.json()
        self.connection.request(method, target, content, headers)
        response = self.connection.getresponse()
        return response.status, json.loads(response.read())

    def step(self, number: int) -> None:
        kind = self.rng.choice(["plugins", "storages", "releases", "jobs", "page", "page", "update", "poll"])
        self.seen[kind] += 1
        name = f"{self.number}-{number}"
        if kind == "plugins":
            status, body = self.call("POST", "/plugins/", {"name": name, "code": name})
        elif kind == "storages":
            status, body = self.call("POST", "/storages/", {"name": name, "provider": "ftp"})
        elif kind == "releases":
            status, body = self.call("POST", "/plugin_releases/", name.encode())
        elif kind == "jobs":
            status, body = self.call("POST", "/plugins/123/run/", {"context": {"user_id": self.number}})
            body = {"id": body["job_id"]}
        elif kind == "page":
            status, body = self.call("GET", f"/jobs/?page_size=50&user={self.number}")
            assert status == 200
            assert len(body["results"]) == min(body["count"], 50)
            assert sorted(job["id"] for job in body["results"]) == sorted(self.ids["jobs"])
            return
        elif self.ids["jobs"]:
            job = self.rng.choice(self.ids["jobs"])
            self.progress[job] = self.progress.get(job, 0) + (kind == "update")
            if kind == "update":
                status, body = self.call("PATCH", f"/jobs/{job}/", {"metadata": {"writes": self.progress[job]}})
            else:
                status, body = self.call("GET", f"/jobs/{job}/")
            assert status == 200
            assert body["metadata"].get("writes", 0) == self.progress[job], "a write was lost"
            return
        else:
            return
        assert status in (201, 202), body
        self.ids[kind].append(body["id"])

    def run(self, barrier: threading.Barrier) -> None:
        barrier.wait()
        for number in range(CALLS):
            self.step(number)
        if self.connection is None:
            self.client.close()
        else:
            self.connection.close()


@pytest.mark.parametrize("socket", [True, False], ids=["socket", "in-process"])
def test_mixed_calls_from_many_threads_keep_every_invariant(socket: bool) -> None:
    with MockBackend() as backend:
        before = {"plugins": len(backend.plugins), "storages": len(backend.storages)}
        before |= {"releases": len(backend.releases), "jobs": len(backend.jobs)}
        workers = [Worker(backend, 10_000 + number, socket=socket) for number in range(THREADS)]
        barrier = threading.Barrier(THREADS)
        with ThreadPoolExecutor(THREADS) as pool:
            for future in [pool.submit(worker.run, barrier) for worker in workers]:
                future.result()
        seen = sum((worker.seen for worker in workers), Counter[str]())
        assert all(seen[kind] > THREADS for kind in ("plugins", "storages", "releases", "jobs", "page", "update"))
        for kind, collection in (
            ("plugins", backend.plugins),
            ("storages", backend.storages),
            ("releases", backend.releases),
            ("jobs", backend.jobs),
        ):
            ids = [pk for worker in workers for pk in worker.ids[kind]]
            assert len(set(ids)) == len(ids), "an id was given twice"
            assert len(collection) == before[kind] + len(ids)
            assert set(ids) <= set(collection)
        numbers = [request.number for request in backend.requests]
        assert numbers == list(range(1, len(numbers) + 1))
        assert all(request.status < 300 for request in backend.requests)
