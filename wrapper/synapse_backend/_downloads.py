"""Files that are downloaded: where they go, what they are called, and how a download goes on that broke off.

Nothing here uses the network. A file appears under its name when all of it has come, and then at once; until then it is
a temporary file beside it that only its owner can read.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from synapse_backend import _handed_out
from synapse_backend._digests import Digest
from synapse_backend._handed_out import UrlError
from synapse_backend._responses import printable
from synapse_backend._secrets import SecretText

if TYPE_CHECKING:
    from synapse_backend._config import ClientConfig

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
RANGE_NOT_SATISFIABLE: Final = 416
MD5: Final = re.compile(r"[0-9A-Fa-f]{32}")
MOST_REDIRECTS: Final = 5
WRITE_BYTES: Final = 1024 * 1024
"""How much is collected before it is written, because each write of an asynchronous client costs a change of thread."""
_PROGRESS_BYTES = 1024 * 1024
_NAME_BYTES = 200
"""Longest name from a server; file systems take 255 bytes, and a suffix may be added."""
_ENDING_BYTES = 20
_DEVICES = re.compile(r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])", re.IGNORECASE)
_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\*)", re.IGNORECASE)
_STRONG_ETAG = re.compile(r'"[\x21\x23-\x7e]{1,1000}"')
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


# --- names ------------------------------------------------------------------------------------------------------------


def safe_name(name: str) -> str:
    """Return what of a name from a server can be the name of a file in any folder and on any system; empty if nothing.

    It is a single component of a path: no folder, drive or device, not hidden, no option of a command, and short enough.
    """
    last = next((part for part in reversed(re.split(r"[/\\]", name)) if part.strip(". ")), "")
    name = "".join("_" if character in '<>:"|?*' or not character.isprintable() else character for character in last)
    name = _trimmed(name)
    if name.startswith(("-", "~")) or _DEVICES.fullmatch(name.partition(".")[0].rstrip()):
        name = f"_{name}"
    if len(name.encode()) > _NAME_BYTES:
        stem, dot, ending = name.rpartition(".")
        if not stem or len(ending.encode()) > _ENDING_BYTES:
            stem, dot, ending = name, "", ""
        room = _NAME_BYTES - len((dot + ending).encode())
        name = _trimmed(stem.encode()[:room].decode(errors="ignore")) + dot + ending
    return name


def _trimmed(name: str) -> str:
    return name.lstrip(". ").rstrip(". ")


def file_name(given: str | None, headers: Mapping[str, str], url: str) -> str:
    """Return the name of a downloaded file: what is said of it, what the server calls it, or how its URL ends."""
    said = (given, _disposition_name(headers.get("content-disposition", "")), unquote(urlsplit(url).path))
    return next((name for name in map(safe_name, filter(None, said)) if name), "download")


def _disposition_name(value: str) -> str | None:
    """Return the name in a `Content-Disposition`; the extended form is preferred, as its standard wants."""
    if extended := re.search(r";\s*filename\*\s*=\s*(utf-8|iso-8859-1)'[^']*'([^;\s]+)", value, re.IGNORECASE):
        return unquote(extended[2], encoding=extended[1], errors="replace")
    plain = re.search(r';\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))', value, re.IGNORECASE)
    if plain is None:
        return None
    name = re.sub(r"\\(.)", r"\1", plain[1]) if plain[1] is not None else plain[2]
    # Headers are read as Latin-1; many servers write UTF-8.
    with contextlib.suppress(UnicodeError):
        name = name.encode("latin-1").decode()
    return str(name)


# --- places -----------------------------------------------------------------------------------------------------------


class Destination:
    """Where a file goes: under a name of its own, or into a folder under the name that it turns out to have.

    Args:
        target: A folder that is there, or the path of a file in one.

    Raises:
        TypeError: It is no path.
        ValueError: It is neither a file nor a folder.
        OSError: Its folder is not there, or cannot be looked at.
    """

    def __init__(self, target: str | os.PathLike[str]) -> None:
        if not isinstance(target, str | os.PathLike) or not isinstance(os.fspath(target), str):
            raise TypeError(f"download_file: target must be a path, not {type(target).__name__}")
        self.path = Path(target)
        with _named(self.path):
            self.is_folder = self.path.is_dir()
        self.folder = self.path if self.is_folder else self.path.parent
        self.mode: int | None = None
        """Permissions of the file that is there already."""
        if not self.is_folder:
            with _named(self.path):
                self._look()

    def _look(self) -> None:
        try:
            found = self.path.stat().st_mode
        except FileNotFoundError:
            return
        if not stat.S_ISREG(found):
            raise ValueError(f"download_file: target {str(self.path)!r} is neither a file nor a folder")
        self.mode = stat.S_IMODE(found)


class PartFile:
    """A file whose content is still coming. Call `keep` when all of it has come, and `discard` in any case.

    Args:
        destination: Where the file goes.

    Raises:
        OSError: No file can be made there.
    """

    def __init__(self, destination: Destination) -> None:
        self._destination = destination
        self._path = destination.folder / f".{os.urandom(8).hex()}.part"
        self.size = 0
        self._digest = Digest(0)
        with _named(destination.path):
            self._file = os.fdopen(os.open(self._path, _FLAGS, 0o666), "wb", buffering=0)
            # What a new file may be read by can only be asked of a new file.
            self._mode = stat.S_IMODE(os.fstat(self._file.fileno()).st_mode)
            _set_mode(self._path, 0o600)

    def write(self, data: bytes) -> None:
        """Add what came next.

        Raises:
            OSError: It cannot be written; the disk may be full.
        """
        with _named(self._destination.path):
            view = memoryview(data)
            while view:
                view = view[self._file.write(view) :]
        if not self.size:
            self._digest = Digest(len(data))
        self._digest.feed(self.size, data)
        self.size += len(data)

    def start_over(self) -> None:
        """Forget what came."""
        with _named(self._destination.path):
            self._file.seek(0)
            self._file.truncate()
        self._digest.close()
        self._digest = Digest(0)
        self.size = 0

    def md5(self) -> str:
        """Return the MD5 of what came, as 32 hexadecimal digits."""
        return self._digest.hexdigest()

    def keep(self, name: str) -> Path:
        """Give the file its place; where the target is a folder this name, or one like it if there is a file of it.

        Raises:
            OSError: The file cannot be moved.
        """
        with _named(self._destination.path):
            self._file.close()
            _set_mode(self._path, self._mode if self._destination.mode is None else self._destination.mode)
            if not self._destination.is_folder:
                return self._path.replace(self._destination.path)
            place = self._reserve(name)
            try:
                return self._path.replace(place)
            except BaseException:
                remove([place])
                raise

    def _reserve(self, name: str) -> Path:
        stem, dot, ending = name.rpartition(".")
        if not stem:
            stem, dot, ending = name, "", ""
        place = self._destination.folder / name
        while True:
            try:
                os.close(os.open(place, _FLAGS, 0o600))
            except FileExistsError:
                place = self._destination.folder / f"{stem}-{os.urandom(4).hex()}{dot}{ending}"
            else:
                return place

    def discard(self) -> None:
        """Remove what came, unless it was kept."""
        self._digest.close()
        with contextlib.suppress(OSError):
            self._file.close()
        with contextlib.suppress(OSError):
            self._path.unlink()


def _set_mode(path: Path, mode: int) -> None:
    # Some file systems know no permissions.
    with contextlib.suppress(OSError):
        path.chmod(mode)


class _named(contextlib.AbstractContextManager[None]):  # noqa: N801 - reads as a statement
    """Says in an error of the system which file it is about: not the temporary one."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, OSError):
            number = error.errno or errno.EIO
            raise type(error)(
                number, f"download_file: {error.strerror or os.strerror(number)}", str(self._path)
            ) from None


