"""Both forms of `url_conversion`, and where URLs are in answers."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from synapse_backend._conversion import Downloads, Functions, data_of, parse, places
from synapse_backend._secrets import Unshown


def converted(answer: Any, conversion: Any) -> Any:
    """Return what a function for each field makes of an answer."""
    wanted = parse(conversion, ["files"])
    assert isinstance(wanted, Functions)
    wanted.apply(Unshown(answer))
    return answer


def cdn(url: str) -> str:
    return f"https://cdn.example.com{url}"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("/a", "https://cdn.example.com/a"),
        (["/a", "/b"], ["https://cdn.example.com/a", "https://cdn.example.com/b"]),
        ({"url": "/a", "size": 1}, {"url": "https://cdn.example.com/a", "size": 1}),
        ([{"url": "/a"}, "/b"], [{"url": "https://cdn.example.com/a"}, "https://cdn.example.com/b"]),
        ({"image": "/a", "meta": {"url": "/b"}}, {"image": cdn("/a"), "meta": {"url": cdn("/b")}}),
        ("", ""),
        (None, None),
        (7, 7),
        ([], []),
        ([None, 7, [], {}], [None, 7, [], {}]),
        ({"image": None, "meta": {"name": "x"}}, {"image": None, "meta": {"name": "x"}}),
        ({"url": ""}, {"url": ""}),
        ({"url": None}, {"url": None}),
    ],
)
def test_every_url_in_a_field_is_converted(value: Any, expected: Any) -> None:
    assert converted([{"id": 1, "files": copy.deepcopy(value)}], {"files": cdn}) == [{"id": 1, "files": expected}]
    assert converted({"id": 1, "files": value}, {"files": cdn}) == {"id": 1, "files": expected}


def test_a_field_may_be_one_of_another_object_or_of_several() -> None:
    item: dict[str, Any] = {
        "unit": {"files": {"image": "/a"}},
        "parts": [{"file": "/b"}, {"file": "/c"}, {}, 7],
        "a.b": "/d",
    }
    assert converted(item, {"unit.files": cdn, "parts.file": cdn, "a.b": cdn, "unit.files.image.x": cdn}) == {
        "unit": {"files": {"image": cdn("/a")}},
        "parts": [{"file": cdn("/b")}, {"file": cdn("/c")}, {}, 7],
        "a.b": cdn("/d"),
    }


@pytest.mark.parametrize("answer", [[], {}, None, [None, 7, "x"], {"other": "/a"}, {"unit": None}])
def test_fields_that_are_not_there_are_skipped(answer: Any) -> None:
    assert converted(copy.deepcopy(answer), {"files": cdn, "unit.files": cdn}) == answer


def test_a_function_gets_text_and_may_return_anything() -> None:
    seen: list[type] = []

    def note(url: str) -> int:
        seen.append(type(url))
        return 7

    assert converted({"files": ["/a"]}, {"files": note}) == {"files": [7]}
    assert seen == [str]


def test_a_place_that_two_fields_name_is_converted_once() -> None:
    assert converted({"a": {"b": "/x"}}, {"a": cdn, "a.b": cdn}) == {"a": {"b": cdn("/x")}}
    assert len(places({"a": {"b": "/x"}}, ["a", "a.b"])) == 1


def test_a_function_that_fails_changes_nothing_and_says_where() -> None:
    def fail(url: str) -> str:
        if url == "/c":
            raise KeyError("mine")
        return "converted"

    answer = [{"id": 41, "files": ["/a"]}, {"id": 42, "files": {"image": "/b", "mask": "/c"}}]
    before = copy.deepcopy(answer)
    with pytest.raises(KeyError, match="mine") as caught:
        converted(answer, {"files": fail})
    assert answer == before
    assert caught.value.__notes__ == ["This was files['mask'] of item 42, in url_conversion."]


@pytest.mark.parametrize("conversion", [None, {}])
def test_nothing_to_do_is_nothing(conversion: Any) -> None:
    assert parse(conversion, ["files"]) is None


@pytest.mark.parametrize(
    ("conversion", "says"),
    [
        ([], "url_conversion must be a dict, not list"),
        (cdn, "url_conversion must be a dict, not function"),
        ({"files": "x"}, r"url_conversion\['files'\] must be a function; to download files, pass coerce, files_fields"),
        ({7: cdn}, r"url_conversion\[7\] must be a function"),
        ({"files": cdn, "coerce": None}, r"url_conversion\['coerce'\] must be a function; to download"),
        ({"files_fields": "files"}, r"\['files_fields'\] must be a list of str"),
        ({"files_fields": 7}, r"\['files_fields'\] must be a list of str"),
        ({"files_fields": [7]}, r"\['files_fields'\] must hold str"),
        ({"coerce": "str"}, r"\['coerce'\] must be a function or None"),
        ({"folder": 7}, r"\['folder'\] must be a path"),
    ],
)
def test_anything_else_is_refused(conversion: Any, says: str) -> None:
    with pytest.raises(TypeError, match=says):
        parse(conversion, ["files"])


def test_downloads_have_defaults() -> None:
    assert parse({"is_list": True}, ("file",)) == Downloads(["file"], None, None)
    assert parse({"files_fields": ("a", "b.c"), "coerce": str, "folder": "x"}, ["files"]) == Downloads(
        ["a", "b.c"], str, Path("x")
    )


def test_paths_take_the_place_of_urls() -> None:
    answer: dict[str, Any] = {"files": {"image": {"url": "/a", "size": 1}, "mask": "/b"}, "file": "/c"}
    wanted = Downloads(["files", "file"], lambda path: path.name, None)
    found = wanted.places(answer)
    wanted.apply(found, [Path("x/1"), Path("x/2"), Path("x/3")])
    assert answer == {"files": {"image": {"path": "1", "size": 1}, "mask": "2"}, "file": "3"}


def test_a_coercion_that_fails_changes_nothing() -> None:
    answer = {"id": "a\nb", "files": ["/a"]}

    def fail(path: Path) -> None:
        raise ValueError("mine")

    wanted = Downloads(["files"], fail, None)
    with pytest.raises(ValueError, match="mine") as caught:
        wanted.apply(wanted.places(answer), [Path("x")])
    assert answer == {"id": "a\nb", "files": ["/a"]}
    assert caught.value.__notes__ == ["This was files[0] of item a\\nb, in url_conversion."]


def test_what_is_said_about_a_file_is_used_where_it_can_be() -> None:
    entries = [
        {"url": "/a", "name": "image", "file_name_original": "cat.png", "checksum": "AB" * 16},
        {"url": "/b", "name": "image", "file_name_original": "", "checksum": "sha1"},
        {"url": "/c", "name": 7, "checksum": 8},
        "/d",
    ]
    found = places({"files": entries}, ["files"])
    assert [place.name for place in found] == ["cat.png", "image", None, None]
    assert [place.shown_name for place in found] == ["cat.png", "image", None, None]
    assert [place.checksum for place in found] == ["ab" * 16, None, None, None]
    assert [place.where for place in found] == [f"files[{number}] of item at 0" for number in range(4)]
    assert "/a" not in repr(found)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://h/a", None),
        ("data", None),
        ("data:image/png;base64,aGk=", (b"hi", ".png")),
        ("DATA:image/png;BASE64,aGk=", (b"hi", ".png")),
        ("data:text/plain;charset=utf-8;base64,aGk=", (b"hi", ".txt")),
        ("data:text/plain,a%20b", (b"a b", ".txt")),
        ("data:,hi", (b"hi", ".bin")),
        ("data:;base64,aGk%3D", (b"hi", ".bin")),
        ("data:foo/bar,", (b"", ".bin")),
    ],
)
def test_data_uris_hold_their_file(url: str, expected: tuple[bytes, str] | None) -> None:
    assert data_of(url) == expected


@pytest.mark.parametrize(
    "url", ["data:", "data:image/png;base64", "data:image/png;base64,a", "data:x;base64,????", "data:\n,x"]
)
def test_a_data_uri_that_is_not_valid_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="data URI"):
        data_of(url)
