"""Who may do what: tokens of every kind, scopes and tenants."""

from __future__ import annotations

import pytest

from synapse_backend import AuthenticationError, AuthorizationError
from synapse_backend.testing import MockBackend
from tests.unit.testing.fronts import Answer, InProcessFront, release_form


def get(backend: MockBackend, target: str = "/jobs/789/", **headers: str) -> Answer:
    return InProcessFront(backend).send("GET", target, None, {name.replace("_", "-"): v for name, v in headers.items()})


def test_a_token_whose_time_is_over() -> None:
    backend = MockBackend(tokens={"good"}, expired_tokens={"old"})
    refused = get(backend, Authorization="Token old")
    assert (refused.status, refused.json) == (401, {"detail": "Token has expired."})
    assert refused.headers["www-authenticate"] == "Token"
    assert get(backend, Authorization="Token bad").json == {"detail": "Invalid token."}
    assert get(backend, Authorization="Token good").status == 200
    # One good credential is enough.
    assert get(backend, Authorization="Token old", Synapse_Access_Token="Token good").status == 200
    with backend.client(api_token="old") as client, pytest.raises(AuthenticationError, match="expired"):
        client.get_job(789)


def test_an_expired_token_where_any_other_will_do() -> None:
    backend = MockBackend(expired_tokens=["old"])
    assert get(backend, Authorization="Token old").status == 401
    assert get(backend, Authorization="Token any").status == 200


def test_tokens_of_agents_are_others() -> None:
    backend = MockBackend(tokens={"user"}, agent_tokens={"agent"})
    assert get(backend, SYNAPSE_Agent="Token agent").status == 200
    assert get(backend, SYNAPSE_Agent="Token user").status == 401
    assert get(backend, Authorization="Token agent").status == 401


def test_no_token_is_needed_but_a_scope_still_holds() -> None:
    backend = MockBackend(tokens={"good"}, require_token=False, scopes={"good": {"list_jobs"}})
    assert get(backend).status == 200
    assert get(backend, Authorization="Token bad").status == 200
    assert get(backend, Authorization="Token good").status == 403


def test_a_scope_limits_a_token_to_operations() -> None:
    backend = MockBackend(scopes={"reader": {"get_job", "list_jobs"}})
    with backend.client(api_token="reader") as client:
        client.get_job(789)
        with pytest.raises(AuthorizationError, match="permission"):
            client.create_plugin({"name": "A"})
    with backend.client(api_token="other") as client:
        client.create_plugin({"name": "A"})
    both = {"Authorization": "Token reader", "Synapse_Access_Token": "Token other"}
    assert get(backend, "/plugins/123/", **both).status == 200
    assert get(backend, "/plugins/123/", Authorization="Token reader").status == 403


def test_tenants_have_data_of_their_own() -> None:
    backend = MockBackend(tenants=["north", "south"])
    north, south = backend.client(tenant="north"), backend.client(tenant="south")
    with north, south, backend.client() as none:
        created = north.create_plugin({"name": "Only here", "code": "only-here"})["id"]
        assert north.get_plugin("only-here")["id"] == created
        for other in (south, none):
            with pytest.raises(Exception, match="Not found"):
                other.get_plugin("only-here")
    assert backend.tenant("north").plugins[created]["name"] == "Only here"
    assert len(backend.tenant("south").plugins) == 5
    assert backend.tenant("north").jobs[788] != backend.jobs[788]
    job = backend.tenant("north").jobs.add(status="running")
    assert get(backend, f"/jobs/{job['id']}/", Authorization="Token t", Synapse_Tenant="Token north").status == 200
    assert get(backend, f"/jobs/{job['id']}/", Authorization="Token t").status == 404
    again = MockBackend(tenants={"north"})
    assert again.tenant("north").jobs[788] == backend.tenant("north").jobs[788]
    backend.reset()
    assert created not in backend.tenant("north").plugins


def test_files_of_tenants_are_served() -> None:
    backend = MockBackend(tenants=["north"])
    body, headers = release_form()
    front = InProcessFront(backend)
    url = front.send("POST", "/plugin_releases/", body, {**headers, "Synapse-Tenant": "Token north"}).json["file"]
    assert url not in backend.files
    assert backend.tenant("north").files[url].content.startswith(b"PK")
    assert front.send("GET", "/" + url.split("/", 3)[3]).status == 200


def test_an_unknown_tenant() -> None:
    backend = MockBackend(tenants=["north"])
    refused = get(backend, Authorization="Token t", Synapse_Tenant="Token east")
    assert (refused.status, refused.json) == (403, {"detail": "You do not have access to this tenant."})
    with pytest.raises(ValueError, match="there is no tenant 'east'; there are north"):
        backend.tenant("east")
    assert get(MockBackend(), Authorization="Token t", Synapse_Tenant="Token east").status == 200


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"expired_tokens": "old"}, "expired_tokens must be a set of non-empty strings"),
        ({"agent_tokens": [""]}, "agent_tokens must be a set of non-empty strings, or None to accept any token"),
        ({"tenants": 5}, "tenants must be a set of non-empty strings, or None for one set of data"),
        ({"scopes": {"t": "get_job"}}, "each of scopes must be a set of non-empty strings"),
        (
            {"scopes": {"t": ["get_jobb"]}},
            "there is no operation 'get_jobb' (did you mean get_job?); there are annotate_task_data",
        ),
    ],
)
def test_options_that_make_no_sense(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        MockBackend(**options)  # type: ignore[arg-type]
    assert str(caught.value).startswith(message)
