"""Files that are downloaded: their names, their places, and what goes on after a break."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synapse_backend._downloads import (
    Destination,
    DownloadError,
    PartFile,
    PrivateFolder,
    Progress,
    file_name,
    next_hop,
    parse_checksum,
    remove,
    safe_name,
)
from synapse_backend._handed_out import UrlError
from tests.support.files import small_disk
from tests.unit.test_handed_out import config

# --- names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cat.png", "cat.png"),
        ("한국어 파일.jpg", "한국어 파일.jpg"),
        ("../../x", "x"),
        ("../../.bashrc", "bashrc"),
        ("/etc/passwd", "passwd"),
        ("C:\\x", "x"),
        ("C:x", "C_x"),
        ("a\\..\\b.txt", "b.txt"),
        ("a/b/", "b"),
        ("out-bar", "out-bar"),
        ("..", ""),
        (".", ""),
        ("...", ""),
        ("", ""),
        ("/", ""),
        (" . ", ""),
        ("a\x00b\nc\x7f\u202ed", "a_b_c__d"),
        ("\x00", "_"),
        ("\ud800", "_"),
        ('a<>:"|?*b', "a_______b"),
        (" name.txt. ", "name.txt"),
        (".hidden", "hidden"),
        ("-rf", "_-rf"),
        ("~", "_~"),
        ("CON", "_CON"),
        ("con.txt", "_con.txt"),
        ("nul .tar.gz", "_nul .tar.gz"),
        ("COM1", "_COM1"),
        ("lpt²", "_lpt²"),
        ("COM10", "COM10"),
        ("console", "console"),
        ("a" * 300 + ".png", "a" * 196 + ".png"),
        ("가" * 100 + ".png", "가" * 65 + ".png"),
        ("a." + "b" * 300, "a." + "b" * 198),
        ("a" * 199 + " " + "b" * 100, "a" * 199),
    ],
)
def test_a_name_from_a_server_is_one_name_on_every_system(name: str, expected: str) -> None:
    assert safe_name(name) == expected


DEVIOUS = st.text(st.one_of(st.sampled_from("./\\ :-~\x00\u202eCONcon1"), st.characters()), max_size=300)


@given(DEVIOUS)
def test_no_name_leads_out_of_its_folder(name: str) -> None:
    safe = safe_name(name)
    assert len(safe.encode()) <= 200
    assert safe_name(safe) == safe
    assert safe.isprintable()
    if safe:
        path = Path(os.path.normpath(Path("/base/out") / safe))
        assert (path.parent, path.name) == (Path("/base/out"), safe)
        assert safe[0] not in ".-~ "
        assert safe[-1] not in ". "
        assert not set(safe) & set('/\\<>:"|?*')


@pytest.mark.parametrize(
    ("given_name", "disposition", "url", "expected"),
    [
        ("given.png", 'attachment; filename="other.png"', "/a.png", "given.png"),
        ("../..", 'attachment; filename="other.png"', "/a.png", "other.png"),
        (None, "attachment; filename=plain.png", "/a.png", "plain.png"),
        (None, 'attachment; filename="a \\"b\\".png"', "/x", "a _b_.png"),
        (None, "attachment; filename=\"x.png\"; filename*=UTF-8''%EA%B0%80.png", "/x", "가.png"),
        (None, "attachment; filename*=iso-8859-1'en'%E4.png", "/x", "ä.png"),
        (None, "attachment; filename*=UTF-8''..%2F..%2Fx", "/a", "x"),
        (None, 'inline; FILENAME = "é.png"'.encode().decode("latin-1"), "/x", "é.png"),
        (None, 'inline; filename="\xe9.png"', "/x", "é.png"),
        (None, "attachment", "/media/a%20b.png?sig=1#x", "a b.png"),
        (None, "", "https://h/a%2F..%2F..%2Fetc", "etc"),
        (None, "", "/media/", "media"),
        (None, "", "/", "download"),
        (None, "", "", "download"),
    ],
)
def test_a_file_is_called_what_is_said_of_it(given_name: str | None, disposition: str, url: str, expected: str) -> None:
    assert file_name(given_name, {"content-disposition": disposition}, url) == expected


# --- places -------------------------------------------------------------------------------------------------------


@contextmanager
def part(target: Path) -> Iterator[PartFile]:
    made = PartFile(Destination(target))
    try:
        yield made
    finally:
        made.discard()


def store(target: Path, content: bytes, name: str = "name.bin") -> Path:
    with part(target) as made:
        made.write(content)
        return made.keep(name)


def test_a_file_takes_its_place_when_it_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "x.bin"
    target.write_bytes(b"old")
    with part(target) as made:
        made.write(b"ne")
        made.write(b"w!")
        [temporary] = [path for path in tmp_path.iterdir() if path != target]
        assert stat.S_IMODE(temporary.stat().st_mode) == 0o600
        assert target.read_bytes() == b"old"
        assert (made.size, made.md5()) == (4, hashlib.md5(b"new!").hexdigest())  # noqa: S324
        assert made.keep("another name") == target
    assert target.read_bytes() == b"new!"
    assert list(tmp_path.iterdir()) == [target]


def test_a_new_file_may_be_read_as_any_other_and_an_old_one_as_before(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.touch()
    assert store(tmp_path / "new", b"").stat().st_mode == other.stat().st_mode
    old = tmp_path / "old"
    old.touch()
    old.chmod(0o640)
    assert stat.S_IMODE(store(old, b"x").stat().st_mode) == 0o640


def test_what_is_not_kept_is_gone(tmp_path: Path) -> None:
    with part(tmp_path / "x") as made:
        made.write(b"x")
        made.start_over()
        assert (made.size, made.md5()) == (0, hashlib.md5(b"").hexdigest())  # noqa: S324
    assert list(tmp_path.iterdir()) == []


def test_in_a_folder_no_file_replaces_another(tmp_path: Path) -> None:
    paths = [store(tmp_path, str(number).encode(), name) for number, name in enumerate(["a.tar.gz"] * 3 + ["b"] * 2)]
    assert [path.read_bytes() for path in paths] == [b"0", b"1", b"2", b"3", b"4"]
    assert {path.parent for path in paths} == {tmp_path}
    assert paths[0].name == "a.tar.gz"
    assert paths[1].name.startswith("a.tar-")
    assert paths[1].suffix == ".gz"
    assert paths[4].name.startswith("b-")


def test_a_link_in_a_folder_is_not_followed(tmp_path: Path) -> None:
    folder, outside = tmp_path / "folder", tmp_path / "outside"
    folder.mkdir()
    (folder / "name.bin").symlink_to(outside)
    path = store(folder, b"x")
    assert path != folder / "name.bin"
    assert not outside.exists()


def test_a_link_that_is_the_target_is_replaced(tmp_path: Path) -> None:
    outside, link = tmp_path / "outside", tmp_path / "link"
    outside.write_bytes(b"old")
    link.symlink_to(outside)
    assert store(link, b"x") == link
    assert (outside.read_bytes(), link.read_bytes(), link.is_symlink()) == (b"old", b"x", False)


@pytest.mark.parametrize("target", [None, 7, b"bytes", object()])
def test_a_target_is_a_path(target: Any) -> None:
    with pytest.raises(TypeError, match="target must be a path, not"):
        Destination(target)


def test_a_target_is_a_file_or_a_folder(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match="pipe' is neither a file nor a folder"):
        Destination(tmp_path / "pipe")
    assert Destination(str(tmp_path)).is_folder


@pytest.mark.parametrize("target", ["absent/x", "file/x"])
def test_an_error_names_the_file_and_not_the_temporary_one(target: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match=r"download_file: (No such file|Not a directory)") as caught:
        PartFile(Destination(tmp_path / target))
    assert caught.value.filename == str(tmp_path / target)


def test_a_full_disk_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    target = tmp_path / "x"
    target.write_bytes(b"old")
    with part(target) as made:
        made.write(b"x" * 1000)
        with small_disk(5000), pytest.raises(OSError, match="download_file: File too large") as caught:
            made.write(b"x" * 10_000)
    assert caught.value.filename == str(target)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_target_that_becomes_a_folder_meanwhile_stays_one(tmp_path: Path) -> None:
    target = tmp_path / "x"
    with part(target) as made:
        target.mkdir()
        with pytest.raises(OSError, match="download_file: Is a directory"):
            made.keep("x")
    assert list(tmp_path.iterdir()) == [target]


def test_an_error_without_a_number_is_one_of_input_and_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise OSError("out of the blue")

    with part(tmp_path / "x") as made:
        monkeypatch.setattr(Path, "replace", fail)
        with pytest.raises(OSError, match="download_file: Input/output error"):
            made.keep("x")


def test_a_name_in_a_folder_is_free_again_when_the_file_cannot_take_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> None:
        raise OSError("out of the blue")

    with part(tmp_path) as made:
        monkeypatch.setattr(Path, "replace", fail)
        with pytest.raises(OSError, match="download_file: Input/output error"):
            made.keep("x")
    assert list(tmp_path.iterdir()) == []


def test_a_file_system_without_permissions_is_fine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "chmod", refuse)
    assert store(tmp_path / "x", b"x").read_bytes() == b"x"


def test_a_private_folder_is_made_once_and_only_for_its_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = PrivateFolder()
    assert list(tmp_path.iterdir()) == []
    assert folder.path() == folder.path()
    assert stat.S_IMODE(folder.path().stat().st_mode) == 0o700
    assert PrivateFolder().path() != folder.path()


def test_files_that_are_gone_need_no_removal(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    remove([tmp_path / "absent", tmp_path / "a"])
    assert list(tmp_path.iterdir()) == []


# --- progress -----------------------------------------------------------------------------------------------------

ETAG = '"v1"'


def begun(etag: str = ETAG, length: str = "100", *, may_resume: bool = True) -> Progress:
    progress = Progress(may_resume=may_resume)
    assert progress.headers(0) == {}
    assert progress.begin(200, {"etag": etag, "content-length": length}) == 0
    return progress


def test_a_download_goes_on_behind_what_came() -> None:
    progress = begun()
    assert progress.headers(40) == {"Range": "bytes=40-", "If-Range": ETAG}
    assert progress.begin(206, {"content-range": "bytes 40-99/100", "etag": ETAG}) == 40
    assert progress.is_whole(100)


@pytest.mark.parametrize("etag", ["", 'W/"v1"', "v1", '"a"b"', '"\x80"', '"' + "a" * 2000 + '"'])
def test_without_a_strong_etag_a_download_begins_again(etag: str) -> None:
    assert begun(etag).headers(40) == {}


def test_a_download_begins_again_where_that_is_wanted() -> None:
    assert begun(may_resume=False).headers(40) == {}


def test_nothing_is_resumed_of_which_nothing_came() -> None:
    assert begun().headers(0) == {}


def test_another_file_begins_at_its_beginning() -> None:
    progress = begun()
    progress.headers(40)
    assert progress.begin(200, {"etag": '"v2"', "content-length": "70"}) == 0
    assert progress.total == 70
    assert progress.headers(10) == {"Range": "bytes=10-", "If-Range": '"v2"'}


def test_a_server_that_does_not_know_the_condition_is_found_out() -> None:
    progress = begun()
    progress.headers(40)
    assert progress.begin(206, {"content-range": "bytes 40-99/100", "etag": '"v2"'}) is None
    assert progress.headers(40) == {}


def test_a_file_that_became_shorter_is_asked_for_again_once() -> None:
    progress = begun()
    progress.headers(40)
    assert progress.begin(416, {}) is None
    assert progress.headers(40) == {}
    with pytest.raises(DownloadError, match="without a file"):
        progress.begin(416, {})


@pytest.mark.parametrize(
    "content_range",
    [
        "bytes 39-99/100",
        "bytes 41-99/100",
        "bytes 40-39/100",
        "bytes 40-100/100",
        "bytes 40-98/99",
        "bytes 0-99/100",
    ],
)
def test_a_part_that_does_not_fit_is_refused(content_range: str) -> None:
    progress = begun()
    progress.headers(40)
    with pytest.raises(DownloadError, match="Content-Range does not go on at byte 40") as caught:
        progress.begin(206, {"content-range": content_range})
    assert caught.value.kind == "protocol"


@pytest.mark.parametrize(
    "content_range",
    ["", "bytes", "bytes */100", "bytes 40-/100", "bytes 40-99/100\n1", "items 40-99/100", "bytes ٤٠-99/100"],
)
def test_a_range_that_cannot_be_read_is_refused(content_range: str) -> None:
    progress = begun()
    progress.headers(40)
    with pytest.raises(DownloadError, match="Content-Range cannot be read"):
        progress.begin(206, {"content-range": content_range})


def test_a_range_without_a_total_will_do() -> None:
    progress = begun()
    progress.headers(40)
    assert progress.begin(206, {"content-range": "bytes 40-99/*"}) == 40


def test_a_file_of_unknown_size_is_whole_when_its_body_is() -> None:
    progress = begun(length="")
    assert progress.is_whole(7)
    progress.headers(7)
    assert progress.begin(206, {"content-range": "bytes 7-9/10"}) == 7
    assert (progress.total, progress.is_whole(7), progress.is_whole(10)) == (10, False, True)


def test_a_part_that_nobody_asked_for_is_refused() -> None:
    with pytest.raises(DownloadError, match="all of it was asked for"):
        Progress(may_resume=True).begin(206, {"content-range": "bytes 0-9/10"})


def test_a_size_that_was_not_told_at_first_is_learned_later() -> None:
    progress = Progress(may_resume=True)
    assert progress.begin(200, {"etag": ETAG}) == 0
    assert progress.headers(40) == {"Range": "bytes=40-", "If-Range": ETAG}
    assert progress.begin(206, {"content-range": "bytes 40-99/100", "etag": ETAG}) == 40
    assert progress.total == 100
    assert not progress.is_whole(99)


@pytest.mark.parametrize("status", [204, 205, 201])
def test_a_success_without_a_file_is_refused(status: int) -> None:
    with pytest.raises(DownloadError, match="without a file"):
        Progress(may_resume=True).begin(status, {})


def test_a_compressed_file_is_refused() -> None:
    with pytest.raises(DownloadError, match="content coding gzip, unasked") as caught:
        Progress(may_resume=True).begin(200, {"content-encoding": "gzip"})
    assert caught.value.kind == "encoding"
    assert Progress(may_resume=True).begin(200, {"content-encoding": "Identity"}) == 0


def test_more_bytes_than_there_are_are_refused() -> None:
    with pytest.raises(DownloadError, match="101 bytes came of a file of 100"):
        begun().is_whole(101)
    assert not begun().is_whole(99)


def test_a_good_deal_is_a_mebibyte_more_than_the_last_time() -> None:
    sizes = [0, 10, 1_048_575, 1_048_576, 2_000_000, 2_097_152]
    progress = begun()
    assert [progress.is_far_further(size) for size in sizes] == [False, False, False, True, False, True]


# --- arguments and redirects ---------------------------------------------------------------------------------------


def test_a_checksum_is_an_md5() -> None:
    assert parse_checksum(None) is None
    assert parse_checksum("AB" * 16) == "ab" * 16
    with pytest.raises(TypeError, match="checksum must be a str, not bytes"):
        parse_checksum(b"ab" * 16)  # type: ignore[arg-type]
    for checksum in ("", "ab", "zz" * 16, "ab" * 20):
        with pytest.raises(ValueError, match="checksum must be an MD5, 32 hexadecimal digits"):
            parse_checksum(checksum)


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("b?x=1", "https://h.example/a/b?x=1"),
        ("/b", "https://h.example/b"),
        ("//other.example/b", "https://other.example/b"),
        ("https://other.example/b", "https://other.example/b"),
    ],
)
def test_a_redirect_is_relative_to_where_it_comes_from(location: str, expected: str) -> None:
    found = next_hop(config(), "https://h.example/a/x", location, 5)
    assert (str(found), repr(found)) == (expected, "<***>")


@pytest.mark.parametrize(
    ("base", "url", "location", "hop", "says"),
    [
        ("https://h.example", "/a", None, 1, "no Location"),
        ("https://h.example", "/a", "", 1, "no Location"),
        ("https://h.example", "/a", "/b", 6, "there were 5 before it"),
        ("https://h.example", "/a", "https://[::1", 1, "not a URL"),
        ("https://h.example", "/a", "file:///etc/passwd", 1, "plain http URL"),
        ("https://h.example", "/a", "http://h.example/b", 1, "clear text"),
        ("https://h.example", "/a", "https://127.0.0.1/b", 1, "private network"),
        ("http://127.0.0.1", "https://h.example/a", "http://h.example/b", 1, "from https:// to http://"),
    ],
)
def test_a_redirect_that_leads_nowhere_good_is_refused(
    base: str, url: str, location: str | None, hop: int, says: str
) -> None:
    with pytest.raises(UrlError, match=says):
        next_hop(config(base), url, location, hop)


def test_a_redirect_to_clear_text_is_followed_where_that_is_allowed() -> None:
    settings = config("http://127.0.0.1", allow_insecure_http=True)
    assert next_hop(settings, "https://h.example/a", "http://h.example/b", 1) == "http://h.example/b"
