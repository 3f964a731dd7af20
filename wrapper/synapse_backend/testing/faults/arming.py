"""What can be armed for uploads, downloads and streams, spelled out; the rest stands in `selection`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synapse_backend.testing.faults import events, transfers

if TYPE_CHECKING:
    from synapse_backend.testing.faults.armed import Armed, Faults
    from synapse_backend.testing.faults.base import Fault
    from synapse_backend.testing.faults.events import StreamFlaw
    from synapse_backend.testing.faults.target import Target
    from synapse_backend.testing.faults.transfers import RangeLieKind, UrlKind


class Arming:
    """Hands faults to the place where they wait.

    Args:
        faults: The faults of the mock.
        target: What was chosen.
    """

    def __init__(self, faults: Faults, target: Target) -> None:
        self._faults = faults
        self._target = target

    def _arm(self, *steps: Fault | None) -> Armed:
        return self._faults.arm(self._target, *steps)


class TransferSelection(Arming):
    """Uploads, downloads and streams that were chosen with `faults.on`."""

    def flip_bit(self, at: float = 50) -> Armed:
        """Carry out with a file of which one bit is another than the one that was sent.

        Args:
            at: Per cent of the file before that bit.
        """
        return self._arm(transfers.FlipBit(at))

    def part_then_reset(self, share: float = 50) -> Armed:
        """Keep only the beginning of a part, then reset the connection.

        Args:
            share: Per cent of the part; at least one byte is kept, and one is lost.
        """
        return self._arm(transfers.PartThenReset(share))

    def upload_gone(self, status: int = 404) -> Armed:
        """Give the upload up, for good, before looking at the request.

        Args:
            status: 404 forgets it; 410 lets it expire.
        """
        return self._arm(transfers.UploadGone(status))

    def foreign_url(self, kind: UrlKind = "foreign_host") -> Armed:
        """Carry out, and hand out URLs, for uploads or files, that lead somewhere else.

        Args:
            kind: Where they lead.
        """
        return self._arm(transfers.ForeignUrl(kind))

    def cut(self, percent: float = 40, *, reset: bool = False) -> Armed:
        """Carry out, and end the connection after that much of the body.

        Args:
            percent: How much; at least one byte is missing.
            reset: Reset the connection instead of closing it in order.
        """
        return self._arm(transfers.Cut(percent, reset))

    def range_lie(self, kind: RangeLieKind = "changed") -> Armed:
        """Answer a request for a part of a file with something else. Requests without a Range header pass.

        Args:
            kind: "changed" is the whole file with another ETag, "ignored" the whole file; the others are the part with
                a Content-Range that is not so, or without one.
        """
        return self._arm(transfers.RangeLie(kind))

    def break_stream(self, kind: StreamFlaw = "cut", *, after: int = 1) -> Armed:
        """Begin a stream of events, and go wrong.

        Args:
            kind: What goes wrong.
            after: Events that come first.
        """
        return self._arm(events.BreakStream(kind, after))
