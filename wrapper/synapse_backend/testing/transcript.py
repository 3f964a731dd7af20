"""Everything that was said between clients and the mock, the same bytes for the same calls.

What differs between runs by its nature is left out: ports, ids and versions of clients, boundaries of forms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from synapse_backend.testing.accounting import shown_path
from synapse_backend.testing.clock import wire
from synapse_backend.testing.messages import is_credential
from synapse_backend.testing.recording import SMALL_BYTES, described

if TYPE_CHECKING:
    from collections.abc import Iterable

    from synapse_backend.testing.recording import RecordedRequest

_PLACE = b"http://backend"
_LEFT_OUT = frozenset(
    {"accept-encoding", "connection", "content-length", "host", "user-agent", "x-request-id", "accept", "traceparent"}
)


def transcript(requests: Iterable[RecordedRequest]) -> bytes:
    """The requests and their answers, in order."""
    return b"\n".join([_exchange(request) for request in requests])


def _exchange(request: RecordedRequest) -> bytes:
    query = "&".join(f"{name}={value}" for name, values in request.query.items() for value in values)
    lines = [
        f"# {request.number} {wire(request.time)} {request.operation_id or '-'} {' '.join(request.faults)}".rstrip()
    ]
    lines.append(f"> {request.method} {shown_path(request)}{'?' if query else ''}{query}")
    for name, value in sorted(request.headers.items()):
        if name not in _LEFT_OUT:
            shown = value.partition(";")[0] if name == "content-type" else "***" if is_credential(name) else value
            lines.append(f"> {name}: {shown}")
    base_url = f"http://{request.headers.get('host', '')}".encode("latin-1")
    pieces = ["\n".join(lines).encode()]
    if request.parts:
        pieces += [f"> part {name}: ".encode() + _shown(part.data, part.digest) for name, part in request.parts.items()]
    elif request.body or request.digest:
        pieces.append(b"> " + _shown(request.body, request.digest))
    pieces.append(f"< {request.status}".encode())
    pieces += [f"< {name}: {value}".encode() for name, value in request.answer_headers if name != "Content-Length"]
    if any(name == "Content-Encoding" for name, _ in request.answer_headers):
        # The port may be in it, and changes all of its bytes.
        pieces.append(b"< compressed")
    elif request.answer:
        pieces.append(b"< " + _shown(request.answer.replace(base_url, _PLACE)))
    return b"\n".join(pieces).replace(base_url, _PLACE) + b"\n"


def _shown(content: bytes | memoryview, digest: str = "") -> bytes:
    if digest or len(content) > SMALL_BYTES:
        return (digest or described(content)).encode()
    return bytes(content)
