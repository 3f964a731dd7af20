"""What the mock makes of requests that are wrong: routes, verbs, credentials, queries and bodies, through both fronts."""

from __future__ import annotations

import json

import pytest

from synapse_backend.testing import MockBackend
from tests.unit.testing.fronts import FRONTS, HOST, TOKEN, Front, multipart, release_form

JSON = {**TOKEN, "Content-Type": "application/json"}


# --- routes and verbs -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["/", "/jobs", "/jobs//", "//jobs/", "/nothing/", "/jobs/789/nothing/", "/plugins/123/run", "/media/x", "/%ff/"],
)
def test_an_unknown_path_is_not_found_even_without_a_token(front: Front, path: str) -> None:
    answer = front.send("GET", path, headers={})
    assert (answer.status, answer.json) == (404, {"detail": "Not found."})


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/jobs/", "GET, HEAD"),
        ("POST", "/jobs/789/", "GET, HEAD, PATCH"),
        ("GET", "/plugins/", "POST"),
        ("OPTIONS", "/storages/", "GET, HEAD, POST"),
        ("HEAD", "/plugins/123/run/", "POST"),
    ],
)
def test_a_verb_that_a_path_does_not_know(front: Front, method: str, path: str, allowed: str) -> None:
    answer = front.send(method, path)
    assert (answer.status, answer.headers["allow"]) == (405, allowed)
    if method != "HEAD":
        assert answer.json == {"detail": f'Method "{method}" not allowed.'}


def test_head_is_get_without_the_body(front: Front) -> None:
    full, head = front.send("GET", "/jobs/789/"), front.send("HEAD", "/jobs/789/")
    assert (head.status, head.body) == (200, b"")
    assert int(head.headers["content-length"]) == len(full.body)


def test_stored_files_are_read_only(front: Front, backend: MockBackend) -> None:
    path = next(iter(backend.files))
    answer = front.send("DELETE", path)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")
    assert front.send("HEAD", path, headers={}).headers["etag"] == f'"{backend.files[path].md5}"'


@pytest.mark.parametrize("host", ["evil/path", "a b", "user@host", 'x"'])
def test_a_host_that_cannot_be_one_is_refused(front: Front, host: str) -> None:
    answer = front.send("GET", "/jobs/", headers={**TOKEN, "Host": host})
    assert (answer.status, answer.json) == (400, {"detail": "Invalid Host header."})


# --- credentials ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Synapse-Access-Token", "Authorization", "SYNAPSE-Agent", "authorization"])
def test_any_one_credential_is_enough(front: Front, name: str) -> None:
    assert front.send("GET", "/jobs/", headers={name: "Token anything"}).status == 200


@pytest.mark.parametrize("headers", [{}, {"Synapse-Tenant": "Token acme"}, {"Cookie": "session=1"}])
def test_no_credential_is_a_401(front: Front, headers: dict[str, str]) -> None:
    answer = front.send("GET", "/jobs/", headers=headers)
    assert (answer.status, answer.json) == (401, {"detail": "Authentication credentials were not provided."})
    assert answer.headers["www-authenticate"] == "Token"


@pytest.mark.parametrize("value", ["Bearer x", "Token", "Token ", "token x", "x"])
def test_a_malformed_credential_is_a_401(front: Front, value: str) -> None:
    answer = front.send("GET", "/jobs/", headers={"Authorization": value})
    assert (answer.status, answer.json) == (401, {"detail": "Invalid token."})


def test_a_good_credential_beside_a_bad_one_is_enough(front: Front) -> None:
    assert front.send("GET", "/jobs/", headers={"Authorization": "Basic x", "SYNAPSE-Agent": "Token x"}).status == 200


@pytest.mark.parametrize("kind", FRONTS)
def test_given_tokens_are_the_only_good_ones(kind: str) -> None:
    with MockBackend(tokens={"good", "better"}) as backend:
        front = FRONTS[kind](backend)
        assert front.send("GET", "/jobs/", headers={"Authorization": "Token good"}).status == 200
        assert front.send("GET", "/jobs/", headers={"Authorization": "Token bad"}).status == 401


@pytest.mark.parametrize("kind", FRONTS)
def test_a_backend_may_need_no_token(kind: str) -> None:
    with MockBackend(require_token=False) as backend:
        assert FRONTS[kind](backend).send("GET", "/jobs/", headers={}).status == 200


def test_a_401_comes_before_everything_about_the_request(front: Front) -> None:
    assert front.send("PATCH", "/jobs/1/?x=1", {"status": 5}, headers={}).status == 401
    assert front.send("DELETE", "/jobs/", headers={}).status == 401


# --- queries --------------------------------------------------------------------------------------------------------


