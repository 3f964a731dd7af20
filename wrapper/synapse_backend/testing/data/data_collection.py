"""Data collections, data files and data units."""

from __future__ import annotations

import json
import random
import struct
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from synapse_backend.testing.clock import wire
from synapse_backend.testing.data.basics import (
    DEFAULT_COLLECTION,
    DEFAULT_PROJECT,
    OTHER_COLLECTION,
    OTHER_PROJECT,
    OTHER_UNITS,
    UNITS,
    checksum_of,
    scenes,
    store,
)

if TYPE_CHECKING:
    from synapse_backend.testing.messages import JsonObject
    from synapse_backend.testing.state import StoredFile

# Id, name, description, category, project, and for each file of a unit: name, kind, required, main file.
_COLLECTIONS: tuple[tuple[int, str, str, str, int | None, tuple[tuple[str, str, bool, bool], ...]], ...] = (
    (121, "Indoor scenes", "Offices and shops, not used yet", "image", None, (("image", "image", True, True),)),
    (122, "Night drives", "Street scenes after dark", "image", None, (("image", "image", True, True),)),
    (
        DEFAULT_COLLECTION,
        "Street scenes",
        "Images of crossings, with what was seen on them",
        "image",
        DEFAULT_PROJECT,
        (("image", "image", True, True), ("annotation", "data", False, False), ("metadata", "data", False, False)),
    ),
    (
        OTHER_COLLECTION,
        "Lidar sweeps",
        "Points, and the pose of the car",
        "data",
        OTHER_PROJECT,
        (("primary", "data", True, True), ("secondary", "data", False, False)),
    ),
)
# Files that belong to no unit yet.
_LOOSE = range(123, 127)
# So many units have a file of metadata, too.
_WITH_METADATA = 18


@dataclass(frozen=True, slots=True)
class Rows:
    """What there is at the start."""

    collections: tuple[JsonObject, ...]
    files: tuple[JsonObject, ...]
    units: tuple[JsonObject, ...]
    stored: dict[str, StoredFile]


@lru_cache(maxsize=8)
def rows(seed: int, start: datetime) -> Rows:
    """All of it."""
    rng = random.Random(f"data_collection:{seed}")
    stored: dict[str, StoredFile] = {}
    files: dict[int, JsonObject] = {}

    def keep(pk: int, filename: str, content: bytes, content_type: str) -> int:
        moment = wire(start - timedelta(days=40, minutes=-pk))
        files[pk] = {
            "id": pk,
            **store(stored, "data_files", filename, content, content_type),
            "meta": {"filename": filename},
            "created_at": moment,
            "updated_at": moment,
        }
        return pk

    units: list[JsonObject] = []
    for position, unit in enumerate(UNITS):
        stem = f"street_{unit:04}"
        shapes = json.dumps({"image": f"{stem}.png", "annotations": scenes(seed)[unit]}).encode()
        members = {
            "image": keep(1 + position, f"{stem}.png", _png(rng), "image/png"),
            "annotation": keep(22 + position, f"{stem}.json", shapes, "application/json"),
        }
        if position < _WITH_METADATA:
            text = f"<metadata><camera>{rng.randint(1, 4)}</camera><frame>{unit}</frame></metadata>\n"
            members["metadata"] = keep(43 + position, f"{stem}.xml", text.encode(), "application/xml")
        units.append(_unit(start, unit, DEFAULT_COLLECTION, stem, {name: files[pk] for name, pk in members.items()}))
    for position, unit in enumerate(OTHER_UNITS):
        stem = f"sweep_{unit:04}"
        points = json.dumps({"points": [[round(rng.uniform(-9, 9), 2) for _ in "xyz"] for _ in range(6)]}).encode()
        pose = f"<pose><heading>{rng.randrange(360)}</heading></pose>\n".encode()
        members = {
            "primary": keep(61 + 2 * position, f"{stem}.json", points, "application/json"),
            "secondary": keep(62 + 2 * position, f"{stem}.xml", pose, "application/xml"),
        }
        units.append(_unit(start, unit, OTHER_COLLECTION, stem, {name: files[pk] for name, pk in members.items()}))
    for pk in _LOOSE:
        keep(pk, f"loose_{pk:04}.png", _png(rng), "image/png")
    return Rows(
        collections=tuple(_collection(start, *values) for values in _COLLECTIONS),
        files=tuple(files.values()),
        units=tuple(units),
        stored=stored,
    )


def _collection(
    start: datetime,
    pk: int,
    name: str,
    description: str,
    category: str,
    project: int | None,
    specifications: tuple[tuple[str, str, bool, bool], ...],
) -> JsonObject:
    moment = wire(start - timedelta(days=170 - pk))
    return {
        "id": pk,
        "name": name,
        "description": description,
        "category": category,
        "project": project,
        "file_specifications": [
            {
                "id": 10 * pk + number,
                "name": file,
                "file_type": kind,
                "is_required": required,
                "is_primary": primary,
                "description": f"The {file} of a unit",
            }
            for number, (file, kind, required, primary) in enumerate(specifications)
        ],
        "created_at": moment,
        "updated_at": moment,
    }


def _unit(start: datetime, pk: int, collection: int, stem: str, members: dict[str, JsonObject]) -> JsonObject:
    moment = wire(start - timedelta(days=39, minutes=-pk))
    primary = next(iter(members))
    return {
        "id": pk,
        "data_collection": collection,
        "files": {
            name: {
                "url": file["file"],
                "name": name,
                "file_name_original": file["meta"]["filename"],
                "is_primary": name == primary,
                "checksum": file["checksum"],
                "size": file["size"],
            }
            for name, file in members.items()
        },
        "meta": {"origin_file_stem": stem, "batch_id": f"batch-{pk % 3 + 1}"},
        "groups": ["validation" if pk % 5 == 0 else "train"],
        "checksum": checksum_of(file["checksum"] for file in members.values()),
        "created_at": moment,
        "updated_at": moment,
    }


def _png(rng: random.Random) -> bytes:
    """A square of one colour. It is not compressed: what compression makes depends on the library."""
    line = b"\0" + bytes(rng.randrange(256) for _ in range(3)) * 4
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(line * 4, 0)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
