# Derived from tests/_async/test_client.py by scripts/unasync.py; do not edit.
"""The client itself: how it is made, shown, closed, copied and pickled."""

from __future__ import annotations

import copy
import gc
import logging
import os
import pickle
from typing import Any

import httpx
import pytest

from synapse_backend import BackendClient, ClientError
from tests.support.canary import TOKEN
from tests.support.scripted import ScriptedServer, json_reply

URL = "https://api.synapse.sh"


def job(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"id": 789, "path": request.url.path, "seen": dict(request.headers)})


def mocked(base_url: str = URL, *arguments: Any, **options: Any) -> BackendClient:
    return BackendClient(base_url, *arguments, transport=httpx.MockTransport(job), **options)


def sent_headers(client: BackendClient) -> dict[str, str]:
    """Return the headers that a call of this client carries."""
    with client:
        answer: Any = client.get_job(789)
    headers: dict[str, str] = answer["seen"]
    return headers


# --- construction -------------------------------------------------------------------------------------------------


def test_the_documented_arguments_are_positional() -> None:
    headers = sent_headers(mocked(URL, "api", "agent", {"connect": 5, "read": 30}))
    assert headers["synapse-access-token"] == "Token api"
    assert headers["synapse-agent"] == "Token agent"


def test_every_token_travels_in_its_header() -> None:
    headers = sent_headers(mocked(access_token="a", authorization_token="u", agent_token="g", tenant="t"))
    assert {name: value for name, value in headers.items() if value.startswith("Token ")} == {
        "synapse-access-token": "Token a",
        "authorization": "Token u",
        "synapse-agent": "Token g",
        "synapse-tenant": "Token t",
    }


def test_tokens_come_from_the_environment_when_the_client_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNAPSE_ACCESS_TOKEN", "from-access")
    monkeypatch.setenv("SYNAPSE_AGENT_TOKEN", "from-agent")
    client = mocked()
    monkeypatch.setenv("SYNAPSE_API_TOKEN", "too late")
    headers = sent_headers(client)
    assert headers["synapse-access-token"] == "Token from-access"
    assert headers["synapse-agent"] == "Token from-agent"


def test_without_a_token_no_credential_is_sent() -> None:
    headers = sent_headers(mocked())
    assert not {"synapse-access-token", "authorization", "synapse-agent", "synapse-tenant"} & set(headers)


def test_a_call_names_its_client() -> None:
    headers = sent_headers(mocked())
    assert headers["user-agent"].startswith("synapse-backend-client/")
    assert (headers["accept"], headers["accept-encoding"]) == ("application/json", "gzip")


@pytest.mark.parametrize(
    ("base_url", "host", "path"),
    [
        (URL, "api.synapse.sh", "/jobs/789/"),
        (f"{URL}:8443/", "api.synapse.sh:8443", "/jobs/789/"),
        (f"{URL}/base/v1/", "api.synapse.sh", "/base/v1/jobs/789/"),
        (f"{URL}/한 국".replace(" ", "%20"), "api.synapse.sh", "/한 국/jobs/789/"),
        ("https://데이터.example", "xn--2n1bp39av7g.example", "/jobs/789/"),
    ],
)
def test_a_call_goes_to_the_base_url(base_url: str, host: str, path: str) -> None:
    with mocked(base_url) as client:
        answer: Any = client.get_job(789)
    assert (answer["seen"]["host"], answer["path"]) == (host, path)


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        (["api.synapse.sh"], {}, ValueError, "^base_url must be absolute"),
        ([None], {}, TypeError, "^base_url must be a str"),
        (["http://api.synapse.sh", TOKEN], {}, ValueError, "in clear text"),
        ([URL, ""], {}, ValueError, "^api_token is empty"),
        ([URL, b"token"], {}, TypeError, "^api_token must be a str"),
        ([URL, TOKEN, f"Token {TOKEN}"], {}, ValueError, "^agent_token holds a space"),
        ([URL, TOKEN, None, -1], {}, ValueError, "^timeout must be a positive"),
        ([URL, TOKEN], {"access_token": "other"}, ValueError, "two names of one argument"),
        ([URL, TOKEN], {"max_response_bytes": 0}, ValueError, "^max_response_bytes"),
        ([URL, TOKEN], {"retries": -1}, ValueError, "^retries"),
        ([URL, TOKEN], {"deadline": 0}, ValueError, "^deadline"),
        ([URL, TOKEN], {"proxy": "proxy:8080"}, ValueError, "^proxy"),
        ([URL, TOKEN], {"verify": "/no/such/file.pem"}, FileNotFoundError, "verify: No such file"),
        ([URL, TOKEN], {"verify": __file__}, ValueError, "^verify: .* holds no certificates"),
    ],
)
def test_an_argument_that_cannot_be_used_is_refused_by_name(
    arguments: list[Any], options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message) as caught:
        BackendClient(*arguments, **options)
    assert TOKEN not in str(caught.value)


