"""Writes the tables of docs/faults.md from the faults of the mock backend; run it after one was added.

`python scripts/fault_tables.py` writes them, `--check` only says whether they are up to date.
"""

from __future__ import annotations

import re
import sys
from dataclasses import fields
from pathlib import Path
from typing import get_args

from synapse_backend.testing.faults import KINDS, Fault, answers, bodies, connecting, events, pages, transfers, wire

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "faults.md"
_WORDS = {
    "retry_after": answers.RetryAfterForm,
    "garbage": wire.GarbageKind,
    "malformed_json": bodies.JsonFlaw,
    "wrong_shape": bodies.Shape,
    "page_link": pages.LinkKind,
    "page_drift": pages.DriftKind,
    "foreign_url": transfers.UrlKind,
    "range_lie": transfers.RangeLieKind,
    "break_stream": events.StreamFlaw,
    "untrusted_tls": connecting.CertificateFlaw,
}

SCENARIOS = {
    1: "The port is closed for a moment and opens again",
    2: "The port stays closed",
    4: "Nobody replies to attempts to connect",
    5: "The certificate is not trusted, for another host, or out of date",
    6: "The TLS handshake gets no reply",
    7: "TLS meets a port without it, or the other way round",
    8: "All connections of the client wait for slow answers",
    9: "The connection is closed before the first byte of the answer",
    10: "The connection is reset before the first byte of the answer",
    11: "A write is carried out, and its answer is lost",
    12: "The same where the server would recognise a repetition",
    13: "A kept connection has expired, or expires as the request arrives",
    14: "No answer comes",
    15: "The server stops reading in the middle of an upload",
    16: "The answer comes so slowly that the time is up before its end",
    17: "The answer is announced again and again",
    18: "The answer is not HTTP, or breaks its rules",
    19: "Errors that pass, then success",
    20: "A temporary error on a write that may not be repeated",
    21: "Too many requests, with a time to wait",
    22: "A time to wait that is too long",
    23: "A time to wait that makes no sense",
    24: "A moment to wait for, from a server whose clock is off",
    25: "Refusals that no repetition changes",
    26: "The credential is no longer accepted",
    27: "Removing something succeeds, and only the repetition gets an answer",
    28: "A replacement is carried out twice",
    29: "A repetition meets the call that it repeats",
    30: "Errors with bodies in HTML, empty, broken, hostile or huge",
    31: "Everything fails, for many callers at once",
    32: "The caller gives up in the middle of a wait",
    34: "The body ends too early",
    35: "The end of compressed content is missing, and nothing else says so",
    36: "Compressed content has several parts",
    37: "Content is called compressed and is not",
    38: "A small body becomes a huge one",
    39: "Content is compressed several times over",
    40: "The body has no end",
    41: "A page in HTML with the status of a success",
    42: "There is no body where one is due, or one where none may be",
    43: "JSON that is broken, or that programs read differently",
    44: "JSON with fields missing, added, null or with unknown values",
    45: "Moments that calendars do not know",
    46: "A redirection to another host",
    47: "A redirection of a write to another host",
    48: "A redirection from https to http",
    49: "A redirection in a circle, to another scheme, or to nowhere",
    50: "An address in a private network",
    51: "A link to the next page that leads to another host",
    52: "Links between pages that go round in circles",
    53: "Pages shorter than was asked for",
    54: "An empty page in the middle",
    55: "A total that is wrong, changes or is missing",
    56: "Objects appear or vanish while pages are read",
    57: "One page fails for a while",
    61: "Names of files that climb out of a folder",
    66: "Texts that steer the terminal",
    69: "A part of an upload fails for a while",
    70: "A part is stored, and the answer is lost",
    71: "Only the beginning of a part is stored",
    72: "The upload is completed, and the answer is lost",
    73: "The server names an offset that is not so",
    74: "A file changes on its way to the server",
    75: "The server names a checksum that is not so",
    79: "The server does not know an upload any more that is to go on",
    80: "One of several parts fails for good",
    81: "Somebody else writes the same object",
    82: "A part is too large, or the credential ends in the middle of an upload",
    83: "The server hands out a URL for an upload that leads to another host",
    84: "A download ends too early, and what follows is not the rest of it",
}
# What goes wrong on the side of the client, so that no server can be told to do it.
OF_THE_CLIENT = {
    3: "A host name that cannot be resolved",
    33: "The clock of the machine is set back",
    58: "Ids that would change the path",
    59: "Control characters in tokens and headers",
    60: "Names in forms that would break them",
    62: "A token that shows where it must not",
    63: "A token in an address",
    64: "Settings of the environment: proxies, password files",
    65: "A token over plain HTTP to another machine",
    67: "Configuration files that do harm",
    68: "Certificates that nobody looks at",
    76: "A file changes while it is being sent",
    77: "A source that can be read only once",
    78: "Files of no bytes, or of exactly so many parts",
    85: "A disk that is full, or a file that may not be written",
}


def call(kind: type[Fault]) -> str:
    """The call that arms a fault, with its arguments."""
    arguments = [item.name for item in fields(kind)]
    owner = "on_connect()" if kind.moment == "connection" else "on(operation)"
    return f"`{owner}.{kind.name}({', '.join(arguments)})`"


def tables() -> str:
    """Both tables."""
    lines = ["| call | what the client meets | in process | scenarios |", "|---|---|---|---|"]
    for name, kind in KINDS.items():
        words = ", ".join(f"`{word}`" for word in get_args(_WORDS[name])) if name in _WORDS else ""
        text = kind.summary + (f" One of {words}." if words else "")
        numbers = ", ".join(map(str, kind.scenarios))
        lines.append(f"| {call(kind)} | {text} | {'yes' if kind.in_process else 'no'} | {numbers} |")
    lines += ["", "| | scenario | armed with |", "|---|---|---|"]
    for number, text in sorted({**SCENARIOS, **OF_THE_CLIENT}.items()):
        names = ", ".join(f"`{name}`" for name, kind in KINDS.items() if number in kind.scenarios)
        lines.append(f"| {number} | {text} | {names or 'nothing: it happens in the client'} |")
    return "\n".join(lines)


def updated(document: str) -> str:
    """The document with the tables of today."""
    pattern = r"(?<=<!-- tables: written by scripts/fault_tables.py -->\n\n).*?(?=\n\n<!-- end of tables -->)"
    text, count = re.subn(pattern, lambda _match: tables(), document, flags=re.DOTALL)
    if count != 1:
        raise ValueError("the marks around the tables are missing")
    return text


def main(arguments: list[str], document: Path = DOCUMENT) -> int:
    """Write the tables, or check them."""
    old = document.read_text(encoding="utf-8")
    new = updated(old)
    if arguments == ["--check"]:
        if old != new:
            print(f"{document.name} is out of date; run: python scripts/fault_tables.py", file=sys.stderr)
        return int(old != new)
    document.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
