"""The project stands alone: what it names is in it or on the list of known addresses, and nothing is of one machine."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import pytest

from tests.support.spec import PROJECT

if not (PROJECT / ".git").exists():
    pytest.skip("only git knows which files belong to the project", allow_module_level=True)

HOSTS = {
    # the platform
    "api.synapse.sh",
    "synapse.sh",
    # what the changelog is written by
    "semver.org",
    # the namespaces of a picture
    "www.w3.org",
    # this machine
    "127.0.0.1",
    "[::1]",
    # addresses that are in no private network, and a storage as it is called; tests tell them from others, and ask none
    "8.8.8.8",
    "[2606:4700::1111]",
    "bucket.s3.amazonaws.com",
}
# Names without a dot are at home in one network, and so are some with one; the others are reserved for examples, or belong
# to no domain that there is.
RESERVED = re.compile(
    r"[\w-]+|(.*\.)?(example(\.(com|net|org))?|test|invalid|localhost|internal|corp|evil)"
    r"|(10|192\.168|192\.0\.2|203\.0\.113)(\.\d+)+|\[fd00:[0-9a-f:]*\]"
)
ADDRESS = re.compile(r"https?://(?:[^/\s@]*@)?(\[[0-9a-f:]+\]|[\w-]+(?:\.[\w-]+)*)")
DOCUMENT = re.compile(r"(?<![\w/.*{}-])(?:\.{1,2}/)*[\w][\w./-]*\.md\b")
CLIMBING = re.compile(r"(?<![\w$}\"'/.])(?:\.\./)+\w[\w./-]*")
HOME = re.compile(r"(?<![\w$}.])/(?:home|root|Users|work)/\w[\w./-]*")
TRACKER = re.compile(r"\b(?:issue|ticket|trap|row)s? (?:#|no\. )?[A-Z]?\d+\b", re.IGNORECASE)


def tracked() -> Iterator[Path]:
    """Yield the files of the project that hold text."""
    # The option lets git read a checkout that belongs to another user, as in a container.
    command = ["git", "-c", f"safe.directory={PROJECT}", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    for name in listed.split("\0"):
        path = PROJECT / name
        if name and path.is_file() and b"\0" not in path.read_bytes():
            yield path


FILES = {path: path.read_text(encoding="utf-8") for path in tracked()}
NAMES = {path.name for path in FILES}


def strange_hosts(path: Path, text: str) -> Iterator[str]:
    for match in ADDRESS.finditer(text):
        host = match[1].lower()
        if host not in HOSTS and not RESERVED.fullmatch(host):
            yield match[0]


def missing_documents(path: Path, text: str) -> Iterator[str]:
    for match in DOCUMENT.finditer(text):
        if PurePosixPath(match[0]).name not in NAMES:
            yield match[0]


def ways_out(path: Path, text: str) -> Iterator[str]:
    for match in CLIMBING.finditer(text):
        # Relative to the file, as in a link, or to the project, as in a command.
        targets = [(folder / match[0]).resolve() for folder in (path.parent, PROJECT)]
        if not any(target.is_relative_to(PROJECT) for target in targets):
            yield match[0]


def paths_of_a_machine(path: Path, text: str) -> Iterator[str]:
    for match in HOME.finditer(text):
        yield match[0]


def numbers_of_a_tracker(path: Path, text: str) -> Iterator[str]:
    for match in TRACKER.finditer(text):
        yield match[0]


RULES: list[Callable[[Path, str], Iterator[str]]] = [
    strange_hosts,
    missing_documents,
    ways_out,
    paths_of_a_machine,
    numbers_of_a_tracker,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_nothing_leads_out_of_the_project(rule: Callable[[Path, str], Iterator[str]]) -> None:
    found = [
        f"{path.relative_to(PROJECT)}: {hit}"
        for path, text in FILES.items()
        if path != Path(__file__)
        for hit in rule(path, text)
    ]
    assert found == [], "\n".join(found)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (strange_hosts, "index-url = https://packages.somewhere.io/simple"),
        (strange_hosts, "https://user:secret@mirror.io"),
        (missing_documents, "as NOTES-OF-OURS.md says"),
        (ways_out, "see ../../../shared/notes"),
        (paths_of_a_machine, "cd /home/kim/synapse"),
        (numbers_of_a_tracker, "Retries come with issue 3."),
        (numbers_of_a_tracker, "trap C7"),
    ],
)
def test_what_leads_out_is_found(rule: Callable[[Path, str], Iterator[str]], text: str) -> None:
    assert list(rule(PROJECT / "docs" / "page.md", text)) != []


def test_files_were_read() -> None:
    assert {"openapi.yaml", "README.md", "pyproject.toml", "operations.py"} <= NAMES