def test_a_folder_of_certificates_can_be_trusted(tmp_path: object) -> None:
    with BackendClient(URL, verify=str(tmp_path)) as client:
        assert client.base_url == URL


# --- lifetime -----------------------------------------------------------------------------------------------------


def test_a_client_is_a_context_manager_that_closes_itself(server: ScriptedServer) -> None:
    server.plays(json_reply({"id": 789}))
    with BackendClient(server.url) as client:
        assert (client.get_job(789))["id"] == 789
    server.wait_until_idle()
    with pytest.raises(RuntimeError, match="the client is closed; make a new one"):
        client.get_job(789)


def test_a_client_can_be_closed_twice(client: BackendClient) -> None:
    client.close()
    client.close()


def test_an_error_in_the_block_is_not_replaced(server: ScriptedServer) -> None:
    with pytest.raises(ZeroDivisionError):
        with BackendClient(server.url):
            raise ZeroDivisionError


def test_a_transport_that_was_handed_in_is_closed_with_the_client() -> None:
    closed: list[str] = []

    class Transport(httpx.MockTransport):
        def close(self) -> None:
            closed.append("closed")

    with BackendClient(URL, transport=Transport(job)):
        assert closed == []
    assert closed == ["closed"]


# --- another process ----------------------------------------------------------------------------------------------


# Of what cannot be closed from here, the interpreter complains when it drops it.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_another_process_gets_connections_of_its_own(
    client: BackendClient, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.plays(*[json_reply({"id": 789})] * 4)
    own = os.getpid
    for process in (own, lambda: -1, own, lambda: -1):
        monkeypatch.setattr(os, "getpid", process)
        client.get_job(789)
    assert server.carriers == [1, 2, 1, 2]
    monkeypatch.undo()
    client.close()
    gc.collect()


# Of what cannot be closed from there, the interpreter complains when it drops it.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_client_that_is_closed_in_another_process_gives_up_what_it_inherited(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.plays(json_reply({"id": 789}))
    client = BackendClient(server.url)
    client.get_job(789)
    monkeypatch.setattr(os, "getpid", lambda: -1)
    client.close()
    gc.collect()
    server.wait_until_idle()


def test_a_transport_that_was_handed_in_serves_every_process(monkeypatch: pytest.MonkeyPatch) -> None:
    with mocked() as client:
        before = client._caller.pool
        monkeypatch.setattr(os, "getpid", lambda: -1)
        assert client._caller.pool is before


# --- what is shown ------------------------------------------------------------------------------------------------


def test_a_client_shows_its_address_and_which_tokens_it_has() -> None:
    client = mocked(URL, TOKEN, authorization_token=TOKEN, tenant="acme")
    name = BackendClient.__name__
    assert repr(client) == f"{name}('{URL}', api_token='***', authorization_token='***', tenant='acme')"


def test_the_address_of_a_client_can_be_read_but_not_changed() -> None:
    client = mocked(f"{URL}/base/")
    assert client.base_url == f"{URL}/base"
    with pytest.raises(AttributeError):
        client.base_url = "https://elsewhere"  # type: ignore[misc]


# --- copies and pickles -------------------------------------------------------------------------------------------


