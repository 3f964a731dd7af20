"""The synchronous and the asynchronous client are the same but for `await`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Any

from synapse_backend import AsyncBackendClient, BackendClient

SPECIAL = {"__aenter__": "__enter__", "__aexit__": "__exit__"}
"""Methods of the protocols that the language names differently."""


def members(client: type) -> dict[str, Any]:
    """Return what a client offers, under its synchronous name."""
    names = {name for name in dir(client) if not name.startswith("_")} | {"__init__", "__repr__", "__reduce__"}
    names |= {name for pair in SPECIAL.items() for name in pair if hasattr(client, name)}
    return {SPECIAL.get(name, name): inspect.getattr_static(client, name) for name in names}


def as_synchronous(text: str) -> str:
    """Return an annotation or a docstring as the synchronous client has it."""
    return re.sub(r"\bAsync(?=[A-Z])", "", text).replace("an asynchronous", "a synchronous").replace("aclose", "close")


def described(member: Any, *, asynchronous: bool) -> dict[str, str]:
    """Return the facts about a member that have to agree."""
    convert = as_synchronous if asynchronous else str
    function = member.fget if isinstance(member, property) else member
    facts = {"kind": type(member).__name__, "docstring": convert(inspect.getdoc(function) or "")}
    if callable(function):
        facts["signature"] = convert(str(inspect.signature(function)))
    return facts


def differences(asynchronous: Mapping[str, Any], synchronous: Mapping[str, Any]) -> list[str]:
    """Return every difference between two clients, one line each."""
    found = [f"{name}: only the synchronous client has it" for name in sorted(set(synchronous) - set(asynchronous))]
    found += [f"{name}: only the asynchronous client has it" for name in sorted(set(asynchronous) - set(synchronous))]
    for name in sorted(set(asynchronous) & set(synchronous)):
        ours = described(asynchronous[name], asynchronous=True)
        theirs = described(synchronous[name], asynchronous=False)
        found += [
            f"{name}: the {fact} differs\n  async {ours.get(fact)}\n  sync  {theirs.get(fact)}"
            for fact in ours | theirs
            if ours.get(fact) != theirs.get(fact)
        ]
        if inspect.iscoroutinefunction(synchronous[name]):
            found.append(f"{name}: the synchronous client has a coroutine")
        elif callable(asynchronous[name]) and not inspect.iscoroutinefunction(asynchronous[name]):
            # What is not awaited must be an iterator, or it would block the event loop.
            returned = inspect.signature(asynchronous[name]).return_annotation
            if not (name.startswith("__") or re.match("Async(Iterator|Generator)", str(returned))):
                found.append(f"{name}: the asynchronous client has no coroutine")
    return found


def test_both_clients_offer_the_same() -> None:
    found = differences(members(AsyncBackendClient), members(BackendClient))
    assert found == [], "\n".join(found)


def test_every_difference_is_listed() -> None:
    class Asynchronous:
        """Work."""

        async def only_here(self) -> None: ...
        async def get(self, pk: int) -> None: ...
        def walk(self) -> None: ...
        async def told(self) -> None:
            """Tell."""

    class Synchronous:
        """Work."""

        def get(self, pk: str) -> None: ...
        def only_there(self) -> None: ...
        def walk(self) -> None: ...
        def told(self) -> None:
            """Say."""

    found = differences(members(Asynchronous), members(Synchronous))
    assert [line.partition("\n")[0] for line in found if "__" not in line] == [
        "only_there: only the synchronous client has it",
        "only_here: only the asynchronous client has it",
        "get: the signature differs",
        "told: the docstring differs",
        "walk: the asynchronous client has no coroutine",
    ]
