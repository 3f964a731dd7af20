"""Brings a folder of images into a data collection, and goes on where it stood when it is run again.

An image `street.png` and, if it is there, `street.json` make one data unit. What is wrong with one unit is told, and the
others are uploaded.

SYNAPSE_API_TOKEN=... python -m examples.ingest_folder https://api.synapse.sh 123 images/
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from synapse_backend import BackendClient, BulkProgress, OrganizedFile


def units_of(folder: Path) -> Iterator[OrganizedFile]:
    """Describe the units; the upload takes them one by one, so that a million of them need no memory."""
    for image in sorted(folder.glob("*.png")):
        files = {"image": image}
        annotation = image.with_suffix(".json")
        if annotation.exists():
            files["annotation"] = annotation
        yield {"files": files, "meta": {"origin_file_stem": image.stem, "origin_file_extension": image.suffix}}


def show(progress: BulkProgress) -> None:
    """Tell how far the upload came."""
    done = progress.created + progress.skipped + progress.failed
    print(f"\r{done} units, {progress.files} files, {progress.bytes / 1e6:.1f} MB", end="", file=sys.stderr)


def main(url: str, collection: int, folder: Path) -> int:
    """Return the exit status: 0 when every unit is in the collection, 1 otherwise."""
    with BackendClient(url) as client:
        print(client.get_data_collection(collection)["name"])
        done = client.upload_data_collection(
            collection, units_of(folder), on_progress=show, journal=folder / ".ingest-journal"
        )
    print(file=sys.stderr)
    for failure in done.failures:
        reasons = [f"{name}: {error}" for name, error in failure.errors.items()] or [str(failure.error)]
        print(f"unit {failure.index}: {'; '.join(reasons)}")
    print(f"{done.created} created, {done.skipped} there already, {done.failed} failed")
    return 1 if done.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])))
