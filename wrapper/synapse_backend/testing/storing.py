"""How much clients may store, and how much they did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synapse_backend.testing.messages import RequestError

if TYPE_CHECKING:
    from synapse_backend.testing.app import Call


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
    if options.storage_bytes is not None:
        # One file may be served at several addresses.
        files = {id(stored.data): stored.size for stored in state.files.values()}
        kept = state.uploads.open_bytes + sum(files.values())
        if kept + further > options.storage_bytes:
            raise RequestError(507, {"detail": "There is no space left for this file."})


def count(call: Call, *, stored: int = 0, resent: int = 0) -> None:
    """Count the bytes of a part itself, because parts of different files may be equal."""
    call.counted = (stored, resent)