def test_a_pickled_client_works_with_the_token_of_the_process_that_unpickles_it(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.plays(json_reply({"id": 789}))
    with BackendClient(server.url, TOKEN, timeout=3, tenant="acme", retries=1) as client:
        pickled = pickle.dumps(client)
    assert TOKEN.encode() not in pickled
    monkeypatch.setenv("SYNAPSE_API_TOKEN", "another")
    with pickle.loads(pickled) as restored:  # noqa: S301
        assert repr(restored) == repr(client)
        restored.get_job(789)
    assert server.requests[0].values("Synapse-Access-Token") == ["Token another"]
    assert server.requests[0].values("Synapse-Tenant") == ["Token acme"]


def test_a_pickled_client_without_a_token_anywhere_says_which_one_is_missing(client: BackendClient) -> None:
    pickled = pickle.dumps(client)
    with pytest.raises(ValueError, match="set SYNAPSE_API_TOKEN in this process"):
        pickle.loads(pickled)  # noqa: S301


@pytest.mark.parametrize("travel", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_client_with_a_transport_of_its_own_stays_where_it_is(travel: Any) -> None:
    with pytest.raises(TypeError, match="a client with a transport of its own cannot be pickled"):
        travel(mocked())


# --- bad input ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "arguments", "error", "message"),
    [
        ("get_job", [""], ValueError, "^get_job: pk is empty"),
        ("get_job", [".."], ValueError, "^get_job: pk must not be a dot segment"),
        ("get_job", [None], TypeError, "^get_job: pk must be an int or a str"),
        ("health_check_agent", [f"{TOKEN}\n"], ValueError, "^health_check_agent: token holds a control character"),
        ("get_job", [789, ["logs"]], TypeError, "^get_job: params must be a dict, not list"),
        ("get_job", [789, {"expand": object()}], TypeError, r"^get_job: params\['expand'\] must be"),
        ("list_jobs", [{"page_size": -1}], ValueError, r"^list_jobs: params\['page_size'\] must be at least 1, not -1"),
        ("list_jobs", [{"page": 0}], ValueError, r"^list_jobs: params\['page'\] must be at least 1"),
        ("create_plugin", [None], TypeError, "^create_plugin: data must be a dict"),
        ("create_plugin", [{"name": object()}], TypeError, r"^create_plugin: data\['name'\] cannot be sent"),
        ("create_plugin_release", [{"file": "/no/such.zip"}], FileNotFoundError, r"data\['file'\]: No such file"),
        ("create_plugin_release", [{"file": "/"}], IsADirectoryError, r"data\['file'\]"),
    ],
)
def test_bad_input_is_refused_by_name_before_anything_is_sent(
    method: str,
    arguments: list[Any],
    error: type[Exception],
    message: str,
    client: BackendClient,
    server: ScriptedServer,
) -> None:
    with pytest.raises(error, match=message) as caught:
        getattr(client, method)(*arguments)
    assert not isinstance(caught.value, ClientError)
    assert TOKEN not in str(caught.value)
    assert server.connections == 0


def test_options_of_a_call_are_checked_before_anything_is_sent(client: BackendClient, server: ScriptedServer) -> None:
    options: Any = {"retry": 3}
    with pytest.raises(ValueError, match="get_job: options has no 'retry'"):
        client.get_job(789, options=options)
    assert server.connections == 0


@pytest.mark.parametrize(
    ("pk", "target"),
    [
        ("a/b", "/jobs/a%2Fb/"),
        ("../../admin", "/jobs/..%2F..%2Fadmin/"),
        ("a?b=1#c", "/jobs/a%3Fb%3D1%23c/"),
        ("%2e%2e", "/jobs/%252e%252e/"),
        ("x" * 10_000, f"/jobs/{'x' * 10_000}/"),
    ],
)
def test_a_path_argument_stays_one_segment(pk: str, target: str, client: BackendClient, server: ScriptedServer) -> None:
    server.plays(json_reply({"id": 1}))
    client.get_job(pk)
    assert server.requests[0].target == target


def test_an_address_that_a_transport_cannot_take_is_refused() -> None:
    with mocked() as client:
        with pytest.raises(ValueError, match="make no address that the transport takes"):
            client.list_jobs(params={"id": list(range(50_000))})


def test_no_handler_of_a_log_is_installed() -> None:
    assert logging.getLogger("synapse_backend").handlers == []
