"""What the seeds of all kinds share: users, moments, stored files, and what can be seen on the images."""

from __future__ import annotations

import hashlib
import io
import random
import zipfile
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from synapse_backend.testing.clock import microseconds
from synapse_backend.testing.content import keep
from synapse_backend.testing.state import StoredFile, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, MutableMapping

    from synapse_backend.testing.messages import JsonObject

# The user that tokens belong to, and the agent that runs jobs when the request names none.
DEFAULT_USER = 456
DEFAULT_AGENT = 1
USERS = (456, 457, 458)

# What applications are taught with: most calls of the documentation name these.
DEFAULT_PROJECT = 123
OTHER_PROJECT = 124
DEFAULT_COLLECTION = 123
OTHER_COLLECTION = 124
DEFAULT_UNIT = 789
UNITS = range(780, 801)
OTHER_UNITS = range(760, 766)

_LABELS = ("car", "person", "bicycle", "traffic light", "truck")


# The tables whose rows are ordered by nothing but their id; those of the others by the moment of their creation.
_BY_ID = frozenset(
    {"plugins", "releases", "storages", "agents", "logs", "task_tags", "ground_truth_datasets", "ground_truths"}
)


def table(kind: str, rows: Iterable[JsonObject] | Callable[[], Iterable[JsonObject]] = ()) -> Table:
    """A table of this kind, whether its rows are seeded or loaded."""
    name = "log entry" if kind == "logs" else kind.removesuffix("s").replace("_", " ")
    return Table(name, rows) if kind in _BY_ID else Table(name, rows, order=_created)


def _created(row: JsonObject) -> int:
    return microseconds(datetime.fromisoformat(row["created_at"]))


def checksum_of(checksums: Iterable[str]) -> str:
    """The checksum of a data unit: over those of its files, whatever their order."""
    return hashlib.md5("".join(sorted(checksums)).encode(), usedforsecurity=False).hexdigest()


def store(
    files: MutableMapping[str, StoredFile], folder: str, filename: str, content: bytes, content_type: str
) -> JsonObject:
    """Keep a file.

    Returns:
        The fields of the object that owns it: `file` (a path), `checksum` and `size`.
    """
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    return keep(files, folder, filename, StoredFile(content, content_type, md5))


def archive(members: dict[str, str]) -> bytes:
    """A zip archive; its time stamps are fixed so that its checksum is."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name, text in members.items():
            target.writestr(zipfile.ZipInfo(name), text)
    return buffer.getvalue()


@lru_cache(maxsize=8)
def scenes(seed: int) -> dict[int, list[JsonObject]]:
    """The shapes that are to be seen on each data unit."""
    rng = random.Random(f"scenes:{seed}")
    return {unit: [_shape(rng, number) for number in range(rng.randint(2, 4))] for unit in (*OTHER_UNITS, *UNITS)}


def _shape(rng: random.Random, number: int) -> JsonObject:
    left, top = rng.randint(0, 1200), rng.randint(0, 600)
    right, bottom = left + rng.randint(20, 400), top + rng.randint(20, 300)
    shape: JsonObject = {"label": rng.choice(_LABELS), "confidence": round(rng.uniform(0.7, 0.99), 2)}
    if number % 2:
        return {"type": "polygon", "points": [[left, top], [right, top], [right, bottom]], **shape}
    return {"type": "bbox", "coordinates": [left, top, right, bottom], **shape}
