"""The mock backend as applications use it."""

from __future__ import annotations

import copy
import warnings
import zlib
from collections.abc import Collection as Container
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, get_args

from synapse_backend.testing.app import App, ContractError, Options
from synapse_backend.testing.auth import Access
from synapse_backend.testing.checks import known, number, one_of, texts
from synapse_backend.testing.clock import DEFAULT_START, Clock, RealClock, VirtualClock, wire
from synapse_backend.testing.contract import Contract, bundled
from synapse_backend.testing.data import seeded_state
from synapse_backend.testing.inspection import Inspection
from synapse_backend.testing.options import TailOptions, UploadOptions
from synapse_backend.testing.rules import RULES, check_rules
from synapse_backend.testing.saving import export, load, read
from synapse_backend.testing.server import LOOPBACK, Server
from synapse_backend.testing.views import JobCollection, Views, views

if TYPE_CHECKING:
    import os
    from types import TracebackType
    from typing import Self

    from synapse_backend import AsyncBackendClient, BackendClient
    from synapse_backend.testing.faults import Faults
    from synapse_backend.testing.messages import JsonObject, Request, Response
    from synapse_backend.testing.state import Collection, State, StoredFile
    from synapse_backend.testing.transport import AsyncMockTransport, MockTransport

ClockName = Literal["virtual", "real"]
UnknownQuery = Literal["reject", "ignore"]
DEFAULT_TOKEN = "mock-token"  # noqa: S105  # any text is a token by default
# The address that clients name when there is no socket.
IN_PROCESS_URL = "http://localhost"