def test_an_unknown_query_parameter_is_named_with_the_known_ones(front: Front) -> None:
    answer = front.send("GET", "/jobs/?sttus=running&plugin=123")
    assert answer.status == 400
    assert list(answer.json) == ["sttus"]
    assert "list_jobs knows: agent, created_after, page" in answer.json["sttus"][0]
    assert "knows: none" in front.send("GET", "/plugins/123/?x=1").json["x"][0]
    assert isinstance(front.send("GET", "/jobs/?detail=1").json["detail"], str)


@pytest.mark.parametrize("kind", FRONTS)
def test_unknown_query_parameters_may_be_ignored_as_backends_do(kind: str) -> None:
    with MockBackend(unknown_query="ignore") as backend:
        front = FRONTS[kind](backend)
        assert front.send("GET", "/jobs/?sttus=running").json["count"] == 25
        assert (
            front.send("GET", "/jobs/?status=failed&status=running&detail=1").json["results"][0]["status"] == "running"
        )


def test_a_parameter_that_takes_one_value_is_sent_once(front: Front) -> None:
    answer = front.send("GET", "/jobs/?status=running&status=failed")
    assert (answer.status, answer.json) == (400, {"status": ["Sent more than once; this parameter takes one value."]})


@pytest.mark.parametrize(
    ("query", "messages"),
    [
        ("status=paused", {"status": ['"paused" is not a valid choice.']}),
        ("status=", {"status": ['"" is not a valid choice.']}),
        ("plugin=abc", {"plugin": ["A valid integer is required."]}),
        ("plugin=1.5", {"plugin": ["A valid integer is required."]}),
        ("page=0", {"page": ["Ensure this value is greater than or equal to 1."]}),
        (
            "page=last&page_size=0",
            {
                "page": ["A valid integer is required."],
                "page_size": ["Ensure this value is greater than or equal to 1."],
            },
        ),
        ("status=%ff", {"detail": "The query is not valid UTF-8."}),
        ("&".join(f"a{n}=" for n in range(1001)), {"detail": "The query has more than 1000 fields."}),
    ],
)
def test_a_query_that_violates_the_contract(front: Front, query: str, messages: object) -> None:
    answer = front.send("GET", f"/jobs/?{query}")
    assert (answer.status, answer.json) == (400, messages)


def test_numbers_too_long_to_be_read_are_no_integers(front: Front) -> None:
    assert front.send("GET", f"/jobs/?plugin={'9' * 5000}").status == 400
    assert front.send("GET", f"/jobs/?plugin={'9' * 300}").json["count"] == 0


# --- pages ----------------------------------------------------------------------------------------------------------


def test_pages_link_to_each_other_and_keep_the_query(front: Front) -> None:
    everything = front.send("GET", "/jobs/?user=456").json["results"]
    seen, target, sizes = [], "/jobs/?page_size=3&user=456", []
    while target:
        page = front.send("GET", target).json
        assert page["count"] == len(everything)
        seen += page["results"]
        sizes.append(len(page["results"]))
        target = (page["next"] or "").removeprefix(f"http://{HOST}")
        assert not target or "user=456" in target
        assert "page_size=3" in target or not target
    assert seen == everything
    assert len(sizes) > 2
    assert page["previous"] == f"http://{HOST}/jobs/?page={len(sizes) - 1}&page_size=3&user=456"


def test_the_page_before_the_second_has_no_number(front: Front) -> None:
    first = front.send("GET", "/jobs/?page_size=20")
    second = front.send("GET", "/jobs/?page=2&page_size=20")
    assert (first.json["previous"], second.json["next"]) == (None, None)
    assert second.json["previous"] == f"http://{HOST}/jobs/?page_size=20"
    assert front.send("GET", "/jobs/?page=1").json["next"] is None


@pytest.mark.parametrize("size", [5, 25])
def test_no_empty_page_follows_a_full_one(front: Front, size: int) -> None:
    last = front.send("GET", f"/jobs/?page={25 // size}&page_size={size}").json
    assert (len(last["results"]), last["next"]) == (size, None)


@pytest.mark.parametrize("query", ["page=2", "page=26&page_size=1", "page=99999999999999999999", "plugin=9&page=2"])
def test_a_page_past_the_end_is_not_found(front: Front, query: str) -> None:
    answer = front.send("GET", f"/jobs/?{query}")
    assert (answer.status, answer.json) == (404, {"detail": "Invalid page."})


def test_the_first_page_of_nothing_is_empty(front: Front) -> None:
    page = front.send("GET", "/jobs/?plugin=9").json
    assert page == {"count": 0, "next": None, "previous": None, "results": []}


