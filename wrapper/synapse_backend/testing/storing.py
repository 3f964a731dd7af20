"""How much clients may store, and how much they did."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from synapse_backend.testing.messages import RequestError

if TYPE_CHECKING:
    from synapse_backend.testing.app import Call
    from synapse_backend.testing.options import UploadOptions
    from synapse_backend.testing.state import State


def check_space(call: Call, size: int, further: int) -> None:
    """Refuse a file that is too large, or that does not fit any more.

    Args:
        call: Has the limits.
        size: Bytes of the whole file.
        further: Bytes that are to be kept now.

    Raises:
        RequestError: 413 or 507.
    """
    options, state = call.options.uploads, call.state
    if options.max_bytes is not None and size > options.max_bytes:
        raise RequestError(413, {"detail": f"The file has {size} bytes, at most {options.max_bytes} are taken."})
    if further > free_bytes(state, options):
        raise RequestError(507, {"detail": "There is no space left for this file."})


def free_bytes(state: State, options: UploadOptions) -> float:
    """How much can still be kept."""
    if options.storage_bytes is None:
        return math.inf
    # One file may be served at several addresses.
    files = {id(stored.data): stored.size for stored in state.files.values()}
    return options.storage_bytes - state.uploads.open_bytes - state.objects.bytes - sum(files.values())


def count(call: Call, *, stored: int = 0, resent: int = 0) -> None:
    """Count the bytes of a part itself, because parts of different files may be equal."""
    call.counted = (stored, resent)
