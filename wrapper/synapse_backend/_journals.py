"""Journals of uploads: what a process that is started again must know to go on. They hold no token and no URL."""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synapse_backend import _state_files
from synapse_backend._state_files import LockFile

if TYPE_CHECKING:
    from synapse_backend._config import ClientConfig
    from synapse_backend._sources import Source

logger = logging.getLogger("synapse_backend")

_FORMAT = "synapse-backend upload 1"
_END_BYTES = 64 * 1024
_MOST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """What a journal says of an upload that was begun."""

    pk: int | str
    sent: int
    """Up to where the file was sent, at most."""


def fingerprint(config: ClientConfig, source: Source) -> dict[str, Any]:
    """Return what must be the same for an upload to go on: the server, the tenant and the file.

    Raises:
        ValueError: The file has no path.
    """
    if source.path is None or source.signature is None:
        raise ValueError("create_chunked_upload: resume=True needs a path, not an open file")
    size, modified, inode = source.signature
    ends = hashlib.sha256(source.read(0, min(_END_BYTES, size)))
    ends.update(source.read(max(0, size - _END_BYTES), min(_END_BYTES, size)))
    return {
        "format": _FORMAT,
        "server": config.base_url,
        "tenant": config.credentials.tenant,
        "path": os.path.abspath(source.path),  # noqa: PTH100 - links are left as they are
        "size": size,
        "modified": modified,
        "inode": inode,
        "ends": ends.hexdigest(),
    }


def default_folder() -> Path:
    """Return the folder of journals that nobody chose another place for."""
    base = os.environ.get("XDG_STATE_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".local" / "state") / "synapse-backend" / "uploads"


def open_journal(place: str | os.PathLike[str] | None, fingerprint: dict[str, Any]) -> Journal:
    """Open the journal of one upload, and keep others from using it.

    Args:
        place: A file, or a folder in which each upload has a file of its own; None for the default folder.
        fingerprint: What must be the same for an upload to go on.

    Raises:
        BlockingIOError: Another process, or another call in this one, uploads with this journal.
        OSError: The journal cannot be written there.
    """
    path = default_folder() if place is None else Path(os.fspath(place))
    # A name that cannot be one is refused below.
    is_folder = place is None or os.path.isdir(path) or os.fspath(place).endswith(os.sep)  # noqa: PTH112
    if is_folder:
        whose = [fingerprint[name] for name in ("server", "tenant", "path")]
        path /= hashlib.sha256(json.dumps(whose).encode()).hexdigest()[:32] + ".json"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = LockFile(path.with_name(path.name + ".lock"))
    except BlockingIOError:
        problem = "the file is being uploaded with this journal already; wait, or pass another journal"
        raise BlockingIOError(errno.EWOULDBLOCK, problem, str(path)) from None
    except OSError as error:
        raise type(error)(error.errno, f"the journal of the upload: {error.strerror}", error.filename) from None
    # A file that somebody named may be anything, and is written over only when it is a journal.
    return Journal(path, fingerprint, lock, may_replace=is_folder)


class Journal:
    """The journal of one upload."""

    def __init__(self, path: Path, fingerprint: dict[str, Any], lock: LockFile, *, may_replace: bool) -> None:
        self._path = path
        self._fingerprint = fingerprint
        self._lock = lock
        self._may_replace = may_replace

    def load(self) -> Entry | None:
        """Return what to go on with, if the journal is one of the same file, server and tenant."""
        try:
            with self._path.open("rb") as file:
                known = json.loads(file.read(_MOST_BYTES))
        except FileNotFoundError:
            self._may_replace = True
            return None
        except (OSError, ValueError, RecursionError):
            known = None
        if not isinstance(known, dict) or known.get("format") != _FORMAT:
            logger.warning("%s is no journal of an upload and is ignored", self._path)
            return None
        self._may_replace = True
        different = [name for name, value in self._fingerprint.items() if known.get(name) != value]
        pk, sent = known.get("id"), known.get("sent")
        if different:
            logger.warning("%s is ignored: it is about another %s", self._path, ", ".join(different))
        elif isinstance(pk, bool) or not isinstance(pk, int | str) or type(sent) is not int or sent < 0:
            logger.warning("%s is ignored: it names no upload", self._path)
        else:
            return Entry(pk, sent)
        return None

    def save(self, entry: Entry) -> None:
        """Write what a process that is started again goes on with. A failure is logged: the upload matters more."""
        if not self._may_replace:
            return
        text = json.dumps({**self._fingerprint, "id": entry.pk, "sent": entry.sent})
        try:
            _state_files.replace(self._path, text.encode())
        except OSError as error:
            logger.warning("%s cannot be written, so that the upload cannot be resumed: %s", self._path, error.strerror)

    def remove(self) -> None:
        """Remove it: the upload is complete, or begins anew. A failure is logged, too."""
        if self._may_replace:
            try:
                _state_files.remove(self._path)
            except OSError as error:
                logger.warning("%s cannot be removed, although its upload is over: %s", self._path, error.strerror)

    def close(self) -> None:
        """Let others use it; a second call does nothing."""
        self._lock.close()
