"""Makes a task for each data unit of a project's collection that has none yet; it can be run again at any time.

SYNAPSE_API_TOKEN=... python -m examples.create_tasks https://api.synapse.sh 123
"""

from __future__ import annotations

import sys

from synapse_backend import BackendClient
from synapse_backend.types import Task, TaskCreate

BATCH = 500


def unit_of(task: Task) -> int | None:
    """Return the id of the data unit of a task, None for a task without one."""
    unit = task.get("data_unit")
    return unit["id"] if isinstance(unit, dict) else unit


def main(url: str, project: int, priority: str = "normal") -> None:
    """Create the tasks that are missing, and tell how many there were."""
    with BackendClient(url) as client:
        collection = client.get_project(project).get("data_collection")
        if collection is None:
            raise ValueError(f"project {project} has no data collection")
        with_task = {unit_of(task) for task in client.iter_tasks({"project": project})}
        units = client.iter_data_units({"data_collection": collection})
        missing: list[TaskCreate] = [
            {"project": project, "data_unit": unit["id"], "priority": priority, "metadata": {"batch": "night-shift"}}
            for unit in units
            if unit["id"] not in with_task
        ]
        for start in range(0, len(missing), BATCH):
            # The backend creates all of a batch or, when one of them is wrong, none.
            tasks = client.create_tasks(missing[start : start + BATCH])
            print(f"created tasks {tasks[0]['id']} to {tasks[-1]['id']}")
        print(f"{len(with_task)} units had a task, {len(missing)} got one")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
