"""Every fault, as a client of httpx hears it, over the socket and in process."""

from __future__ import annotations

import gzip
import inspect
import json
import re
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass, fields
from typing import Any, get_args

import httpx
import pytest

from synapse_backend.testing import FaultError, MockBackend, faults
from synapse_backend.testing.faults import KINDS, Armed, ConnectionSelection, Selection, answers, bodies, pages, wire
from tests.unit.testing.fronts import TOKEN

LIST = "/jobs/?page=2&page_size=3"
HONEST = ["id", "status"]
IMPATIENT = httpx.Timeout(60, read=0.15)
"""For answers that do not come."""


class Heard(Exception):  # noqa: N818  # it is a way to compare, not an error
    """Nothing that a client of httpx raises."""


@dataclass(frozen=True)
class Client:
    """A client over one of the fronts."""

    backend: MockBackend
    over: str
    http: httpx.Client

    def send(self, method: str = "GET", target: str = LIST, **options: Any) -> httpx.Response:
        return self.http.request(method, target, **options)


@pytest.fixture(params=["socket", "in process"])
def client(request: pytest.FixtureRequest) -> Iterator[Client]:
    backend = MockBackend(seed=5)
    transport = None
    if request.param == "socket":
        backend.start()
    else:
        transport = backend.transport()
    url = backend.url if request.param == "socket" else "http://localhost"
    with httpx.Client(base_url=url, headers=TOKEN, timeout=60, transport=transport) as http:
        yield Client(backend, request.param, http)
    backend.stop()


def jobs(response: httpx.Response) -> list[dict[str, Any]]:
    value: list[dict[str, Any]] = response.json()["results"]
    return value


# --- answers ----------------------------------------------------------------------------------------------------------


def test_a_status_is_answered_once_and_nothing_is_carried_out(client: Client) -> None:
    armed = client.backend.faults.on("create_plugin").status(503, retry_after=1.5, body={"detail": "Back soon."})
    first = client.send("POST", "/plugins/", json={"name": "A"})
    assert (first.status_code, first.headers["retry-after"], first.json()) == (503, "1.5", {"detail": "Back soon."})
    assert len(client.backend.plugins) == 5
    assert client.send("POST", "/plugins/", json={"name": "A"}).status_code == 201
    assert (armed.fired, armed.seen) == (1, 1)
    assert [request.faults for request in client.backend.requests] == [("status",), ()]
    assert [request.status for request in client.backend.requests] == [503, 201]


@pytest.mark.parametrize(
    ("body", "media_type", "text"),
    [
        (None, "application/json", '{"detail":"I\'m a Teapot."}'),
        ("Gone fishing", "text/plain; charset=utf-8", "Gone fishing"),
        ([1, None], "application/json", "[1,null]"),
    ],
)
def test_a_status_has_the_body_that_was_given(client: Client, body: object, media_type: str, text: str) -> None:
    client.backend.faults.on("list_jobs").status(418, body=body)
    answer = client.send()
    assert (answer.headers["content-type"], answer.text) == (media_type, text)


def test_a_status_without_words_has_a_body_too(client: Client) -> None:
    client.backend.faults.on("list_jobs").status(599)
    assert client.send().json() == {"detail": "Fault."}


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("word", "soon"),
        ("empty", ""),
        ("negative", "-5"),
        ("infinite", "1e309"),
        ("not_a_number", "nan"),
        ("digits", "9" * 400),
        ("past", "Tue, 02 Sep 2025 09:00:00 GMT"),
        ("no_zone", "Wed, 03 Sep 2025 09:00:30"),
        ("hour", "3600"),
        ("date", "Wed, 03 Sep 2025 09:00:30 GMT"),
    ],
)
def test_retry_after_in_every_form(client: Client, form: answers.RetryAfterForm, value: str) -> None:
    client.backend.faults.on("list_jobs").retry_after(form, status=503, seconds=30)
    answer = client.send()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, value)


