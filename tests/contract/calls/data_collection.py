"""Data collections, files and units."""

from __future__ import annotations

from tests.contract.calls.example import PACKAGE_MD5, Calls, Example, Upload

CALLS: Calls = {
    "list_data_collection": [
        Example(),
        Example(params={"search": "street", "page": 1, "page_size": 20}, query="search=street&page=1&page_size=20"),
    ],
    # Clients ask for the file specifications; the documented answer has them.
    "get_data_collection": [Example((123,), query="expand=file_specifications")],
    "create_data_file": [
        *(Example(data={"file": form}, is_part=True) for form in Upload),
        Example(data={"chunked_upload": 123, "meta": {"filename": "자전거.mp4"}}, is_part=True),
    ],
    "verify_data_files_checksums": [
        Example(data={"checksums": [PACKAGE_MD5, "d41d8cd98f00b204e9800998ecf8427e"]}),
        Example(data={"checksums": [PACKAGE_MD5]}, given=([PACKAGE_MD5],)),
    ],
    "request_presigned_upload": [
        Example(
            data={
                "files": [{"filename": "전신주.jpg", "size": 20480, "content_type": "image/jpeg"}],
                "expiration": 600,
            }
        ),
        Example(data={"files": [{"filename": "pole.jpg", "size": 1}, {"filename": "kerb.jpg", "size": 2}]}),
    ],
    "confirm_presigned_upload": [
        Example(data={"files": [{"file_key": "uploads/1/image.jpg", "checksum": PACKAGE_MD5, "size": 20480}]}),
        Example(
            data={
                "files": [
                    {
                        "file_key": "uploads/2/film.mp4",
                        "checksum": PACKAGE_MD5,
                        "size": 20480,
                        "multipart": {"upload_id": "m-1", "parts": [{"part_number": 1, "etag": PACKAGE_MD5}]},
                    }
                ]
            }
        ),
    ],
    "list_data_units": [
        Example(),
        Example(
            params={"data_collection": 123, "expand": ["files"], "ordering": "-id", "page": 1, "page_size": 20},
            query="data_collection=123&expand=files&ordering=-id&page=1&page_size=20",
        ),
    ],
    "create_data_units": [
        Example(
            data=[
                {
                    "data_collection": 123,
                    "files": {"image": {"checksum": PACKAGE_MD5, "path": "image.jpg"}},
                    "meta": {"lot": "b-17"},
                    "groups": ["밤"],
                }
            ]
        ),
        Example(data=[{"id": 1, "file": {"image": 123}, "meta": {"lot": "b-17"}}]),
        Example(data={"data_collection": 123, "files": {"image": {"checksum": PACKAGE_MD5}}}),
    ],
    "get_data_unit": [Example((789,)), Example((789,), params={"expand": "files"}, query="expand=files")],
}
