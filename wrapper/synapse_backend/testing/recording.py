"""What arrived, for tests to assert on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from synapse_backend.testing.messages import Headers, JsonObject
    from synapse_backend.testing.multipart import Part


@dataclass(slots=True)
class RecordedRequest:
    """One request that the mock was sent, and what became of it.

    Attributes:
        number: Position among all requests since the last reset, from 1.
        method: The verb.
        path: The path as it was sent, without the query.
        headers: Its header fields; `repr` hides credentials.
        body: Its body as it was sent.
        time: The moment of the mock's clock at which it was served.
        path_template: `/jobs/{pk}/`; None for a path that the contract does not know.
        operation_id: `get_job`; None for a path or verb that the contract does not know.
        query: The query, each name with all values in order.
        json: The decoded JSON body, None when there is none.
        parts: The parts of a multipart body by name, the last one of each name.
        errors: The 400 body when the request violates the contract or a rule, else empty.
        status: Status of the answer, also of one that a fault kept from the client; 0 when there was none.
        faults: Names of the faults that were played on it.
        answer: Body of the answer; empty where only some requests are kept.
        answer_headers: Its header fields.
    """

    number: int
    method: str
    path: str = field(repr=False)
    headers: Headers = field(repr=False)
    body: bytes = field(repr=False)
    time: datetime = field(repr=False)
    path_template: str | None = None
    operation_id: str | None = None
    query: dict[str, list[str]] = field(default_factory=dict)
    json: object = field(default=None, repr=False)
    parts: dict[str, Part] = field(default_factory=dict, repr=False)
    errors: JsonObject = field(default_factory=dict)
    status: int = 0
    faults: tuple[str, ...] = ()
    answer: bytes = field(default=b"", repr=False)
    answer_headers: list[tuple[str, str]] = field(default_factory=list, repr=False)
