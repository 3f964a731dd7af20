"""The consoles of jobs as clients see and write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synapse_backend.testing.clock import wire
from synapse_backend.testing.messages import JsonObject, RequestError, not_found
from synapse_backend.testing.streams import Stream, failure, follow

if TYPE_CHECKING:
    from synapse_backend.testing.app import Call


def console_of(call: Call) -> Stream:
    """The console of the job that the path names.

    Raises:
        RequestError: 404, there is no such job, and the mock was told to say so like this.
    """
    job = call.state.jobs.table.get(call.path["pk"])
    if job is not None:
        return follow(call.state.jobs, job["id"], call.options.tails)
    if call.options.tails.unknown_job == "not_found":
        raise not_found()
    return failure(f"Job {call.path['pk']} does not exist.")


def write(call: Call) -> int:
    """Keep log entries; their messages appear on the consoles of their jobs.

    Returns:
        The number of the entries.

    Raises:
        RequestError: 400, there is no such job; nothing was kept.
    """
    entries, jobs = call.items, call.state.jobs
    problems: JsonObject = {}
    for position, entry in enumerate(entries):
        job = entry.get("job")
        if job is not None and jobs.table.get(job) is None:
            messages = {"job": [f'Invalid pk "{job}" - object does not exist.']}
            problems.update({str(position): messages} if isinstance(call.body, list) else messages)
    if problems:
        raise RequestError(400, problems)
    for entry in entries:
        call.state.logs.add({**entry, "id": call.state.logs.next_id})
        data: JsonObject = entry.get("data", {})
        message = data.get("message", entry.get("message"))
        level = entry.get("level", data.get("level", "info"))
        if "job" in entry and isinstance(message, str):
            jobs.write(entry["job"], str(level), message, entry.get("datetime", wire(call.now)), call.now)
    return len(entries)
