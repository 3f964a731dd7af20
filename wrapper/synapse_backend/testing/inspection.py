"""What tests ask a mock backend about what arrived."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from synapse_backend.testing.accounting import Writes, arrivals, attempts, matches
from synapse_backend.testing.checks import known
from synapse_backend.testing.transcript import transcript

if TYPE_CHECKING:
    from collections.abc import Mapping

    from synapse_backend.testing.app import App
    from synapse_backend.testing.recording import RecordedRequest


class Inspection:
    """The part of `MockBackend` that looks back."""

    _app: App

    @property
    def requests(self) -> list[RecordedRequest]:
        """What arrived since the last reset, in order."""
        return self._app.requests

    @property
    def operations(self) -> list[str]:
        """The operations of the contract, by operationId."""
        return list(self._app.contract.operations)

    @property
    def writes(self) -> dict[str, Writes]:
        """What clients created and updated, by kind of object: `backend.writes["plugins"].created`."""
        return defaultdict(Writes, self._app.ledger.writes)

    @property
    def bytes_stored(self) -> int:
        """Bytes of the files that clients sent and that were kept."""
        return self._app.ledger.bytes_stored

    @property
    def bytes_resent(self) -> int:
        """Bytes of files that clients sent again."""
        return self._app.ledger.bytes_resent

    def attempts(self, operation: str) -> list[int]:
        """How many requests each call of an operation took; attempts of one call share their `X-Request-ID`.

        Raises:
            ValueError: There is no such operation.
        """
        known("operation", operation, self.operations)
        return attempts(self.requests, operation)

    def assert_called(
        self, operation: str, *, times: int | None = None, json: Mapping[str, Any] | None = None
    ) -> list[RecordedRequest]:
        """Require that an operation was called; the message of the error shows what did arrive.

        Args:
            operation: An operationId.
            times: How often; None for at least once.
            json: Fields that the JSON body must have; only requests that have them count.

        Returns:
            The requests that count.

        Raises:
            AssertionError: It was not.
            ValueError: There is no such operation.
        """
        known("operation", operation, self.operations)
        found = [request for request in self.requests if matches(request, operation, json)]
        if len(found) == times or (times is None and found):
            return found
        wanted = "at least once" if times is None else _times(times)
        such = "" if json is None else " with such a body"
        raise AssertionError(
            f"{operation} was called {_times(len(found))}{such}, not {wanted}. {arrivals(self.requests)}"
        )

    def assert_not_called(self, operation: str) -> None:
        """Require that an operation was not called.

        Raises:
            AssertionError: It was; the message shows what arrived.
            ValueError: There is no such operation.
        """
        self.assert_called(operation, times=0)

    def transcript(self) -> bytes:
        """All requests since the last reset and their answers; the same bytes for the same seed and calls.

        Tokens are masked, and what differs by its nature is left out: ports, request ids, boundaries of forms.

        Raises:
            RuntimeError: The mock keeps only some of the requests, because of `record_limit`.
        """
        if self._app.options.record_limit is not None:
            raise RuntimeError("there is no transcript where record_limit is set")
        return transcript(self.requests)

    @property
    def contract_errors(self) -> list[str]:
        """Where the mock itself violated the contract; always empty unless the mock has a defect."""
        return self._app.contract_errors


def _times(count: int) -> str:
    return f"{count} time{'' if count == 1 else 's'}"
