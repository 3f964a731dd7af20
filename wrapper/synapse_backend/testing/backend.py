"""The mock backend as applications use it."""

from __future__ import annotations

import warnings
from collections.abc import Collection as Container
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, get_args

from synapse_backend.testing.app import App, ContractError, Options
from synapse_backend.testing.checks import number, one_of
from synapse_backend.testing.clock import DEFAULT_START, Clock, RealClock, VirtualClock, wire
from synapse_backend.testing.contract import Contract, load_spec
from synapse_backend.testing.data import seeded_state
from synapse_backend.testing.rules import RULES, check_rules
from synapse_backend.testing.server import LOOPBACK, Server
from synapse_backend.testing.views import JobCollection, views

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from synapse_backend import AsyncBackendClient, BackendClient
    from synapse_backend.testing.faults import Faults
    from synapse_backend.testing.messages import JsonObject
    from synapse_backend.testing.recording import RecordedRequest
    from synapse_backend.testing.state import Collection, State, StoredFile
    from synapse_backend.testing.transport import AsyncMockTransport, MockTransport

ClockName = Literal["virtual", "real"]
UnknownQuery = Literal["reject", "ignore"]
DEFAULT_TOKEN = "mock-token"  # noqa: S105  # any text is a token by default
# The address that clients name when there is no socket.
IN_PROCESS_URL = "http://localhost"


class MockBackend:
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
        page_size: Items per page when a request names no number.
        max_body_bytes: Larger request bodies are answered with 413.
        unknown_query: Whether an unknown query parameter is answered with 400 ("reject") or ignored, as backends do.
        start: Where the virtual clock starts. Without an offset it is UTC.
        clock: "virtual" stands still between requests; "real" is the clock of this machine.
        tick: Seconds that the virtual clock moves with each request.
        port: Port to listen on; 0 takes a free one.
        record_limit: Keep only so many of the latest requests in `requests`; None keeps all.
        spec: The contract, an OpenAPI document; the bundled one by default.

    Raises:
        ValueError: An option has a value that makes no sense; the message names it and what would.
        LookupError: An operation of the contract has no rule, or a rule no operation; the message names them.
    """

    def __init__(
        self,
        seed: int = 0,
        *,
        tokens: Container[str] | None = None,
        require_token: bool = True,
        page_size: int = 100,
        max_body_bytes: int = 64 * 1024 * 1024,
        unknown_query: UnknownQuery = "reject",
        start: datetime | None = None,
        clock: ClockName = "virtual",
        tick: float = 0.5,
        port: int = 0,
        record_limit: int | None = None,
        spec: Mapping[str, Any] | None = None,
    ) -> None:
        if isinstance(tokens, str) or (tokens is not None and not all(isinstance(t, str) and t for t in tokens)):
            raise ValueError("tokens must be a set of non-empty strings, or None to accept any token")
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
        contract = Contract(load_spec() if spec is None else dict(spec))
        check_rules(contract, RULES)
        self.clock: Clock = RealClock() if clock == "real" else VirtualClock(_utc(start), tick)
        self._start = self.clock.now.replace(microsecond=0)
        options = Options(
            tokens=self._tokens,
            require_token=require_token,
            page_size=page_size,
            max_body_bytes=max_body_bytes,
            reject_unknown_query=unknown_query == "reject",
            record_limit=record_limit,
        )
        self._app = App(contract, RULES, self._fresh_state(), self.clock, options)
        self._server = Server(self._app.handle, port=port, max_body_bytes=max_body_bytes)
        self._server.pause = self.clock.pause
        self._faults: Faults | None = None
        seen = views(self._app)
        self.plugins: Collection = seen.plugins
        self.releases: Collection = seen.releases
        self.storages: Collection = seen.storages
        self.agents: Collection = seen.agents
        self.jobs: JobCollection = seen.jobs
        self.files: Mapping[str, StoredFile] = seen.files

    def _fresh_state(self) -> State:
        return seeded_state(self._seed, self._start)

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
        self._app.reset(self._fresh_state())
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

    # --- faults -----------------------------------------------------------------------------------------------------

    @property
    def faults(self) -> Faults:
        """What shall go wrong: `backend.faults.on("create_plugin", nth=2).commit_then_reset()`."""
        if self._faults is None:
            # Loaded at first use: most tests arm none, and a start shall take no longer for it.
            from synapse_backend.testing.faults import Faults

            self._faults = Faults(self._app, self._server, self._seed)
        return self._faults

    # --- inspection -------------------------------------------------------------------------------------------------

    @property
    def requests(self) -> list[RecordedRequest]:
        """What arrived since the last reset, in order."""
        return self._app.requests

    @property
    def contract_errors(self) -> list[str]:
        """Where the mock itself violated the contract; always empty unless the mock has a defect."""
        return self._app.contract_errors


def _utc(start: datetime | None) -> datetime:
    if start is None:
        return DEFAULT_START
    return start.replace(tzinfo=UTC) if start.tzinfo is None else start.astimezone(UTC)
