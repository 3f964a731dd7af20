"""Reading YAML: values of YAML 1.2, lines, and messages that say what to repair."""

from __future__ import annotations

from pathlib import Path

import pytest

from regeneration.document import load
from regeneration.errors import RegenerationError
from regeneration.findings import ContractError


def read(tmp_path: Path, text: str | bytes) -> object:
    path = tmp_path / "openapi.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load(path).data


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("on", "on"),
        ("no", "no"),
        ("2025-09-01", "2025-09-01"),
        ("2025-09-01T00:00:00+00:00", "2025-09-01T00:00:00+00:00"),
        ("12:30:45", "12:30:45"),
        ("1_000", "1_000"),
        ("'1'", "1"),
        ("1", 1),
        ("-7", -7),
        ("010", 10),
        ("0o10", 8),
        ("0x1F", 31),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("1.2.3", "1.2.3"),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("", None),
        ("null", None),
        ("[a, {b: c}]", ["a", {"b": "c"}]),
    ],
)
def test_scalars_are_those_of_yaml_1_2(tmp_path: Path, written: str, value: object) -> None:
    assert read(tmp_path, f"key: {written}\n") == {"key": value}


def test_keys_are_strings_as_in_json(tmp_path: Path) -> None:
    assert read(tmp_path, "200: a\nnull: b\ntrue: c\n") == {"200": "a", "null": "b", "true": "c"}


def test_aliases_are_copies(tmp_path: Path) -> None:
    assert read(tmp_path, "a: &x {b: 1}\nc: *x\n") == {"a": {"b": 1}, "c": {"b": 1}}


def test_every_key_and_item_has_its_line(tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text("# a comment\na:\n  - x\n  - b: 1\n\n    c: 2\n", encoding="utf-8")
    document = load(path)
    assert document.line(("a",)) == 2
    assert document.line(("a", 1)) == 4
    assert document.line(("a", 1, "c")) == 6
    assert document.line(("a", 1, "missing", "deeper")) == 4
    assert document.line(("missing",)) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", "openapi.yaml:3: [yaml-duplicate-key] the key 'a' stands on line 1 already"),
        ("a:\n  b: [1\n", "openapi.yaml:3: [yaml-syntax]"),
        ("a: *nothing\n", "openapi.yaml:1: [yaml-syntax]"),
        ("a: 1\nb: \x07\n", "openapi.yaml:2: [yaml-syntax] the character"),
        ("- a\n", "openapi.yaml:1: [yaml-syntax] the document is not a mapping"),
        ("", "openapi.yaml:1: [yaml-syntax] the document is not a mapping"),
        ("a: 1\n[b]: 2\n", "openapi.yaml:2: [yaml-key] a key is not a scalar"),
        ("a: &x {b: 1}\nc:\n  <<: *x\n", "openapi.yaml:3: [yaml-key] YAML 1.2 has no merge keys"),
        ("a: 1\nb: !!binary aGk=\n", "openapi.yaml:2: [yaml-tag] JSON has no 'binary' values"),
        ("a: &x\n  - *x\n", "openapi.yaml:1: [yaml-alias] an alias contains itself"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ContractError) as caught:
        read(tmp_path, text)
    assert str(caught.value).startswith(message)


def test_all_findings_are_shown_at_once(tmp_path: Path) -> None:
    with pytest.raises(ContractError) as caught:
        read(tmp_path, "a: 1\na: 2\nb: 1\nb: 2\n")
    assert str(caught.value).splitlines() == [
        "openapi.yaml:2: [yaml-duplicate-key] the key 'a' stands on line 1 already; remove or rename one of them.",
        "openapi.yaml:4: [yaml-duplicate-key] the key 'b' stands on line 3 already; remove or rename one of them.",
        "openapi.yaml has 2 things to repair.",
    ]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(RegenerationError, match=r"There is no .*nowhere\.yaml"):
        load(tmp_path / "nowhere.yaml")


def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    with pytest.raises(RegenerationError, match=r"cannot be read: .*utf-8"):
        read(tmp_path, b"a: \xff\n")
