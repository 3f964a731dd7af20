"""Tags of tasks and of assignments, which are set the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synapse_backend.testing.clock import wire
from synapse_backend.testing.messages import JsonObject, RequestError, invalid

if TYPE_CHECKING:
    from synapse_backend.testing.app import Call
    from synapse_backend.testing.table import Table


def set_tags(call: Call, table: Table, ids_name: str) -> list[JsonObject]:
    """Set, add or remove tags; of all objects or of none.

    Args:
        call: The call.
        table: The objects.
        ids_name: What the documented form calls their ids; the later form says `ids`.

    Returns:
        The objects as they are now.

    Raises:
        RequestError: 400, the forms are mixed or there is none. 404, an object or a tag does not exist.
    """
    body: JsonObject = call.body
    documented, later = {ids_name, "tag_ids"} & body.keys(), {"ids", "tags", "action"} & body.keys()
    if documented and later:
        both = " and ".join(sorted(documented | later))
        raise invalid(non_field_errors=f"{both} belong to different forms of this call.")
    if not documented and "ids" not in body:
        raise invalid(non_field_errors=f"{ids_name} and tag_ids, or ids and tags, are required.")
    ids = body[ids_name] if documented else body["ids"]
    tags = frozenset(body["tag_ids"] if documented else body["tags"])
    replaces, removes = call.query.get("replace", False), body.get("action") == "remove"
    if replaces and removes:
        raise invalid(replace="Tags cannot be replaced and removed at once.")
    rows = [_existing(table, pk) for pk in dict.fromkeys(ids)]
    for tag in sorted(tags):
        _existing(call.state.task_tags, tag)
    done: list[JsonObject] = []
    for row in rows:
        old = frozenset(row["tags"])
        new = tags if replaces else old - tags if removes else old | tags
        done.append(table.put({**row, "tags": sorted(new), "updated_at": wire(call.now)}))
    return done


def _existing(table: Table, pk: object) -> JsonObject:
    row = table.get(pk)
    if row is None:
        raise RequestError(404, {"detail": f"{table.name.capitalize()} {pk} does not exist."})
    return row
