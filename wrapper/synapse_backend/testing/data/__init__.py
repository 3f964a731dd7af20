"""What the mock holds at the start: the objects that the documentation mentions and a handful around them.

All of it is a function of the seed and of the moment at which the clock starts. What few tests look at is made when
somebody does, so that a mock starts at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from synapse_backend.testing.data import annotation, core, data_collection, hitl, integration, ml
from synapse_backend.testing.data.basics import DEFAULT_AGENT, DEFAULT_USER, store, table
from synapse_backend.testing.jobs import Jobs
from synapse_backend.testing.state import FileStore, State
from synapse_backend.testing.storage import ObjectStore
from synapse_backend.testing.uploads import Uploads

if TYPE_CHECKING:
    from datetime import datetime

    from synapse_backend.testing.state import StoredFile

__all__ = ["DEFAULT_AGENT", "DEFAULT_USER", "seeded_state", "store", "table"]


def seeded_state(seed: int, start: datetime) -> State:
    """The state before the first request. Rows are shared between states: nothing changes a row in place."""
    rows = integration.rows(seed, start)

    def files() -> dict[str, StoredFile]:
        return {
            **rows.files,
            **core.rows(seed, start).stored,
            **data_collection.rows(seed, start).stored,
            **ml.rows(seed, start).stored,
        }

    return State(
        plugins=table("plugins", rows.plugins),
        releases=table("releases", rows.releases),
        storages=table("storages", rows.storages),
        agents=table("agents", rows.agents),
        jobs=Jobs(seed, table("jobs", rows.jobs), dict(rows.outputs)),
        logs=table("logs"),
        serve_applications=table("serve_applications", lambda: integration.serve_applications(seed, start)),
        projects=table("projects", lambda: annotation.rows(seed, start).projects),
        tasks=table("tasks", lambda: annotation.rows(seed, start).tasks),
        task_tags=table("task_tags", lambda: annotation.rows(seed, start).task_tags),
        assignments=table("assignments", lambda: hitl.assignments(seed, start)),
        data_collections=table("data_collections", lambda: data_collection.rows(seed, start).collections),
        data_files=table("data_files", lambda: data_collection.rows(seed, start).files),
        data_units=table("data_units", lambda: data_collection.rows(seed, start).units),
        models=table("models", lambda: ml.rows(seed, start).models),
        ground_truth_datasets=table("ground_truth_datasets", lambda: ml.rows(seed, start).datasets),
        ground_truth_versions=table("ground_truth_versions", lambda: ml.rows(seed, start).versions),
        ground_truth_events=table("ground_truth_events", lambda: ml.rows(seed, start).events),
        ground_truths=table("ground_truths", lambda: ml.rows(seed, start).ground_truths),
        files=FileStore(files),
        uploads=Uploads(lambda: core.rows(seed, start).uploads),
        objects=ObjectStore(seed),
    )
