"""`_secrets`: values that must not show."""

from __future__ import annotations

import copy
import pickle
import threading
import traceback

import pytest

from synapse_backend._secrets import Secret, SecretBytes, TokenSource, parse_header_value, parse_secret

CANARY = "canary-0123456789"


def test_a_token_shows_nowhere() -> None:
    secret = Secret(CANARY)
    for shown in (repr(secret), str(secret), f"{secret}", f"{secret.header()}", repr(secret.header()), repr([secret])):
        assert "canary" not in shown


def test_a_token_goes_into_its_header_with_its_prefix() -> None:
    assert bytes(Secret(CANARY).header()) == b"Token canary-0123456789"
    assert isinstance(Secret(CANARY).header(), SecretBytes)


def test_tokens_compare_by_value() -> None:
    assert Secret(CANARY) == Secret(CANARY)
    assert Secret(CANARY) != Secret("other")
    assert Secret(CANARY) != CANARY
    assert len({Secret(CANARY), Secret(CANARY)}) == 1


@pytest.mark.parametrize("take_along", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_token_is_never_pickled(take_along: object) -> None:
    assert callable(take_along)
    with pytest.raises(TypeError, match="never pickled"):
        take_along(Secret(CANARY))


def test_every_occurrence_in_an_answer_is_masked() -> None:
    secret = Secret("to/ken+0123")
    assert secret.scrub(b"a to/ken+0123, /agents/to%2Fken%2B0123/, to/ken+0123") == b"a ***, /agents/***/, ***"


def test_a_short_token_does_not_punch_holes_into_words() -> None:
    assert Secret("job").scrub(b"the job") == b"the job"


@pytest.mark.parametrize("value", [f" {CANARY}", f"{CANARY}\n", f"\t{CANARY}\r\n"])
def test_white_space_around_a_token_is_dropped(value: str) -> None:
    assert parse_secret("api_token", value) == Secret(CANARY)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        (f"{CANARY}\r\nX-Injected: 1", "control"),
        (f"{CANARY}\x00", "control"),
        (f"{CANARY}é", "non-ASCII"),
        (f"Token {CANARY}", "holds a space"),
    ],
)
def test_a_token_that_no_header_can_carry_is_refused_without_showing_it(value: str, message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        parse_header_value("api_token", value)
    assert str(caught.value).startswith("api_token")
    assert "canary" not in "".join(traceback.format_exception(caught.value))


def test_a_token_is_a_str() -> None:
    with pytest.raises(TypeError, match="api_token must be a str, not bytes"):
        parse_secret("api_token", CANARY.encode())  # type: ignore[arg-type]


# --- functions that return a token --------------------------------------------------------------------------------


def test_a_function_is_asked_once_until_its_token_is_refused() -> None:
    asked: list[str] = []
    source = TokenSource(lambda: asked.append("x") or f"token-{len(asked)}")  # type: ignore[func-returns-value]
    first = source.current()
    assert source.current() is first
    assert source.replace(first) == Secret("token-2")
    assert source.current() == Secret("token-2")
    assert len(asked) == 2


def test_threads_that_find_the_same_token_refused_renew_it_once() -> None:
    asked: list[int] = []
    source = TokenSource(lambda: asked.append(1) or f"token-{len(asked)}")  # type: ignore[func-returns-value]
    refused = source.current()
    renewed: list[Secret] = []
    together = threading.Barrier(20)

    def renew() -> None:
        together.wait()
        renewed.append(source.replace(refused))

    threads = [threading.Thread(target=renew) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(asked) == 2
    assert set(renewed) == {Secret("token-2")}


@pytest.mark.parametrize(("token", "error"), [("", ValueError), (f"{CANARY}\n{CANARY}", ValueError), (None, TypeError)])
def test_what_a_function_returns_is_checked_like_a_token(token: str, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"^api_token\(\)") as caught:
        TokenSource(lambda: token).current()
    assert "canary" not in str(caught.value)


def test_a_function_shows_no_token() -> None:
    source = TokenSource(lambda: CANARY)
    source.current()
    assert "canary" not in repr(source)
