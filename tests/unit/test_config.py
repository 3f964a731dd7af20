"""`_config`: what a client is told at construction."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest

from synapse_api.operations import create_plugin_release, get_job
from synapse_backend import _config
from synapse_backend._config import CallOptions, ClientConfig, Credentials, parse_timeout, restore_client
from synapse_backend._events import Hooks
from synapse_backend._secrets import Secret, TokenSource
from tests.support.clock import FakeClock

CANARY = "canary-0123456789"
PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def config(base_url: str = "https://api.synapse.sh", token: str | None = CANARY, **settings: Any) -> ClientConfig:
    defaults: dict[str, Any] = {
        "timeout": None,
        "verify": True,
        "proxy": None,
        "max_response_bytes": 1000,
        "allow_insecure_http": False,
        "deadline": None,
        "retries": 3,
        "clock": None,
        "hooks": Hooks(),
    }
    return ClientConfig.build(base_url, Credentials.resolve(api_token=token), **(defaults | settings))


# --- timeouts -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("timeout", "limits"),
    [
        (None, {"connect": 5, "read": 30, "write": 30, "pool": 30}),
        ({}, {"connect": 5, "read": 30, "write": 30, "pool": 30}),
        ({"connect": 5, "read": 30}, {"connect": 5, "read": 30, "write": 30, "pool": 30}),
        ({"read": 2}, {"connect": 5, "read": 2, "write": 2, "pool": 2}),
        ({"read": None}, {"connect": 5, "read": None, "write": None, "pool": None}),
        ({"write": 1, "pool": 0.5}, {"connect": 5, "read": 30, "write": 1, "pool": 0.5}),
        (7, {"connect": 7, "read": 7, "write": 7, "pool": 7}),
        (0.25, {"connect": 0.25, "read": 0.25, "write": 0.25, "pool": 0.25}),
    ],
)
def test_every_phase_gets_its_limit(timeout: Any, limits: dict[str, float | None]) -> None:
    assert parse_timeout(timeout) == limits


@pytest.mark.parametrize(
    ("timeout", "message"),
    [
        (0, "^timeout must be a positive number of seconds, not 0"),
        (-1, "^timeout must be a positive"),
        (float("nan"), "^timeout must be a positive"),
        (float("inf"), "^timeout must be a positive.*None means no limit"),
        ({"read": -0.5}, r"^timeout\['read'\] must be a positive"),
        ({"total": 5}, "^timeout has no phase 'total'; it knows connect, read, write, pool"),
    ],
)
def test_a_limit_that_makes_no_sense_is_refused_by_name(timeout: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_timeout(timeout)


@pytest.mark.parametrize("timeout", ["5", True, (5, 30), {"read": "30"}, {"connect": True}])
def test_a_limit_is_a_number(timeout: Any) -> None:
    with pytest.raises(TypeError, match=r"^timeout(\['\w+'\])? must be a number of seconds, not "):
        parse_timeout(timeout)


# --- tokens -------------------------------------------------------------------------------------------------------


def test_without_anything_no_token_is_sent() -> None:
    credentials = Credentials.resolve()
    assert credentials.is_anonymous
    assert credentials.headers() == []
    assert credentials.tokens() == []


def test_every_token_has_a_header_of_its_own() -> None:
    credentials = Credentials.resolve(api_token="a", authorization_token="u", agent_token="g", tenant="t")
    assert [(name, bytes(value)) for name, value in credentials.headers()] == [
        (b"Synapse-Access-Token", b"Token a"),
        (b"Authorization", b"Token u"),
        (b"SYNAPSE-Agent", b"Token g"),
        (b"Synapse-Tenant", b"Token t"),
    ]


def test_a_tenant_alone_is_no_credential() -> None:
    assert Credentials.resolve(tenant="t").is_anonymous


@pytest.mark.parametrize(
    ("environment", "arguments", "token"),
    [
        ({"SYNAPSE_API_TOKEN": "api", "SYNAPSE_ACCESS_TOKEN": "access"}, {}, "api"),
        ({"SYNAPSE_ACCESS_TOKEN": "access"}, {}, "access"),
        ({"SYNAPSE_API_TOKEN": " ", "SYNAPSE_ACCESS_TOKEN": "access\n"}, {}, "access"),
        ({"SYNAPSE_API_TOKEN": "api"}, {"api_token": "argument"}, "argument"),
        ({"SYNAPSE_API_TOKEN": "api"}, {"access_token": "argument"}, "argument"),
        ({}, {"api_token": "same", "access_token": "same"}, "same"),
    ],
)
def test_an_argument_wins_over_the_environment(
    environment: dict[str, str], arguments: dict[str, str], token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert Credentials.resolve(**arguments).access_token == Secret(token)


def test_a_function_stands_for_the_token_that_it_returns() -> None:
    credentials = Credentials.resolve(api_token=lambda: CANARY)
    assert isinstance(credentials.access_token, TokenSource)
    assert not credentials.is_anonymous
    assert credentials.headers() == credentials.tokens() == []
    assert credentials.current().headers() == [(b"Synapse-Access-Token", b"Token " + CANARY.encode())]
    assert credentials.current().tokens() == [Secret(CANARY)]


def test_a_refused_token_is_asked_for_again_where_there_is_a_function() -> None:
    tokens = iter(["first", "second"])
    credentials = Credentials.resolve(api_token=lambda: next(tokens))
    refused = credentials.current()
    assert credentials.renew(refused)
    assert credentials.current().access_token == Secret("second")


def test_a_plain_token_is_never_asked_for_again() -> None:
    credentials = Credentials.resolve(api_token=CANARY)
    assert credentials.current() is credentials
    assert not credentials.renew(credentials)
    assert not Credentials.resolve(api_token=lambda: CANARY).renew(credentials.resolve())


def test_the_agent_token_has_a_variable_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNAPSE_AGENT_TOKEN", "agent")
    credentials = Credentials.resolve()
    assert credentials.agent_token == Secret("agent")
    assert credentials.access_token is None


def test_two_names_of_one_token_may_not_differ() -> None:
    with pytest.raises(ValueError, match="api_token and access_token are two names") as caught:
        Credentials.resolve(api_token=CANARY, access_token=CANARY + "!")
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("name", ["api_token", "access_token", "authorization_token", "agent_token", "tenant"])
def test_an_empty_token_is_refused_by_name(name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name} is empty"):
        Credentials.resolve(**{name: ""})


def test_a_broken_token_of_the_environment_is_refused_by_the_name_of_its_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SYNAPSE_API_TOKEN", "Token canary")
    with pytest.raises(ValueError, match=r"^SYNAPSE_API_TOKEN holds a space"):
        Credentials.resolve()


# --- settings -----------------------------------------------------------------------------------------------------


def test_a_token_is_not_sent_in_clear_text_to_another_machine() -> None:
    with pytest.raises(ValueError, match=r"would send a token to api.synapse.sh in clear text") as caught:
        config("http://api.synapse.sh")
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize(
    ("base_url", "token", "allowed"),
    [
        ("https://api.synapse.sh", CANARY, False),
        ("http://api.synapse.sh", None, False),
        ("http://api.synapse.sh", CANARY, True),
        ("http://127.0.0.1:8000", CANARY, False),
        ("http://[::1]:8000", CANARY, False),
        ("http://localhost", CANARY, False),
    ],
)
def test_clear_text_is_fine_where_nobody_listens(base_url: str, token: str | None, allowed: bool) -> None:
    assert config(base_url, token, allow_insecure_http=allowed).base_url == base_url


@pytest.mark.parametrize("size", [0, -1, True, 1.5, "1000", None])
def test_the_largest_answer_is_a_positive_int(size: object) -> None:
    with pytest.raises(ValueError, match=r"^max_response_bytes must be a positive int"):
        config(max_response_bytes=size)


@pytest.mark.parametrize("verify", [None, 1, b"/etc/ssl"])
def test_verify_is_a_switch_a_path_or_a_context(verify: object) -> None:
    with pytest.raises(TypeError, match=r"^verify must be True, False, a path or an ssl.SSLContext, not "):
        config(verify=verify)


def test_a_path_of_certificates_is_kept_as_text() -> None:
    assert config(verify=Path("/etc/ssl")).verify == "/etc/ssl"
    assert config(verify="/etc/ssl").verify == "/etc/ssl"


@pytest.mark.parametrize("proxy", ["proxy.example:8080", "ftp://user:canary@h", "", 8080])
def test_an_address_that_is_no_proxy_is_refused_without_repeating_it(proxy: object) -> None:
    with pytest.raises(ValueError, match=r"^proxy must be an address that starts with") as caught:
        config(proxy=proxy)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    "proxy",
    [
        "http://",
        "http://user:canary@",
        "http://user:canary",
        "http://h:99999",
        "http://h:0",
        "http://[canary]:1",
        "http://h canary",
        "http://h\ncanary:1",
        "http://프록시:1",
    ],
)
def test_an_address_without_a_proxy_is_refused_without_repeating_it(proxy: str) -> None:
    with pytest.raises(ValueError, match=r"^proxy must name a host in ASCII") as caught:
        config(proxy=proxy)
    assert "canary" not in f"{caught.value} {caught.value.__context__}"


@pytest.mark.parametrize("address", ["http://proxy.example:8080", "http://u:p@127.0.0.1", "https://[::1]:3128"])
def test_an_address_of_a_proxy_is_kept(address: str) -> None:
    assert config(proxy=address).proxy == address


def test_a_socks_proxy_needs_a_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_config, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"^proxy is a SOCKS proxy, which needs the package socksio"):
        config(proxy="socks5://127.0.0.1:1080")
    monkeypatch.setattr(_config, "find_spec", lambda name: name)
    assert config(proxy="socks5://127.0.0.1:1080").proxy == "socks5://127.0.0.1:1080"


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "ALL_PROXY"])
def test_a_proxy_of_the_environment_that_cannot_be_used_is_refused_by_its_variable(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable.lower(), "ftp://proxy:1")
    with pytest.raises(ValueError, match=f"^{variable} must be an address that starts with"):
        config("https://api.synapse.sh")


@pytest.mark.parametrize(
    ("environment", "base_url", "proxy"),
    [
        ({}, "https://api.synapse.sh", None),
        ({"HTTPS_PROXY": "http://p:1"}, "https://api.synapse.sh", "http://p:1"),
        ({"HTTPS_PROXY": "p:1"}, "https://api.synapse.sh", "http://p:1"),
        ({"HTTP_PROXY": "http://p:1"}, "https://api.synapse.sh", None),
        ({"ALL_PROXY": "http://p:1"}, "https://api.synapse.sh", "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "synapse.sh"}, "https://api.synapse.sh", None),
        ({"HTTPS_PROXY": "http://p:1"}, "https://127.0.0.1", None),
    ],
)
def test_a_proxy_comes_from_the_environment(
    environment: dict[str, str], base_url: str, proxy: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name.lower(), value)
    assert config(base_url).proxy == proxy


def test_the_argument_wins_over_the_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://environment:1")
    assert config(proxy="http://argument:1").proxy == "http://argument:1"


def test_settings_show_no_secret() -> None:
    with pytest.warns(UserWarning, match="whoever is on the network can read and change everything"):
        shown = config(proxy=f"http://user:{CANARY}@proxy:1", verify=False)
    assert CANARY not in repr(shown)
    assert str(shown) == "'https://api.synapse.sh', api_token='***', verify=False"


@pytest.mark.parametrize(
    ("base_url", "authority"),
    [
        ("https://api.synapse.sh", b"api.synapse.sh"),
        ("https://API.synapse.sh:8443", b"api.synapse.sh:8443"),
        ("https://[::1]:8443", b"[::1]:8443"),
        ("https://[::1]", b"[::1]"),
        ("https://데이터.example", b"xn--2n1bp39av7g.example"),
    ],
)
def test_the_host_header_names_the_host_as_the_wire_needs_it(base_url: str, authority: bytes) -> None:
    assert config(base_url).authority == authority


# --- limits of a call ---------------------------------------------------------------------------------------------


def test_a_call_is_limited_as_its_client_says() -> None:
    phases, retries, deadline = config(timeout=3, retries=1, deadline=9).options_for(get_job, None)
    assert (phases["read"], retries, deadline) == (3, 1, 9)


def test_the_options_of_a_call_win_over_those_of_its_client() -> None:
    options: CallOptions = {"timeout": {"read": 7}, "retries": 0, "deadline": 2}
    phases, retries, deadline = config(timeout=3, retries=1, deadline=9).options_for(get_job, options)
    assert (phases["read"], retries, deadline) == (7, 0, 2)


@pytest.mark.parametrize(
    ("settings", "deadline"), [({}, 600), ({"deadline": 5}, 5), ({"deadline": float("inf")}, None)]
)
def test_every_call_ends_some_time_unless_told_otherwise(settings: dict[str, Any], deadline: float | None) -> None:
    assert config(**settings).options_for(get_job, {})[2] == deadline


def test_an_upload_takes_as_long_as_the_file_does() -> None:
    assert config().options_for(create_plugin_release, None)[2] is None
    assert config(deadline=5).options_for(create_plugin_release, None)[2] == 5


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ([], TypeError, "^get_job: options must be a dict, not list"),
        ({"retry": 1}, ValueError, "^get_job: options has no 'retry'; it knows timeout, deadline, retries"),
        ({"retries": -1}, ValueError, "^retries must be between 0 and 100, not -1"),
        ({"retries": 101}, ValueError, "^retries must be between 0 and 100"),
        ({"retries": True}, TypeError, "^retries must be an int, not bool"),
        ({"retries": 1.5}, TypeError, "^retries must be an int, not float"),
        ({"deadline": 0}, ValueError, "^deadline must be a positive number"),
        ({"deadline": float("nan")}, ValueError, "^deadline must be a positive number"),
        ({"deadline": "5"}, TypeError, "^deadline must be a number of seconds, not str"),
        ({"timeout": {"total": 1}}, ValueError, "^timeout has no phase 'total'"),
    ],
)
def test_options_that_make_no_sense_are_refused_by_name(options: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        config().options_for(get_job, options)


# --- other names of the backend -----------------------------------------------------------------------------------


def test_the_backend_may_have_other_names() -> None:
    assert config().host_aliases == frozenset()
    settings = config(host_aliases=["B.internal", "a.internal"]).portable()
    assert settings["host_aliases"] == ["a.internal", "b.internal"]
    with pytest.raises(ValueError, match="host_aliases: 'http://a' is not the name of a host"):
        config(host_aliases=["http://a"])


# --- pickles ------------------------------------------------------------------------------------------------------


def test_what_travels_in_a_pickle_has_names_instead_of_tokens() -> None:
    settings = config(timeout=3).portable()
    assert settings["tokens"] == ("api_token",)
    assert CANARY not in repr(settings)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"verify": ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)}, "ssl.SSLContext cannot be pickled"),
        ({"proxy": "http://user:password@p:1"}, "proxy has a password cannot be pickled"),
        ({"hooks": Hooks(on_retry=print)}, "hooks or a clock of its own cannot be pickled"),
        ({"clock": FakeClock()}, "hooks or a clock of its own cannot be pickled"),
    ],
)
def test_what_cannot_travel_is_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        config(**settings).portable()


def test_a_restored_client_reads_its_tokens_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNAPSE_API_TOKEN", "other")
    restored: dict[str, Any] = restore_client(dict, config().portable())
    assert restored["base_url"] == "https://api.synapse.sh"
    assert "tokens" not in restored


@pytest.mark.parametrize(
    ("token", "remedy"),
    [
        ("api_token", "set SYNAPSE_API_TOKEN in this process"),
        ("agent_token", "set SYNAPSE_AGENT_TOKEN in this process"),
        ("authorization_token", "make the client here instead"),
    ],
)
def test_a_restored_client_says_which_token_is_missing(token: str, remedy: str) -> None:
    with pytest.raises(ValueError, match=f"had an {token}, which does not travel with it; {remedy}"):
        restore_client(dict, {"tokens": (token,)})