def test_pages_have_a_default_and_a_largest_size(front: Front, backend: MockBackend) -> None:
    for _ in range(1005 - len(backend.jobs)):
        backend.jobs.add()
    assert len(front.send("GET", "/jobs/").json["results"]) == 100
    page = front.send("GET", "/jobs/?page_size=5000").json
    assert (len(page["results"]), page["count"]) == (1000, 1005)
    assert len(front.send("GET", page["next"].removeprefix(f"http://{HOST}")).json["results"]) == 5


@pytest.mark.parametrize("kind", FRONTS)
def test_the_default_size_of_a_page_is_an_option(kind: str) -> None:
    with MockBackend(page_size=7) as backend:
        assert len(FRONTS[kind](backend).send("GET", "/jobs/").json["results"]) == 7


# --- JSON bodies ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "messages"),
    [
        ({}, {"name": ["This field is required."]}),
        ({"name": ""}, {"name": ["This field may not be blank."]}),
        ({"name": None}, {"name": ["This field may not be null."]}),
        ({"name": 5}, {"name": ["Not a valid string."]}),
        (
            {"name": "x", "configuration": "y"},
            {"configuration": ['Expected a dictionary of items but got type "str".']},
        ),
        ([], {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}),
        ("text", {"non_field_errors": ["Invalid data. Expected a dictionary, but got str."]}),
    ],
)
def test_a_body_that_violates_the_contract(front: Front, backend: MockBackend, body: object, messages: object) -> None:
    before = len(backend.plugins)
    answer = front.send("POST", "/plugins/", body)
    assert (answer.status, answer.json) == (400, messages)
    assert len(backend.plugins) == before
    assert backend.requests[-1].errors == messages


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{", "Expecting property name"),
        (b"{} x", "Extra data"),
        (b'{"name": NaN}', "Out of range float values are not JSON compliant: NaN"),
        (b'{"name": -Infinity}', "Out of range float values are not JSON compliant"),
        (b'{"configuration": {"x": 1e999}}', "Out of range float values are not JSON compliant: 1e999"),
        (b'{"configuration": {"x": ' + b"9" * 5000 + b"}}", "Exceeds the limit"),
        (b'{"name": "a", "name": "b"}', "duplicate key 'name'"),
        (b'{"name": "\xff"}', "'utf-8' codec can't decode byte in position 10"),
        (b'{"name": "\\ud800"}', "Surrogate characters are not allowed"),
        (b"[" * 100_000, "nested deeper than 100 levels"),
        (b'{"name": ' + b'{"a":' * 101 + b"1" + b"}" * 102, "nested deeper than 100 levels"),
        ("{}".encode("utf-16"), "codec can't decode"),
        (b"\xef\xbb\xbf{}", "Unexpected UTF-8 BOM"),
        (b"\x00", "Expecting value"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_a_body_that_is_no_json(front: Front, body: bytes, message: str) -> None:
    answer = front.send("POST", "/plugins/", body, headers=JSON)
    assert answer.status == 400
    assert answer.json["detail"].startswith("JSON parse error - ")
    assert message in answer.json["detail"]


def test_brackets_inside_of_text_are_no_depth(front: Front) -> None:
    name = '[{"' * 200 + "\\"
    answer = front.send("POST", "/plugins/", {"name": name, "configuration": {"list": [[]] * 60}})
    assert (answer.status, answer.json["name"]) == (201, name)


@pytest.mark.parametrize(
    "name", ["\x00", "\u202e", "\U0001f600", "<script>", "'; --", "\r\n", " ", "한국어", "𐏿\ud7ff"]
)
def test_hostile_text_comes_back_as_it_was(front: Front, name: str) -> None:
    created = front.send("POST", "/plugins/", {"name": name, "configuration": {name: [name, 1e300, -0.0, 10**40]}})
    assert created.status == 201
    read = front.send("GET", f"/plugins/{created.json['id']}/").json
    assert (read["name"], read["configuration"]) == (name, {name: [name, 1e300, 0.0, 10**40]})


@pytest.mark.parametrize("value", ["text/plain", "application/xml", "", "application/json; charset=latin-1", "json"])
def test_a_body_of_another_type_is_refused(front: Front, value: str) -> None:
    answer = front.send("POST", "/plugins/", b'{"name": "x"}', headers={**TOKEN, "Content-Type": value})
    assert (answer.status, answer.json) == (415, {"detail": f'Unsupported media type "{value}" in request.'})


@pytest.mark.parametrize("value", ["application/json", "Application/JSON", 'application/json; charset="UTF-8"'])
def test_the_type_of_a_body_may_be_written_in_several_ways(front: Front, value: str) -> None:
    assert front.send("POST", "/plugins/", b'{"name": "x"}', headers={**TOKEN, "Content-Type": value}).status == 201


def test_no_body_is_an_empty_one(front: Front) -> None:
    assert front.send("POST", "/plugins/").json == {"name": ["This field is required."]}
    assert front.send("PUT", "/plugins/123/").json == {"non_field_errors": ["No data provided"]}
    assert front.send("PUT", "/plugins/123/", {}).status == 200


@pytest.mark.parametrize(("method", "path"), [("GET", "/jobs/789/"), ("POST", "/agents/my-agent-token/connect/")])
def test_a_body_where_none_belongs_is_refused(front: Front, method: str, path: str) -> None:
    answer = front.send(method, path, {"x": 1})
    assert (answer.status, answer.json) == (400, {"detail": "This operation takes no request body."})
    assert front.send(method, path, b"", headers=JSON).status == 200


@pytest.mark.parametrize("kind", FRONTS)
def test_a_body_may_be_too_large(kind: str) -> None:
    with MockBackend(max_body_bytes=1000) as backend:
        front = FRONTS[kind](backend)
        fits = json.dumps({"name": "x" * 988}).encode()
        assert len(fits) == 1000
        assert front.send("POST", "/plugins/", fits, headers=JSON).status == 201
        answer = front.send("POST", "/plugins/", fits + b" ", headers=JSON)
        assert (answer.status, answer.json) == (413, {"detail": "The request body is larger than 1000 bytes."})
        assert backend.requests[-1].status == 413


# --- multipart bodies -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("overrides", "messages"),
    [
        ({"plugin": b""}, {"plugin": ["This field may not be blank."]}),
        ({"version": b""}, {"version": ["This field may not be blank."]}),
        ({"is_stable": b"maybe"}, {"is_stable": ["Must be a valid boolean."]}),
        ({"is_stable": b""}, {"is_stable": ["This field may not be blank."]}),
        ({"changelog": b"\xff"}, {"changelog": ["Not valid UTF-8."]}),
        ({"file": b""}, {"file": ["The submitted file is empty."]}),
    ],
)
def test_a_form_that_violates_the_contract(
    front: Front, backend: MockBackend, overrides: dict[str, bytes], messages: object
) -> None:
    before = len(backend.releases)
    answer = front.send("POST", "/plugin_releases/", *release_form(**overrides))
    assert (answer.status, answer.json) == (400, messages)
    assert len(backend.releases) == before


def test_every_missing_part_is_named(front: Front) -> None:
    answer = front.send("POST", "/plugin_releases/", *multipart(("changelog", None, b"x")))
    required = ["This field is required."]
    assert (answer.status, answer.json) == (400, {"plugin": required, "version": required, "file": required})


def test_a_file_and_a_text_are_two_things(front: Front) -> None:
    form = multipart(("plugin", "123.txt", b"123"), ("version", None, b"2"), ("file", None, b"content"))
    assert front.send("POST", "/plugin_releases/", *form).json == {
        "plugin": ["Not a valid string."],
        "file": ["The submitted data was not a file. Check the encoding type on the form."],
    }


def test_a_field_sent_twice_is_refused(front: Front) -> None:
    form = multipart(("plugin", None, b"123"), ("version", None, b"2"), ("version", None, b"3"), ("file", "f", b"x"))
    expected = {"version": ["Sent more than once; this field takes one value."]}
    assert front.send("POST", "/plugin_releases/", *form).json == expected


def test_unknown_parts_are_ignored(front: Front) -> None:
    extra = [("note", None, b"a"), ("note", None, b"b"), ("picture", "p.png", b"\x89")]
    form = multipart(("plugin", None, b"123"), ("version", None, b"2"), ("file", "f", b"x"), *extra)
    assert front.send("POST", "/plugin_releases/", *form).status == 201


def test_a_form_that_is_none(front: Front) -> None:
    headers = {**TOKEN, "Content-Type": "multipart/form-data"}
    answer = front.send("POST", "/plugin_releases/", b"x", headers=headers)
    assert answer.json == {"detail": "Multipart form parse error - Invalid boundary in multipart: None"}
    answer = front.send("POST", "/plugin_releases/", b'{"plugin": 123}', headers=JSON)
    assert answer.status == 415


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "C:\\x.zip", "a b\x7f.zip", "한국어.zip", "x" * 500 + ".tar.gz", "noext"]
)
def test_the_name_of_a_file_is_no_path(front: Front, backend: MockBackend, name: str) -> None:
    form = multipart(("plugin", None, b"123"), ("version", None, b"2"), ("file", name.replace("\\", "\\\\"), b"x"))
    answer = front.send("POST", "/plugin_releases/", *form)
    assert answer.status == 201
    path = answer.json["file"].removeprefix(f"http://{HOST}")
    folder, _, served = path.rpartition("/")
    assert folder.startswith("/media/plugin_releases/")
    assert served.strip(".")
    assert ".." not in path
    assert len(served) <= 80
    assert front.send("GET", path).body == b"x"
    assert backend.requests[0].parts["file"].filename == name