def test_a_date_to_wait_for_follows_a_clock_that_is_off(client: Client) -> None:
    client.backend.faults.on("list_jobs").retry_after("date", seconds=10)
    client.backend.faults.on("list_jobs").clock_skew(-3600)
    answer = client.send()
    assert answer.headers["date"] == "Wed, 03 Sep 2025 08:00:00 GMT"
    assert answer.headers["retry-after"] == "Wed, 03 Sep 2025 08:00:10 GMT"
    assert answer.headers.get_list("date") == ["Wed, 03 Sep 2025 08:00:00 GMT"]
    assert client.backend.requests[0].faults == ("retry_after", "clock_skew")


def test_a_page_of_a_proxy(client: Client) -> None:
    client.backend.faults.on("run_plugin").html(status=502)
    answer = client.send("POST", "/plugins/123/run/", json={})
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert answer.text.startswith("<!DOCTYPE html>")
    assert len(client.backend.jobs) == 25


def test_an_empty_answer_is_carried_out_unless_it_has_a_status(client: Client) -> None:
    client.backend.faults.on("create_plugin").sequence(faults.Empty(), faults.Empty(status=500))
    first = client.send("POST", "/plugins/", json={"name": "A"})
    second = client.send("POST", "/plugins/", json={"name": "B"})
    assert (first.status_code, first.content, first.headers["content-type"]) == (201, b"", "application/json")
    assert (second.status_code, second.content) == (500, b"")
    assert len(client.backend.plugins) == 6


def test_no_content_with_and_without_a_body(client: Client) -> None:
    client.backend.faults.on("create_plugin").sequence(faults.NoContent(), faults.NoContent(with_body=True))
    assert client.send("POST", "/plugins/", json={"name": "A"}).status_code == 204
    assert client.send("POST", "/plugins/", json={"name": "B"}).status_code == 204
    assert len(client.backend.plugins) == 7
    lengths = [dict(request.answer_headers)["Content-Length"] for request in client.backend.requests]
    assert lengths[0] == "0"
    assert int(lengths[1]) > 100


@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("http://elsewhere.example/x", "http://elsewhere.example/x"),
        ("self", LIST),
        ("//elsewhere.example", "//elsewhere.example"),
        (None, None),
    ],
)
def test_redirections(client: Client, url: str | None, location: str | None) -> None:
    client.backend.faults.on("list_jobs").redirect(url, status=307)
    answer = client.send()
    assert (answer.status_code, answer.headers.get("location")) == (307, location)


def test_latency_passes_on_the_clock_and_together_with_another_fault(client: Client) -> None:
    start = client.backend.clock.now
    client.backend.clock.monotonic()  # a client shares it: nobody waits
    client.backend.faults.on("list_jobs", times=2).latency(0.1, jitter=0.05)
    client.backend.faults.on("list_jobs").status(500)
    assert client.send().status_code == 500
    assert client.send().status_code == 200
    passed = (client.backend.clock.now - start).total_seconds() - 2 * 0.5
    assert 0.1 < passed < 0.3
    assert passed != 0.2
    assert client.backend.requests[0].faults == ("status", "latency")


def test_an_answer_that_is_too_late_times_out(client: Client) -> None:
    client.backend.faults.on("list_jobs").latency(600)
    with pytest.raises(httpx.ReadTimeout):
        client.send(timeout=IMPATIENT)


