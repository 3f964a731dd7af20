"""The views of the mock's objects that `MockBackend` offers."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from synapse_backend.testing.adding import add_task, new_row
from synapse_backend.testing.clock import wire
from synapse_backend.testing.data import DEFAULT_AGENT, DEFAULT_USER
from synapse_backend.testing.jobs import FINAL, Output, Plan
from synapse_backend.testing.showing import COMPONENTS, WHOLE
from synapse_backend.testing.state import Collection, StoredFile

if TYPE_CHECKING:
    from synapse_backend.testing.app import App
    from synapse_backend.testing.jobs import Jobs
    from synapse_backend.testing.messages import JsonObject
    from synapse_backend.testing.state import Table


class JobCollection(Collection):
    """The jobs, with everything that a call can ask for: logs, metrics and result."""

    def __init__(self, app: App, tenant: str | None) -> None:
        super().__init__(app.lock, lambda: app.state_of(tenant).jobs.table, self._show, self._new)
        self._app = app
        self._tenant = tenant

    @property
    def _jobs(self) -> Jobs:
        return self._app.state_of(self._tenant).jobs

    def _show(self, row: JsonObject) -> JsonObject:
        jobs, now = self._jobs, self._app.clock.now
        jobs.settle(now)
        output = jobs.output(row["id"], now)
        return {
            **jobs.view(row["id"], now),
            "logs": output.logs,
            "metrics": output.metrics,
            "result": output.result,
        }

    def _new(self, fields: JsonObject) -> JsonObject:
        now = self._app.clock.now
        status = fields.get("status", "completed")
        created_at = fields.get("created_at", now)
        moment = created_at if isinstance(created_at, str) else wire(created_at)
        row: JsonObject = {
            "status": status,
            "progress": 100 if status == "completed" else 0,
            "plugin": 123,
            "plugin_release": None,
            "user": DEFAULT_USER,
            "agent": DEFAULT_AGENT,
            "parameters": {},
            "context": {},
            "metadata": {},
            "updated_at": moment,
            "started_at": None if status == "queued" else moment,
            "finished_at": moment if status in FINAL else None,
            **fields,
            "created_at": moment,
        }
        output = Output(row.pop("logs", []), row.pop("metrics", {}), row.pop("result", None))
        shown = {**row, "logs": output.logs, "metrics": output.metrics}
        row = _add(self._app, "Job", self._jobs.table, row, shown)
        self._jobs.set_output(row["id"], output)
        return row

    def plan_next(self, plan: Plan, *, times: int = 1) -> None:
        """Lay out the life of the jobs that start next.

        Args:
            plan: How it shall go.
            times: For how many jobs.
        """
        with self._app.lock:
            self._jobs.plan(plan, times)

    def log(self, pk: int, message: str, *, level: str = "info") -> None:
        """Write a line to the console of a job, as the agent that runs it does.

        From now on the caller runs this job: it stays as it is until a client updates it.

        Args:
            pk: Id of the job.
            message: The line.
            level: Its severity.

        Raises:
            KeyError: There is no such job.
        """
        with self._app.lock:
            jobs, now = self._jobs, self._app.clock.now
            jobs.settle(now)
            jobs.take_over(pk, now)
            output = jobs.output(pk, now)
            line = {"timestamp": wire(now), "level": level, "message": message}
            jobs.set_output(pk, replace(output, logs=[*output.logs, line]))

    def fail_next(self, message: str | None = None, *, plugin: int | None = None, times: int = 1) -> None:
        """Let the jobs that start next fail.

        Args:
            message: Last line of their logs.
            plugin: Only jobs of the plugin with this id.
            times: How many jobs.
        """
        self.plan_next(Plan(outcome="failed", message=message, plugin=plugin), times=times)


class _Files(Mapping[str, StoredFile]):
    """Stored files by path; a full URL does as well."""

    def __init__(self, app: App, tenant: str | None) -> None:
        self._app = app
        self._tenant = tenant

    def __getitem__(self, path: str) -> StoredFile:
        if "://" in path:
            path = "/" + path.split("/", 3)[-1]
        return self._app.state_of(self._tenant).files[path]

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._app.state_of(self._tenant).files))

    def __len__(self) -> int:
        return len(self._app.state_of(self._tenant).files)


@dataclass(frozen=True, slots=True)
class Views:
    """The objects of the mock, one collection per kind."""

    plugins: Collection
    releases: Collection
    storages: Collection
    agents: Collection
    jobs: JobCollection
    logs: Collection
    serve_applications: Collection
    uploads: Collection
    projects: Collection
    tasks: Collection
    task_tags: Collection
    assignments: Collection
    data_collections: Collection
    data_files: Collection
    data_units: Collection
    models: Collection
    ground_truth_datasets: Collection
    ground_truth_versions: Collection
    ground_truth_events: Collection
    ground_truths: Collection
    files: Mapping[str, StoredFile]


def views(app: App, tenant: str | None = None) -> Views:
    """The views of the objects of a tenant. They follow its state through resets."""

    def view(kind: str, schema: str, create: Callable[[JsonObject], JsonObject]) -> Collection:
        def add(fields: JsonObject) -> JsonObject:
            return _add(app, schema, getattr(app.state_of(tenant), kind), create(fields))

        return Collection(app.lock, lambda: getattr(app.state_of(tenant), kind), lambda row: row, add)

    def plugin(fields: JsonObject) -> JsonObject:
        empty = dict.fromkeys(("description", "version", "author", "category"), "")
        return {"name": "Plugin", **empty, "configuration": {}, **_moments(app), **fields}

    def release(fields: JsonObject) -> JsonObject:
        defaults = {"plugin": 123, "version": "0.0.1", "changelog": "", "is_stable": True, "file": "/media/none.zip"}
        return {**defaults, "created_at": wire(app.clock.now), **fields}

    def storage(fields: JsonObject) -> JsonObject:
        defaults = {"name": "Storage", "provider": "file_system", "category": "internal", "is_default": False}
        return {**defaults, "configuration": {}, **fields}

    def agent(fields: JsonObject) -> JsonObject:
        return {
            "name": "agent",
            "token": f"agent-token-{len(app.state_of(tenant).agents)}",
            "status": "connected",
            **fields,
        }

    def application(fields: JsonObject) -> JsonObject:
        known = {"job": 789, "status": "RUNNING", "data": {}, "plugin_code": None, "agent": DEFAULT_AGENT}
        return {**known, "created_at": wire(app.clock.now), **fields}

    return Views(
        plugins=view("plugins", "Plugin", plugin),
        releases=view("releases", "PluginRelease", release),
        storages=view("storages", "Storage", storage),
        agents=view("agents", "AgentHealth", agent),
        jobs=JobCollection(app, tenant),
        logs=view("logs", "LogEntry", lambda fields: {"event": "log", **fields}),
        serve_applications=view("serve_applications", "ServeApplication", application),
        uploads=_uploads(app, tenant),
        **{name: _related(app, tenant, name, component) for name, component in COMPONENTS.items()},
        files=_Files(app, tenant),
    )


def _uploads(app: App, tenant: str | None) -> Collection:
    """The view of uploads in parts; one that is added is complete."""

    def add(fields: JsonObject) -> JsonObject:
        filename, content = fields.pop("filename", "new.bin"), fields.pop("content", b"new")
        if fields or not isinstance(content, bytes) or not isinstance(filename, str):
            raise ValueError("an upload is added with content, which must be bytes, and filename, which must be text")
        state = app.state_of(tenant)
        return state.uploads.add_complete(state.files, filename, content, app.clock.now)

    return Collection(app.lock, lambda: app.state_of(tenant).uploads.table, lambda row: row, add)


def _related(app: App, tenant: str | None, name: str, component: str) -> Collection:
    """The view of objects that refer to others; it shows everything that a call can ask for."""

    def show(row: JsonObject) -> JsonObject:
        return WHOLE[name](app.state_of(tenant), row, "")

    def add(fields: JsonObject) -> JsonObject:
        state = app.state_of(tenant)
        table: Table = getattr(state, name)
        row = {"id": table.next_id, **new_row(name, state, fields, app.clock.now)}
        row = _checked(app, component, table, row, show(row))
        return add_task(state, row) if name == "tasks" else table.add(row)

    return Collection(app.lock, lambda: getattr(app.state_of(tenant), name), show, add)


def _add(app: App, schema: str, table: Table, row: JsonObject, shown: JsonObject | None = None) -> JsonObject:
    """Add a row that satisfies the contract."""
    return table.add(_checked(app, schema, table, row, shown))


def _checked(app: App, schema: str, table: Table, row: JsonObject, shown: JsonObject | None = None) -> JsonObject:
    """A copy of a row that satisfies the contract.

    Args:
        app: The mock.
        schema: The component that describes the object.
        table: Where the row goes.
        row: The row.
        shown: The object as answers show it, when that is more than the row.
    """
    # The caller may go on changing what it passed in.
    row = copy.deepcopy(row)
    validator = app.contract.component(schema)
    candidate = {"id": table.next_id, **(row if shown is None else shown)}
    error = next(iter(validator.iter_errors(candidate)), None)
    if error is not None:
        where = ".".join(map(str, error.instance_path)) or table.name
        raise ValueError(f"the {table.name} would violate the contract at {where}: {error.message}")
    if type(candidate["id"]) is not int:
        raise ValueError(f"id of a {table.name} must be an integer, not {candidate['id']!r}")
    return row


def _moments(app: App) -> JsonObject:
    return {"created_at": wire(app.clock.now), "updated_at": wire(app.clock.now)}