class PrivateFolder:
    """A temporary folder that only its owner can read; made when it is first asked for, and left to whoever has the files."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._path: Path | None = None

    def path(self) -> Path:
        """Return the folder."""
        with self._lock:
            if self._path is None:
                self._path = Path(tempfile.mkdtemp(prefix="synapse-"))
            return self._path


def remove(paths: list[Path]) -> None:
    """Remove files that are of no use without others."""
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink()


# --- progress ---------------------------------------------------------------------------------------------------------


class DownloadError(Exception):
    """An answer is not what was asked for; `kind` is that of `ResponseError`."""

    def __init__(self, kind: str, problem: str) -> None:
        super().__init__(problem)
        self.kind = kind


class Progress:
    """How far a download is, and what is asked for next.

    Args:
        may_resume: Whether it may go on where it broke off.
    """

    def __init__(self, *, may_resume: bool) -> None:
        self._may_resume = may_resume
        self._etag = ""
        self._asked_from = 0
        self._refused = False
        self.total: int | None = None
        """Size of the file, where the server says it."""
        self.described: Mapping[str, str] = {}
        """Headers of the answer that began with the first byte; one that goes on need not repeat what the file is."""
        self._reached = 0

    def headers(self, size: int) -> dict[str, str]:
        """Return the headers of the request that comes next, when so many bytes are there."""
        self._asked_from = size if self._may_resume and self._etag else 0
        if not self._asked_from:
            return {}
        return {"Range": f"bytes={self._asked_from}-", "If-Range": self._etag}

    def begin(self, status: int, headers: Mapping[str, str]) -> int | None:
        """Take the head of an answer; return from where on its body counts, None where another request must be made.

        Raises:
            DownloadError: The answer is of no use.
        """
        etag = headers.get("etag", "").strip()
        if status == RANGE_NOT_SATISFIABLE and self._asked_from and not self._refused:
            # The file is shorter than it was.
            self._refused, self._etag = True, ""
            return None
        coding = headers.get("content-encoding", "").strip().lower()
        if coding not in ("", "identity"):
            raise DownloadError("encoding", f"the file came with content coding {printable(coding)}, unasked")
        if status == 206:
            return self._continue(headers, etag)
        if status != 200:
            raise DownloadError("protocol", "without a file")
        self.described = headers
        self._etag = etag if _STRONG_ETAG.fullmatch(etag) else ""
        self.total = int(length) if (length := headers.get("content-length", "")).isdecimal() else None
        return 0

    def _continue(self, headers: Mapping[str, str], etag: str) -> int | None:
        found = _CONTENT_RANGE.fullmatch(headers.get("content-range", "").strip())
        if not self._asked_from:
            raise DownloadError("protocol", "with a part of the file where all of it was asked for")
        if etag and etag != self._etag:
            # The server does not know If-Range.
            self._etag = ""
            return None
        if found is None:
            raise DownloadError("protocol", "its Content-Range cannot be read")
        first, last = int(found[1]), int(found[2])
        total = self.total if found[3] == "*" else int(found[3])
        if self.total is None:
            # The answer that broke off did not say how large the file is.
            self.total = total
        if first != self._asked_from or last < first or (total is not None and last >= total) or total != self.total:
            raise DownloadError("protocol", f"its Content-Range does not go on at byte {self._asked_from} of the file")
        return first

    def is_whole(self, size: int) -> bool:
        """Tell whether all bytes came.

        Raises:
            DownloadError: More than that came.
        """
        if self.total is not None and size > self.total:
            raise DownloadError("protocol", f"{size} bytes came of a file of {self.total}")
        return self.total is None or size == self.total

    def is_far_further(self, size: int) -> bool:
        """Tell whether a good deal more is there than when this was told last."""
        if size < self._reached + _PROGRESS_BYTES:
            return False
        self._reached = size
        return True


def parse_checksum(checksum: str | None) -> str | None:
    """Check an MD5, and return it in lower case.

    Raises:
        TypeError: It is no string.
        ValueError: It has not 32 hexadecimal digits.
    """
    if checksum is None:
        return None
    if not isinstance(checksum, str):
        raise TypeError(f"download_file: checksum must be a str, not {type(checksum).__name__}")
    if not MD5.fullmatch(checksum):
        raise ValueError("download_file: checksum must be an MD5, 32 hexadecimal digits")
    return checksum.lower()


def next_hop(config: ClientConfig, url: str, location: str | None, hop: int) -> str:
    """Return the URL that a redirect leads to; no traceback shows it.

    Args:
        config: Settings of the client.
        url: What was asked for.
        location: What the answer says.
        hop: Number of the redirect, from 1.

    Raises:
        UrlError: The redirect is not followed.
    """
    if not location:
        raise UrlError("it has no Location")
    if hop > MOST_REDIRECTS:
        raise UrlError(f"there were {MOST_REDIRECTS} before it")
    here = _handed_out.resolve(config, url)
    try:
        target = SecretText(urljoin(urlunsplit(here), location))
    except ValueError:
        raise UrlError("it leads to something that is not a URL") from None
    there = _handed_out.resolve(config, target)
    if here.scheme == "https" and there.scheme == "http" and not config.allow_insecure_http:
        raise UrlError("it leads from https:// to http://")
    return target