# --- the wire ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arm", "error", "created"),
    [
        (Selection.reset, httpx.ReadError, 0),
        (Selection.close_before_answer, httpx.RemoteProtocolError, 0),
        (Selection.commit_then_reset, httpx.ReadError, 1),
        (Selection.commit_then_close, httpx.RemoteProtocolError, 1),
        (Selection.no_answer, httpx.ReadTimeout, 0),
        (lambda selection: selection.no_answer(commit=True), httpx.ReadTimeout, 1),
        (Selection.truncate, httpx.RemoteProtocolError, 1),
        (lambda selection: selection.truncate(10**9), httpx.RemoteProtocolError, 1),
        (Selection.truncate_chunked, httpx.RemoteProtocolError, 1),
        (Selection.reset_mid_body, httpx.ReadError, 1),
        (lambda selection: selection.drip(1000), None, 1),
        (lambda selection: selection.drip(5), httpx.ReadTimeout, 1),
        (lambda selection: selection.informational(1500), None, 1),
        *(
            (lambda selection, kind=kind: selection.garbage(kind), httpx.RemoteProtocolError, 0)
            for kind in get_args(wire.GarbageKind)
        ),
    ],
)
def test_the_bytes_are_lost_or_late(
    client: Client, arm: Callable[[Selection], Armed], error: type[Exception] | None, created: int
) -> None:
    arm(client.backend.faults.on("create_plugin"))
    if error is None:
        assert client.send("POST", "/plugins/", json={"name": "A"}).status_code == 201
    else:
        with pytest.raises(error):
            client.send(
                "POST", "/plugins/", json={"name": "A"}, timeout=IMPATIENT if error is httpx.ReadTimeout else 60
            )
    # A client that does not wait may have left before the mock has read what it sent.
    while not client.backend.requests:
        time.sleep(0.001)
    assert len(client.backend.plugins) == 5 + created
    # The mock goes on as if nothing had been.
    assert client.send().status_code == 200


@pytest.mark.parametrize(("after", "received"), [(10, 10), (0, 0), (10**9, -1)])
@pytest.mark.parametrize("name", ["truncate", "reset_mid_body"])
def test_as_much_of_a_body_comes_as_was_said(client: Client, name: str, after: int, received: int) -> None:
    whole = client.send().content
    getattr(client.backend.faults.on("list_jobs"), name)(after)
    got = b""
    with pytest.raises(httpx.TransportError), client.http.stream("GET", LIST) as answer:  # noqa: PT012  # reading fails at the end
        assert int(answer.headers["content-length"]) == len(whole)
        for piece in answer.iter_bytes():
            got += piece
    assert got == whole[:received]


def test_chunks_come_without_the_last(client: Client) -> None:
    whole = client.send().content
    client.backend.faults.on("list_jobs").truncate_chunked(20)
    got = b""
    with pytest.raises(httpx.RemoteProtocolError), client.http.stream("GET", LIST) as answer:  # noqa: PT012
        assert answer.headers["transfer-encoding"] == "chunked"
        assert "content-length" not in answer.headers
        for piece in answer.iter_bytes():
            got += piece
    assert got == whole[:20]


def test_an_answer_without_end(client: Client) -> None:
    client.backend.faults.on("list_jobs").endless()
    got = b""
    with client.http.stream("GET", LIST) as answer:
        for piece in answer.iter_bytes():
            got += piece
            if len(got) > 1_000_000:
                break
    assert got.startswith(b"[0,0,0")
    assert client.send().status_code == 200


# --- bodies -----------------------------------------------------------------------------------------------------------


def raw(client: Client, target: str = LIST) -> tuple[bytes, httpx.Headers]:
    with client.http.stream("GET", target) as answer:
        return b"".join(answer.iter_raw()), answer.headers


def test_gzip_that_is_none(client: Client) -> None:
    whole = client.send().content
    client.backend.faults.on("list_jobs").bad_gzip()
    content, headers = raw(client)
    assert headers["content-encoding"] == "gzip"
    assert content[:20] == whole[:20]


@pytest.mark.parametrize(("missing", "kept"), [(10, -10), (1, -1), (10**6, 1)])
def test_gzip_without_its_end_has_the_length_that_it_says(client: Client, missing: int, kept: int) -> None:
    client.backend.faults.on("list_jobs", times=2).truncated_gzip(missing)
    content, headers = raw(client)
    assert int(headers["content-length"]) == len(content)
    decompressor = zlib.decompressobj(31)
    if kept != 1:
        decompressor.decompress(content)
    assert not decompressor.eof
    assert len(raw(client)[0]) == (1 if kept == 1 else len(content))


