"""Quality control: looks through the completed assignments of a project and tags those that people should see again.

SYNAPSE_API_TOKEN=... python -m examples.review_assignments https://api.synapse.sh 123
"""

from __future__ import annotations

import sys
from collections import Counter

from synapse_backend import BackendClient
from synapse_backend.types import Assignment


def doubts(assignment: Assignment, classes: list[str]) -> list[str]:
    """Return what is doubtful about a result."""
    found: list[str] = []
    for shape in (assignment["data"] or {}).get("annotations", []):
        if shape["label"] not in classes:
            found.append(f"no class of the project: {shape['label']}")
        if shape.get("confidence", 1) < 0.8:
            found.append(f"{shape['label']} with confidence {shape['confidence']}")
    return found


def main(url: str, project: int, tag_name: str = "needs review") -> None:
    """Print how far the project is, and tag what is doubtful."""
    with BackendClient(url) as client:
        statuses = Counter(assignment["status"] for assignment in client.iter_assignments({"project": project}))
        print(", ".join(f"{number} {status}" for status, number in statuses.most_common()))

        classes = client.get_project(project)["configuration"]["classes"]
        review: list[int] = []
        for assignment in client.iter_assignments({"project": project, "status": "completed"}):
            if found := doubts(assignment, classes):
                print(f"assignment {assignment['id']} of user {assignment['assignee']}: {'; '.join(found)}")
                review.append(assignment["id"])

        if review:
            tags, _ = client.list_task_tags({"project": project, "search": tag_name})
            # Who did them is told, and other tags stay.
            tagged = client.set_tags_assignments(
                {"assignment_ids": review, "tag_ids": [tag["id"] for tag in tags if tag["name"] == tag_name]},
                params={"replace": False, "notify": True},
            )
            print(f"tagged {tagged['updated']} for review")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
