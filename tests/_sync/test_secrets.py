# Derived from tests/_async/test_secrets.py by scripts/unasync.py; do not edit.
"""The token shows nowhere: not in errors, logs, tracebacks, pickles or what the server repeats."""

from __future__ import annotations

import io
import logging
import pickle
import warnings
from typing import Any

import httpx
import pytest

from synapse_backend import BackendClient, ClientError, OutcomeUnknownError
from tests.support.canary import TOKEN, forms, shown_with_locals
from tests.support.scripted import NOTHING, RESET, SILENCE, Answer, ScriptedServer, json_reply, reply

ECHO = f"you sent Synapse-Access-Token: Token {TOKEN} and /agents/{TOKEN}/".encode()
FAULTS = [
    pytest.param(NOTHING, id="end"),
    pytest.param(RESET, id="reset"),
    pytest.param(SILENCE, id="silence"),
    pytest.param(Answer(ECHO + b"\r\n\r\n", then="close"), id="no http"),
    pytest.param(reply(400, ECHO, "text/plain"), id="400 text"),
    pytest.param(json_reply({"detail": ECHO.decode(), TOKEN: [TOKEN]}, 400), id="400 json"),
    pytest.param(reply(401, b"{}", headers={"WWW-Authenticate": TOKEN, "X-Request-ID": TOKEN}), id="401 headers"),
    pytest.param(reply(302, headers={"Location": f"https://elsewhere/{TOKEN}"}), id="302"),
    pytest.param(reply(500, ECHO, "text/html"), id="500"),
    pytest.param(reply(503, ECHO, length=500, then="close"), id="503 cut"),
    pytest.param(reply(200, ECHO, "text/html"), id="200 html"),
    pytest.param(reply(200, ECHO), id="200 no json"),
    pytest.param(reply(200, b'"' + b"x" * 100 + ECHO), id="200 json cut"),
    pytest.param(reply(200, ECHO, length=500, then="close"), id="200 cut"),
    pytest.param(reply(200, ECHO, length=500, then="hold"), id="200 stops"),
    pytest.param(reply(200, ECHO, headers={"Content-Encoding": "gzip"}), id="200 no gzip"),
    pytest.param(reply(200, ECHO, headers={"Content-Encoding": TOKEN}), id="200 unknown coding"),
    pytest.param(reply(200, ECHO * 100, length=None), id="200 too large"),
]


def everything(url: str, **options: Any) -> BackendClient:
    """Return a client that has the token wherever it can have one."""
    return BackendClient(
        url,
        TOKEN,
        TOKEN,
        {"connect": 60, "read": 0.05, "write": 60, "pool": 60},
        authorization_token=TOKEN,
        max_response_bytes=2000,
        retries=0,
        **options,
    )


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(
    ("method", "arguments"),
    [("list_jobs", []), ("create_plugin", [{"name": "x"}]), ("create_plugin_release", [{"file": b"x"}])],
)
def test_no_error_shows_the_token(
    fault: Answer,
    method: str,
    arguments: list[Any],
    server: ScriptedServer,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    server.plays(fault)
    with everything(server.url) as client:
        with pytest.raises(ClientError) as caught:
            getattr(client, method)(*arguments)
        assert TOKEN not in repr(client)
    assert [form for form in forms(caught.value) if TOKEN in form] == []
    server.wait_until_asked(1)
    assert server.requests[0].values("Synapse-Access-Token") == [f"Token {TOKEN}"]
    assert TOKEN not in caplog.text
    assert TOKEN not in "".join(capfd.readouterr())


@pytest.mark.parametrize("status", [404, 200])
def test_an_agent_token_in_the_path_is_kept_out_of_errors_and_logs(
    status: int, client: BackendClient, server: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    agent_token = "agent/token+0123"
    page = f"no agent {agent_token} at /agents/agent%2Ftoken%2B0123/connect/".encode()
    server.plays(reply(status, page, "text/html"))
    with pytest.raises(ClientError) as caught:
        client.health_check_agent(agent_token)
    assert caught.value.response == "no agent *** at /agents/***/connect/"
    assert "token+0123" not in f"{caught.value} {vars(caught.value)} {caplog.text}"
    assert "token%2B0123" not in f"{caught.value} {vars(caught.value)} {caplog.text}"


def test_no_traceback_of_another_error_shows_the_token(server: ScriptedServer) -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(5, "the disk is gone")

    server.plays(NOTHING)
    with everything(server.url) as client:
        with pytest.raises(OSError, match="the disk is gone") as caught:
            client.create_plugin_release({"file": Failing(b"x")})
    shown = shown_with_locals(caught.value)
    assert "the disk is gone" in shown
    assert "self = <synapse_backend" in shown
    assert TOKEN not in shown


@pytest.mark.parametrize("base_url", ["api.synapse.sh", "http://api.synapse.sh", "https://user:x@api.synapse.sh"])
def test_no_traceback_of_a_wrong_setting_shows_the_token(base_url: str) -> None:
    with pytest.raises(ValueError, match="base_url") as caught:
        everything(base_url)
    shown = shown_with_locals(caught.value)
    assert f"self = {BackendClient.__name__}()" in shown
    assert TOKEN not in shown


def test_a_transport_of_httpx_that_fails_shows_no_token() -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        assert TOKEN in request.headers["Synapse-Access-Token"]
        raise httpx.ReadError("lost", request=request)

    with everything("http://127.0.0.1:1", transport=httpx.MockTransport(fail)) as client:
        with pytest.raises(OutcomeUnknownError) as caught:
            client.create_plugin({"name": "x"})
    assert [form for form in forms(caught.value) if TOKEN in form] == []


def test_a_token_of_a_function_is_kept_as_safe(server: ScriptedServer) -> None:
    server.plays(reply(400, ECHO, "text/plain"))
    with BackendClient(server.url, lambda: TOKEN) as client:
        with pytest.raises(ClientError) as caught:
            client.get_job(789)
        assert TOKEN not in repr(vars(client))
    assert [form for form in forms(caught.value) if TOKEN in form] == []


def test_a_pickled_client_holds_no_token(server: ScriptedServer) -> None:
    with everything(server.url) as client:
        assert TOKEN.encode() not in pickle.dumps(client)


def test_no_warning_shows_the_token() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with everything("https://127.0.0.1:1", verify=False):
            pass
    assert len(caught) == 1
    assert TOKEN not in str(caught[0].message)
