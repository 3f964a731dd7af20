"""No credential shows, even where a server repeats what it was sent; and the search, which the scenarios use, finds one."""

from __future__ import annotations

import pickle
from contextlib import ExitStack

import pytest

from synapse_backend import ClientError, OutcomeUnknownError
from synapse_backend.testing import MockBackend
from tests.reliability.search import SECRETS, leaks, seen
from tests.reliability.stage import AGENT_IN_PATH, CREDENTIALS, Call, Run
from tests.support.clients import DRIVERS
from tests.support.scripted import NOTHING, RESET, SILENCE, Answer, json_reply, reply

ECHO = f"you asked /agents/{AGENT_IN_PATH}/connect/ with {' '.join(CREDENTIALS.values())}".encode()
AGENT = Call("health_check_agent", (AGENT_IN_PATH,))


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
    logged: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with ExitStack() as stack:
        run = Run(kind, CREDENTIALS, monkeypatch, stack)
        server = run.script(answer)
        run.client(server.url, retries=0, timeout={"read": 0.1})
        run.make(AGENT)
        run.prove_script(1)
        assert isinstance(run.error, ClientError)
        assert AGENT_IN_PATH in server.requests[0].target
        shown = list(seen(run))
    assert leaks([*shown, logged.text, *capfd.readouterr()]) == []


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
        assert {leak.partition(":")[0] for leak in leaks(seen(run))} == {SECRETS[0]}
        assert leaks([*seen(run), AGENT_IN_PATH])[-1].startswith(AGENT_IN_PATH)
        run.errors.append(ClientError(f"Token {SECRETS[1]}"))
        assert any(leak.startswith(SECRETS[1]) for leak in leaks(seen(run)))


def test_a_mock_that_knows_the_agent_masks_it_in_its_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    with MockBackend() as backend, backend.client(**CREDENTIALS) as client:
        token = backend.agents[1]["token"]
        client.health_check_agent(token)
        assert token not in repr(backend.requests)
        assert token not in backend.transcript().decode("latin-1").partition("\n< ")[0]
        assert token.encode() not in pickle.dumps(client)
