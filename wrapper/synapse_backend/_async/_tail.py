"""Following the console of a job."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from math import inf
from typing import TYPE_CHECKING, Any, cast

from synapse_backend._async._patience import AsyncPatience
from synapse_backend._config import parse_timeout
from synapse_backend._console import ConsoleError, Followed, Reading, StreamError
from synapse_backend._errors import ClientError, ResponseError

if TYPE_CHECKING:
    from synapse_api.operations import Operation
    from synapse_backend._async._transport import AsyncCaller
    from synapse_backend._config import CallOptions, ClientConfig, TimeoutOptions


async def follow(
    config: ClientConfig,
    caller: AsyncCaller,
    operation: Operation[Any],
    pk: int | str,
    idle_timeout: float | None,
    options: CallOptions | None,
) -> AsyncGenerator[str, None]:
    """Yield the lines of a log until it ends.

    A log that breaks off is asked for again. It comes from its beginning, so what was handed on before is left out.
    """
    options = _options(config, idle_timeout, options)
    patience = AsyncPatience(config, caller.budget, operation, options)
    followed = Followed()
    while True:
        before = followed.number
        async with await caller.open(operation, (pk,), options=patience.options()) as stream:
            try:
                reading = Reading(stream.headers, followed)
                async for piece in stream:
                    for line in reading.lines(piece):
                        yield line
                    if reading.is_complete:
                        break
                if reading.end():
                    patience.renew()
                    return
                failure: ClientError = stream.refused("truncated", "the log ended before the job did")
            except StreamError as error:
                raise stream.refused(error.kind, str(error)) from None
            except ConsoleError as error:
                error_class, status = error.error_class()
                raise stream.error(
                    error_class, f"the log ended with an error: {error}", status_code=status, body=error.data
                ) from None
            except ResponseError as error:
                failure = error
            finally:
                # Local variables show in tracebacks.
                piece = b""
        if followed.number > before:
            patience.renew()
        await patience.wait(failure)


def _options(config: ClientConfig, idle_timeout: float | None, options: CallOptions | None) -> CallOptions:
    """Return the settings of each request: silence is limited as the caller wants, the whole only where they say so."""
    given = options or {}
    phases = parse_timeout(given["timeout"]) if "timeout" in given else config.timeout
    timeout = cast("TimeoutOptions", {**phases, "read": idle_timeout})
    return {"deadline": inf, **given, "timeout": timeout}
