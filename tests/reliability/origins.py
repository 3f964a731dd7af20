"""Redirections, addresses, and what must never leave: credentials, and bodies meant for somebody else."""

from __future__ import annotations

import base64
import io
import pickle
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from synapse_backend import HTTPError, ServerError
from tests.reliability.connecting import CREATE, GET
from tests.reliability.stage import CREDENTIALS, Call, Failure, Run, Scenario, Success, mocked, played, scripted
from tests.support.scripted import ScriptedServer, json_reply, reply
from tests.support.tls import CERTIFICATE, server_context

JOB = json_reply({"id": 789})
CLOUD = "169.254.169.254"
"""Where the machines of a cloud ask for their secrets."""
REFUSED = "answered {status} .*Redirects are never followed; check scheme, host and path of base_url"


SORTS = {"get_job": "a read", "create_plugin": "a create", "update_plugin": "a replacement"}


def redirected(status: int, call: Call) -> Scenario:
    """Return the scenario of a redirection to another server, which hears nothing."""

    @played(
        46 if call is GET else 47,
        f"{status} to another server, in answer to {SORTS[call.method]}",
        "the mock",
        str(call),
        "`HTTPError`, 1 request, 0 there",
    )
    def play(run: Run) -> None:
        mock = run.mock()
        other = run.script()
        mock.faults.on(call.method).redirect(f"{other.url}/jobs/789/", status=status)
        run.client(mock.url)
        run.make(call)
        Failure(HTTPError, REFUSED.format(status=status), 1, {"status_code": status}).check(run)
        assert (other.connections, run.plugins) == (0, 0)
        run.prove_mock()

    return play


def not_followed(number: int, name: str, url: str | None, status: int = 302) -> Scenario:
    """Return the scenario of a redirection that leads nowhere good."""
    return mocked(
        number,
        name,
        GET,
        Failure(HTTPError, REFUSED.format(status=status), 1, {"status_code": status, "attempts": 1}),
        lambda faults: faults.on("get_job").redirect(url, status=status),
    )


@played(48, "a redirection from https:// to http://", "a raw socket", "`get_job`", "`HTTPError`, 1 request, 0 there")
def downgraded(run: Run) -> None:
    with ScriptedServer() as other:
        server = run.script(reply(301, headers={"Location": f"{other.url}/jobs/789/"}), tls=server_context())
        run.client(server.url, verify=CERTIFICATE)
        run.make(GET)
        Failure(HTTPError, REFUSED.format(status=301), 1).check(run)
    assert other.connections == 0
    run.prove_script(1)


# --- paths ------------------------------------------------------------------------------------------------------------


def one_segment(name: str, value: str, target: str) -> Scenario:
    """Return the scenario of an id that must stay one segment of the path."""
    return scripted(
        58,
        f"an id {name}",
        Call("get_job", (value,)),
        Success(1, lambda job: job["id"] == 789),
        JOB,
        also=_asked_for(f"/jobs/{target}/"),
    )


def _asked_for(target: str) -> Callable[[Run], None]:
    def check(run: Run) -> None:
        assert run.server.requests[0].target == target

    return check


def refused(number: int, name: str, says: str, call: Call) -> Scenario:
    """Return the scenario of an argument that is refused before anything is sent."""

    @played(number, name, "the argument", str(call), "`ValueError`, nothing was sent")
    def play(run: Run) -> None:
        server = run.script()
        run.client(server.url)
        run.make(call)
        Failure(ValueError, says, 0).check(run)
        assert server.connections == 0
        run.proof = "refused"

    return play


# --- construction -----------------------------------------------------------------------------------------------------


def not_made(number: int, name: str, says: str, url: str = "https://api.synapse.sh", **options: Any) -> Scenario:
    """Return the scenario of a client that is refused, without showing what it was told."""

    @played(number, name, "the argument", "the client", "`ValueError`, no client")
    def play(run: Run) -> None:
        try:
            run.client(url, **options)
        except ValueError as error:
            run.error = error
            run.errors.append(error)
        Failure(ValueError, says, None).check(run)
        shown = [value for value in (*CREDENTIALS.values(), "pass-1a2b") if value in str(run.error)]
        assert shown == []
        run.proof = "refused"

    return play


def bad_token(name: str, value: str) -> Scenario:
    """Return the scenario of a token that no header may carry."""
    return not_made(59, f"a token with {name}", "^api_token holds a control or non-ASCII character", api_token=value)


