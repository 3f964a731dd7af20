"""Plugins, releases, jobs, agents and storages."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from synapse_backend.testing.clock import parse_moment, wire
from synapse_backend.testing.consoles import console_of, write
from synapse_backend.testing.data import DEFAULT_AGENT, DEFAULT_USER, store
from synapse_backend.testing.errors import describe_parameter
from synapse_backend.testing.jobs import FINAL, Output, plan_from_context
from synapse_backend.testing.listing import Listing, page_of
from synapse_backend.testing.messages import JsonObject, RequestError, conflict, invalid, not_found
from synapse_backend.testing.pagination import paginate
from synapse_backend.testing.rules import Answer, rule

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from synapse_backend.testing.app import Call
    from synapse_backend.testing.table import Entry

_PLUGIN_FIELDS = ("name", "code", "description", "version", "author", "category", "configuration")
_JOB_FIELDS = ("status", "progress", "metadata", "progress_record", "metrics_record")
_JOB_FILTERS = ("status", "plugin", "user", "agent")


# --- agents ---------------------------------------------------------------------------------------------------------


def agent_by_token(call: Call) -> JsonObject:
    """The agent that the path names."""
    agent = call.state.agents.find(token=call.path["token"])
    if agent is None:
        raise not_found()
    return agent


@rule()
def list_agents(call: Call) -> Answer:
    """One page of the agents, newest first, without their tokens."""
    return 200, page_of(call, call.state.agents, Listing(), "/agents/", _shown_agent)


def _shown_agent(agent: JsonObject) -> JsonObject:
    return {name: agent[name] for name in ("id", "name", "status", "url") if name in agent}


@rule(target=agent_by_token)
def health_check_agent(call: Call) -> Answer:
    """State of the agent, without its token."""
    return 200, {name: value for name, value in call.target.items() if name != "token"}


# --- plugins --------------------------------------------------------------------------------------------------------


def plugin_by_key(call: Call) -> JsonObject:
    """The plugin that the path names, by id or by code."""
    plugin = find_plugin(call, call.path["pk"])
    if plugin is None:
        raise not_found()
    return plugin


def find_plugin(call: Call, key: object) -> JsonObject | None:
    """A plugin by id or by code."""
    if isinstance(key, str):
        return call.state.plugins.find(code=key)
    return call.state.plugins.get(key)


@rule(target=plugin_by_key)
def get_plugin(call: Call) -> Answer:
    """The plugin."""
    return 200, call.target


@rule()
def create_plugin(call: Call) -> Answer:
    """A new plugin; what was not sent is empty."""
    _check_code(call, None)
    moment = wire(call.now)
    plugin: JsonObject = {
        **dict.fromkeys(("name", "description", "version", "author", "category"), ""),
        "configuration": {},
        **{name: call.body[name] for name in _PLUGIN_FIELDS if name in call.body},
        "created_at": moment,
        "updated_at": moment,
    }
    return 201, call.state.plugins.add(plugin)


@rule(target=plugin_by_key)
def update_plugin(call: Call) -> Answer:
    """The fields that were sent change; the others keep their value."""
    _check_code(call, call.target["id"])
    sent = {name: call.body[name] for name in _PLUGIN_FIELDS if name in call.body}
    return 200, call.state.plugins.put({**call.target, **sent, "updated_at": wire(call.now)})


def _check_code(call: Call, own_id: int | None) -> None:
    code = call.body.get("code")
    owner = None if code is None else call.state.plugins.find(code=code)
    if owner is not None and owner["id"] != own_id:
        raise conflict(f"A plugin with code {code!r:.100} exists already.")


@rule(target=plugin_by_key)
def run_plugin(call: Call) -> Answer:
    """Queue a job of the plugin."""
    body, plugin = call.body, call.target
    parameters: JsonObject = body["parameters"] if "parameters" in body else body.get("params", {})
    context: JsonObject = body.get("context", {})
    _check_parameters(plugin, parameters)
    agent = body.get("agent", DEFAULT_AGENT)
    if call.state.agents.get(agent) is None:
        raise invalid(agent=f'Invalid pk "{agent}" - object does not exist.')
    try:
        wish = plan_from_context(context)
    except ValueError as error:
        raise RequestError(400, {"context": {"mock": [str(error)]}}) from None
    user = context.get("user_id")
    job: JsonObject = {
        "plugin": plugin["id"],
        "plugin_release": _release_to_run(call, plugin, body.get("version")),
        "user": user if type(user) is int else DEFAULT_USER,
        "agent": agent,
        "parameters": parameters,
        "context": context,
    }
    plan = call.state.jobs.take_plan(plugin["id"]) if wish is None else wish
    row = call.state.jobs.start(job, plan, call.now)
    return 202, {"job_id": row["id"], "status": row["status"]}


def _check_parameters(plugin: JsonObject, parameters: JsonObject) -> None:
    """Refuse parameters that are not of the type that the plugin's configuration names; unknown ones pass."""
    declared = plugin["configuration"].get("parameters")
    problems: JsonObject = {}
    for name, value in parameters.items():
        definition = declared.get(name) if isinstance(declared, dict) else None
        kind = definition.get("type") if isinstance(definition, dict) else None
        message = describe_parameter(kind, value)
        if message is not None:
            problems[name] = [message]
    if problems:
        raise RequestError(400, {"parameters": problems})


