"""What the mock holds at the start: the objects that the documentation mentions and a handful around them.

All of it is a function of the seed and of the moment at which the clock starts. What few tests look at is made when
somebody does, and what makes it is imported only then, so that a mock starts at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from synapse_backend.testing.data import integration
from synapse_backend.testing.data.basics import DEFAULT_AGENT, DEFAULT_USER, store, table
from synapse_backend.testing.jobs import Jobs
from synapse_backend.testing.state import FileStore, State
from synapse_backend.testing.storage import ObjectStore
from synapse_backend.testing.uploads import Uploads

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from synapse_backend.testing.data import annotation, core, data_collection, ml
    from synapse_backend.testing.messages import JsonObject
    from synapse_backend.testing.state import StoredFile

__all__ = ["DEFAULT_AGENT", "DEFAULT_USER", "seeded_state", "store", "table"]


def seeded_state(seed: int, start: datetime) -> State:
    """The state before the first request. Rows are shared between states: nothing changes a row in place."""
    rows = integration.rows(seed, start)

    def of_annotation() -> annotation.Rows:
        from synapse_backend.testing.data import annotation

        return annotation.rows(seed, start)

    def of_core() -> core.Rows:
        from synapse_backend.testing.data import core

        return core.rows(seed, start)

    def of_data_collection() -> data_collection.Rows:
        from synapse_backend.testing.data import data_collection

        return data_collection.rows(seed, start)

    def of_hitl() -> Iterable[JsonObject]:
        from synapse_backend.testing.data import hitl

        return hitl.assignments(seed, start)

    def of_ml() -> ml.Rows:
        from synapse_backend.testing.data import ml

        return ml.rows(seed, start)

    def files() -> dict[str, StoredFile]:
        return {
            **rows.files,
            **of_core().stored,
            **of_data_collection().stored,
            **of_ml().stored,
        }

    return State(
        plugins=table("plugins", rows.plugins),
        releases=table("releases", rows.releases),
        storages=table("storages", rows.storages),
        agents=table("agents", rows.agents),
        jobs=Jobs(seed, table("jobs", rows.jobs), dict(rows.outputs)),
        logs=table("logs"),
        serve_applications=table("serve_applications", lambda: integration.serve_applications(seed, start)),
        projects=table("projects", lambda: of_annotation().projects),
        tasks=table("tasks", lambda: of_annotation().tasks),
        task_tags=table("task_tags", lambda: of_annotation().task_tags),
        assignments=table("assignments", of_hitl),
        data_collections=table("data_collections", lambda: of_data_collection().collections),
        data_files=table("data_files", lambda: of_data_collection().files),
        data_units=table("data_units", lambda: of_data_collection().units),
        models=table("models", lambda: of_ml().models),
        ground_truth_datasets=table("ground_truth_datasets", lambda: of_ml().datasets),
        ground_truth_versions=table("ground_truth_versions", lambda: of_ml().versions),
        ground_truth_events=table("ground_truth_events", lambda: of_ml().events),
        ground_truths=table("ground_truths", lambda: of_ml().ground_truths),
        files=FileStore(files),
        uploads=Uploads(lambda: of_core().uploads),
        objects=ObjectStore(seed),
    )
