"""What the mock holds at the start: the objects that the documentation mentions and a handful around them.

All of it is a function of the seed and of the moment at which the clock starts. What few tests look at is made when
somebody does, so that a mock starts at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from synapse_backend.testing.data import annotation, core, data_collection, hitl, integration, ml
from synapse_backend.testing.data.basics import DEFAULT_AGENT, DEFAULT_USER, created, store
from synapse_backend.testing.jobs import Jobs
from synapse_backend.testing.state import FileStore, State, Table
from synapse_backend.testing.storage import ObjectStore
from synapse_backend.testing.uploads import Uploads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from synapse_backend.testing.messages import JsonObject
    from synapse_backend.testing.state import StoredFile

__all__ = ["DEFAULT_AGENT", "DEFAULT_USER", "created", "seeded_state", "store"]


def seeded_state(seed: int, start: datetime) -> State:
    """The state before the first request. Rows are shared between states: nothing changes a row in place."""
    rows = integration.rows(seed, start)

    def table(name: str, source: Callable[[], Iterable[JsonObject]]) -> Table:
        return Table(name, source, order=created)

    def files() -> dict[str, StoredFile]:
        return {
            **rows.files,
            **core.rows(seed, start).stored,
            **data_collection.rows(seed, start).stored,
            **ml.rows(seed, start).stored,
        }

    return State(
        plugins=Table("plugin", rows.plugins),
        releases=Table("release", rows.releases),
        storages=Table("storage", rows.storages),
        agents=Table("agent", rows.agents),
        jobs=Jobs(seed, table("job", lambda: rows.jobs), dict(rows.outputs)),
        logs=Table("log entry"),
        serve_applications=table("serve application", lambda: integration.serve_applications(seed, start)),
        projects=table("project", lambda: annotation.rows(seed, start).projects),
        tasks=table("task", lambda: annotation.rows(seed, start).tasks),
        task_tags=Table("task tag", lambda: annotation.rows(seed, start).task_tags),
        assignments=table("assignment", lambda: hitl.assignments(seed, start)),
        data_collections=table("data collection", lambda: data_collection.rows(seed, start).collections),
        data_files=table("data file", lambda: data_collection.rows(seed, start).files),
        data_units=table("data unit", lambda: data_collection.rows(seed, start).units),
        models=table("model", lambda: ml.rows(seed, start).models),
        ground_truth_datasets=Table("ground truth dataset", lambda: ml.rows(seed, start).datasets),
        ground_truth_versions=table("ground truth version", lambda: ml.rows(seed, start).versions),
        ground_truth_events=table("ground truth event", lambda: ml.rows(seed, start).events),
        ground_truths=Table("ground truth", lambda: ml.rows(seed, start).ground_truths),
        files=FileStore(files),
        uploads=Uploads(lambda: core.rows(seed, start).uploads),
        objects=ObjectStore(seed),
    )