class MockBackend(Inspection):
    """A Synapse backend that lives in this process, for tests.

    It serves real HTTP on 127.0.0.1 once it is started, and in process at any time:

        with MockBackend() as backend:
            client = backend.client()
            job_id = client.run_plugin(123, {"parameters": {"threshold": 0.8}})["job_id"]
            assert backend.jobs[job_id]["status"] == "queued"

    Requests and answers are both held against the contract. A request that violates it gets the error that the backend
    would send; an answer that violates it is a defect of the mock, a 500, and `stop` raises `ContractError`.

    Args:
        seed: Decides about everything in the data that looks random.
        tokens: The tokens that are accepted; None accepts any that is not empty.
        require_token: Whether a request without a token is answered with 401.
        agent_tokens: The same as `tokens` for the tokens of agents.
        expired_tokens: Tokens that are answered with 401 because their time is over.
        scopes: Operations that a token is limited to, by token; any other is answered with 403.
        tenants: Codes of tenants. Each has data of its own; another one is answered with 403. None has the same data for
            all of them.
        page_size: Items per page when a request names no number.
        max_body_bytes: Larger request bodies are answered with 413.
        unknown_query: Whether an unknown query parameter is answered with 400 ("reject") or ignored, as backends do.
        start: Where the virtual clock starts. Without an offset it is UTC.
        clock: "virtual" stands still between requests; "real" is the clock of this machine.
        tick: Seconds that the virtual clock moves with each request.
        port: Port to listen on; 0 takes a free one.
        record_limit: Keep only so many of the latest requests in `requests`; None keeps all.
        uploads: How files are taken: limits, the form of ids and URLs.
        tails: How consoles of jobs are followed: the form of lines, the pace.
        spec: The contract, an OpenAPI document; the bundled one by default.
        state: What it holds at first instead of the seeded data: an exported state, or the path of one.

    Raises:
        ValueError: An option has a value that makes no sense; the message names it and what would.
        OSError: The file of the state cannot be read.
        LookupError: An operation of the contract has no rule, or a rule no operation; the message names them.
    """

    def __init__(
        self,
        seed: int = 0,
        *,
        tokens: Container[str] | None = None,
        require_token: bool = True,
        agent_tokens: Container[str] | None = None,
        expired_tokens: Container[str] = (),
        scopes: Mapping[str, Container[str]] | None = None,
        tenants: Container[str] | None = None,
        page_size: int = 100,
        max_body_bytes: int = 64 * 1024 * 1024,
        unknown_query: UnknownQuery = "reject",
        start: datetime | None = None,
        clock: ClockName = "virtual",
        tick: float = 0.5,
        port: int = 0,
        record_limit: int | None = None,
        uploads: UploadOptions | None = None,
        tails: TailOptions | None = None,
        spec: Mapping[str, Any] | None = None,
        state: str | os.PathLike[str] | Mapping[str, Any] | None = None,
    ) -> None:
        texts("tokens", tokens, "to accept any token")
        texts("agent_tokens", agent_tokens, "to accept any token")
        texts("expired_tokens", expired_tokens)
        texts("tenants", tenants, "for one set of data")
        one_of("clock", clock, get_args(ClockName))
        one_of("unknown_query", unknown_query, get_args(UnknownQuery))
        number("seed", seed, low=None, whole=True)
        number("page_size", page_size, low=1, high=1000, whole=True)
        number("max_body_bytes", max_body_bytes, low=0, whole=True)
        number("tick", tick, low=0, high=1e9)
        number("port", port, low=0, high=65535, whole=True)
        if record_limit is not None:
            number("record_limit", record_limit, low=1, whole=True)
        if start is not None and not isinstance(start, datetime):
            raise ValueError(f"start must be a datetime, not {start!r}")
        if start is not None and clock == "real":
            raise ValueError('start belongs to clock="virtual"; the real clock starts now')
        self._seed = seed
        self._tokens = None if tokens is None else frozenset(tokens)
        contract = bundled() if spec is None else Contract(dict(spec))
        check_rules(contract, RULES)
        self._contract = contract
        for operations in (scopes or {}).values():
            texts("each of scopes", operations)
            for name in operations:
                known("operation", name, contract.operations)
        self.clock: Clock = RealClock() if clock == "real" else VirtualClock(_utc(start), tick)
        self._start = self.clock.now.replace(microsecond=0)
        self._saved: JsonObject | None = None
        if state is not None:
            self._saved = read(state)
            _, now = load(self._saved, contract, seed)
            if isinstance(self.clock, VirtualClock):
                if start is None:
                    self.clock = VirtualClock(now, tick)
                self._start = self.clock.now
        access = Access(
            tokens=self._tokens,
            agent_tokens=None if agent_tokens is None else frozenset(agent_tokens),
            expired=frozenset(expired_tokens),
            scopes={token: frozenset(operations) for token, operations in (scopes or {}).items()},
            tenants=None if tenants is None else frozenset(tenants),
            required=require_token,
        )
        options = Options(
            access=access,
            page_size=page_size,
            max_body_bytes=max_body_bytes,
            reject_unknown_query=unknown_query == "reject",
            record_limit=record_limit,
            uploads=uploads or UploadOptions(),
            tails=tails or TailOptions(),
        )
        self._app = App(contract, RULES, self._fresh_state, self.clock, options)
        self._app.control = self._serve_control
        self._server = Server(self._app.handle, port=port, body_limit=options.body_limit)
        self._server.pause = self.clock.pause
        self._faults: Faults | None = None
        self._tenants = access.tenants
        seen = views(self._app)
        self.plugins: Collection = seen.plugins
        self.releases: Collection = seen.releases
        self.storages: Collection = seen.storages
        self.agents: Collection = seen.agents
        self.jobs: JobCollection = seen.jobs
        self.logs: Collection = seen.logs
        self.serve_applications: Collection = seen.serve_applications
        self.uploads: Collection = seen.uploads
        self.projects: Collection = seen.projects
        self.tasks: Collection = seen.tasks
        self.task_tags: Collection = seen.task_tags
        self.assignments: Collection = seen.assignments
        self.data_collections: Collection = seen.data_collections
        self.data_files: Collection = seen.data_files
        self.data_units: Collection = seen.data_units
        self.models: Collection = seen.models
        self.ground_truth_datasets: Collection = seen.ground_truth_datasets
        self.ground_truth_versions: Collection = seen.ground_truth_versions
        self.ground_truth_events: Collection = seen.ground_truth_events
        self.ground_truths: Collection = seen.ground_truths
        self.files: Mapping[str, StoredFile] = seen.files

    def _fresh_state(self, tenant: str | None) -> State:
        # Tenants differ, the same way in every process.
        seed = self._seed if tenant is None else self._seed + zlib.crc32(tenant.encode())
        if tenant is None and self._saved is not None:
            return load(self._saved, self._contract, seed)[0]
        return seeded_state(seed, self._start)

    def _serve_control(self, request: Request) -> Response:
        from synapse_backend.testing.control import Control

        return Control(self)(request)

    # --- life -------------------------------------------------------------------------------------------------------

    def start(self) -> Self:
        """Serve HTTP on 127.0.0.1.

        Raises:
            OSError: The port is taken.
            RuntimeError: It is started already.
        """
        if self._server.running:
            raise RuntimeError(f"the mock backend is started already, at {self.url}")
        self._server.start()
        return self

    def stop(self) -> None:
        """Stop serving. Stopping twice is fine.

        Raises:
            ContractError: The mock violated the contract since it was started or reset.
            FaultError: Faults did not fire as often as they were meant to.
        """
        self._server.stop()
        self.check()

    def check(self) -> None:
        """Raise when the mock itself was at fault, or when a fault that was armed has not fired.

        Raises:
            ContractError: The mock violated the contract since it was started or reset.
            FaultError: Faults did not fire as often as they were meant to; the message names them.
        """
        errors = list(self.contract_errors)
        if errors:
            more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
            self._app.contract_errors.clear()
            raise ContractError(f"{errors[0]}{more}")
        if self._faults is not None:
            self._faults.check()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None:
            self.stop()
            return
        # The error of the test says more; it must not be replaced.
        self._server.stop()
        for message in self.contract_errors:
            warnings.warn(message, RuntimeWarning, stacklevel=2)

    def reset(self) -> None:
        """Back to the seeded data, the start of the clock, no recorded requests, and no faults.

        The server goes on serving.
        """
        self._app.reset()
        if self._faults is not None:
            self._faults.clear()

    def __repr__(self) -> str:
        where = self.url if self._server.running else "not started"
        return f"<MockBackend {where}, seed={self._seed}, now={wire(self.clock.now)}, {len(self.requests)} requests>"

    # --- access -----------------------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Where it serves, without a slash at the end.

        Raises:
            RuntimeError: It is not started.
        """
        if not self._server.running:
            raise RuntimeError("the mock backend is not started: use it as a context manager or call start()")
        return f"http://{LOOPBACK}:{self._server.port}"

    @property
    def token(self) -> str:
        """A token that is accepted."""
        return min(self._tokens) if self._tokens else DEFAULT_TOKEN

    def client(self, **options: Any) -> BackendClient:
        """A client of this backend, with a token unless the options name a credential.

        It talks over the socket when the mock is started, and in process otherwise.

        Args:
            **options: Of `BackendClient`.
        """
        from synapse_backend import BackendClient

        if not self._server.running:
            options.setdefault("transport", self.transport())
        return BackendClient(**self._client_options(options))

    def async_client(self, **options: Any) -> AsyncBackendClient:
        """The same for `AsyncBackendClient`."""
        from synapse_backend import AsyncBackendClient

        if not self._server.running:
            options.setdefault("transport", self.async_transport())
        return AsyncBackendClient(**self._client_options(options))

    def _client_options(self, options: JsonObject) -> JsonObject:
        options.setdefault("base_url", self.url if self._server.running else IN_PROCESS_URL)
        if not {"api_token", "access_token", "agent_token", "authorization_token"} & options.keys():
            options["api_token"] = self.token
        return options

    def transport(self) -> MockTransport:
        """An httpx transport that serves in process; it needs no start."""
        from synapse_backend.testing.transport import MockTransport

        return MockTransport(self._app)

    def async_transport(self) -> AsyncMockTransport:
        """An asynchronous httpx transport that serves in process; it needs no start."""
        from synapse_backend.testing.transport import AsyncMockTransport

        return AsyncMockTransport(self._app)

    def tenant(self, code: str) -> Views:
        """The objects of a tenant.

        Raises:
            ValueError: There is no such tenant.
        """
        known("tenant", code, self._tenants or ())
        return views(self._app, code)

    # --- faults -----------------------------------------------------------------------------------------------------

    @property
    def faults(self) -> Faults:
        """What shall go wrong: `backend.faults.on("create_plugin", nth=2).commit_then_reset()`."""
        if self._faults is None:
            # Loaded at first use: most tests arm none, and a start shall take no longer for it.
            from synapse_backend.testing.faults import Faults

            self._faults = Faults(self._app, self._server, self._seed)
        return self._faults

    # --- state ------------------------------------------------------------------------------------------------------

    def export_state(self) -> JsonObject:
        """Everything that the mock holds, files included, as JSON. The data of tenants are not part of it."""
        with self._app.lock:
            self._app.state.jobs.settle(self.clock.now)
            return copy.deepcopy(export(self._app.state, self.clock.now))

    def import_state(self, state: str | os.PathLike[str] | Mapping[str, Any]) -> None:
        """Hold what was exported. A virtual clock goes on from the moment of the export.

        Args:
            state: An exported state, or the path of a file with one.

        Raises:
            ValueError: It cannot be held; nothing has changed then.
            OSError: The file cannot be read.
        """
        loaded, now = load(read(state), self._contract, self._seed)
        with self._app.lock:
            self._app.states[None] = loaded
            if isinstance(self.clock, VirtualClock):
                self.clock.set(now)


def _utc(start: datetime | None) -> datetime:
    if start is None:
        return DEFAULT_START
    return start.replace(tzinfo=UTC) if start.tzinfo is None else start.astimezone(UTC)
