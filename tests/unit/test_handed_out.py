"""URLs that the backend hands out: which are followed, and what of them shows."""

from __future__ import annotations

from typing import Any

import pytest

from synapse_backend import BackendClient
from synapse_backend._config import ClientConfig
from synapse_backend._handed_out import UrlError, config_at, is_same_origin, resolve, target_of
from synapse_backend._urls import secrets_in

BASE = "https://api.example.com/base"


def config(base: str = BASE, **options: Any) -> ClientConfig:
    return BackendClient(base, "token-0123456789", **options)._config


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/media/a.png", "https://api.example.com/media/a.png"),
        ("media/a.png?x=1", "https://api.example.com/media/a.png?x=1"),
        ("//bucket.s3.amazonaws.com/a", "https://bucket.s3.amazonaws.com/a"),
        ("https://api.example.com/a", "https://api.example.com/a"),
        ("https://bucket.example:9000/a", "https://bucket.example:9000/a"),
        ("https://8.8.8.8/a", "https://8.8.8.8/a"),
        ("https://[2606:4700::1111]/a", "https://[2606:4700::1111]/a"),
        ("https://하늘.example/a", "https://하늘.example/a"),
    ],
)
def test_urls_of_files_are_absolute_or_relative_to_the_backend(url: str, expected: str) -> None:
    assert resolve(config(), url).geturl() == expected


@pytest.mark.parametrize(
    "url",
    [
        None, 7, "", " /a", "/a\n", "/a\x00", "\\\\evil\\a", "/a\\b", "ftp://host/a", "file:///etc/passwd", "data:,x",
        "javascript:alert(1)", "https://user:pass@host/a", "https://user@host/a",
        "https://host:99999/a", "https://host:port/a", "https://[::1", "https://" + "a" * 70 + ".example/", "mailto:a",
    ],
)  # fmt: skip
def test_what_is_no_plain_http_url_is_refused(url: Any) -> None:
    with pytest.raises(UrlError, match=r"^it is not a (plain http )?URL$"):
        resolve(config(), url)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "sub.localhost", "LOCALHOST", "localhost.", "127.0.0.1.", "[::1]", "169.254.169.254",
        "10.0.0.1", "172.16.5.5", "192.168.1.1", "0.1.2.3", "100.100.100.200", "224.0.0.1", "[fe80::1]", "[fc00::1]",
        "[::ffff:10.0.0.1]", "[::ffff:127.0.0.1]", "[::]", "2130706433", "0x7f000001", "127.1", "0177.0.0.1",
        "\uff11\uff12\uff17.0.0.1", "127\u30020\u30020\u30021", "metadata", "metadata.google.internal", "storage.local", "nas.lan",
    ],
)  # fmt: skip
def test_no_url_leads_from_outside_into_a_private_network(host: str) -> None:
    with pytest.raises(UrlError, match="inside a private network, although the backend is outside"):
        resolve(config(), f"https://{host}/a")


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("https://10.0.0.1", "https://10.0.0.1/a"),
        ("https://10.0.0.1", "https://10.0.0.2:9000/a"),
        ("https://backend", "https://storage/a"),
        ("https://synapse.corp", "https://192.168.0.1/a"),
        ("http://127.0.0.1:8000", "http://localhost:9000/a"),
        ("http://127.0.0.1:8000", "https://bucket.example/a"),
    ],
)
def test_inside_a_private_network_its_hosts_are_fine(base: str, url: str) -> None:
    assert resolve(config(base), url).geturl() == url


def test_nothing_goes_in_clear_text_that_came_encrypted() -> None:
    with pytest.raises(UrlError, match=r"leads to bucket\.example in clear text; pass allow_insecure_http=True"):
        resolve(config(), "http://bucket.example/a")
    with pytest.raises(UrlError, match="clear text"):
        resolve(config(), "http://api.example.com/a")
    assert resolve(config(allow_insecure_http=True), "http://bucket.example/a").scheme == "http"


def test_another_name_of_the_backend_is_the_backend() -> None:
    settings = config(host_aliases=["internal-api", "10.0.0.7"])
    for url in ("http://internal-api:8000/media/a?x=1", "https://10.0.0.7/media/a?x=1"):
        parts = resolve(settings, url)
        assert parts.geturl() == "https://api.example.com/media/a?x=1"
        assert is_same_origin(settings, parts)


@pytest.mark.parametrize(
    ("base", "url", "same"),
    [
        (BASE, "https://api.example.com:443/a", True),
        (BASE, "https://API.example.com/a", True),
        (BASE, "https://api.example.com:8443/a", False),
        (BASE, "https://api.example.com.evil/a", False),
        ("http://127.0.0.1", "http://127.0.0.1:80/a", True),
        ("http://127.0.0.1", "https://127.0.0.1/a", False),
    ],
)
def test_only_scheme_host_and_port_together_are_the_backend(base: str, url: str, same: bool) -> None:
    settings = config(base)
    assert is_same_origin(settings, resolve(settings, url)) is same


def test_a_host_with_a_strange_name_is_shown_harmlessly() -> None:
    with pytest.raises(UrlError) as caught:
        resolve(config(), "https://" + ".".join(["a" * 60] * 3) + ".local/?sig=0123456789abcdef")
    assert len(str(caught.value)) < 200
    assert "sig" not in str(caught.value)


def test_another_server_gets_the_settings_but_no_tokens() -> None:
    settings = config(tenant="tenant", retries=1, allow_insecure_http=True)
    other = config_at(settings, resolve(settings, "http://bucket.example:9000/a?x=1"))
    assert (other.base_url, other.host, other.retries) == ("http://bucket.example:9000", "bucket.example:9000", 1)
    assert other.origin == (b"http", b"bucket.example", 9000)
    assert other.authority == b"bucket.example:9000"
    assert other.credentials.headers() == []
    assert "0123456789" not in repr(other)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://h.example", "/"),
        ("https://h.example/a b/가?q=ä b&x=%2F", "/a%20b/%EA%B0%80?q=%C3%A4%20b&x=%2F"),
        ("https://h.example/%41?#part", "/%41"),
    ],
)
def test_path_and_query_are_encoded_and_do_not_show(url: str, target: str) -> None:
    found = target_of(resolve(config(), url))
    assert str(found) == target
    assert repr(found) == "<***>"


def test_every_value_of_a_signed_query_is_a_secret() -> None:
    assert secrets_in("/a?X-Sig=ab%2Fcd&X-Date=20250101&x=") == [
        "/a?X-Sig=ab%2Fcd&X-Date=20250101&x=",
        "X-Sig=ab%2Fcd&X-Date=20250101&x=",
        "20250101",
        "ab/cd",
    ]
    assert secrets_in("/a") == ["/a"]
    assert secrets_in("") == []
