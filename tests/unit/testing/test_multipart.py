"""The multipart reader by itself."""

from __future__ import annotations

import pytest

from synapse_backend.testing.multipart import MultipartError, Part, parse_multipart

TYPE = "multipart/form-data; boundary=B"


def one(head: str, content: bytes = b"x") -> bytes:
    return f"--B\r\n{head}\r\n\r\n".encode() + content + b"\r\n--B--\r\n"


def test_parts_come_in_order_with_their_headers() -> None:
    body = (
        b'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
        b'--B\r\ncontent-type: image/png\r\ncontent-disposition: FORM-DATA; name=b; filename="p.png"\r\n\r\n\x89\r\n--B--'
    )
    first, second = parse_multipart(TYPE, body)
    assert (first.name, first.text, first.filename, first.content_type) == ("a", "1", None, None)
    assert (second.name, second.content, second.filename, second.content_type) == ("b", b"\x89", "p.png", "image/png")


def test_a_part_does_not_show_its_content() -> None:
    assert repr(Part("file", b"secret", "f.zip")) == "Part('file', 6 bytes, filename='f.zip')"


@pytest.mark.parametrize(
    "content", [b"", b"\r\n", b"--B", b"\r\n--Bx", b"\r\n--B", b"\r\n--B\r", b"\r\n--B-", b"\n--B\n"]
)
def test_content_may_look_like_a_boundary(content: bytes) -> None:
    (part,) = parse_multipart(TYPE, one('Content-Disposition: form-data; name="a"', content + b"!"))
    assert part.content == content + b"!"


def test_what_stands_before_and_after_the_parts_does_not_matter() -> None:
    (part,) = parse_multipart(TYPE, b"preamble --B\r\n" + one("Content-Disposition: form-data; name=a") + b"epilogue")
    assert part.content == b"x"
    assert parse_multipart(TYPE, b"--B--\r\n") == []


@pytest.mark.parametrize(
    ("parameters", "filename"),
    [
        ('filename="a%22b.zip"', 'a"b.zip'),
        ('filename="a\\"b.zip"', 'a"b.zip'),
        ('filename="a;b=c.zip"', "a;b=c.zip"),
        ("filename=plain.zip", "plain.zip"),
        ('filename="한국어.zip"', "한국어.zip"),
        ("filename*=UTF-8''%ED%95%9C.zip", "한.zip"),
        ("filename=old.zip; filename*=UTF-8''new.zip", "new.zip"),
        ('filename=""', ""),
    ],
)
def test_file_names_in_every_notation(parameters: str, filename: str) -> None:
    (part,) = parse_multipart(TYPE, one(f'Content-Disposition: form-data; name="f"; {parameters}'))
    assert part.filename == filename


@pytest.mark.parametrize("header", ['multipart/form-data; boundary="a b"', "multipart/form-data;boundary=a-b; x=y"])
def test_a_boundary_may_be_quoted(header: str) -> None:
    boundary = "a b" if '"' in header else "a-b"
    body = f"--{boundary}\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--{boundary}--".encode()
    assert len(parse_multipart(header, body)) == 1


@pytest.mark.parametrize(
    ("header", "body", "message"),
    [
        ("multipart/form-data", b"", "Invalid boundary"),
        (f"multipart/form-data; boundary={'b' * 71}", b"", "Invalid boundary"),
        (TYPE, b"", "ends before the closing boundary"),
        (TYPE, b"--B\r\nContent-Disposition: form-data; name=a\r\n\r\nx", "ends before the closing boundary"),
        (TYPE, b"--B\r\nContent-Disposition: form-data; name=a", "header of part 1 does not end"),
        (TYPE, b"--B\r\n" + b"x: y\r\n" * 5000 + b"\r\n\r\n--B--", "header of part 1 does not end"),
        (TYPE, one("no colon"), "a line without a colon"),
        (TYPE, one("Content-Type: text/plain"), "Part 1 has no Content-Disposition"),
        (TYPE, one("Content-Disposition: attachment; name=a"), "Part 1 has no Content-Disposition"),
        (TYPE, one("Content-Disposition: form-data"), "Part 1 has no name"),
        (TYPE, one('Content-Disposition: form-data; name=""'), "Part 1 has no name"),
        (TYPE, b"--B\r\n\xff: x\r\n\r\nx\r\n--B--", "not UTF-8"),
        (TYPE, b"--B\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n" * 1001 + b"--B--", "More than 1000 parts"),
    ],
)
def test_what_is_malformed_is_refused(header: str, body: bytes, message: str) -> None:
    with pytest.raises(MultipartError, match=message):
        parse_multipart(header, body)