def _release_to_run(call: Call, plugin: JsonObject, version: str | None) -> int | None:
    releases = call.state.releases
    chosen = None if version is None else releases.find(plugin=plugin["id"], version=version)
    if chosen is None:
        entries = releases.select({"plugin": plugin["id"]})
        chosen = releases[entries[-1][1]] if entries else None
    return None if chosen is None else chosen["id"]


# --- plugin releases ------------------------------------------------------------------------------------------------


def release_by_key(call: Call) -> JsonObject:
    """The release that the path names, by id or as `code@version`."""
    key = call.path["pk"]
    if isinstance(key, int):
        release = call.state.releases.get(key)
    else:
        code, _, version = key.partition("@")
        plugin = call.state.plugins.find(code=code)
        release = None if plugin is None else call.state.releases.find(plugin=plugin["id"], version=version)
    if release is None:
        raise not_found()
    return release


@rule(target=release_by_key)
def get_plugin_release(call: Call) -> Answer:
    """The release, with the whole plugin when asked."""
    release = _show_release(call, call.target)
    if "plugin" in call.query.get("expand", ()):
        release["plugin"] = call.state.plugins[release["plugin"]]
    return 200, release


@rule()
def list_plugin_releases(call: Call) -> Answer:
    """One page of the releases, newest first, of one plugin when asked."""
    releases, key = call.state.releases, call.query.get("plugin")
    if key is None:
        entries = releases.select({})
    else:
        plugin = find_plugin(call, key)
        entries = () if plugin is None else releases.select({"plugin": plugin["id"]})
    return 200, _page(call, entries, lambda pk: _show_release(call, releases[pk]), "/plugin_releases/")


@rule()
def create_plugin_release(call: Call) -> Answer:
    """Store the package and make a release of it."""
    key, version = call.body["plugin"], call.body["version"]
    plugin = find_plugin(call, key)
    if plugin is None:
        raise invalid(plugin=f'Invalid pk "{key}" - object does not exist.')
    if call.state.releases.find(plugin=plugin["id"], version=version) is not None:
        raise conflict(f"Release {version!r:.100} of plugin {plugin['id']} exists already.")
    package = call.files["file"]
    stored = store(
        call.state.files,
        "plugin_releases",
        package.filename or "package.zip",
        package.content,
        package.content_type or "application/octet-stream",
    )
    release = call.state.releases.add(
        {
            "plugin": plugin["id"],
            "version": version,
            "changelog": call.body.get("changelog", ""),
            "is_stable": call.body.get("is_stable", False),
            **stored,
            "created_at": wire(call.now),
        }
    )
    return 201, _show_release(call, release)


def _show_release(call: Call, release: JsonObject) -> JsonObject:
    return {**release, "file": call.base_url + release["file"]}


# --- jobs -----------------------------------------------------------------------------------------------------------


def job_by_key(call: Call) -> JsonObject:
    """The job that the path names. This backend numbers its jobs, so that no UUID is found."""
    job = call.state.jobs.table.get(call.path["pk"])
    if job is None:
        raise not_found()
    return job


@rule(target=job_by_key)
def get_job(call: Call) -> Answer:
    """The job as it stands, with logs, metrics and result when asked."""
    job = call.state.jobs.view(call.target["id"], call.now)
    expand: list[str] = call.query.get("expand", [])
    if expand:
        output = call.state.jobs.output(job["id"], call.now)
        extra = {"logs": output.logs, "metrics": output.metrics, "result": output.result}
        job = {**job, **{name: extra[name] for name in expand}}
    return 200, job


@rule()
def list_jobs(call: Call) -> Answer:
    """One page of the jobs that match, newest first."""
    jobs, query = call.state.jobs, call.query
    entries = jobs.table.select({name: query[name] for name in _JOB_FILTERS if name in query})
    after = query.get("created_after")
    first = 0 if after is None else bisect_left(entries, (parse_moment(after) + 1, 0))
    return 200, paginate(
        entries,
        lambda page: jobs.views(page, call.now),
        first=first,
        page=query.get("page", 1),
        page_size=query.get("page_size", call.options.page_size),
        url=f"{call.base_url}/jobs/",
        query=call.query_pairs,
    )