@played(59, "a token with a line end, as files have it", "the argument", "`get_job`", "success, without the line end")
def token_of_a_file(run: Run) -> None:
    server = run.script(JOB)
    run.client(server.url, api_token=CREDENTIALS["api_token"] + "\r\n")
    run.make(GET)
    run.prove_script(1)
    Success(1).check(run)
    assert server.requests[0].values("Synapse-Access-Token") == [f"Token {CREDENTIALS['api_token']}"]


@played(60, "a file name that would end its header", "the argument", "`create_plugin_release`", "success, 1 part")
def hostile_file_name(run: Run) -> None:
    server = run.script(json_reply({"id": 1}, 201))
    run.client(server.url)
    name = '../a"b\r\nX-Injected: 1\r\n\r\n.zip'
    file = (name, io.BytesIO(b"0123456789"), "application/zip")
    run.make(Call("create_plugin_release", ({"plugin": 1, "version": "1", "file": file},)))
    run.prove_script(1)
    Success(1).check(run)
    body = server.requests[0].body
    assert [part.name for part in server.requests[0].parts] == ["plugin", "version", "file"]
    assert (b"\r\nX-Injected" in body, body.count(b"filename=")) == (False, 1)
    assert server.requests[0].parts[-1].content == b"0123456789"


@played(63, "every credential", "a raw socket", "`get_job`", "success, each in its own header only")
def only_in_headers(run: Run) -> None:
    server = run.script(JOB)
    run.client(server.url)
    run.make(GET)
    run.prove_script(1)
    Success(1).check(run)
    request = server.requests[0]
    holding = {name for name, value in request.headers for token in CREDENTIALS.values() if token in value}
    assert {name.lower() for name in holding} == {
        "synapse-access-token",
        "authorization",
        "synapse-agent",
        "synapse-tenant",
    }
    assert [token for token in CREDENTIALS.values() if token in request.target] == []


@played(
    64, "a .netrc with a password for the host", "the environment", "`get_job`", "success, the password is not sent"
)
def netrc(run: Run) -> None:
    server = run.script(JOB)
    home = Path(run.folder())
    (home / ".netrc").write_text("machine 127.0.0.1 login user password pass-1a2b\n")
    run.monkeypatch.setenv("HOME", str(home))
    run.monkeypatch.setenv("NETRC", str(home / ".netrc"))
    run.client(server.url, authorization_token=None)
    run.make(GET)
    run.prove_script(1)
    Success(1).check(run)
    assert server.requests[0].values("Authorization") == []
    encoded = base64.b64encode(b"user:pass-1a2b").decode()
    assert [value for _, value in server.requests[0].headers if encoded in value or "pass-1a2b" in value] == []


@played(
    64, "a proxy in the environment", "the environment", "`get_job`", "success, through the proxy; not with NO_PROXY"
)
def proxied(run: Run) -> None:
    proxy = run.script(JOB)
    run.monkeypatch.setenv("http_proxy", proxy.url)
    run.monkeypatch.delenv("no_proxy", raising=False)
    run.monkeypatch.delenv("NO_PROXY", raising=False)
    run.client("http://backend.example", allow_insecure_http=True)
    run.make(GET)
    run.prove_script(1)
    Success(1).check(run)
    assert proxy.requests[0].target == "http://backend.example/jobs/789/"
    run.monkeypatch.setenv("no_proxy", "backend.invalid")
    direct = run.client("http://backend.invalid", allow_insecure_http=True, retries=0)
    run.make(GET, direct)
    assert "could not connect to backend.invalid" in str(run.error)
    assert len(proxy.requests) == 1


@played(68, "verify=False", "the argument", "the client", "a warning for each client, and it shows in its repr")
def trusting_everybody(run: Run) -> None:
    server = run.script(JOB, JOB, tls=server_context())
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        driver = run.client(server.url, verify=False)
        run.make(GET)
        run.make(GET)
    run.prove_script(2)
    Success(2).check(run)
    run.shown += [str(warning.message) for warning in caught]
    assert len(caught) == 1
    assert re.match("verify=False: ", str(caught[0].message))
    assert "verify=False" in repr(driver.client)


