"""`_urls`: addresses, path segments and query strings."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any
from urllib.parse import parse_qsl, quote
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synapse_backend import _urls


class Status(StrEnum):
    RUNNING = "running"


class Number(IntEnum):
    SEVEN = 7


class Index:
    """An integer as NumPy has them: no int, but as good as one."""

    def __index__(self) -> int:
        return 42

    def __str__(self) -> str:
        return "42"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://api.synapse.sh", "https://api.synapse.sh"),
        ("https://api.synapse.sh/", "https://api.synapse.sh"),
        ("https://api.synapse.sh/base//", "https://api.synapse.sh/base"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
        ("https://데이터.example", "https://데이터.example"),
    ],
)
def test_a_base_url_loses_its_last_slash_and_nothing_else(given: str, kept: str) -> None:
    assert _urls.parse_base_url(given).geturl() == kept


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "absolute"),
        ("api.synapse.sh", "absolute"),
        ("//api.synapse.sh", "absolute"),
        ("ftp://api.synapse.sh", "absolute"),
        ("https://", "absolute"),
        ("https:///path", "absolute"),
        ("https://h:port", "not a URL"),
        ("https://h:70000", "not a URL"),
        ("https://[::1", "not a URL"),
        ("https://two..dots", "not a URL"),
        ("https://h/?token=canary", "query"),
        ("https://h/#canary", "fragment"),
        ("https://user:canary@h", "credentials"),
        ("https://h/canary path", "space"),
        ("https://h/canary\r\n", "control"),
    ],
)
def test_a_base_url_that_cannot_be_used_is_refused_without_repeating_it(url: str, message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        _urls.parse_base_url(url)
    assert str(caught.value).startswith("base_url")
    assert "canary" not in str(caught.value)


def test_a_base_url_is_a_str() -> None:
    with pytest.raises(TypeError, match="base_url must be a str, not bytes"):
        _urls.parse_base_url(b"https://h")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("host", "is_loopback"),
    [
        ("localhost", True),
        ("mock.localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("notlocalhost", False),
        ("localhost.example", False),
        ("10.0.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - nothing is bound to it here
    ],
)
def test_only_addresses_of_this_machine_are_loopback(host: str, is_loopback: bool) -> None:
    assert _urls.is_loopback(host) is is_loopback


def test_placeholders_are_found_in_order() -> None:
    assert _urls.placeholders("/plugins/{pk}/releases/{version}/") == ["pk", "version"]
    assert _urls.placeholders("/jobs/") == []


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (789, "789"),
        ("plugin@1.0", "plugin@1.0"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (Index(), "42"),
        (Number.SEVEN, "7"),
        (Status.RUNNING, "running"),
        ("...", "..."),
    ],
)
def test_a_path_argument_becomes_its_text(value: object, shown: str) -> None:
    assert _urls.path_segment("get_job", "pk", value) == shown


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("", "is empty"),
        (" \t", "is empty"),
        (".", "dot segment"),
        ("..", "dot segment"),
        ("a\x00b", "control character"),
        ("a\r\nb", "control character"),
        ("a\x7f", "control character"),
        ("a\ud800", "lone surrogate"),
    ],
)
def test_a_path_argument_that_would_change_the_path_is_refused(value: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^get_job: pk .*{message}"):
        _urls.path_segment("get_job", "pk", value)


@pytest.mark.parametrize("value", [None, True, 1.0, b"789", ["789"]])
def test_a_path_argument_of_another_type_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match=f"^get_job: pk must be an int or a str, not {type(value).__name__}"):
        _urls.path_segment("get_job", "pk", value)


def query(params: dict[str, Any]) -> str:
    return _urls.encode_query(_urls.query_pairs("list_jobs", params))


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        ("running", "p=running"),
        ("a b&c=d+e/f?", "p=a%20b%26c%3Dd%2Be%2Ff%3F"),
        ("한국", "p=%ED%95%9C%EA%B5%AD"),
        ("", "p="),
        (True, "p=true"),
        (False, "p=false"),
        (20, "p=20"),
        (0.5, "p=0.5"),
        (Decimal("0.10"), "p=0.10"),
        (Status.RUNNING, "p=running"),
        (Number.SEVEN, "p=7"),
        (UUID(int=2), "p=00000000-0000-0000-0000-000000000002"),
        (dt.date(2025, 9, 1), "p=2025-09-01"),
        (dt.datetime(2025, 9, 1, 12, tzinfo=dt.UTC), "p=2025-09-01T12%3A00%3A00%2B00%3A00"),
        (None, ""),
        ([], ""),
        (["a", None, "b"], "p=a&p=b"),
        (("a", True), "p=a&p=true"),
        (range(2), "p=0&p=1"),
        ({"a"}, "p=a"),
        (frozenset({"a"}), "p=a"),
    ],
)
def test_a_query_value_is_written_as_the_server_reads_it(value: object, encoded: str) -> None:
    assert query({"p": value}) == encoded


def test_a_naive_datetime_is_local_time() -> None:
    moment = dt.datetime(2025, 9, 1, 12)
    text = _urls.iso_datetime(moment)
    assert dt.datetime.fromisoformat(text).utcoffset() == moment.astimezone().utcoffset()
    assert text.startswith("2025-09-01T12:00:00")


@pytest.mark.parametrize("value", [b"running", {"gt": 1}, object(), [["nested"]]])
def test_a_query_value_without_a_text_form_is_refused_by_name(value: object) -> None:
    with pytest.raises(TypeError, match=r"^list_jobs: params\['status'\] must be a str, number, bool"):
        query({"status": value})


def test_a_query_name_is_a_str() -> None:
    with pytest.raises(TypeError, match=r"^list_jobs: names in params must be str, not int"):
        query({1: "a"})  # type: ignore[dict-item]


@pytest.mark.parametrize("params", [{"status": "\ud800"}, {"stat\ud800us": "x"}])
def test_a_lone_surrogate_in_a_query_is_refused_by_name(params: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"^list_jobs: .*stat.* holds a lone surrogate"):
        query(params)


texts = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.lists(st.tuples(texts, texts)))
def test_every_query_is_read_back_as_it_was(pairs: list[tuple[str, str]]) -> None:
    encoded = _urls.encode_query(pairs)
    assert encoded.isascii()
    assert parse_qsl(encoded, keep_blank_values=True) == pairs


@given(texts)
def test_an_accepted_path_argument_never_leaves_its_segment(value: str) -> None:
    try:
        segment = _urls.path_segment("get_job", "pk", value)
    except ValueError:
        return
    assert httpx.URL(f"http://h/jobs/{quote(segment, safe='')}/logs/").path == f"/jobs/{value}/logs/"


# --- hosts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("https://api.synapse.sh/v1", "/jobs/"),
        ("https://api.synapse.sh", "jobs/?page=2"),
        ("https://api.synapse.sh", ""),
        ("https://api.synapse.sh", "http://api.synapse.sh:8000/jobs/"),
        ("https://api.synapse.sh", "//API.Synapse.sh./jobs/"),
        ("https://api.synapse.sh", "https://inside.example/jobs/"),
        ("https://api.synapse.sh", "https://[fd00:0::1]/jobs/"),
        ("http://localhost:8000", "http://127.0.0.1/jobs/"),
        ("http://127.0.0.1:8000", "http://[::1]:9/jobs/"),
        ("https://xn--bcher-kva.example", "https://bücher.example/"),
        ("https://Bücher.example", "https://xn--bcher-kva.example/"),
    ],
)
def test_an_address_of_the_backend_itself(base: str, url: str) -> None:
    aliases = _urls.parse_host_names("host_aliases", ["Inside.Example", "fd00::1"])
    assert _urls.is_own_host(_urls.parse_base_url(base), aliases, url)


@pytest.mark.parametrize(
    "url",
    [
        "https://synapse.sh/jobs/",
        "https://api.synapse.sh.evil.example/jobs/",
        "//evil.example/jobs/",
        "http:///jobs/",
        "///evil.example/jobs/",
        "http://127.0.0.1/jobs/",
        "https://api.synapse.sh@evil.example/jobs/",
        "https://user@api.synapse.sh/jobs/",
        "https:\\\\evil.example/jobs/",
        "/\\evil.example/jobs/",
        " https://api.synapse.sh/jobs/",
        "https://api.synapse.sh/jobs/\n",
        "ftp://api.synapse.sh/jobs/",
        "file:///etc/passwd",
        "https://[api.synapse.sh/jobs/",
        "https://api.synapse.sh:port/jobs/",
        f"https://{'a' * 64}.example/",
        f"https://{'ü' * 64}.example/",
    ],
)
def test_an_address_of_somebody_else(url: str) -> None:
    assert not _urls.is_own_host(_urls.parse_base_url("https://api.synapse.sh"), (), url)


def test_names_of_hosts_are_compared_in_one_form() -> None:
    names = ["Inside.Example.", "LOCALHOST", "127.0.0.1", "[::1]", "FD00:0::1", "bücher.example"]
    assert _urls.parse_host_names("host_aliases", names) == {
        "inside.example",
        "localhost",
        "fd00::1",
        "xn--bcher-kva.example",
    }


@pytest.mark.parametrize(
    ("names", "error", "message"),
    [
        ("inside.example", TypeError, "host_aliases must be a collection of host names, such as a list, not str"),
        (None, TypeError, "host_aliases must be a collection of host names, such as a list, not NoneType"),
        ([b"inside.example"], TypeError, "host_aliases must hold str, not bytes"),
        *(
            ([name], ValueError, "host_aliases: .* is not the name of a host")
            for name in ("", ".", "http://a", "a:80", "a/b", "u@a", "a b", "a\n", "a..b", "ü" * 64, "*.a?")
        ),
    ],
)
def test_what_is_not_the_name_of_a_host_is_refused(names: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=f"^{message}"):
        _urls.parse_host_names("host_aliases", names)


# --- paths ----------------------------------------------------------------------------------------------------------


def test_a_path_is_filled_in() -> None:
    assert _urls.filled_path("get", "/tasks/{id}/tags/{tag}/", (7, "{id} a/b")) == "/tasks/7/tags/{id} a/b/"
    with pytest.raises(ValueError, match=r"^get: id is empty"):
        _urls.filled_path("get", "/tasks/{id}/", ("",))
