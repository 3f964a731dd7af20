"""The upload that the documentation mentions: a clip that was sent in parts."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from synapse_backend.testing.clock import wire
from synapse_backend.testing.data.basics import store
from synapse_backend.testing.uploads import COMPLETE, uuid_of

if TYPE_CHECKING:
    from datetime import datetime

    from synapse_backend.testing.content import StoredFile
    from synapse_backend.testing.messages import JsonObject

DEFAULT_UPLOAD = 123
_NAME = "street-clip.mp4"
_BYTES = 20_480


@dataclass(frozen=True, slots=True)
class Rows:
    """Uploads, and their files."""

    uploads: tuple[JsonObject, ...]
    stored: dict[str, StoredFile]


@lru_cache(maxsize=8)
def rows(seed: int, start: datetime) -> Rows:
    """What is there at the start."""
    stored: dict[str, StoredFile] = {}
    content = random.Random(f"upload:{seed}").randbytes(_BYTES)
    begun = start - timedelta(days=2)
    upload: JsonObject = {
        "id": DEFAULT_UPLOAD,
        "uuid": uuid_of(DEFAULT_UPLOAD),
        "url": f"/chunked_upload/{DEFAULT_UPLOAD}/",
        "filename": _NAME,
        "offset": _BYTES,
        "status": COMPLETE,
        "created_at": wire(begun),
        "expires": wire(begun + timedelta(days=1)),
        "completed_at": wire(begun + timedelta(seconds=20)),
        **store(stored, "chunked_uploads", _NAME, content, "video/mp4"),
    }
    return Rows((upload,), stored)
