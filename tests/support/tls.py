"""TLS for the scripted server, with certificates of its own for 127.0.0.1: one until the year 2100, one that expired."""

from __future__ import annotations

import ssl
from pathlib import Path

CERTIFICATE = str(Path(__file__).with_name("certificates") / "server.pem")
EXPIRED = str(Path(__file__).with_name("certificates") / "expired.pem")
_KEY = str(Path(__file__).with_name("certificates") / "server.key")


def server_context(certificate: str = CERTIFICATE) -> ssl.SSLContext:
    """Return what a server needs to speak TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, _KEY)
    return context


def client_certificates_required() -> ssl.SSLContext:
    """Return the same for a server that talks only to clients with a certificate."""
    context = server_context()
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(CERTIFICATE)
    return context
