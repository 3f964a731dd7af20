"""Objects as answers show them: with the files and figures that are kept elsewhere.

Stored files are paths on the mock; what is shown are URLs at the address that the client used.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from synapse_backend.testing.messages import JsonObject
    from synapse_backend.testing.state import State


def files_of(state: State, unit: int, base_url: str) -> JsonObject:
    """The files of a data unit by name; none for a unit that does not exist."""
    row = state.data_units.get(unit)
    return {} if row is None else at(base_url, row["files"])


def at(base_url: str, files: JsonObject) -> JsonObject:
    """Files by name with absolute URLs."""
    return {name: {**info, "url": base_url + info["url"]} for name, info in files.items()}


def data_file(state: State, row: JsonObject, base_url: str) -> JsonObject:  # one signature for all kinds
    """A data file."""
    return {**row, "file": base_url + row["file"]}


def data_unit(state: State, row: JsonObject, base_url: str) -> JsonObject:  # one signature for all kinds
    """A data unit with its files."""
    return {**row, "files": at(base_url, row["files"])}


def task(state: State, row: JsonObject, base_url: str) -> JsonObject:
    """A task with its annotations and the files of its data unit."""
    return {**row, "files": files_of(state, row["data_unit"], base_url)}


def assignment(state: State, row: JsonObject, base_url: str) -> JsonObject:
    """An assignment with the files of the data unit of its task."""
    of = state.tasks.get(row["task"])
    files = {} if of is None else files_of(state, of["data_unit"], base_url)
    main = next((info["url"] for info in files.values() if info["is_primary"]), None)
    return {**row, "file": main, "files": files}


def model(state: State, row: JsonObject, base_url: str) -> JsonObject:  # one signature for all kinds
    """A model with everything that a call can ask for."""
    shown = {**row, "file": base_url + row["file"]}
    shown.pop("chunked_upload", None)
    return shown


def ground_truth_version(state: State, row: JsonObject, base_url: str) -> JsonObject:  # one signature
    """A version with its dataset and figures about its events."""
    figures = state.ground_truth_events.derived(("figures", row["id"]), lambda: _figures(state, row["id"]))
    dataset = state.ground_truth_datasets.get(row["ground_truth_dataset"])
    return {**row, "ground_truth_dataset": dataset, "event_count": figures["events"], "statistics": figures}


def _figures(state: State, version: int) -> JsonObject:
    table = state.ground_truth_events
    rows = [table[pk] for _, pk in table.select({"ground_truth_dataset_version": version})]
    return {
        "events": len(rows),
        "data_units": len({row["data_unit"] for row in rows}),
        "categories": dict(sorted(Counter(row["category"] for row in rows).items())),
    }


def ground_truth_event(state: State, row: JsonObject, base_url: str) -> JsonObject:
    """An event with its data unit and the files of it."""
    unit = state.data_units.get(row["data_unit"])
    if unit is None:
        return row
    shown = data_unit(state, unit, base_url)
    return {**row, "data_unit": shown, "files": shown["files"]}


def ground_truth(state: State, row: JsonObject, base_url: str) -> JsonObject:
    """A ground truth with the files of its data unit."""
    return {**row, "files": files_of(state, row["data_unit"], base_url)}


def as_it_is(state: State, row: JsonObject, base_url: str) -> JsonObject:  # one signature for all kinds
    """What is kept is what is shown."""
    return row


# The component of the contract that describes an object, by the name of its table.
COMPONENTS = {
    "projects": "Project",
    "tasks": "Task",
    "task_tags": "TaskTag",
    "assignments": "Assignment",
    "data_collections": "DataCollection",
    "data_files": "DataFile",
    "data_units": "DataUnit",
    "models": "Model",
    "ground_truth_datasets": "GroundTruthDataset",
    "ground_truth_versions": "GroundTruthVersion",
    "ground_truth_events": "GroundTruthEvent",
    "ground_truths": "GroundTruth",
}
# The same: an object with everything that some call shows of it.
WHOLE: dict[str, Callable[[State, JsonObject, str], JsonObject]] = {
    "projects": as_it_is,
    "tasks": task,
    "task_tags": as_it_is,
    "assignments": assignment,
    "data_collections": as_it_is,
    "data_files": data_file,
    "data_units": data_unit,
    "models": model,
    "ground_truth_datasets": as_it_is,
    "ground_truth_versions": ground_truth_version,
    "ground_truth_events": ground_truth_event,
    "ground_truths": ground_truth,
}


def data_only(row: JsonObject) -> JsonObject:
    """The annotation data of an object, and nothing else."""
    return {"id": row["id"], "data": row["data"]}


def file_list(shown: JsonObject) -> JsonObject:
    """The files of an object as a list, and nothing else."""
    return {"id": shown["id"], "files": list(shown["files"].values())}
