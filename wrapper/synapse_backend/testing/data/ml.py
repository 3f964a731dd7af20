"""Models, and ground truth: datasets, their versions and events."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from synapse_backend.testing.clock import wire
from synapse_backend.testing.data.basics import (
    DEFAULT_PROJECT,
    OTHER_PROJECT,
    OTHER_UNITS,
    UNITS,
    USERS,
    archive,
    scenes,
    store,
)

if TYPE_CHECKING:
    from synapse_backend.testing.messages import JsonObject
    from synapse_backend.testing.state import StoredFile

_MODEL_TYPES = ("classification", "detection", "segmentation")
_RETIRED = frozenset({451, 454, 459})
_DATASETS = ((122, "Night drives, reference"), (123, "Street scenes, reference"), (124, "Lidar sweeps, reference"))
# Id, dataset, name, description, in use, archived, number of events. One has more events than two pages hold.
_VERSIONS = (
    (120, 122, "0.9.0", "First try", False, True, 5),
    (121, 123, "1.0.0", "First release", False, True, 20),
    (122, 123, "1.1.0", "Bicycles added", False, False, 30),
    (123, 123, "2.0.0", "Everything checked twice", True, False, 260),
    (124, 124, "0.1.0", "Draft", True, False, 10),
)
_CATEGORIES = ("train", "train", "train", "validation", "test")


@dataclass(frozen=True, slots=True)
class Rows:
    """What there is at the start."""

    models: tuple[JsonObject, ...]
    datasets: tuple[JsonObject, ...]
    versions: tuple[JsonObject, ...]
    events: tuple[JsonObject, ...]
    ground_truths: tuple[JsonObject, ...]
    stored: dict[str, StoredFile]


@lru_cache(maxsize=8)
def rows(seed: int, start: datetime) -> Rows:
    """All of it."""
    rng = random.Random(f"ml:{seed}")
    stored: dict[str, StoredFile] = {}
    return Rows(
        models=tuple(_model(rng, stored, start, pk) for pk in range(450, 461)),
        datasets=tuple({"id": pk, "name": name} for pk, name in _DATASETS),
        versions=tuple(
            {
                "id": pk,
                "version": version,
                "ground_truth_dataset": dataset,
                "description": description,
                "is_active": is_active,
                "is_archived": is_archived,
                "created_at": wire(start - timedelta(days=130 - pk)),
                "updated_at": wire(start - timedelta(days=130 - pk)),
            }
            for pk, dataset, version, description, is_active, is_archived, _ in _VERSIONS
        ),
        events=_events(rng, seed, start),
        ground_truths=_ground_truths(seed),
        stored=stored,
    )


def _model(rng: random.Random, stored: dict[str, StoredFile], start: datetime, pk: int) -> JsonObject:
    kind = _MODEL_TYPES[(pk - 455) % 3]
    number = (pk - 450) // 3 + 1
    metrics = {name: round(rng.uniform(0.85, 0.97), 3) for name in ("accuracy", "precision", "recall", "f1_score")}
    weights = json.dumps([round(rng.gauss(0, 1), 4) for _ in range(12)])
    package = archive({"model.json": json.dumps({"type": kind, "number": number}), "weights.json": weights})
    moment = wire(start - timedelta(days=470 - pk))
    return {
        "id": pk,
        "name": f"Street {kind} {number}",
        "description": f"{kind.capitalize()} of street scenes, training {number}",
        "model_type": kind,
        **store(stored, "models", f"street-{kind}-{number}.zip", package, "application/zip"),
        "metrics": metrics,
        "configuration": {"framework": "pytorch", "input_size": [640, 640], "num_classes": 5},
        "project": OTHER_PROJECT if pk in (452, 458) else DEFAULT_PROJECT,
        "is_active": pk not in _RETIRED,
        "evaluations": [{"ground_truth_dataset_version": 123, "metrics": metrics, "created_at": moment}],
        "versions": [{"version": f"{number}.0.0", "created_at": moment}],
        "created_at": moment,
        "updated_at": moment,
    }


def _events(rng: random.Random, seed: int, start: datetime) -> tuple[JsonObject, ...]:
    events: list[JsonObject] = []
    for version, dataset, *_, count in _VERSIONS:
        project, units = (OTHER_PROJECT, OTHER_UNITS) if dataset == OTHER_PROJECT else (DEFAULT_PROJECT, UNITS)
        for position in range(count):
            unit = units[position % len(units)]
            created = start - timedelta(days=20) + timedelta(minutes=30 * len(events))
            events.append(
                {
                    "id": len(events) + 1,
                    "data": {"annotations": scenes(seed)[unit]},
                    "data_unit": unit,
                    "ground_truth_dataset_version": version,
                    "project": project,
                    "category": rng.choice(_CATEGORIES),
                    "data_type": "data" if project == OTHER_PROJECT else "image",
                    "metadata": {"annotator_id": rng.choice(USERS), "round": position // len(units) + 1},
                    "created_at": wire(created),
                }
            )
    return tuple(events)


def _ground_truths(seed: int) -> tuple[JsonObject, ...]:
    places = [(123, unit, [121, 122, 123]) for unit in UNITS] + [(124, unit, [124]) for unit in OTHER_UNITS]
    return tuple(
        {
            "id": number,
            "ground_truth_dataset": dataset,
            "ground_truth_dataset_versions": versions,
            "data_unit": unit,
            "category": _CATEGORIES[number % len(_CATEGORIES)],
            "data": {"annotations": scenes(seed)[unit]},
        }
        for number, (dataset, unit, versions) in enumerate(places, start=1)
    )
