"""Many annotations in one call: what such a call takes, and what it returns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import index
from typing import TYPE_CHECKING, Any, SupportsIndex, TypeAlias, TypedDict

from synapse_backend._units import without_frames

if TYPE_CHECKING:
    from synapse_api import dicts
    from synapse_backend._bodies import SupportsToDict

    Annotations: TypeAlias = dicts.TaskAnnotation | Mapping[str, Any] | SupportsToDict
    # The key of a mapping is invariant: a dict of int is no mapping of int or str.
    AnnotationBatch: TypeAlias = (
        Mapping[int, Annotations]
        | Mapping[str, Annotations]
        | Mapping[int | str, Annotations]
        | Iterable[tuple[int | str, Annotations] | Mapping[str, Any]]
    )


class AnnotationOutcome(TypedDict):
    """What became of the annotations of one task."""

    success: bool
    """Whether the backend has them."""
    error: Exception | None
    """Why it has not, as `annotate_task_data` raised it."""
    response: dicts.Task | None
    """The updated task."""


def annotation_batch(items: AnnotationBatch, max_workers: int) -> dict[int | str, Annotations]:
    """Return the data of each task by its id, in their order.

    Raises:
        TypeError: An item is neither a pair nor a dict with `task_id` and `data`, or an id is none.
        ValueError: A task comes twice, or `max_workers` is less than 1.
    """
    if isinstance(max_workers, bool) or not isinstance(max_workers, int):
        raise TypeError(f"max_workers must be an int, not {type(max_workers).__name__}")
    if max_workers < 1:
        raise ValueError(f"max_workers must be at least 1, not {max_workers}")
    batch: dict[int | str, Annotations] = {}
    for number, item in enumerate(items.items() if isinstance(items, Mapping) else items):
        match item:
            case (task, data) | {"task_id": task, "data": data}:
                pass
            case _:
                raise TypeError(f"items[{number}] must be a pair (task_id, data) or a dict with task_id and data")
        # Whatever has an index is an integer, those of NumPy included.
        if isinstance(task, bool) or not isinstance(task, str | SupportsIndex):
            raise TypeError(f"items[{number}]: the id of the task must be an int or a str, not {type(task).__name__}")
        key = task if isinstance(task, str) else index(task)
        if key in batch:
            # Which of the two calls came last would be left to chance.
            raise ValueError(f"items[{number}]: the task {key!r} comes twice")
        batch[key] = data
    return batch


def annotation_outcomes(
    tasks: Iterable[int | str], outcomes: Sequence[dicts.Task | Exception]
) -> dict[int | str, AnnotationOutcome]:
    """Return what became of each task, from what its call returned or raised."""
    return {
        task: {"success": False, "error": without_frames(outcome), "response": None}
        if isinstance(outcome, Exception)
        else {"success": True, "error": None, "response": outcome}
        for task, outcome in zip(tasks, outcomes, strict=True)
    }
