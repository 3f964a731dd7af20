"""Every fault by the name that arms it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synapse_backend.testing.faults import answers, bodies, connecting, events, pages, transfers, wire

if TYPE_CHECKING:
    from synapse_backend.testing.faults.base import Fault

_FAULTS: tuple[type[Fault], ...] = (
    answers.Status,
    answers.RetryAfter,
    answers.Html,
    answers.Empty,
    answers.NoContent,
    answers.Redirect,
    answers.ClockSkew,
    answers.Latency,
    wire.Reset,
    wire.CloseBeforeAnswer,
    wire.CommitThenReset,
    wire.CommitThenClose,
    wire.NoAnswer,
    wire.StopReading,
    wire.ExpireIdle,
    wire.Truncate,
    wire.TruncateChunked,
    wire.ResetMidBody,
    wire.Drip,
    wire.Informational,
    wire.Endless,
    wire.Garbage,
    bodies.BadGzip,
    bodies.TruncatedGzip,
    bodies.MultiMemberGzip,
    bodies.Bomb,
    bodies.ManyCodings,
    bodies.MalformedJson,
    bodies.WrongShape,
    bodies.HostileText,
    bodies.WrongChecksum,
    bodies.OffsetLie,
    pages.PageLink,
    pages.PageDrift,
    transfers.FlipBit,
    transfers.PartThenReset,
    transfers.UploadGone,
    transfers.ForeignUrl,
    transfers.Cut,
    transfers.RangeLie,
    events.BreakStream,
    connecting.Refuse,
    connecting.Blackhole,
    connecting.ResetOnConnect,
    connecting.CloseOnConnect,
    connecting.Silence,
    connecting.TlsOnly,
    connecting.NoTls,
    connecting.UntrustedTls,
)
KINDS: dict[str, type[Fault]] = {fault.name: fault for fault in _FAULTS}
