"""An agent, the part of a platform that runs plugins: it takes what was uploaded, runs it, and reports."""

from __future__ import annotations

import importlib
import sys
import threading
import urllib.request
import zipfile
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from synapse_backend import BackendClient

# Long enough for any step of the example; a demo that hangs is worse than one that fails.
_PATIENCE = 30


class Agent:
    """Runs one job in a thread of its own.

    It makes a step only when it is told to `proceed`. That stands for the time that real work takes, and makes every
    run of the demo the same.

    Args:
        client: A client with the token of the agent.
        log: Writes a line to the console of the job.
        folder: Where to unpack the plugin.
    """

    def __init__(self, client: BackendClient, log: Callable[[int | str, str], None], folder: Path) -> None:
        self._client = client
        self._log = log
        self._folder = folder
        self._go = threading.Semaphore(0)
        self._paused = threading.Semaphore(0)
        self._failure: BaseException | None = None

    def start(self, job_id: int | str) -> None:
        """Take a job; nothing happens before `proceed`."""
        threading.Thread(target=self._run, args=(job_id,), name="agent", daemon=True).start()

    def proceed(self) -> None:
        """Let the agent make its next step and wait until it has reported.

        Raises:
            RuntimeError: The agent failed.
        """
        self._go.release()
        if not self._paused.acquire(timeout=_PATIENCE):
            raise RuntimeError("the agent does not report")
        if self._failure is not None:
            raise RuntimeError(f"the agent failed: {self._failure}") from self._failure

    def _run(self, job_id: int | str) -> None:
        try:
            self._go.acquire(timeout=_PATIENCE)
            self._work(job_id)
        except BaseException as failure:
            self._failure = failure
        self._paused.release()

    def _pause(self) -> None:
        self._paused.release()
        self._go.acquire(timeout=_PATIENCE)

    def _work(self, job_id: int | str) -> None:
        job = self._client.get_job(job_id)
        release = self._client.get_plugin_release(job["plugin_release"] or 0)
        action = self._load(release["file"])
        self._client.update_job(job_id, {"status": "running", "progress": 0})
        self._log(job_id, f"Unpacked release {release['version']}")
        self._pause()

        def report(progress: float, message: str) -> None:
            self._client.update_job(job_id, {"progress": progress, "metadata": {"current_step": message}})
            self._log(job_id, message)
            self._pause()

        result = action(job["parameters"], report)
        self._client.update_job(job_id, {"status": "completed", "progress": 100, "result": result})
        self._log(job_id, f"Wrote {len(result['output_files'])} files")

    def _load(self, url: str) -> Callable[..., Any]:
        """Fetch the package, unpack it, and return the function that its configuration names."""
        archive = self._folder / "package.zip"
        with urllib.request.urlopen(url) as answer:  # noqa: S310 - the URL is the embedded backend's
            archive.write_bytes(answer.read())
        unpacked = self._folder / "unpacked"
        with zipfile.ZipFile(archive) as package:
            package.extractall(unpacked)
        config = yaml.safe_load((unpacked / "config.yaml").read_text(encoding="utf-8"))
        module, _, function = config["actions"]["count"]["entrypoint"].partition(":")
        sys.path.insert(0, str(unpacked))
        action: Callable[..., Any] = getattr(importlib.import_module(module), function)
        return action
