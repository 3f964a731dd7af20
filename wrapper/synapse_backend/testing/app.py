"""The mock itself: a request value in, a response value out. Synchronous, and free of sockets and HTTP libraries."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from synapse_backend.testing import media, storage
from synapse_backend.testing.accounting import Ledger
from synapse_backend.testing.auth import Access
from synapse_backend.testing.clock import Clock, http_date
from synapse_backend.testing.encoding import PageEncoder
from synapse_backend.testing.messages import JsonObject, Request, RequestError, Response, not_found
from synapse_backend.testing.options import TailOptions, UploadOptions
from synapse_backend.testing.parameters import path_parameters
from synapse_backend.testing.reading import read_body, read_headers, read_query
from synapse_backend.testing.recording import SMALL_BYTES, Kept, RecordedRequest
from synapse_backend.testing.streams import Stream, next_step, streaming

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from synapse_backend.testing.contract import Contract, OperationContract
    from synapse_backend.testing.delivery import Step
    from synapse_backend.testing.faults import Faults
    from synapse_backend.testing.multipart import Part
    from synapse_backend.testing.rules import Answer, Rule
    from synapse_backend.testing.state import State

CONTROL = "/__mock__/"
SERVER = "synapse-backend-mock"
_HOST = re.compile(r"[A-Za-z0-9._-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")


class ContractError(AssertionError):
    """The mock answered something that the contract does not allow: a defect of the mock, not of the test."""


@dataclass(frozen=True, slots=True)
class Options:
    """How strict the mock is.

    Attributes:
        access: Who may do what.
        page_size: Items per page when the request names no number.
        max_body_bytes: Larger request bodies are a 413.
        reject_unknown_query: Whether an unknown query parameter is a 400; backends ignore it.
        record_limit: Only that many requests are kept, the latest; None keeps all.
        uploads: How files are taken.
        tails: How consoles are followed.
    """

    access: Access = field(default_factory=Access)
    page_size: int = 100
    max_body_bytes: int = 64 * 1024 * 1024
    reject_unknown_query: bool = True
    record_limit: int | None = None
    uploads: UploadOptions = field(default_factory=UploadOptions)
    tails: TailOptions = field(default_factory=TailOptions)

    def body_limit(self, target: str) -> int:
        """How many bytes the body of a request to this target may have."""
        return storage.MAX_OBJECT_BYTES if target.startswith(storage.PREFIX) else self.max_body_bytes


@dataclass(slots=True)
class Call:
    """What a rule gets: a request that the contract allows, decoded.

    Attributes:
        state: The objects of the mock.
        now: The moment at which the request is served.
        options: Of the mock.
        base_url: Scheme and host that the client used; absolute URLs in answers start with it.
        path: Decoded path parameters.
        query: Decoded query parameters; those that were not sent are absent.
        query_pairs: The query as it came.
        headers: Decoded header parameters.
        body: The decoded body: an object, or an array where the contract allows one. Files stand in it by name.
        files: The files of a multipart body.
        target: The object that the path names, when the rule has a function to find it.
        counted: Bytes that were stored, and that came again, when the rule tells them apart.
    """

    state: State
    now: datetime
    options: Options
    base_url: str
    path: JsonObject = field(default_factory=dict)
    query: JsonObject = field(default_factory=dict)
    query_pairs: list[tuple[str, str]] = field(default_factory=list)
    headers: JsonObject = field(default_factory=dict)
    # Its shape is known only after validation, as that of all JSON.
    body: Any = field(default_factory=dict)
    files: dict[str, Part] = field(default_factory=dict)
    target: JsonObject = field(default_factory=dict)
    counted: tuple[int, int] | None = None

    @property
    def items(self) -> list[JsonObject]:
        """The objects of the body where it may be one or an array of them."""
        return list(self.body) if isinstance(self.body, list) else [self.body]


class App:
    """Dispatches requests to rules and holds both directions against the contract.

    Args:
        contract: What is served.
        rules: By operationId.
        state: Makes the first objects of a tenant, and of no tenant.
        clock: Gives every moment that shows in an answer.
        options: How strict the mock is.
    """

    def __init__(
        self,
        contract: Contract,
        rules: Mapping[str, Rule],
        state: Callable[[str | None], State],
        clock: Clock,
        options: Options,
    ) -> None:
        self.contract = contract
        self._fresh_state = state
        self.states: dict[str | None, State] = {None: state(None)}
        self.clock = clock
        self.options = options
        self.requests: list[RecordedRequest] = []
        self.contract_errors: list[str] = []
        self.ledger = Ledger()
        # Serves what is asked about the mock itself.
        self.control: Callable[[Request], Response] | None = None
        self.lock = threading.RLock()
        # Set while some are armed.
        self.faults: Faults | None = None
        self._rules = rules
        self._served = 0
        self._kept = Kept()
        self._date: tuple[int, str] = (-1, "")
        self._encode = PageEncoder().encode

    @property
    def state(self) -> State:
        """The objects that belong to no tenant."""
        return self.states[None]

    def state_of(self, tenant: str | None) -> State:
        """The objects of a tenant."""
        state = self.states.get(tenant)
        if state is None:
            state = self.states[tenant] = self._fresh_state(tenant)
        return state

    def addressed(self, request: Request) -> State:
        """The objects of the tenant that a request names, or of none when it names none that exists."""
        try:
            return self.state_of(self.options.access.tenant(request.headers, self.contract))
        except RequestError:
            return self.state

    def reset(self) -> None:
        """Start anew with the first objects."""
        with self.lock:
            self.states = {None: self._fresh_state(None)}
            self.ledger = Ledger()
            self.clock.reset()
            self.requests.clear()
            self.contract_errors.clear()
            self._served = 0
            self._kept = Kept()

    def handle(self, request: Request, refusal: RequestError | None = None) -> Response:
        """Serve one request.

        Args:
            request: As it left the wire.
            refusal: Set when the front would not read the whole request; it is the answer then.
        """
        if self.control is not None and request.target.startswith(CONTROL):
            return self.control(request)
        with self.lock:
            now = self.clock.tick()
            self._served += 1
            path = request.target.partition("?")[0]
            record = RecordedRequest(self._served, request.method, path, request.headers, request.body, now)
            self._record(record)
            if self.faults is None or refusal is not None:
                response = self._carry_out(request, record, now, refusal)
                response.headers += self._common_headers(now, response)
            else:
                response = self._play(self.faults, request, record, now)
            record.status = response.status
            if len(record.body) > SMALL_BYTES:
                self._kept.add(record)
            if self.options.record_limit is None:
                record.answer, record.answer_headers = response.body, response.headers
            if request.method == "HEAD":
                response.body, response.rest = b"", None
            return response

    def _carry_out(
        self, request: Request, record: RecordedRequest, now: datetime, refusal: RequestError | None = None
    ) -> Response:
        try:
            if refusal is not None:
                raise refusal
            return self._answer(request, record, now)
        except RequestError as error:
            if error.status == 400:
                record.errors = error.body
            return self._json(record, error.status, error.body, error.headers)
        except Exception as error:  # a rule failed: the client sees a server that failed
            return self._defect(record, f"{type(error).__name__}: {error}")

    def _play(self, faults: Faults, request: Request, record: RecordedRequest, now: datetime) -> Response:
        """Answer while faults are armed."""

        def carry_out(asked: Request) -> Response:
            # A fault may look at another page first.
            record.query.clear()
            return self._carry_out(asked, record, now)

        operation = self.find(request)
        if operation is not None:
            record.operation_id, record.path_template = operation.id, operation.path
        try:
            response, record.faults = faults.play(request, operation, now, carry_out)
        except Exception as error:  # a fault failed, and must not take the server along
            response = self._defect(record, f"{type(error).__name__}: {error}")
        # A fault may have its own idea of a header.
        given = {name for name, _ in response.headers}
        common = self._common_headers(now, response)
        response.headers += [field for field in common if field[0] not in given]
        return response

    def find(self, request: Request) -> OperationContract | None:
        """The operation that a request calls; None when the contract does not know it."""
        try:
            operations, _ = self._route(request.target.partition("?")[0])
        except RequestError:
            return None
        return operations.get("GET" if request.method == "HEAD" else request.method)

    def note_unanswered(self, head: Request, faults: tuple[str, ...]) -> None:
        """Record a request whose body will never be read."""
        with self.lock:
            now = self.clock.tick()
            self._served += 1
            path = head.target.partition("?")[0]
            record = RecordedRequest(self._served, head.method, path, head.headers, b"", now, faults=faults)
            operation = self.find(head)
            if operation is not None:
                record.operation_id, record.path_template = operation.id, operation.path
            self._record(record)

    def _record(self, record: RecordedRequest) -> None:
        self.requests.append(record)
        limit = self.options.record_limit
        if limit is not None and len(self.requests) >= 2 * limit:
            del self.requests[:-limit]

    def _common_headers(self, now: datetime, response: Response) -> list[tuple[str, str]]:
        second = int(now.timestamp())
        if second != self._date[0]:
            self._date = (second, http_date(now))
        length = len(response.body)
        if response.rest is not None:
            length += response.length or 0
        return [
            *([] if response.is_open else [("Content-Length", str(length))]),
            ("Date", self._date[1]),
            ("Server", SERVER),
            ("X-Request-Id", f"mock-{self._served:06}"),
        ]

    def _answer(self, request: Request, record: RecordedRequest, now: datetime) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        base_url = _base_url(request)
        if record.path.startswith(media.PREFIX):
            return self._media(request, record.path)
        if record.path.startswith(storage.PREFIX):
            return self._storage(request, now)
        operations, values = self._route(record.path)
        operation = operations.get(method)
        known = operation or next(iter(operations.values()))
        record.path_template = known.path
        record.operation_id = None if operation is None else operation.id
        access = self.options.access
        tokens = access.authenticate(request.headers, self.contract) if known.secured else ()
        if operation is None:
            verbs = [*operations, *(["HEAD"] if "GET" in operations else [])]
            detail = f'Method "{request.method}" not allowed.'
            raise RequestError(405, {"detail": detail}, (("Allow", ", ".join(sorted(verbs))),))
        if access.scopes:
            access.authorize(tokens, operation)
        state = self.state_of(access.tenant(request.headers, self.contract))
        state.jobs.settle(now)
        call = Call(state, now, self.options, base_url)
        call.path = path_parameters(operation, values)
        rule = self._rules[operation.id]
        if rule.target is not None:
            call.target = rule.target(call)
        read_query(operation, request, record, call)
        read_headers(operation, request, call)
        read_body(operation, request, record, call)
        if operation.method == "GET":
            status, body = rule.answer(call)
        else:
            status, body = self._write(operation, rule, call)
        if isinstance(body, Stream):
            return self._stream(operation, record, call.state, body)
        return self._json(record, status, body)

    def _stream(self, operation: OperationContract, record: RecordedRequest, state: State, stream: Stream) -> Response:
        def steps() -> Iterator[Step]:
            items = stream.items(self.clock)
            while True:
                with self.lock:
                    # After a reset there is nothing left to tell.
                    is_current = any(state is current for current in self.states.values())
                    step = next_step(items, operation, self.contract_errors) if is_current else None
                    if self.options.record_limit is None and isinstance(step, bytes):
                        record.answer += step
                if step is None:
                    return
                yield step

        return streaming(self.options.tails.framing, steps)

    def _write(self, operation: OperationContract, rule: Rule, call: Call) -> Answer:
        before = self.ledger.before(call.state)
        stored = False
        try:
            status, body = rule.answer(call)
            stored = True
        finally:
            self.ledger.after(call.state, before)
            if call.counted is None:
                self.ledger.count_files(operation.id, call.files, stored)
            else:
                self.ledger.count_bytes(*call.counted)
        return status, body

    def _route(self, path: str) -> tuple[dict[str, OperationContract], list[str]]:
        try:
            segments = [unquote(part, errors="strict") if "%" in part else part for part in path.split("/")]
        except UnicodeDecodeError:
            raise not_found() from None
        route = self.contract.route(segments)
        if route is None:
            raise not_found()
        return route

    def _json(
        self, record: RecordedRequest, status: int, body: object, headers: tuple[tuple[str, str], ...] = ()
    ) -> Response:
        if record.operation_id is not None:
            operation = self.contract.operations[record.operation_id]
            validator = operation.response_validator(status)
            if validator is None:
                return self._defect(record, f"status {status} is not in the contract")
            if not validator.is_valid(body):
                error = next(iter(validator.iter_errors(body)))
                where = "/".join(map(str, error.instance_path)) or "the whole body"
                return self._defect(record, f"the {status} answer violates the contract at {where}: {error.message}")
        return Response(status, [("Content-Type", "application/json"), *headers], self._encode(body).encode())

    def _defect(self, record: RecordedRequest, message: str) -> Response:
        message = f"Defect of the mock in {record.operation_id or record.method}: {message}"
        self.contract_errors.append(message)
        return Response(500, [("Content-Type", "application/json")], self._encode({"detail": message}).encode())

    def _media(self, request: Request, path: str) -> Response:
        for state in self.states.values():
            if path in state.files:
                return media.serve(state.files[path], request)
        raise not_found()

    def _storage(self, request: Request, now: datetime) -> Response:
        secrets = [*self.contract.credential_headers, self.contract.tenant_header]
        response, *counted = storage.serve(self.states.values(), request, now, secrets, self.options.uploads)
        self.ledger.count_bytes(*counted)
        return response


def _base_url(request: Request) -> str:
    host = request.headers.get("host", "127.0.0.1")
    if not _HOST.fullmatch(host):
        raise RequestError(400, {"detail": "Invalid Host header."})
    return f"http://{host}"
