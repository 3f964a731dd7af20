"""Chunked uploads."""

from __future__ import annotations

from tests.contract.calls.example import PACKAGE_MD5, Calls, Example, Upload

_EMPTY = "d41d8cd98f00b204e9800998ecf8427e"

CALLS: Calls = {
    "create_chunked_upload": [
        Example(
            data={"filename": "contours-2.0.0.zip", "file": form},
            headers={"Content-Range": total},
            is_part=True,
        )
        for form, total in [(Upload.CONTENT, "bytes 0-21/44"), (Upload.OPEN_FILE, "bytes 0-21/22")]
    ],
    "complete_empty_chunked_upload": [
        Example(data={"md5": _EMPTY, "filename": "empty.txt"}),
        Example(data={"md5": _EMPTY}),
    ],
    "append_chunked_upload": [
        Example(
            (123,),
            data={"filename": "contours-2.0.0.zip", "file": Upload.CONTENT},
            headers={"Content-Range": "bytes 22-43/44"},
        ),
    ],
    "complete_chunked_upload": [Example((123,), data={"md5": PACKAGE_MD5})],
    "get_chunked_upload": [Example((123,)), Example(("0b9c1f7e-2f4f-4f43-9c2b-6f5a1c7d8e90",), is_made_up=True)],
}
