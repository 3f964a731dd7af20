"""The document of the scenarios: what was played, with which clients, and the proof that it was.

`python -m tests.reliability.table` plays everything and writes it anew.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.reliability.scenarios import ELSEWHERE, SCENARIOS
from tests.reliability.stage import CREDENTIALS, Run, Scenario
from tests.support.clients import DRIVERS

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
COMMAND = "python -m tests.reliability.table"
GROUPS = {
    8: "Before anything is sent",
    18: "After something was sent",
    33: "Statuses and waits",
    45: "Bodies",
    68: "Redirections, lists, addresses and credentials",
    99: "Uploads and downloads",
}
HEAD = f"""# Reliability

What the client was put through. Each scenario is played with both clients, by the [mock backend](testing.md) or over a raw socket, and counts
only with the proof that it was: that the fault fired as often as it was meant to, or that everything which was prepared was asked for.
Scenarios of one kind share a number. What the errors mean is in [errors.md](errors.md).

The same play searches for credentials: in errors, their tracebacks with local variables and their pickles, logs, output, and what the mock
tells of its requests. A scenario that fails prints its number, its fault, the seed, and the one command that repeats it alone.

Beyond single scenarios there are campaigns. `scripts/campaign` runs them in the sizes that follow, and in others with `--size`;
`scripts/test` runs a small size of each, with other cases every time. Both print the seed, which repeats a failure. With each client: of 1,000
creates of which every fifth is carried out and loses its answer, and every tenth gets 503, none is made twice, none that was acknowledged is
lost, and each that is in doubt is an `OutcomeUnknownError`; who looks before calling again has each of them once in the end. Of 5,000 calls of
all operations that take one request, ten at a time, with a fault at every third, none is lost or made twice, and every error is a
`ClientError`. Of 100 uploads in parts with two to five faults each, every one arrives byte for byte, with no more than one part sent again for
a fault; and an upload whose process is killed at any of 10 random moments goes on in another one, and arrives byte for byte. Of 100 downloads
with two to five faults each every byte comes, and of 100 consoles that break up to four times every line, once.

The tables are written by `{COMMAND}`, and each scenario holds its own line against what it just saw.
"""


def line(scenario: Scenario, outcomes: Mapping[str, str]) -> str:
    """Return the line of a scenario, with what each client made of it and the proof."""
    said = [*outcomes.values()]
    assert said.count(said[0]) == len(said), f"{scenario.id}: the clients differ: {outcomes}"
    cells = [scenario.number, scenario.name, scenario.armed, scenario.called, scenario.expected]
    return " | ".join(["", *map(str, cells), *("yes" for _ in outcomes), said[0], ""]).strip()


def play(scenario: Scenario, kind: str) -> str:
    """Play a scenario and return the proof."""
    with pytest.MonkeyPatch.context() as monkeypatch, ExitStack() as stack:
        run = Run(kind, CREDENTIALS, monkeypatch, stack)
        scenario.run(run)
    return run.proof


def document(lines: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines of the document."""
    yield from HEAD.splitlines()
    first = 0
    for last, title in GROUPS.items():
        yield from ("", f"## {title}", "")
        yield f"| number | what goes wrong | brought about by | what is called | what comes out | {' | '.join(DRIVERS)} | fired |"
        yield f"|{'---|' * (6 + len(DRIVERS))}"
        chosen = [scenario for scenario in SCENARIOS if first < scenario.number <= last]
        yield from (lines[scenario.id] for scenario in sorted(chosen, key=lambda scenario: scenario.number))
        first = last
    yield from ("", "## Not of this client", "", "| number | what goes wrong | why it cannot |", "|---|---|---|")
    yield from (f"| {number} | {name} | {reason} |" for number, (name, reason) in ELSEWHERE.items())


def main() -> None:
    """Play everything and write the document."""
    lines = {scenario.id: line(scenario, {kind: play(scenario, kind) for kind in DRIVERS}) for scenario in SCENARIOS}
    DOCUMENT.write_text("\n".join(document(lines)) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(SCENARIOS)} scenarios with {len(DRIVERS)} clients each: {DOCUMENT.name}\n")


if __name__ == "__main__":
    main()
