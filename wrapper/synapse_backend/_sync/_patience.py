# Derived from wrapper/synapse_backend/_async/_patience.py by scripts/unasync.py; do not edit.
"""Waits before what broke off while it was handed on is asked for again."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from synapse_backend._deadlines import Overall
from synapse_backend._events import RetryEvent
from synapse_backend._retry import Failure, RetryBudget, delay_before_next

if TYPE_CHECKING:
    from synapse_api.operations import Operation
    from synapse_backend._config import CallOptions, ClientConfig
    from synapse_backend._errors import ClientError


class Patience:
    """Decides whether something that takes several calls goes on after one of them broke off.

    Args:
        config: Settings of the client.
        budget: What the client may still spend on further attempts.
        operation: What is called.
        options: What the caller wants of the whole.
    """

    def __init__(
        self, config: ClientConfig, budget: RetryBudget, operation: Operation[Any], options: CallOptions | None
    ) -> None:
        _, self._retries, _ = config.options_for(operation, options)
        self._deadline = Overall(config, operation, options)
        self._config = config
        self._budget = budget
        self._operation = operation
        self._attempt = 0
        self._spent = 0

    def options(self) -> CallOptions | None:
        """Return the settings of the next call."""
        return self._deadline.options()

    def renew(self) -> None:
        """Take note that something substantial came: attempts are counted anew, and what they cost is given back."""
        self._budget.give_back(self._spent)
        self._attempt = self._spent = 0

    def wait(self, failure: ClientError) -> None:
        """Wait before the next call.

        Args:
            failure: Why the last one broke off.

        Raises:
            ClientError: There must be no next call; this is `failure`.
        """
        self._attempt += 1
        operation = self._operation
        delay = delay_before_next(
            operation.retry, Failure("broken"), attempt=self._attempt, retries=self._retries, random=random.random
        )
        cost = None
        if delay is not None and self._deadline.has_room_for(delay):
            cost = self._budget.take(throttled=False)
        if delay is None or cost is None:
            # The frames of an error that was not raised at once hold what came.
            raise failure.with_traceback(None)
        self._spent += cost
        if self._config.hooks.on_retry is not None:
            called = operation.id, operation.method, operation.path, failure.request_id or ""
            self._config.hooks.on_retry(RetryEvent(*called, self._attempt, delay, failure))
        self._config.clock.sleep(delay)