def test_gzip_of_two_members(client: Client) -> None:
    whole = client.send().content
    client.backend.faults.on("list_jobs").multi_member_gzip()
    content, _ = raw(client)
    decompressor = zlib.decompressobj(31)
    first = decompressor.decompress(content)
    assert 0 < len(first) < len(whole)
    assert gzip.decompress(content) == whole


def test_a_bomb_is_small_and_valid(client: Client) -> None:
    client.backend.faults.on("list_jobs").bomb(size=3 * 1024 * 1024 + 5, status=500)
    content, headers = raw(client)
    assert int(headers["content-length"]) == len(content) < 10_000
    body = gzip.decompress(content)
    assert len(body) == 3 * 1024 * 1024 + 2
    assert body.strip() == b"{}"
    assert client.backend.requests[0].status == 500


def test_many_codings(client: Client) -> None:
    whole = client.send().content
    client.backend.faults.on("list_jobs").many_codings(4)
    content, headers = raw(client)
    assert headers["content-encoding"] == "gzip, gzip, gzip, gzip"
    for _ in range(4):
        content = gzip.decompress(content)
    assert content == whole


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("bad_utf8", b'"fault":"\xff\xfe"'),
        ("nan", b'"fault":NaN'),
        ("huge_number", b'"fault":1e999'),
        ("deep", b"[" * 100_000 + b"]" * 100_000),
        ("long_integer", b'"fault":' + b"9" * 5000 + b","),
        ("duplicate_keys", b'"fault":1,"fault":2'),
    ],
)
@pytest.mark.parametrize("target", [LIST, "/storages/", "/jobs/789/console_logs/"])
def test_json_with_a_flaw(client: Client, kind: bodies.JsonFlaw, found: bytes, target: str) -> None:
    client.backend.faults.on("*").malformed_json(kind)
    content = client.send(target=target).content
    assert found.rstrip(b",") in content
    # Only the flaw is wrong with it.
    cleaned = content.replace(found.rstrip(b","), b'"fault":0' if found.startswith(b'"') else b"0", 1)
    json.loads(cleaned)


def test_json_that_is_cut(client: Client) -> None:
    whole = client.send().content
    client.backend.faults.on("list_jobs").malformed_json()
    assert client.send().content == whole[:-1]


def test_a_flaw_in_an_empty_list(client: Client) -> None:
    client.backend.jobs.add(id=900)
    client.backend.faults.on("list_job_console_logs").malformed_json("nan")
    assert client.send(target="/jobs/900/console_logs/").content == b'[{"fault":NaN}]'


def test_answers_of_the_wrong_shape(client: Client) -> None:
    shapes = client.backend.faults.on("list_jobs")
    for kind in get_args(bodies.Shape):
        shapes.wrong_shape(kind)
    extra, missing, null, enum, dates = (client.send().json() for _ in range(5))
    assert all(job["added_later"] == {"nested": [1, None]} for job in extra["results"])
    assert all("id" not in job and "status" in job for job in missing["results"])
    assert null["results"] is None
    assert {job["status"] for job in enum["results"]} == {"brand_new"}
    texts = [
        job[name] for job in dates["results"] for name in ("created_at", "updated_at", "started_at", "finished_at")
    ]
    assert set(texts) == set(bodies._ODD_DATES)


def test_a_single_object_of_the_wrong_shape(client: Client) -> None:
    client.backend.faults.on("get_job").sequence(*(faults.WrongShape(kind) for kind in get_args(bodies.Shape)))
    whole = client.send(target="/jobs/788/").json()
    extra, missing, null, enum, _ = (
        (client.send(target="/jobs/789/").json() for _ in range(5))
        if whole is None
        else [
            whole,
            *(client.send(target="/jobs/789/").json() for _ in range(4)),
        ]
    )
    assert "added_later" in extra
    assert "id" not in missing
    assert (null["parameters"], null["context"]) == (None, None)
    assert enum["status"] == "brand_new"


