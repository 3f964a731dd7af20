"""No credential shows, whatever goes wrong: every scenario again, with everything that people may see of it searched."""

from __future__ import annotations

import logging
import pickle
import warnings
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from synapse_backend import ClientError, OutcomeUnknownError
from synapse_backend.testing import MockBackend
from tests.reliability.scenarios import SCENARIOS
from tests.reliability.stage import AGENT_IN_PATH, CREDENTIALS, Call, Run, Scenario
from tests.support.canary import forms
from tests.support.clients import DRIVERS
from tests.support.scripted import NOTHING, RESET, SILENCE, Answer, json_reply, reply

LOGGERS = ("synapse_backend", "httpx", "httpcore", "asyncio")
# What a client is told of the tenant is shown: it says whose data are meant, and opens nothing.
SECRETS = [value for name, value in CREDENTIALS.items() if name != "tenant"]
ECHO = f"you asked /agents/{AGENT_IN_PATH}/connect/ with {' '.join(CREDENTIALS.values())}".encode()
AGENT = Call("health_check_agent", (AGENT_IN_PATH,))


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


def leaks(run: Run, *texts: str) -> list[str]:
    """Return the beginning of every text that holds what must not show."""
    return [
        f"{secret}: {text[max(text.find(secret) - 200, 0) : text.find(secret) + 50]}"
        for text in (*seen(run), *texts)
        for secret in (*SECRETS, AGENT_IN_PATH)
        if secret in text
    ]


@pytest.mark.parametrize("kind", DRIVERS)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
def test_no_scenario_shows_a_credential(
    scenario: Scenario,
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    for name in LOGGERS:
        caplog.set_level(logging.DEBUG, name)
    with warnings.catch_warnings(record=True) as warned, ExitStack() as stack:
        warnings.simplefilter("always")
        run = Run(kind, CREDENTIALS, monkeypatch, stack)
        scenario.run(run)
        found = leaks(run)
    told = [str(warning.message) for warning in warned]
    assert leaks(run, caplog.text, *capfd.readouterr(), *told) == found == []


@pytest.mark.parametrize("kind", DRIVERS)
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(NOTHING, id="end"),
        pytest.param(RESET, id="reset"),
        pytest.param(SILENCE, id="silence"),
        pytest.param(Answer(ECHO + b"\r\n\r\n", then="close"), id="no http"),
        pytest.param(reply(404, ECHO, "text/plain"), id="404"),
        pytest.param(json_reply({"detail": ECHO.decode()}, 500), id="500"),
        pytest.param(reply(302, headers={"Location": f"https://elsewhere.example/{ECHO.decode()}"}), id="302"),
        pytest.param(reply(200, ECHO, "text/html"), id="html"),
        pytest.param(reply(200, ECHO), id="no json"),
        pytest.param(reply(200, ECHO, length=5000, then="close"), id="cut"),
        pytest.param(reply(200, ECHO, headers={"Content-Encoding": "gzip"}), id="no gzip"),
    ],
)
def test_a_server_that_repeats_what_it_was_sent_shows_no_credential(
    answer: Answer,
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    for name in LOGGERS:
        caplog.set_level(logging.DEBUG, name)
    with ExitStack() as stack:
        run = Run(kind, CREDENTIALS, monkeypatch, stack)
        server = run.script(answer)
        run.client(server.url, retries=0, timeout={"read": 0.1})
        run.make(AGENT)
        run.prove_script(1)
        assert isinstance(run.error, ClientError)
        assert AGENT_IN_PATH in server.requests[0].target
        found = leaks(run)
    assert leaks(run, caplog.text, *capfd.readouterr()) == found == []


@pytest.mark.parametrize("kind", DRIVERS)
def test_what_is_searched_would_be_found(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The search itself: an error that holds a credential, a log line and a journal entry."""
    with ExitStack() as stack:
        run = Run(kind, CREDENTIALS, monkeypatch, stack)
        run.mock().faults.on("create_plugin").commit_then_reset()
        run.client(run.backend.url)
        run.make(Call("create_plugin", ({"name": SECRETS[0]},)))
        assert isinstance(run.error, OutcomeUnknownError)
        # What a caller sends as data is data.
        assert {leak.partition(":")[0] for leak in leaks(run)} == {SECRETS[0]}
        assert leaks(run, AGENT_IN_PATH)[-1].startswith(AGENT_IN_PATH)
        run.errors.append(ClientError(f"Token {SECRETS[1]}"))
        assert any(leak.startswith(SECRETS[1]) for leak in leaks(run))


def test_a_mock_that_knows_the_agent_masks_it_in_its_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    with MockBackend() as backend, backend.client(**CREDENTIALS) as client:
        token = backend.agents[1]["token"]
        client.health_check_agent(token)
        assert token not in repr(backend.requests)
        assert token not in backend.transcript().decode("latin-1").partition("\n< ")[0]
        assert token.encode() not in pickle.dumps(client)
