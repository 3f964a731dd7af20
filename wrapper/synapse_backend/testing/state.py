"""The objects that the mock holds, and the views of them that tests look at."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from synapse_backend.testing.content import FileStore as FileStore
from synapse_backend.testing.content import StoredFile as StoredFile
from synapse_backend.testing.messages import JsonObject
from synapse_backend.testing.table import Entry as Entry
from synapse_backend.testing.table import Table as Table
from synapse_backend.testing.uploads import Uploads

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from synapse_backend.testing.jobs import Jobs
    from synapse_backend.testing.storage import ObjectStore


@dataclass(slots=True)
class State:
    """Everything that the mock holds.

    Attributes:
        plugins: Rows are plugins as answered.
        releases: Rows are releases as answered, but `file` is a path on the mock.
        storages: Rows are storages with their configuration.
        agents: Rows are the answers of a health check, plus `token`.
        jobs: Rows and lives of jobs.
        logs: Rows are log entries as they were written.
        serve_applications: Rows are serve applications as answered, plus `agent`.
        projects: Rows are projects as answered.
        tasks: Rows are tasks.
        task_tags: Rows are tags as answered.
        assignments: Rows are assignments.
        data_collections: Rows are data collections.
        data_files: Rows are data files as answered, but `file` is a path on the mock.
        data_units: Rows are data units.
        models: Rows are models.
        ground_truth_datasets: Rows are ground truth datasets.
        ground_truth_versions: Rows are versions of these.
        ground_truth_events: Rows are events.
        ground_truths: Rows are ground truths.
        files: Stored files by path.
        uploads: Files that come in parts.
        objects: The storage that clients upload to with signed URLs.
    """

    plugins: Table
    releases: Table
    storages: Table
    agents: Table
    jobs: Jobs
    logs: Table
    serve_applications: Table
    projects: Table
    tasks: Table
    task_tags: Table
    assignments: Table
    data_collections: Table
    data_files: Table
    data_units: Table
    models: Table
    ground_truth_datasets: Table
    ground_truth_versions: Table
    ground_truth_events: Table
    ground_truths: Table
    files: FileStore
    uploads: Uploads
    objects: ObjectStore

    def tables(self) -> dict[str, Table]:
        """The tables by the name of what they hold."""
        return {
            "plugins": self.plugins,
            "releases": self.releases,
            "storages": self.storages,
            "agents": self.agents,
            "jobs": self.jobs.table,
            "logs": self.logs,
            "serve_applications": self.serve_applications,
            "projects": self.projects,
            "tasks": self.tasks,
            "task_tags": self.task_tags,
            "assignments": self.assignments,
            "data_collections": self.data_collections,
            "data_files": self.data_files,
            "data_units": self.data_units,
            "models": self.models,
            "ground_truth_datasets": self.ground_truth_datasets,
            "ground_truth_versions": self.ground_truth_versions,
            "ground_truth_events": self.ground_truth_events,
            "ground_truths": self.ground_truths,
            "uploads": self.uploads.table,
        }


class Collection(Mapping[int, JsonObject]):
    """What tests see of a table: `backend.plugins[123]["name"]`. Objects are copies; add some with `add`."""

    def __init__(
        self,
        lock: threading.RLock,
        table: Callable[[], Table],
        render: Callable[[JsonObject], JsonObject],
        create: Callable[[JsonObject], JsonObject],
    ) -> None:
        self._lock = lock
        self._table = table
        self._render = render
        self._create = create

    def __getitem__(self, pk: int) -> JsonObject:
        with self._lock:
            row = self._table().get(pk)
            if row is None:
                raise KeyError(pk)
            return copy.deepcopy(self._render(row))

    def __iter__(self) -> Iterator[int]:
        with self._lock:
            return iter(self._table().ids())

    def __len__(self) -> int:
        with self._lock:
            return len(self._table())

    def __repr__(self) -> str:
        ids = list(self)
        shown = ", ".join(map(str, ids[:10])) + (", ..." if len(ids) > 10 else "")
        return f"<{len(ids)} {self._table().name}s: {shown}>"

    def add(self, **fields: object) -> JsonObject:
        """Add an object as if it had been there before the test; what is not given gets a sensible value.

        Returns:
            The object as the API would answer it.

        Raises:
            ValueError: The object would violate the contract; the message names the field.
        """
        with self._lock:
            return copy.deepcopy(self._render(self._create(fields)))