def test_hostile_texts_in_answers_and_errors(client: Client) -> None:
    client.backend.faults.on("get_plugin").sequence(faults.HostileText(), faults.HostileText(status=400))
    plugin = client.send(target="/plugins/123/").json()
    assert plugin["name"] == plugin["description"] == bodies.HOSTILE
    assert plugin["id"] == 123
    error = client.send(target="/plugins/123/")
    assert (error.status_code, error.json()) == (400, {"detail": bodies.HOSTILE})


def test_a_wrong_checksum(client: Client) -> None:
    client.backend.faults.on("*").wrong_checksum()
    # Where there is no checksum, the fault waits.
    assert client.send().status_code == 200
    release = client.send(target="/plugin_releases/456/").json()
    right = client.backend.releases[456]["checksum"]
    assert re.fullmatch("[0-9a-f]{32}", release["checksum"])
    assert release["checksum"] != right


def test_a_fault_of_an_answer_spares_an_error_that_has_nothing_to_change(client: Client) -> None:
    client.backend.faults.on("get_plugin_release").wrong_checksum()
    client.backend.faults.on("list_jobs").sequence(
        faults.PageLink(), faults.PageDrift("empty"), faults.WrongShape("null_list")
    )
    assert client.send(target="/plugin_releases/1/").json() == {"detail": "Not found."}
    for _ in range(3):
        assert client.send(target="/jobs/?page=99").json() == {"detail": "Invalid page."}


def test_what_needs_something_in_the_answer_waits_for_it(client: Client) -> None:
    client.backend.faults.on("*").page_link()
    client.backend.faults.on("*").wrong_shape("unknown_enum")
    assert client.send(target="/nothing/").status_code == 404
    assert client.send(target="/plugins/123/").json()["id"] == 123
    assert client.send().json()["next"].startswith("http://elsewhere.example/")
    assert client.send(target="/storages/").json()[0]["provider"] == "brand_new"


# --- pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "link"),
    [
        ("foreign_host", "http://elsewhere.example/jobs/?page_size=3&page=3"),
        ("foreign_port", "http://{name}:9/jobs/?page_size=3&page=3"),
        ("foreign_scheme", "ftp://{host}/jobs/?page_size=3&page=3"),
        ("no_scheme", "//elsewhere.example/jobs/?page_size=3&page=3"),
        ("user_info", "http://{host}@elsewhere.example/jobs/?page_size=3&page=3"),
        ("at_sign", "@elsewhere.example/jobs/?page_size=3&page=3"),
        ("climbing", "/../../admin?page=2"),
        ("backslashes", "\\\\elsewhere.example/jobs/?page_size=3&page=3"),
        ("leading_space", " http://elsewhere.example/jobs/?page_size=3&page=3"),
        ("private_address", "http://10.0.0.1/jobs/?page_size=3&page=3"),
        ("file", "file:///etc/hostname"),
        ("repeat", "http://{host}/jobs/?page=2&page_size=3"),
        ("cycle", "http://{host}/jobs/?page_size=3&page=1"),
        ("relative", "/jobs/?page_size=3&page=3"),
        ("absolute", "http://{host}/jobs/?page_size=3&page=3"),
    ],
)
def test_links_that_lead_astray(client: Client, kind: pages.LinkKind, link: str) -> None:
    client.backend.faults.on("list_jobs").page_link(kind)
    answer = client.send()
    host = answer.request.headers["host"]
    assert answer.json()["next"] == link.format(host=host, name=host.partition(":")[0])
    assert [job["id"] for job in jobs(answer)] == [786, 785, 784]


def test_a_cycle_goes_from_the_first_page_to_the_second(client: Client) -> None:
    client.backend.faults.on("list_jobs").page_link("cycle")
    assert client.send(target="/jobs/").json()["next"].endswith("/jobs/?page=2")


