"""Lists: filters, search, order and pages, the same for every kind of object."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from synapse_backend.testing.clock import microseconds, parse_moment
from synapse_backend.testing.messages import JsonObject, invalid
from synapse_backend.testing.pagination import paginate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from synapse_backend.testing.app import Call
    from synapse_backend.testing.state import State
    from synapse_backend.testing.table import Entry, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """How the objects of one kind can be asked for.

    Attributes:
        exact: Query parameters that are fields and must be equal. An index finds these rows, however many there are.
        one_of: Query parameters with values of which the field must have one, by the name of the field.
        any_of: Query parameters with values of which the field, a list, must hold one, by the name of the field.
        ordering: The fields to order by.
        text: What a search looks at, in any case of letters.
    """

    exact: tuple[str, ...] = ()
    one_of: tuple[tuple[str, str], ...] = ()
    any_of: tuple[tuple[str, str], ...] = ()
    ordering: tuple[str, ...] = ()
    text: Callable[[State, JsonObject], str] = lambda _state, _row: ""


def page_of(
    call: Call, table: Table, listing: Listing, path: str, show: Callable[[JsonObject], JsonObject]
) -> JsonObject:
    """One page of the objects that the query asks for, newest first unless it says otherwise.

    Args:
        call: The call.
        table: The objects.
        listing: How they can be asked for.
        path: Path of the list.
        show: Makes an object as the answer shows it.

    Raises:
        RequestError: 400, there is no such field to order by. 404, there is no such page.
    """
    return paginate(
        _select(call, table, listing),
        lambda entries: [show(table[pk]) for _, pk in entries],
        page=call.query.get("page", 1),
        page_size=call.query.get("page_size", call.options.page_size),
        url=call.base_url + path,
        query=call.query_pairs,
    )


def _select(call: Call, table: Table, listing: Listing) -> Sequence[Entry]:
    query = call.query
    exact = {name: query[name] for name in listing.exact if name in query}
    for field, parameter in listing.one_of:
        if len(query.get(parameter, ())) == 1:
            (exact[field],) = query[parameter]
    others = {name: query[name] for name in query if name not in exact and name not in ("page", "page_size", "expand")}
    if not others:
        return table.select(exact)
    key = repr((sorted(exact.items()), sorted(others.items())))
    return table.derived(key, lambda: _compute(call.state, table, listing, exact, others))


def _compute(state: State, table: Table, listing: Listing, exact: JsonObject, query: JsonObject) -> Sequence[Entry]:
    entries = table.select(exact)
    if "created_after" in query:
        # They are in the order of their creation.
        entries = entries[bisect_left(entries, (parse_moment(query["created_after"]) + 1, 0)) :]
    if "updated_after" in query:
        after = parse_moment(query["updated_after"])
        entries = [
            entry for entry in entries if microseconds(datetime.fromisoformat(table[entry[1]]["updated_at"])) > after
        ]
    for field, parameter in listing.one_of:
        if parameter in query and field not in exact:
            values = frozenset(query[parameter])
            entries = [entry for entry in entries if table[entry[1]][field] in values]
    for field, parameter in listing.any_of:
        if parameter in query:
            values = frozenset(query[parameter])
            entries = [entry for entry in entries if not values.isdisjoint(table[entry[1]].get(field, ()))]
    if "search" in query:
        text = query["search"].casefold()
        entries = [entry for entry in entries if text in listing.text(state, table[entry[1]]).casefold()]
    return _ordered(table, entries, listing, query["ordering"]) if "ordering" in query else entries


def _ordered(table: Table, entries: Sequence[Entry], listing: Listing, wish: str) -> Sequence[Entry]:
    field = wish.removeprefix("-")
    if field not in listing.ordering:
        raise invalid(ordering=f'"{field}" is no field to order by; there are {", ".join(listing.ordering)}.')
    if field != "created_at":

        def place(entry: Entry) -> tuple[bool, object, int]:
            value = table[entry[1]][field]
            # What is null comes first.
            return (False, 0, entry[1]) if value is None else (True, value, entry[1])

        entries = sorted(entries, key=place)
    # Pages start at the end.
    return entries if wish.startswith("-") else entries[::-1]
