"""The search for credentials in everything that people may see of a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from synapse_backend import ClientError
from tests.reliability.stage import AGENT_IN_PATH, CREDENTIALS, Run
from tests.support.canary import forms

LOGGERS = ("synapse_backend", "httpx", "httpcore", "asyncio")
# What a client is told of the tenant is shown: it says whose data are meant, and opens nothing.
SECRETS = [*(value for name, value in CREDENTIALS.items() if name != "tenant"), AGENT_IN_PATH]


def seen(run: Run) -> Iterator[str]:
    """Yield what people may see of a run: errors, clients, and what the mock tells of its requests."""
    for error in [*run.errors, *(event.error for event in run.retries)]:
        yield from forms(error) if isinstance(error, ClientError) else (str(error), repr(error), repr(vars(error)))
    for driver in run.drivers:
        yield repr(vars(driver.client))
        yield repr(driver.client).replace(CREDENTIALS["tenant"], "")
    for backend in run.backends:
        yield repr(backend)
        yield repr(backend.requests)
        # The tenant is no secret, and what a client sent in a body is shown as it came.
        yield backend.transcript().decode("latin-1").replace(CREDENTIALS["tenant"], "")
    yield from run.shown
    yield from map(repr, run.retries)


def leaks(texts: Iterable[str]) -> list[str]:
    """Return the beginning of every text that holds what must not show."""
    return [
        f"{secret}: {text[max(text.find(secret) - 200, 0) : text.find(secret) + 50]}"
        for text in texts
        for secret in SECRETS
        if secret in text
    ]
