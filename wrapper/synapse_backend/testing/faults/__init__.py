"""Faults that the mock backend plays on demand, with proof that each of them fired.

`backend.faults.on(...)` arms them. The classes are the faults as values, for sequences:

    from synapse_backend.testing import faults

    backend.faults.on("get_job").sequence(faults.Status(503), None, faults.Reset())
"""

from __future__ import annotations

from synapse_backend.testing.faults.answers import (
    ClockSkew,
    Empty,
    Html,
    Latency,
    NoContent,
    Redirect,
    RetryAfter,
    Status,
)
from synapse_backend.testing.faults.armed import Armed, Faults
from synapse_backend.testing.faults.base import Fault, FaultError
from synapse_backend.testing.faults.bodies import (
    BadGzip,
    Bomb,
    HostileText,
    MalformedJson,
    ManyCodings,
    MultiMemberGzip,
    OffsetLie,
    TruncatedGzip,
    WrongChecksum,
    WrongShape,
)
from synapse_backend.testing.faults.connecting import (
    AUTHORITY,
    Blackhole,
    CloseOnConnect,
    NoTls,
    Refuse,
    ResetOnConnect,
    Silence,
    TlsOnly,
    UntrustedTls,
)
from synapse_backend.testing.faults.events import BreakStream
from synapse_backend.testing.faults.pages import PageDrift, PageLink
from synapse_backend.testing.faults.registry import KINDS
from synapse_backend.testing.faults.selection import ConnectionSelection, Selection
from synapse_backend.testing.faults.target import Target
from synapse_backend.testing.faults.transfers import Cut, FlipBit, ForeignUrl, PartThenReset, RangeLie, UploadGone
from synapse_backend.testing.faults.wire import (
    CloseBeforeAnswer,
    CommitThenClose,
    CommitThenReset,
    Drip,
    Endless,
    ExpireIdle,
    Garbage,
    Informational,
    NoAnswer,
    Reset,
    ResetMidBody,
    StopReading,
    Truncate,
    TruncateChunked,
)

__all__ = [
    "AUTHORITY",
    "KINDS",
    "Armed",
    "BadGzip",
    "Blackhole",
    "Bomb",
    "BreakStream",
    "ClockSkew",
    "CloseBeforeAnswer",
    "CloseOnConnect",
    "CommitThenClose",
    "CommitThenReset",
    "ConnectionSelection",
    "Cut",
    "Drip",
    "Empty",
    "Endless",
    "ExpireIdle",
    "Fault",
    "FaultError",
    "Faults",
    "FlipBit",
    "ForeignUrl",
    "Garbage",
    "HostileText",
    "Html",
    "Informational",
    "Latency",
    "MalformedJson",
    "ManyCodings",
    "MultiMemberGzip",
    "NoAnswer",
    "NoContent",
    "NoTls",
    "OffsetLie",
    "PageDrift",
    "PageLink",
    "PartThenReset",
    "RangeLie",
    "Redirect",
    "Refuse",
    "Reset",
    "ResetMidBody",
    "ResetOnConnect",
    "RetryAfter",
    "Selection",
    "Silence",
    "Status",
    "StopReading",
    "Target",
    "TlsOnly",
    "Truncate",
    "TruncateChunked",
    "TruncatedGzip",
    "UntrustedTls",
    "UploadGone",
    "WrongChecksum",
    "WrongShape",
]
