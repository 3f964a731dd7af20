"""The steps of the demo."""

from __future__ import annotations

import csv
import hashlib
import io
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from examples.packing import describe, pack

from synapse_backend import NotFoundError, ValidationError
from synapse_backend.testing import MockBackend, Plan

from .agent import Agent
from .screen import Screen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synapse_backend import BackendClient
    from synapse_backend.types import ConsoleLogEntry, Job

EDGE_COUNTER = Path(__file__).resolve().parents[2] / "examples" / "edge_counter"


def main() -> int:
    """Run the demo."""
    started = time.perf_counter()
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal that lacks a character shows another one; that is no reason to stop.
        sys.stdout.reconfigure(errors="replace")
    screen = Screen()
    screen.open(
        "From the source of a plugin to its result",
        "A real plugin, real HTTP, no account.\nEach step shows the code that it runs.",
    )
    with tempfile.TemporaryDirectory(prefix="synapse-demo-") as folder:
        backend = screen.step("Start the embedded backend", lambda: MockBackend(seed=7).start())
        # Nothing but the agent of this demo moves jobs.
        backend.jobs.plan_next(Plan(queued_for=3600), times=100)
        try:
            with backend.client() as client:
                screen.done(f"It listens on {backend.url} and holds every request and answer against the contract")
                show_workflow(screen, backend, client, Path(folder))
                show_errors(screen, client)
        finally:
            backend.stop()
    screen.console.print(
        f"\n[bold green]Done[/] in {time.perf_counter() - started:.1f} s, {len(backend.requests)} requests. "
        "Next: README.md shows how to use it, scripts/test runs all tests."
    )
    return 0


def show_workflow(screen: Screen, backend: MockBackend, client: BackendClient, folder: Path) -> None:
    """Pack, create, upload, run, follow, read."""
    archive = screen.step("Pack the plugin", lambda: pack(EDGE_COUNTER, folder / "edge_counter.zip"))
    checksum = hashlib.md5(archive.read_bytes(), usedforsecurity=False).hexdigest()
    screen.done(f"{archive.name}: {archive.stat().st_size} bytes, MD5 {checksum}")

    plugin = screen.step("Create the plugin", lambda: client.create_plugin(describe(EDGE_COUNTER)))
    screen.done(f"Plugin {plugin['id']}: {plugin['name']} {plugin['version']}")

    release = screen.step(
        "Upload the package as a release",
        lambda: client.create_plugin_release({"plugin": plugin["id"], "version": "1.0.0", "file": archive}),
    )
    screen.done(f"Release {release['id']}, the backend computed the same MD5: {release['checksum'] == checksum}")

    images, edges = str(EDGE_COUNTER / "samples"), str(folder / "edges")
    started = screen.step(
        "Run it",
        lambda: client.run_plugin(
            plugin["id"], {"parameters": {"threshold": 0.35, "input_path": images, "output_path": edges}}
        ),
    )
    job_id = started["job_id"]
    screen.done(f"Job {job_id} is {started['status']}")

    with backend.client(agent_token="agent-token-123") as agents_client:  # noqa: S106 - of the embedded backend
        agent = Agent(agents_client, lambda job, line: backend.jobs.log(int(job), line), folder)
        agent.start(job_id)

        def look() -> tuple[Job, list[ConsoleLogEntry]]:
            return client.get_job(job_id), client.list_job_console_logs(job_id)

        def looks() -> Iterator[tuple[Job, list[ConsoleLogEntry]]]:
            job, logs = look()
            yield job, logs
            while job["status"] in {"queued", "running"}:
                agent.proceed()
                job, logs = look()
                yield job, logs

        screen.announce("Follow its progress and its console", look)
        screen.follow(looks())

    job = screen.step("Read the result", lambda: client.get_job(job_id, params={"expand": "result"}))
    metrics = job["result"]["metrics"]
    screen.done(f"{metrics['images']} images, {metrics['edge_pixels']} edge pixels of {metrics['pixels']}")
    with (folder / "edges" / "edges.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    screen.figures({name: [row[name] for row in rows] for name in rows[0]})
    screen.pictures(
        folder / "edges" / f"{Path(row['image']).stem}.edges.pgm" for row in rows if row["edge_pixels"] != "0"
    )


def show_errors(screen: Screen, client: BackendClient) -> None:
    """Two calls that the backend refuses."""
    try:
        screen.step(
            "Errors are typed: a parameter that is not a number",
            lambda: client.run_plugin(123, {"parameters": {"threshold": "high"}}),
        )
    except ValidationError as error:
        screen.refused(error)
    try:
        screen.step("A job that is not there", lambda: client.get_job(404404))
    except NotFoundError as error:
        screen.refused(error)


if __name__ == "__main__":
    sys.exit(main())
