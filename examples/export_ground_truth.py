"""Exports a version of a ground truth dataset: a line of JSON for each event, and the files beside it.

The folder appears when everything in it is complete, so that nobody ever trains with half of a dataset.

SYNAPSE_API_TOKEN=... python -m examples.export_ground_truth https://api.synapse.sh 123 street-scenes/
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from synapse_backend import BackendClient, FileConversion


def export(client: BackendClient, version: int, folder: Path) -> int:
    """Write `events.jsonl` and `files/` into a folder, and return the number of events."""
    conversion: FileConversion = {
        "files_fields": ["files"],
        "folder": folder / "files",
        "coerce": lambda path: str(path.relative_to(folder)),
    }
    number = 0
    with (folder / "events.jsonl").open("w", encoding="utf-8") as lines:
        for event in client.iter_ground_truth_events({"ground_truth_dataset_versions": [version]}, conversion):
            lines.write(json.dumps(event, ensure_ascii=False) + "\n")
            number += 1
    return number


def main(url: str, version: int, target: Path) -> None:
    """Export a version into a new folder."""
    if target.exists():
        raise FileExistsError(f"{target} is there already")
    with BackendClient(url) as client, tempfile.TemporaryDirectory(dir=target.parent) as temporary:
        wanted = client.get_ground_truth_version(version)
        print(f"{wanted['ground_truth_dataset']['name']}, version {wanted['version']}")
        folder = Path(temporary) / target.name
        folder.mkdir()
        number = export(client, version, folder)
        if number != wanted["event_count"]:
            raise RuntimeError(f"{number} events came of {wanted['event_count']}; the version is being changed")
        folder.rename(target)
        print(f"{number} events in {target}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
