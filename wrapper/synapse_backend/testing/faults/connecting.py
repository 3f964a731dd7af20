"""Faults of the connection itself, before there is a request. They need the socket."""

from __future__ import annotations

import contextlib
import ssl
import threading
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal, get_args

from synapse_backend.testing.checks import number, one_of
from synapse_backend.testing.connection import Connection
from synapse_backend.testing.delivery import End
from synapse_backend.testing.faults.base import Fault

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from synapse_backend.testing.delivery import Step
    from synapse_backend.testing.server import Server

CertificateFlaw = Literal["unknown_ca", "wrong_host", "expired"]
# The authority that signed the certificates for "wrong_host" and "expired"; a client that trusts it sees what is wrong with them.
AUTHORITY = Path(__file__).with_name("certificates") / "authority.pem"
_CERTIFICATES = AUTHORITY.parent
_HANDSHAKE_SECONDS = 10


@dataclass(frozen=True)
class ConnectionFault(Fault):
    """Happens to a connection when it is accepted, or to the port.

    Attributes:
        reply: Sent when the client has said something; with None the end comes at once.
        end: How the connection ends.
    """

    moment: ClassVar = "connection"
    in_process: ClassVar = False
    reply: ClassVar[bytes | None] = None
    end: ClassVar[End] = End.CLOSE

    def befall(self, server: Server, accepted: socket.socket) -> None:
        """Happen to a connection."""
        steps: Iterator[Step] = iter([self.end] if self.reply is None else [self.reply, self.end])
        connection = Connection(server, accepted, steps)
        server.adopt(connection)
        if self.reply is None:
            connection.play(steps)


@dataclass(frozen=True)
class PortFault(ConnectionFault, ABC):
    """Happens to the port as soon as it is armed."""

    seconds: float = 0.5

    def __post_init__(self) -> None:
        number("seconds", self.seconds, low=0.0, high=3600)

    @abstractmethod
    def start(self, server: Server) -> None:
        """Happen to the port."""
        ...


@dataclass(frozen=True)
class Refuse(PortFault):
    """Args: `seconds`."""

    name: ClassVar = "refuse"
    summary: ClassVar = "The port is closed for a while: connections are refused. Starts at once."
    scenarios: ClassVar = (1, 2)

    def start(self, server: Server) -> None:
        """Close the port."""
        server.refuse(self.seconds)


@dataclass(frozen=True)
class Blackhole(PortFault):
    """Args: `seconds`."""

    name: ClassVar = "blackhole"
    summary: ClassVar = (
        "The queue of the port is full for a while: connections are neither made nor refused. Starts at once."
    )
    scenarios: ClassVar = (4,)

    def start(self, server: Server) -> None:
        """Fill the queue."""
        server.fill_queue(self.seconds)


@dataclass(frozen=True)
class ResetOnConnect(ConnectionFault):
    """No arguments."""

    name: ClassVar = "reset_on_connect"
    summary: ClassVar = "Resets the connection as soon as it is made."
    scenarios: ClassVar = (1, 10)
    end: ClassVar = End.RESET


@dataclass(frozen=True)
class CloseOnConnect(ConnectionFault):
    """No arguments."""

    name: ClassVar = "close_on_connect"
    summary: ClassVar = "Closes the connection as soon as it is made."
    scenarios: ClassVar = (9,)


@dataclass(frozen=True)
class Silence(ConnectionFault):
    """No arguments."""

    name: ClassVar = "silence"
    summary: ClassVar = "Makes the connection and says nothing on it: no answer, no TLS handshake."
    scenarios: ClassVar = (6, 14)
    end: ClassVar = End.HOLD


@dataclass(frozen=True)
class TlsOnly(ConnectionFault):
    """No arguments."""

    name: ClassVar = "tls_only"
    summary: ClassVar = "Answers plain HTTP with a TLS alert, as a port that expects TLS does."
    scenarios: ClassVar = (7,)
    # Fatal: unexpected message.
    reply: ClassVar = b"\x15\x03\x01\x00\x02\x02\x0a"


@dataclass(frozen=True)
class NoTls(ConnectionFault):
    """No arguments."""

    name: ClassVar = "no_tls"
    summary: ClassVar = "Answers a TLS handshake with plain HTTP, as a port without TLS does."
    scenarios: ClassVar = (7,)
    reply: ClassVar = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True)
class UntrustedTls(ConnectionFault):
    """Args: `kind`."""

    name: ClassVar = "untrusted_tls"
    summary: ClassVar = "Answers a TLS handshake with a certificate that nobody trusts."
    scenarios: ClassVar = (5,)
    kind: CertificateFlaw = "unknown_ca"

    def __post_init__(self) -> None:
        one_of("kind", self.kind, get_args(CertificateFlaw))

    def befall(self, server: Server, accepted: socket.socket) -> None:
        """Try a handshake, aside, because it waits for the client."""
        threading.Thread(target=self._shake_hands, args=(accepted,), daemon=True).start()

    def _shake_hands(self, accepted: socket.socket) -> None:
        with accepted, contextlib.suppress(OSError):
            accepted.settimeout(_HANDSHAKE_SECONDS)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(_CERTIFICATES / f"{self.kind}.pem", _CERTIFICATES / "server.key")
            with context.wrap_socket(accepted, server_side=True) as encrypted:
                encrypted.recv(1)
