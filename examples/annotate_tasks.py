"""Annotates what is still to be done in a project, marks it for a check by people, and looks at what was saved.

SYNAPSE_API_TOKEN=... python -m examples.annotate_tasks https://api.synapse.sh 123
"""

from __future__ import annotations

import sys

from synapse_backend import BackendClient
from synapse_backend.types import Annotation, Task


def find_objects(task: Task) -> list[Annotation]:
    """Stand in for a detector: one box in the middle of the main file."""
    files = task.get("files", {})
    names = [file.get("file_name_original", name) for name, file in files.items() if file.get("is_primary")]
    print(f"task {task['id']}: {', '.join(names)}")
    return [{"type": "bbox", "coordinates": [40, 40, 120, 80], "label": "car", "confidence": 0.61}]


def tag_named(client: BackendClient, project: int, name: str) -> int:
    """Return the id of a tag of the project."""
    tags = client.list_task_tags({"project": project, "search": name}, list_all=True)
    return next(tag["id"] for tag in tags if tag["name"] == name)


def main(url: str, project: int) -> int:
    """Annotate all pending tasks; return the exit status, 1 when some could not be annotated."""
    with BackendClient(url) as client:
        print(client.get_project(project)["name"])
        # A list, not a walk: what is annotated is no longer pending and would move the pages under a walk.
        pending = client.list_tasks({"project": project, "status": "pending"}, list_all=True)
        outcomes = client.annotate_task_data_batch(
            {
                task["id"]: {"annotations": find_objects(task), "metadata": {"annotator_id": "detector-3"}}
                for task in pending
            }
        )
        failed = {pk: outcome["error"] for pk, outcome in outcomes.items() if not outcome["success"]}
        for pk, error in failed.items():
            print(f"task {pk}: {error}")

        done = [int(pk) for pk in outcomes if pk not in failed]
        if done:
            client.set_tags_tasks({"task_ids": done, "tag_ids": [tag_named(client, project, "needs review")]})
            checked = client.get_task(done[0], params={"expand": ["annotations", "assignment"]})
            print(f"task {done[0]} is {checked['status']} and has {len(checked['annotations'])} annotation")
        print(f"{len(done)} annotated, {len(failed)} failed")
        return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