@played(62, "everything that people see of a client", "a raw socket", "`get_job`", "`ServerError`, no credential shows")
def shown(run: Run) -> None:
    echo = f"you sent {CREDENTIALS['api_token']} {CREDENTIALS['agent_token']}".encode()
    server = run.script(reply(500, echo, "text/plain"))
    # Neither clocks nor functions can be pickled.
    driver = run.client(server.url, on_retry=None, clock=None, retries=0)
    run.make(GET)
    run.prove_script(1)
    Failure(ServerError, r"you sent \*\*\* \*\*\*", 1, {"response": "you sent *** ***"}).check(run)
    tokens = [value for name, value in CREDENTIALS.items() if name != "tenant"]
    texts = [repr(driver.client), repr(vars(driver.client)), pickle.dumps(driver.client).decode("latin-1")]
    assert [text for text in texts for token in tokens if token in text] == []


def printable(run: Run) -> None:
    """Require that nothing of the error could steer a terminal."""
    assert str(run.error).isprintable()


REDIRECTS = [
    *(redirected(status, GET) for status in (301, 302, 303, 307, 308)),
    *(redirected(status, CREATE) for status in (307, 308)),
    redirected(307, Call("update_plugin", (123, {"version": "2.0.0"}))),
    downgraded,
    not_followed(49, "a redirection to itself", "self"),
    not_followed(49, "a redirection to a file", "file:///etc/hostname"),
    not_followed(49, "a redirection to ftp:", "ftp://elsewhere.example/jobs/789/"),
    not_followed(49, "a redirection to data:", "data:application/json,{}"),
    not_followed(49, "a redirection to nowhere", None),
    not_followed(50, "a redirection to a private address", "http://10.0.0.1/jobs/789/", 307),
    not_followed(50, "a redirection to the address of a cloud's secrets", f"http://{CLOUD}/latest/", 307),
    not_followed(50, "a redirection to this machine", "http://[::1]:9/jobs/789/", 307),
]
ADDRESSES = [
    one_segment("that climbs", "../../admin", "..%2F..%2Fadmin"),
    one_segment("with a slash", "a/b", "a%2Fb"),
    one_segment("with a question mark", "a?b=1", "a%3Fb%3D1"),
    one_segment("with a hash", "a#f", "a%23f"),
    one_segment("with encoded dots", "%2e%2e", "%252e%252e"),
    one_segment("beyond ASCII", "한국", "%ED%95%9C%EA%B5%AD"),
    one_segment("of 10,000 characters", "x" * 10_000, "x" * 10_000),
    refused(58, "an id that is one dot", "get_job: pk must not be a dot segment", Call("get_job", (".",))),
    refused(58, "an id that is two dots", "get_job: pk must not be a dot segment", Call("get_job", ("..",))),
    refused(58, "an empty id", "get_job: pk is empty", Call("get_job", ("",))),
    refused(58, "an id with NUL", "get_job: pk holds a control character", Call("get_job", ("1\0",))),
    refused(58, "an id with a line end", "get_job: pk holds a control character", Call("get_job", ("1\r\nX: y",))),
    bad_token("a line end in the middle", "canary-access\r\nX-Injected: 1"),
    bad_token("NUL", "canary-access-0a1b2c3d\0"),
    bad_token("letters beyond ASCII", "canary-access-0a1b2c3d-é"),
    not_made(59, "a tenant with a line end", "^tenant holds a control", tenant="a\nb"),
    token_of_a_file,
    hostile_file_name,
    shown,
    only_in_headers,
    not_made(
        63, "a password in base_url", "base_url must not hold credentials", "https://user:pass-1a2b@api.synapse.sh"
    ),
    not_made(
        63, "a token in the query of base_url", "must not have a query", "https://api.synapse.sh/?token=pass-1a2b"
    ),
    netrc,
    proxied,
    not_made(65, "http:// to another machine", "would send a token to .* in clear text", "http://api.synapse.sh"),
    mocked(
        66,
        "terminal escapes in the text of an error",
        CREATE,
        Failure(HTTPError, r"answered 418 .*: \\x1b\[2J\\x1b\]0;owned", 1),
        lambda faults: faults.on("create_plugin").status(418, body={"detail": "\x1b[2J\x1b]0;owned\x07\x9b\r\u202e"}),
        also=printable,
    ),
    mocked(
        66,
        "terminal escapes in an answer",
        Call("get_plugin", (123,)),
        # As data it is what came.
        Success(1, lambda plugin: plugin["name"].startswith("\x1b[2J")),
        lambda faults: faults.on("get_plugin").hostile_text(),
    ),
    trusting_everybody,
]
