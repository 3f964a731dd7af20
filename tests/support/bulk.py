"""What tests of bulk uploads send, and what the mock backend has in the end."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from synapse_backend.testing import MockBackend, faults
from synapse_backend.testing.app import Call
from synapse_backend.testing.rules import RULES, Answer


def collection(backend: MockBackend) -> int:
    """Return the id of a new collection whose units have an image, and may have a mask."""
    specifications = [{"name": "image", "is_required": True}, {"name": "mask", "is_required": False}]
    pk: int = backend.data_collections.add(name="Streets", file_specifications=specifications)["id"]
    return pk


def write(folder: Path, number: int, *, size: int = 200) -> list[Path]:
    """Write files that differ, and return where they are."""
    paths = [folder / f"{index:04}.jpg" for index in range(number)]
    for index, path in enumerate(paths):
        path.write_bytes(hashlib.sha256(str(index).encode()).digest() * -(-size // 32))
    return paths


def units(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """Return the units, a file each."""
    return [{"files": {"image": path}, "meta": {"stem": path.stem}} for path in paths]


def md5(path: Path) -> str:
    """Return the MD5 of a file."""
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()


def wanted(data: Iterable[Mapping[str, Any]]) -> Counter[object]:
    """Return the units that there should be: files, facts, and how often each."""
    return Counter(
        (tuple(sorted((name, md5(Path(path))) for name, path in unit["files"].items())), repr(unit.get("meta", {})))
        for unit in data
    )


def present(backend: MockBackend, pk: int) -> Counter[object]:
    """Return the units that the backend has; the bytes of their files are looked at."""
    counted: Counter[object] = Counter()
    for unit in map(dict, backend.data_units.values()):
        if unit["data_collection"] == pk:
            files = {name: backend.files[urlsplit(info["url"]).path] for name, info in unit["files"].items()}
            digests = {name: hashlib.md5(file.content, usedforsecurity=False) for name, file in files.items()}
            key = tuple(sorted((name, digest.hexdigest()) for name, digest in digests.items()))
            counted[key, repr(unit["meta"])] += 1
    return counted


@contextmanager
def changed_while(path: Path, *, size: int = 10) -> Iterator[None]:
    """Change the size of a file as soon as the backend is asked where its bytes shall go."""
    asked = RULES["request_presigned_upload"]

    def answer(call: Call) -> Answer:
        os.truncate(path, size)
        return asked.answer(call)

    RULES["request_presigned_upload"] = replace(asked, answer=answer)
    try:
        yield
    finally:
        RULES["request_presigned_upload"] = asked
    assert path.stat().st_size == size


def killed_at(moment: int, dice: random.Random, command: list[str], backend: MockBackend) -> None:
    """Run a command that says "begun", and kill it at the request of this number or a moment later.

    Nothing is answered from a request on that follows closely, so that it gets no further, however long this process
    is kept from killing it. What has no answer is carried out or not.
    """
    before = len(backend.requests)
    unanswered = [faults.NoAnswer(commit=dice.random() < 0.5) for _ in range(5)]
    backend.faults.on("*", nth=moment + dice.randrange(3), times=None).sequence(*unanswered)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        while len(backend.requests) < before + moment and process.poll() is None:
            time.sleep(0.0005)
        time.sleep(dice.uniform(0, 0.003))
        process.kill()
    assert process.returncode == -9, "it came to an end before"
    backend.faults.clear()
