"""What can be armed, spelled out: one method for every fault, so that editors and type checkers know them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synapse_backend.testing.faults import answers, bodies, connecting, pages, wire
from synapse_backend.testing.faults.arming import Arming, TransferSelection

if TYPE_CHECKING:
    from synapse_backend.testing.faults.answers import RetryAfterForm
    from synapse_backend.testing.faults.armed import Armed
    from synapse_backend.testing.faults.base import Fault
    from synapse_backend.testing.faults.bodies import JsonFlaw, Shape
    from synapse_backend.testing.faults.connecting import CertificateFlaw
    from synapse_backend.testing.faults.pages import DriftKind, LinkKind
    from synapse_backend.testing.faults.wire import GarbageKind


class Selection(TransferSelection):
    """Requests that were chosen with `faults.on`. Each method arms a fault for them, and can raise `ValueError`."""

    def sequence(self, *steps: Fault | None) -> Armed:
        """Fail one request after the other, each in its own way.

        Args:
            *steps: Faults, for example `faults.Status(503)`; None lets a request pass.
        """
        return self._arm(*steps)

    def status(self, status: int, *, retry_after: float | str | None = None, body: object = None) -> Armed:
        """Answer with this status; nothing is carried out.

        Args:
            status: Of the answer.
            retry_after: Sent as the Retry-After header, as it is.
            body: JSON, or text; the words for the status by default.
        """
        return self._arm(answers.Status(status, retry_after, body))

    def retry_after(self, form: RetryAfterForm, *, status: int = 429, seconds: float = 10) -> Armed:
        """Answer with an odd Retry-After header; nothing is carried out.

        Args:
            form: What it holds; "date" is a date, "hour" is 3600, the others are no times.
            status: Of the answer.
            seconds: How far ahead the dates of "date" and "no_zone" are.
        """
        return self._arm(answers.RetryAfter(form, status, seconds))

    def html(self, status: int = 200) -> Armed:
        """Answer with a sign-in page in HTML, as a proxy does; nothing is carried out.

        Args:
            status: Of the answer.
        """
        return self._arm(answers.Html(status))

    def empty(self, status: int | None = None) -> Armed:
        """Answer without a body where JSON is due.

        Args:
            status: Of the answer, and nothing is carried out; None carries out and keeps the status.
        """
        return self._arm(answers.Empty(status))

    def no_content(self, *, with_body: bool = False) -> Armed:
        """Carry out and answer 204.

        Args:
            with_body: Send a body all the same, against the rules of HTTP.
        """
        return self._arm(answers.NoContent(with_body))

    def redirect(self, url: str | None, *, status: int = 302) -> Armed:
        """Redirect; nothing is carried out.

        Args:
            url: Absolute or relative; "self" is the address that was asked, None leaves the header out.
            status: Of the answer.
        """
        return self._arm(answers.Redirect(url, status))

    def clock_skew(self, seconds: float) -> Armed:
        """Carry out, with a Date header that is off. Fires together with another fault.

        Args:
            seconds: How far; negative for a clock that is slow.
        """
        return self._arm(answers.ClockSkew(seconds))

    def latency(self, seconds: float, *, jitter: float = 0.0) -> Armed:
        """Carry out, and wait before the answer. Fires together with another fault.

        Args:
            seconds: How long.
            jitter: Up to that much more or less, by the seed of the mock.
        """
        return self._arm(answers.Latency(seconds, jitter))

    def reset(self) -> Armed:
        """Reset the connection when the request has been read; nothing is carried out."""
        return self._arm(wire.Reset())

    def close_before_answer(self) -> Armed:
        """Close the connection when the request has been read; nothing is carried out."""
        return self._arm(wire.CloseBeforeAnswer())

    def commit_then_reset(self) -> Armed:
        """Carry out, then reset the connection instead of answering."""
        return self._arm(wire.CommitThenReset())

    def commit_then_close(self) -> Armed:
        """Carry out, then close the connection instead of answering."""
        return self._arm(wire.CommitThenClose())

    def no_answer(self, *, commit: bool = False) -> Armed:
        """Read the request and say nothing, until the client hangs up.

        Args:
            commit: Carry out all the same.
        """
        return self._arm(wire.NoAnswer(commit))

    def stop_reading(self) -> Armed:
        """Read the head of the request and not a byte of its body more; nothing is carried out."""
        return self._arm(wire.StopReading())

    def expire_idle(self, *, race: bool = False) -> Armed:
        """Carry out, and close the connection after the answer although it was to be kept alive.

        Args:
            race: Close it when the next request has arrived on it instead, and do not carry that one out.
        """
        return self._arm(wire.ExpireIdle(race))

    def truncate(self, after: int = 100) -> Armed:
        """Carry out, and close the connection in the middle of a body of known length.

        Args:
            after: Bytes of the body that are sent; at least one is missing.
        """
        return self._arm(wire.Truncate(after))

    def truncate_chunked(self, after: int = 100) -> Armed:
        """Carry out, send the body in chunks, and close the connection before the last one.

        Args:
            after: Bytes of the body that are sent.
        """
        return self._arm(wire.TruncateChunked(after))

    def reset_mid_body(self, after: int = 100) -> Armed:
        """Carry out, and reset the connection in the middle of the body.

        Args:
            after: Bytes of the body that are sent; at least one is missing.
        """
        return self._arm(wire.ResetMidBody(after))

    def drip(self, bytes_per_s: float = 5) -> Armed:
        """Carry out, and send the answer byte by byte.

        Args:
            bytes_per_s: How fast.
        """
        return self._arm(wire.Drip(bytes_per_s))

    def informational(self, count: int = 100_000) -> Armed:
        """Carry out, and announce the answer with status 103 again and again before it comes.

        Args:
            count: How often.
        """
        return self._arm(wire.Informational(count))

    def endless(self) -> Armed:
        """Answer with a JSON array that never ends; nothing is carried out."""
        return self._arm(wire.Endless())

    def garbage(self, kind: GarbageKind = "not_http") -> Armed:
        """Answer with something that is not HTTP, or hardly; nothing is carried out.

        Args:
            kind: What it is.
        """
        return self._arm(wire.Garbage(kind))

    def bad_gzip(self) -> Armed:
        """Carry out, and call a body gzip that is none."""
        return self._arm(bodies.BadGzip())

    def truncated_gzip(self, missing: int = 10) -> Armed:
        """Carry out, and answer with gzip whose end is missing; Content-Length fits what is sent.

        Args:
            missing: Bytes that are left out.
        """
        return self._arm(bodies.TruncatedGzip(missing))

    def multi_member_gzip(self) -> Armed:
        """Carry out, and answer with gzip of two members; both belong to the body."""
        return self._arm(bodies.MultiMemberGzip())

    def bomb(self, size: int = 512 * 1024 * 1024, *, status: int = 200) -> Armed:
        """Answer with a small body that decompresses to a huge one; nothing is carried out.

        Args:
            size: Bytes after decompression, rounded down to whole MiB.
            status: Of the answer.
        """
        return self._arm(bodies.Bomb(size, status))

    def many_codings(self, count: int = 3) -> Armed:
        """Carry out, and compress the body several times over.

        Args:
            count: How often.
        """
        return self._arm(bodies.ManyCodings(count))

    def malformed_json(self, kind: JsonFlaw = "broken") -> Armed:
        """Carry out, and answer with JSON that is broken or that programs read differently.

        Args:
            kind: What is wrong with it.
        """
        return self._arm(bodies.MalformedJson(kind))

    def wrong_shape(self, kind: Shape = "missing") -> Armed:
        """Carry out, and answer with valid JSON that is not what the contract says.

        Args:
            kind: What is wrong with it.
        """
        return self._arm(bodies.WrongShape(kind))

    def hostile_text(self, status: int | None = None) -> Armed:
        """Answer with texts that hold terminal escapes, reversed text and climbing paths.

        Args:
            status: Of an error with such a message, and nothing is carried out; None changes the answer itself.
        """
        return self._arm(bodies.HostileText(status))

    def wrong_checksum(self) -> Armed:
        """Carry out, and answer with a checksum that is not that of the content."""
        return self._arm(bodies.WrongChecksum())

    def offset_lie(self, by: int | None = 1) -> Armed:
        """Carry out, and name an offset that is not the one up to which content was received.

        Args:
            by: Bytes; negative for less than was received, None for no offset at all.
        """
        return self._arm(bodies.OffsetLie(by))

    def page_link(self, kind: LinkKind = "foreign_host") -> Armed:
        """Carry out, and answer with a link to the next page that leads somewhere else.

        Args:
            kind: Where it leads.
        """
        return self._arm(pages.PageLink(kind))

    def page_drift(self, kind: DriftKind = "clamped") -> Armed:
        """Carry out, and answer with a page that does not fit to the others.

        Args:
            kind: What is wrong with it; "insert" and "delete" wait for a page after the first.
        """
        return self._arm(pages.PageDrift(kind))


class ConnectionSelection(Arming):
    """Connections that were chosen with `faults.on_connect`. Each method arms a fault for them."""

    def refuse(self, seconds: float = 0.5) -> Armed:
        """Close the port, at once and for a while: connections are refused. Nobody can count those.

        Args:
            seconds: How long.
        """
        return self._arm(connecting.Refuse(seconds))

    def blackhole(self, seconds: float = 0.5) -> Armed:
        """Fill the queue of the port, at once and for a while: connections are neither made nor refused. Nobody can count those.

        Args:
            seconds: How long.
        """
        return self._arm(connecting.Blackhole(seconds))

    def reset_on_connect(self) -> Armed:
        """Reset the connection as soon as it is made."""
        return self._arm(connecting.ResetOnConnect())

    def close_on_connect(self) -> Armed:
        """Close the connection as soon as it is made."""
        return self._arm(connecting.CloseOnConnect())

    def silence(self) -> Armed:
        """Make the connection and say nothing on it: no answer, no TLS handshake."""
        return self._arm(connecting.Silence())

    def tls_only(self) -> Armed:
        """Answer plain HTTP with a TLS alert, as a port that expects TLS does."""
        return self._arm(connecting.TlsOnly())

    def no_tls(self) -> Armed:
        """Answer a TLS handshake with plain HTTP, as a port without TLS does."""
        return self._arm(connecting.NoTls())

    def untrusted_tls(self, kind: CertificateFlaw = "unknown_ca") -> Armed:
        """Answer a TLS handshake with a certificate that no client may trust.

        Args:
            kind: What is wrong with it.
        """
        return self._arm(connecting.UntrustedTls(kind))