@rule(target=job_by_key)
def update_job(call: Call) -> Answer:
    """Set what was sent. From now on the client runs this job."""
    jobs, body = call.state.jobs, call.body
    job = dict(jobs.take_over(call.target["id"], call.now))
    job.update({name: body[name] for name in _JOB_FIELDS if name in body})
    status = body.get("status")
    if status in FINAL:
        job["started_at"] = job["started_at"] or wire(call.now)
        job["finished_at"] = job["finished_at"] or wire(call.now)
    elif status is not None:
        job["finished_at"] = None
        job["started_at"] = (job["started_at"] or wire(call.now)) if status == "running" else None
    job["updated_at"] = wire(call.now)
    output = jobs.output(job["id"], call.now)
    jobs.set_output(
        job["id"],
        Output(output.logs, body.get("metrics_record", output.metrics), body.get("result", output.result)),
    )
    return 200, jobs.table.put(job)


@rule(target=job_by_key)
def list_job_console_logs(call: Call) -> Answer:
    """The lines written so far."""
    return 200, call.state.jobs.output(call.target["id"], call.now).logs


@rule()
def tail_job_console_logs(call: Call) -> Answer:
    """The lines written so far, and those that follow until the job ends."""
    return 200, console_of(call)


@rule()
def create_logs(call: Call) -> Answer:
    """Keep the entries; what is said in them appears on the consoles of their jobs. All of them, or none."""
    return 201, {"count": write(call)}


# --- serve applications ---------------------------------------------------------------------------------------------


@rule()
def list_serve_applications(call: Call) -> Answer:
    """One page of the serve applications that match, newest first."""
    table, query = call.state.serve_applications, call.query
    fields = {"plugin_code": "plugin_code", "job__agent": "agent", "status": "status"}
    entries = table.select({fields[name]: query[name] for name in fields if name in query})
    return 200, _page(call, entries, lambda pk: _shown_application(table[pk]), "/serve_applications/")


@rule()
def create_serve_application(call: Call) -> Answer:
    """A new serve application of a job."""
    body = call.body
    job = call.state.jobs.table.get(body["job"])
    if job is None:
        raise invalid(job=f'Invalid pk "{body["job"]}" - object does not exist.')
    plugin = call.state.plugins.get(job["plugin"])
    application: JsonObject = {
        "job": job["id"],
        "status": body.get("status", "DEPLOYING"),
        "data": body.get("data", {}),
        "plugin_code": None if plugin is None else plugin.get("code"),
        "agent": job.get("agent"),
        "created_at": wire(call.now),
    }
    return 201, _shown_application(call.state.serve_applications.add(application))


def _shown_application(row: JsonObject) -> JsonObject:
    return {name: value for name, value in row.items() if name != "agent"}


# --- storages -------------------------------------------------------------------------------------------------------


def storage_by_id(call: Call) -> JsonObject:
    """The storage that the path names."""
    storage = call.state.storages.get(call.path["pk"])
    if storage is None:
        raise not_found()
    return storage


@rule()
def list_storages(call: Call) -> Answer:
    """All storages, without their configuration."""
    storages = call.state.storages
    return 200, [_without_configuration(storages[pk]) for _, pk in storages.select(call.query)]


@rule(target=storage_by_id)
def get_storage(call: Call) -> Answer:
    """The storage, with its configuration unless the request says no."""
    return 200, call.target if call.query.get("with_configuration", True) else _without_configuration(call.target)


@rule()
def create_storage(call: Call) -> Answer:
    """A new storage; it is not the default one."""
    body = call.body
    storage: JsonObject = {
        "name": body["name"],
        "provider": body["provider"],
        "category": body.get("category", "internal"),
        "is_default": False,
        "configuration": body.get("configuration", {}),
    }
    return 201, call.state.storages.add(storage)


def _without_configuration(storage: JsonObject) -> JsonObject:
    return {name: value for name, value in storage.items() if name != "configuration"}


def _page(call: Call, entries: Sequence[Entry], show: Callable[[int], JsonObject], path: str) -> JsonObject:
    return paginate(
        entries,
        lambda page: [show(pk) for _, pk in page],
        page=call.query.get("page", 1),
        page_size=call.query.get("page_size", call.options.page_size),
        url=call.base_url + path,
        query=call.query_pairs,
    )
