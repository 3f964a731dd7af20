"""How parts of the mock behave where real backends differ: uploads, storage, and consoles that are followed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from synapse_backend.testing.checks import number, one_of

UrlForm = Literal["absolute", "relative"]
IdForm = Literal["integer", "uuid"]
LineForm = Literal["object", "text", "event"]
UnknownJob = Literal["event", "not_found"]
Pace = Literal["clock", "real"]
Framing = Literal["chunked", "close"]
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadOptions:
    """How files are taken.

    Attributes:
        max_bytes: A larger file is answered with 413; None takes any.
        storage_bytes: When the files that are kept would need more, the answer is 507; None has no end.
        urls: Whether the `url` of an upload in parts is absolute or a path.
        ids: Whether uploads in parts have integers or UUIDs as ids.
        expires_after: Seconds after which an upload in parts is given up when it is not complete.
        multipart_threshold: A file of at least so many bytes gets presigned URLs for its parts instead of one for all.
        part_size: Bytes of each of these parts but the last.
    """

    max_bytes: int | None = None
    storage_bytes: int | None = None
    urls: UrlForm = "absolute"
    ids: IdForm = "integer"
    expires_after: float = 86_400
    multipart_threshold: int = 100 * _MIB
    part_size: int = 50 * _MIB

    def __post_init__(self) -> None:
        for name in ("max_bytes", "storage_bytes"):
            if getattr(self, name) is not None:
                number(name, getattr(self, name), low=0, whole=True)
        one_of("urls", self.urls, get_args(UrlForm))
        one_of("ids", self.ids, get_args(IdForm))
        number("expires_after", self.expires_after, low=0, high=1e9)
        number("multipart_threshold", self.multipart_threshold, low=0, whole=True)
        number("part_size", self.part_size, low=1, whole=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class TailOptions:
    """How the console of a job is followed.

    Attributes:
        form: How lines are sent: as objects, as plain text, or as the text of an event of their own.
        unknown_job: Whether an unknown job is an error event in the stream or a 404.
        pace: "clock" moves the clock of the mock to the next line at once; "real" waits as long as the job takes.
        framing: Whether the stream is sent in chunks, or ends with the connection.
        heartbeat: Seconds without a line after which a comment is sent.
    """

    form: LineForm = "object"
    unknown_job: UnknownJob = "event"
    pace: Pace = "clock"
    framing: Framing = "chunked"
    heartbeat: float = 15.0

    def __post_init__(self) -> None:
        one_of("form", self.form, get_args(LineForm))
        one_of("unknown_job", self.unknown_job, get_args(UnknownJob))
        one_of("pace", self.pace, get_args(Pace))
        one_of("framing", self.framing, get_args(Framing))
        number("heartbeat", self.heartbeat, low=0.001, high=1e6)
