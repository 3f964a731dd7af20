"""Plugins, plugin releases, jobs and their logs, agents, serve applications and storages."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

from synapse_api import operations
from synapse_backend._async._base import AsyncMixin
from synapse_backend._config import DEFAULT_IDLE_TIMEOUT, parse_idle_timeout
from synapse_backend._lookups import default_storage, internal_storages, release_with, releases_of
from synapse_backend._secrets import hidden

if TYPE_CHECKING:
    from synapse_api import dicts
    from synapse_backend._bodies import SupportsToDict
    from synapse_backend._config import CallOptions
    from synapse_backend._pagination import Page


class AsyncIntegrationClientMixin(AsyncMixin):
    """Plugins, plugin releases, jobs and their logs, agents, serve applications and storages.

    Every method raises `ClientError`, or a subclass of it, when the call fails; `TypeError` or `ValueError` when an
    argument cannot be sent, and then nothing was sent. Every method takes `options`: `timeout`, `deadline` and
    `retries` of this one call, see `CallOptions`.
    """

    # --- agents ---------------------------------------------------------------------------------------------------

    async def health_check_agent(self, token: str, *, options: CallOptions | None = None) -> dicts.AgentHealth:
        """Check that an agent is connected.

        Args:
            token: Token of the agent. It travels in the path and is kept out of errors and logs.
            options: Timeout, deadline and retries of this call.

        Returns:
            State of the agent and of its connection: `status`, and `id`, `name`, `url` where the backend sends them.

        Raises:
            NotFoundError: No agent has this token.

        ``POST /agents/{token}/connect/``
        """
        token = hidden(token)
        return await self._call(operations.health_check_agent, token, options=options)

    async def list_agents(
        self,
        params: dicts.ListAgentsParams | Mapping[str, Any] | None = None,
        *,
        list_all: bool = True,
        options: CallOptions | None = None,
    ) -> list[dicts.Agent]:
        """List all agents.

        Args:
            params: `page` and `page_size`.
            list_all: Fetch every page; only the first one, or that of `params`, when False.
            options: Timeout, deadline and retries of this call.

        Returns:
            The agents, each with `id`, `name` and `status` (``connected`` when the backend reaches it).

        Raises:
            ResponseError: A page cannot be read; the list is never short without an error.

        ``GET /agents/``
        """
        if list_all:
            return await self._collect(operations.list_agents, params=params, options=options)
        return (await self._page(operations.list_agents, params=params, options=options)).items

    def iter_agents(
        self,
        params: dicts.ListAgentsParams | Mapping[str, Any] | None = None,
        *,
        options: CallOptions | None = None,
    ) -> AsyncIterator[dicts.Agent]:
        """Walk over all agents, with a few pages in memory at a time.

        Args:
            params: As for `list_agents`.
            options: Timeout, deadline and retries of this call.

        Returns:
            An iterator; it makes its first request when the first item is asked for.

        Raises:
            ResponseError: A page cannot be read.

        ``GET /agents/``
        """
        return self._iterate(operations.list_agents, params=params, options=options)

    # --- plugins --------------------------------------------------------------------------------------------------

    async def get_plugin(self, pk: int | str, *, options: CallOptions | None = None) -> dicts.Plugin:
        """Get a plugin.

        Args:
            pk: Id of the plugin.
            options: Timeout, deadline and retries of this call.

        Returns:
            The plugin: `id`, `name`, `description`, `version`, `author`, `category`, `configuration`.

        Raises:
            NotFoundError: There is no such plugin.

        ``GET /plugins/{pk}/``
        """
        return await self._call(operations.get_plugin, pk, options=options)

    async def create_plugin(
        self, data: dicts.PluginCreate | Mapping[str, Any] | SupportsToDict, *, options: CallOptions | None = None
    ) -> dicts.Plugin:
        """Create a plugin.

        Args:
            data: The plugin; `name` is required.
            options: Timeout, deadline and retries of this call.

        Returns:
            The plugin with its new `id`.

        Raises:
            ValidationError: A field is wrong; `response` maps fields to messages.
            OutcomeUnknownError: No answer came; the plugin may exist.

        ``POST /plugins/``
        """
        return await self._call(operations.create_plugin, data=data, options=options)

    async def update_plugin(
        self,
        pk: int | str,
        data: dicts.PluginUpdate | Mapping[str, Any] | SupportsToDict,
        *,
        options: CallOptions | None = None,
    ) -> dicts.Plugin:
        """Update a plugin. Fields that are not sent keep their value, although the verb is PUT.

        Args:
            pk: Id of the plugin.
            data: The fields that change.
            options: Timeout, deadline and retries of this call.

        Returns:
            The updated plugin.

        Raises:
            NotFoundError: There is no such plugin.
            ValidationError: A field is wrong.

        ``PUT /plugins/{pk}/``
        """
        return await self._call(operations.update_plugin, pk, data=data, options=options)

    async def run_plugin(
        self,
        pk: int | str,
        data: dicts.PluginRun | Mapping[str, Any] | SupportsToDict,
        *,
        options: CallOptions | None = None,
    ) -> dicts.PluginRunResult:
        """Run a plugin. Returns as soon as its job is queued.

        Args:
            pk: Id of the plugin.
            data: `parameters` of the plugin and `context` of the run; both may be absent.
            options: Timeout, deadline and retries of this call.

        Returns:
            The started job: `job_id`, for `get_job` and `list_job_console_logs`.

        Raises:
            NotFoundError: There is no such plugin.
            ValidationError: A parameter is wrong.
            OutcomeUnknownError: No answer came; a job may be running. Look for it with `list_jobs`.

        ``POST /plugins/{pk}/run/``
        """
        return await self._call(operations.run_plugin, pk, data=data, options=options)

    # --- plugin releases ------------------------------------------------------------------------------------------

    async def get_plugin_release(
        self,
        pk: int | str,
        params: dicts.GetPluginReleaseParams | Mapping[str, Any] | None = None,
        *,
        options: CallOptions | None = None,
    ) -> dicts.PluginRelease:
        """Get a plugin release.

        Args:
            pk: Id of the release, or ``code@version``.
            params: ``{'expand': 'plugin'}`` sends the plugin whole.
            options: Timeout, deadline and retries of this call.

        Returns:
            The release: `id`, `plugin` (an id, or the plugin when expanded), `version`, `changelog`, `is_stable`,
            `file` (URL of the package).

        Raises:
            NotFoundError: There is no such release.

        ``GET /plugin_releases/{pk}/``
        """
        return await self._call(operations.get_plugin_release, pk, params=params, options=options)

    async def get_plugin_release_by_lookup(
        self,
        lookup: int | str,
        expand: dicts.PluginReleaseExpand | list[dicts.PluginReleaseExpand] | None = "plugin",
        *,
        options: CallOptions | None = None,
    ) -> dicts.PluginRelease:
        """Get a plugin release by the code of its plugin and its version.

        Args:
            lookup: ``code@version``, or the id of the release.
            expand: What is sent whole instead of as an id; None for nothing.
            options: Timeout, deadline and retries of this call.

        Returns:
            The release as `get_plugin_release` returns it; its `plugin` is the plugin.

        Raises:
            NotFoundError: There is no such release.

        ``GET /plugin_releases/{pk}/``
        """
        return await self._call(operations.get_plugin_release, lookup, params=release_with(expand), options=options)

    async def list_plugin_releases(
        self,
        plugin_code: int | str | None = None,
        params: dicts.ListPluginReleasesParams | Mapping[str, Any] | None = None,
        *,
        list_all: bool = True,
        options: CallOptions | None = None,
    ) -> list[dicts.PluginRelease]:
        """List all plugin releases, newest first.

        Args:
            plugin_code: Code or id of a plugin, for its releases only.
            params: `page` and `page_size`.
            list_all: Fetch every page; only the first one, or that of `params`, when False.
            options: Timeout, deadline and retries of this call.

        Returns:
            The releases, each with `id`, `plugin`, `version`, `changelog`, `is_stable`, `file`.

        Raises:
            ResponseError: A page cannot be read; the list is never short without an error.

        ``GET /plugin_releases/``
        """
        query = releases_of(plugin_code, params)
        if list_all:
            return await self._collect(operations.list_plugin_releases, params=query, options=options)
        return (await self._page(operations.list_plugin_releases, params=query, options=options)).items

    def iter_plugin_releases(
        self,
        plugin_code: int | str | None = None,
        params: dicts.ListPluginReleasesParams | Mapping[str, Any] | None = None,
        *,
        options: CallOptions | None = None,
    ) -> AsyncIterator[dicts.PluginRelease]:
        """Walk over all plugin releases, newest first, with a few pages in memory at a time.

        Args:
            plugin_code: Code or id of a plugin, for its releases only.
            params: As for `list_plugin_releases`.
            options: Timeout, deadline and retries of this call.

        Returns:
            An iterator; it makes its first request when the first item is asked for.

        Raises:
            ResponseError: A page cannot be read.

        ``GET /plugin_releases/``
        """
        return self._iterate(operations.list_plugin_releases, params=releases_of(plugin_code, params), options=options)

    async def create_plugin_release(
        self,
        data: dicts.PluginReleaseCreate | Mapping[str, Any] | SupportsToDict,
        *,
        options: CallOptions | None = None,
    ) -> dicts.PluginRelease:
        """Upload a release of a plugin. The package is streamed, and `data` is left as it was.

        Args:
            data: `plugin` (id), `version` and `file` are required; `changelog`, `is_stable`. `file` is an open binary
                file, which is sent from where it stands and stays open, or a path, or bytes.
            options: Timeout, deadline and retries of this call.

        Returns:
            The release with its new `id`.

        Raises:
            ConflictError: The plugin has this version already.
            FileNotFoundError: `file` is a path that does not exist.
            OutcomeUnknownError: No answer came; the release may exist.
            ValidationError: A field is wrong.

        ``POST /plugin_releases/``
        """
        return await self._call(operations.create_plugin_release, data=data, options=options)

    # --- jobs -----------------------------------------------------------------------------------------------------

    async def get_job(
        self,
        pk: int | str,
        params: dicts.GetJobParams | Mapping[str, Any] | None = None,
        *,
        options: CallOptions | None = None,
    ) -> dicts.Job:
        """Get a job.

        Args:
            pk: Id of the job.
            params: ``{'expand': 'logs'}`` adds `logs`; likewise `metrics` and `result`, and a list of them.
            options: Timeout, deadline and retries of this call.

        Returns:
            The job: `id`, `status` (``queued``, ``running``, ``completed``, ``failed``), `progress` (0 to 100), and
            what was asked for. `result` is None before the job ended.

        Raises:
            NotFoundError: There is no such job.

        ``GET /jobs/{pk}/``
        """
        return await self._call(operations.get_job, pk, params=params, options=options)

    @overload
    async def list_jobs(
        self,
        params: dicts.ListJobsParams | Mapping[str, Any] | None = None,
        *,
        list_all: Literal[False] = False,
        options: CallOptions | None = None,
    ) -> Page[dicts.Job]: ...
    @overload
    async def list_jobs(
        self,
        params: dicts.ListJobsParams | Mapping[str, Any] | None = None,
        *,
        list_all: Literal[True],
        options: CallOptions | None = None,
    ) -> list[dicts.Job]: ...
    @overload
    async def list_jobs(
        self,
        params: dicts.ListJobsParams | Mapping[str, Any] | None = None,
        *,
        list_all: bool,
        options: CallOptions | None = None,
    ) -> Page[dicts.Job] | list[dicts.Job]: ...
    async def list_jobs(
        self,
        params: dicts.ListJobsParams | Mapping[str, Any] | None = None,
        *,
        list_all: bool = False,
        options: CallOptions | None = None,
    ) -> Page[dicts.Job] | list[dicts.Job]:
        """List jobs, newest first.

        Args:
            params: Filters `status`, `plugin`, `user`, `created_after`; `page` and `page_size`.
            list_all: Fetch every page.
            options: Timeout, deadline and retries of this call.

        Returns:
            ``(jobs, count)``: the jobs of one page and the number of jobs on all pages. With `list_all` the list of
            all jobs.

        Raises:
            NotFoundError: The page is past the end.
            ResponseError: A page cannot be read; the list is never short without an error.

        ``GET /jobs/``
        """
        if list_all:
            return await self._collect(operations.list_jobs, params=params, options=options)
        return await self._page(operations.list_jobs, params=params, options=options)

    def iter_jobs(
        self, params: dicts.ListJobsParams | Mapping[str, Any] | None = None, *, options: CallOptions | None = None
    ) -> AsyncIterator[dicts.Job]:
        """Walk over all jobs, newest first, with one page in memory at a time.

        Args:
            params: As for `list_jobs`; `page_size` says how many jobs a request fetches.
            options: Timeout, deadline and retries of this call.

        Returns:
            An iterator; it makes its first request when the first job is asked for.

        Raises:
            ResponseError: A page cannot be read.

        ``GET /jobs/``
        """
        return self._iterate(operations.list_jobs, params=params, options=options)

    async def update_job(
        self,
        pk: int | str,
        data: dicts.JobUpdate | Mapping[str, Any] | SupportsToDict,
        *,
        options: CallOptions | None = None,
    ) -> dicts.Job:
        """Update a job. Fields that are not sent keep their value.

        Args:
            pk: Id of the job.
            data: `status`, `progress` (0 to 100), `result`, `metadata`.
            options: Timeout, deadline and retries of this call.

        Returns:
            The updated job.

        Raises:
            NotFoundError: There is no such job.
            OutcomeUnknownError: No answer came; the job may be updated.
            ValidationError: A field is wrong.

        ``PATCH /jobs/{pk}/``
        """
        return await self._call(operations.update_job, pk, data=data, options=options)

    async def list_job_console_logs(
        self, pk: int | str, *, options: CallOptions | None = None
    ) -> list[dicts.ConsoleLogEntry]:
        """List what a job wrote to its console so far.

        Args:
            pk: Id of the job.
            options: Timeout, deadline and retries of this call.

        Returns:
            The entries, oldest first, each with `timestamp`, `level` and `message`.

        Raises:
            NotFoundError: There is no such job.

        ``GET /jobs/{pk}/console_logs/``
        """
        return await self._call(operations.list_job_console_logs, pk, options=options)

    async def create_logs(
        self,
        data: dicts.LogEntry
        | Mapping[str, Any]
        | SupportsToDict
        | Sequence[dicts.LogEntry | Mapping[str, Any] | SupportsToDict],
        *,
        options: CallOptions | None = None,
    ) -> dicts.LogReceipt:
        """Write one entry or several to the log of a job.

        Args:
            data: An entry or a list of entries: `job`, `event`, `data`, `datetime`, `level`, `step`, or `message`.
            options: Timeout, deadline and retries of this call.

        Returns:
            The number of entries that were written, as `count`.

        Raises:
            OutcomeUnknownError: No answer came; the entries may be written.
            ValidationError: A field is wrong, or there is no such job; nothing was written.

        ``POST /logs/``
        """
        return await self._call(operations.create_logs, data=data, options=options)

    def tail_job_console_logs(
        self,
        pk: int | str,
        *,
        idle_timeout: float | None = DEFAULT_IDLE_TIMEOUT,
        options: CallOptions | None = None,
    ) -> AsyncGenerator[str, None]:
        """Follow the console log of a job until the job ends.

        The log comes from its beginning. When the connection breaks, it is asked for again, and what was yielded
        before is left out. Closing the iterator ends the request.

        Args:
            pk: Id of the job.
            idle_timeout: Longest silence in seconds, 90 by default; None means no limit. What the server sends to keep
                the connection alive is no silence.
            options: Timeout and retries of each request, and a deadline; without one the log may take as long as it
                takes, whatever the client says.

        Returns:
            An iterator over the lines, without their ends; it makes its request when the first line is asked for.

        Raises:
            NotFoundError: There is no such job.
            AuthorizationError: The job belongs to somebody else.
            ClientTimeoutError: Nothing came for `idle_timeout` seconds.
            RateLimitError: Too many logs are followed; `retry_after` has the seconds to wait.
            ServerError: The backend cannot read the log, or reported an error in the middle of it.
            ResponseError: The connection broke again and again, or the log does not come as it came before.

        ``GET /jobs/{pk}/tail_console_logs/``
        """
        # Imported here: few need it.
        from synapse_backend._async._tail import follow

        limit = parse_idle_timeout(idle_timeout)
        return follow(self._config, self._caller, operations.tail_job_console_logs, pk, limit, options)

    # --- serve applications ---------------------------------------------------------------------------------------

    async def create_serve_application(
        self,
        data: dicts.ServeApplicationCreate | Mapping[str, Any] | SupportsToDict,
        *,
        options: CallOptions | None = None,
    ) -> dicts.ServeApplication:
        """Register an application that a job serves.

        Args:
            data: `job` is required; `status` and `data`.
            options: Timeout, deadline and retries of this call.

        Returns:
            The application with its new `id`.

        Raises:
            OutcomeUnknownError: No answer came; the application may exist.
            ValidationError: A field is wrong.

        ``POST /serve_applications/``
        """
        return await self._call(operations.create_serve_application, data=data, options=options)

    @overload
    async def list_serve_applications(
        self,
        params: dicts.ListServeApplicationsParams | Mapping[str, Any] | None = None,
        list_all: Literal[False] = False,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.ServeApplication]: ...
    @overload
    async def list_serve_applications(
        self,
        params: dicts.ListServeApplicationsParams | Mapping[str, Any] | None = None,
        *,
        list_all: Literal[True],
        options: CallOptions | None = None,
    ) -> list[dicts.ServeApplication]: ...
    @overload
    async def list_serve_applications(
        self,
        params: dicts.ListServeApplicationsParams | Mapping[str, Any] | None,
        list_all: Literal[True],
        *,
        options: CallOptions | None = None,
    ) -> list[dicts.ServeApplication]: ...
    @overload
    async def list_serve_applications(
        self,
        params: dicts.ListServeApplicationsParams | Mapping[str, Any] | None = None,
        list_all: bool = ...,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.ServeApplication] | list[dicts.ServeApplication]: ...
    async def list_serve_applications(
        self,
        params: dicts.ListServeApplicationsParams | Mapping[str, Any] | None = None,
        list_all: bool = False,
        *,
        options: CallOptions | None = None,
    ) -> Page[dicts.ServeApplication] | list[dicts.ServeApplication]:
        """List the applications that jobs serve.

        Args:
            params: Filters `plugin_code`, `job__agent`, `status`; `page` and `page_size`.
            list_all: Fetch every page.
            options: Timeout, deadline and retries of this call.

        Returns:
            ``(applications, count)``: the applications of one page and the number of them on all pages. With `list_all`
            the list of all applications.

        Raises:
            NotFoundError: The page is past the end.
            ResponseError: A page cannot be read; the list is never short without an error.

        ``GET /serve_applications/``
        """
        if list_all:
            return await self._collect(operations.list_serve_applications, params=params, options=options)
        return await self._page(operations.list_serve_applications, params=params, options=options)

    def iter_serve_applications(
        self,
        params: dicts.ListServeApplicationsParams | Mapping[str, Any] | None = None,
        *,
        options: CallOptions | None = None,
    ) -> AsyncIterator[dicts.ServeApplication]:
        """Walk over all applications that jobs serve, with a few pages in memory at a time.

        Args:
            params: As for `list_serve_applications`; `page_size` says how many a request fetches.
            options: Timeout, deadline and retries of this call.

        Returns:
            An iterator; it makes its first request when the first item is asked for.

        Raises:
            ResponseError: A page cannot be read.

        ``GET /serve_applications/``
        """
        return self._iterate(operations.list_serve_applications, params=params, options=options)

    # --- storages -------------------------------------------------------------------------------------------------

    async def list_storages(
        self,
        params: dicts.ListStoragesParams | Mapping[str, Any] | None = None,
        *,
        list_all: bool = True,
        options: CallOptions | None = None,
    ) -> list[dicts.StorageSummary]:
        """List all storages.

        Args:
            params: Filter `category` (``internal`` or ``external``).
            list_all: Fetch every page; only the first one, or that of `params`, when False.
            options: Timeout, deadline and retries of this call.

        Returns:
            The storages, each with `id`, `name`, `provider`, `category`, `is_default`, without their configuration.

        Raises:
            ResponseError: A page cannot be read; the list is never short without an error.

        ``GET /storages/``
        """
        if list_all:
            return await self._collect(operations.list_storages, params=params, options=options)
        return (await self._page(operations.list_storages, params=params, options=options)).items

    def iter_storages(
        self,
        params: dicts.ListStoragesParams | Mapping[str, Any] | None = None,
        *,
        options: CallOptions | None = None,
    ) -> AsyncIterator[dicts.StorageSummary]:
        """Walk over all storages, with a few pages in memory at a time.

        Args:
            params: As for `list_storages`.
            options: Timeout, deadline and retries of this call.

        Returns:
            An iterator; it makes its first request when the first item is asked for.

        Raises:
            ResponseError: A page cannot be read.

        ``GET /storages/``
        """
        return self._iterate(operations.list_storages, params=params, options=options)

    async def get_default_storage(self, *, options: CallOptions | None = None) -> dicts.StorageSummary:
        """Get the storage that the backend keeps its own files in.

        Args:
            options: Timeout, deadline and retries of this call.

        Returns:
            The internal storage that is marked as default, else the first internal one; `get_storage` has its
            configuration.

        Raises:
            NotFoundError: There is no internal storage.

        ``GET /storages/``
        """
        return default_storage(await self.list_storages(internal_storages(), options=options))

    async def get_storage(self, pk: int | str, *, options: CallOptions | None = None) -> dicts.Storage:
        """Get a storage with its configuration.

        Args:
            pk: Id of the storage.
            options: Timeout, deadline and retries of this call.

        Returns:
            The storage; its `configuration` holds secrets.

        Raises:
            NotFoundError: There is no such storage.

        ``GET /storages/{pk}/``
        """
        return await self._call(operations.get_storage, pk, options=options)

    async def create_storage(
        self, data: dicts.StorageCreate | Mapping[str, Any] | SupportsToDict, *, options: CallOptions | None = None
    ) -> dicts.Storage:
        """Create a storage.

        Args:
            data: `name` and `provider` are required; `category` (``internal`` or ``external``), `configuration`.
            options: Timeout, deadline and retries of this call.

        Returns:
            The storage with its new `id`.

        Raises:
            OutcomeUnknownError: No answer came; the storage may exist.
            ValidationError: A field is wrong.

        ``POST /storages/``
        """
        return await self._call(operations.create_storage, data=data, options=options)