def test_pages_that_do_not_fit(client: Client) -> None:
    honest = client.send().json()
    arm = client.backend.faults.on("list_jobs").page_drift
    for kind in get_args(pages.DriftKind):
        arm(kind)
    clamped, empty, high, low, changing, missing, insert, delete = (client.send().json() for _ in range(8))
    ids = [job["id"] for job in honest["results"]]
    assert [job["id"] for job in clamped["results"]] == [787, 786]
    assert "page_size=2" in clamped["next"]
    assert (empty["results"], empty["next"]) == ([], honest["next"])
    assert (high["count"], low["count"]) == (1025, 0)
    assert 0 <= changing["count"] < 10_000
    assert changing["count"] != 25
    assert "count" not in missing
    assert ([job["id"] for job in insert["results"]], insert["count"]) == ([ids[0] + 1, *ids[:-1]], 26)
    assert ([job["id"] for job in delete["results"]], delete["count"]) == (ids[1:], 24)


def test_what_moves_between_pages_waits_for_the_second(client: Client) -> None:
    client.backend.faults.on("list_jobs").page_drift("insert")
    first = client.send(target="/jobs/?page=1")
    assert first.json()["count"] == 25
    assert client.send(target="/jobs/?page=x").status_code == 400
    second = client.send(target="/jobs/?page=2&page_size=2").json()
    assert [job["id"] for job in second["results"]] == [788, 787]
    assert second["count"] == 26


# --- the catalogue ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", KINDS)
def test_every_fault_is_a_method_with_the_same_arguments(name: str) -> None:
    kind = KINDS[name]
    owner = ConnectionSelection if kind.moment == "connection" else Selection
    parameters = list(inspect.signature(getattr(owner, name)).parameters.values())[1:]
    assert [(p.name, p.default) for p in parameters] == [
        (item.name, inspect.Parameter.empty if item.default is MISSING else item.default) for item in fields(kind)
    ]
    described = set(re.findall(r"`(\w+)`", kind.__doc__ or ""))
    assert described == {item.name for item in fields(kind)}


def test_every_method_is_a_fault() -> None:
    methods = {name for owner in (Selection, ConnectionSelection) for name in dir(owner) if not name.startswith("_")}
    assert methods - {"sequence"} == set(KINDS)
    assert {kind.__name__ for kind in KINDS.values()} <= set(faults.__all__)


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, kind in KINDS.items()
        if kind.moment == "exchange" and (not kind.needs or name in ("wrong_shape", "hostile_text"))
    ],
)
def test_what_a_fault_says_of_carrying_out_is_so(name: str) -> None:
    backend = MockBackend().start()
    required: dict[str, dict[str, Any]] = {
        "status": {"status": 500},
        "retry_after": {"form": "word"},
        "redirect": {"url": None},
        "clock_skew": {"seconds": 1},
        "latency": {"seconds": 0},
        "drip": {"bytes_per_s": 1_000_000},
        "informational": {"count": 1},
        "bomb": {"size": 1024 * 1024},
    }
    kind = KINDS[name]
    operation, target, body = "create_plugin", "/plugins/", b'{"name": "A"}'
    getattr(backend.faults.on(operation), name)(**required.get(name, {}))
    with httpx.Client(base_url=backend.url, headers=TOKEN, timeout=IMPATIENT if name == "no_answer" else 60) as http:
        headers = {"Content-Type": "application/json"}
        try:
            with http.stream("POST", target, content=body, headers=headers) as answer:
                for _ in answer.iter_raw():
                    break
        except httpx.TransportError:
            pass
    assert (len(backend.plugins) == 6) == kind.commits
    backend.stop()


def test_an_answer_that_never_comes_needs_a_limit_in_process() -> None:
    backend = MockBackend()
    backend.faults.on("list_jobs").no_answer()
    with (
        httpx.Client(base_url="http://localhost", headers=TOKEN, timeout=None, transport=backend.transport()) as http,  # noqa: S113
        pytest.raises(FaultError, match="needs a read timeout in process"),
    ):
        http.get("/jobs/")
