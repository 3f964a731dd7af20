# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
# TypedDicts of the contract: what the API sends and takes, as plain dicts.

from __future__ import annotations

from datetime import datetime
from os import PathLike
from typing import IO, Any, Literal, NotRequired, TypeAlias, TypedDict


class AgentHealth(TypedDict):
    """State of an agent and of its connection."""

    id: NotRequired[int]
    """Id of the agent."""
    name: NotRequired[str]
    """Name of the agent."""
    status: str
    """`connected` when the backend reached the agent."""
    url: NotRequired[str]
    """Address at which the backend reached the agent."""
    connected_at: NotRequired[str]
    """When the connection was made."""


class ConsoleLogEntry(TypedDict):
    """One line of a job's console."""

    timestamp: str
    """When the line was written."""
    level: str
    """Severity, for example `info` or `error`."""
    message: str
    """The line."""


class ErrorBody(TypedDict):
    """What went wrong, for people."""

    detail: str
    """One sentence."""


class GetJobParams(TypedDict):
    """Query parameters of `get_job`."""

    expand: NotRequired[JobExpand | list[JobExpand]]
    """Add what the plain answer leaves out."""


class GetPluginReleaseParams(TypedDict):
    """Query parameters of `get_plugin_release`."""

    expand: NotRequired[PluginReleaseExpand | list[PluginReleaseExpand]]
    """Send the related plugin whole instead of its id."""


class GetStorageParams(TypedDict):
    """Query parameters of `get_storage`."""

    with_configuration: NotRequired[bool]
    """Whether the answer carries `configuration`. Clients ask for it unless told otherwise."""


class Job(TypedDict):
    """One run of a plugin."""

    id: JobId
    status: JobStatus
    progress: float
    """Per cent done."""
    plugin: NotRequired[int | None]
    """Id of the plugin."""
    plugin_release: NotRequired[int | None]
    """Id of the release that ran; null when the plugin has none."""
    user: NotRequired[int | None]
    """Id of the user who started the job."""
    agent: NotRequired[int | None]
    """Id of the agent that runs it."""
    parameters: NotRequired[dict[str, Any]]
    """Parameters of the run."""
    context: NotRequired[dict[str, Any]]
    """Context of the run."""
    metadata: NotRequired[dict[str, Any]]
    """What whoever runs the job noted, for example `current_step`."""
    created_at: str
    """When the job was queued."""
    updated_at: NotRequired[str]
    """When the job last changed."""
    started_at: NotRequired[str | None]
    """When it started to run; null before."""
    finished_at: NotRequired[str | None]
    """When it ended; null before."""
    logs: list[ConsoleLogEntry]
    """The console log, oldest entry first. Sent only when `expand` asks for it."""
    metrics: dict[str, Any]
    """Measured values by name; empty when there are none. Sent only when `expand` asks for it."""
    result: Any
    """What the job produced, usually an object; null before it ended. Sent only when `expand` asks for it."""


JobExpand: TypeAlias = Literal["logs", "metrics", "result"] | str
"""What can be expanded in a job."""


JobId: TypeAlias = int | str
"""An integer; later backends use UUIDs."""


class JobPage(TypedDict):
    """One page of jobs."""

    count: int
    """Number of jobs on all pages."""
    next: str | None
    """URL of the next page; null on the last."""
    previous: str | None
    """URL of the page before; null on the first."""
    results: list[Job]
    """The jobs of this page."""


JobStatus: TypeAlias = Literal["queued", "running", "completed", "failed"] | str
"""
State of a job. Later backends say `pending` for `queued` and `succeeded` for `completed`, know `stopped`,
and may use upper case.
"""


class JobUpdate(TypedDict):
    """The fields of a job that change."""

    status: NotRequired[JobStatus]
    progress: NotRequired[float]
    """Per cent done."""
    result: NotRequired[Any]
    """What the job produced, usually an object."""
    metadata: NotRequired[dict[str, Any]]
    """Notes on the job, for example `current_step`."""
    progress_record: NotRequired[dict[str, Any]]
    """Progress by step. Known by later backends."""
    metrics_record: NotRequired[dict[str, Any]]
    """Metrics by step. Known by later backends."""


class ListJobsParams(TypedDict):
    """Query parameters of `list_jobs`."""

    status: NotRequired[JobStatus]
    """Only jobs in this state."""
    plugin: NotRequired[int]
    """Only jobs of the plugin with this id."""
    user: NotRequired[int]
    """Only jobs that the user with this id started."""
    agent: NotRequired[int]
    """Only jobs of the agent with this id. Known by later backends."""
    created_after: NotRequired[str | datetime]
    """Only jobs created after this moment. Without an offset the server takes it in its own time zone."""
    page: NotRequired[int]
    """Number of the page, from 1. A page past the end is a 404."""
    page_size: NotRequired[int]
    """Items per page. The server sends 100 when it is absent and never more than 1000."""


class ListStoragesParams(TypedDict):
    """Query parameters of `list_storages`."""

    category: NotRequired[StorageCategory]
    """Only storages of this category."""


class Plugin(TypedDict):
    """A plugin."""

    id: int
    """Id of the plugin."""
    name: str
    """Name of the plugin."""
    code: NotRequired[str]
    """Short name for URLs."""
    description: str
    """What the plugin does; empty when nobody said."""
    version: str
    """Version of the plugin; empty when nobody said."""
    author: str
    """Who wrote it; empty when nobody said."""
    category: str
    """Free text; empty when nobody said."""
    configuration: dict[str, Any]
    """Schema of the configuration; `parameters` maps a name to its `type` and `default`."""
    created_at: NotRequired[str]
    """When the plugin was created."""
    updated_at: NotRequired[str]
    """When the plugin was last changed."""


class PluginCreate(TypedDict):
    """A new plugin."""

    name: str
    """Name of the plugin."""
    code: NotRequired[str]
    """Short name for URLs. Required by later backends."""
    description: NotRequired[str]
    """What the plugin does."""
    version: NotRequired[str]
    """Version of the plugin."""
    author: NotRequired[str]
    """Who wrote it."""
    category: NotRequired[str]
    """Free text, for example `data_processing`."""
    configuration: NotRequired[dict[str, Any]]
    """Schema of the configuration; `parameters` maps a name to its `type` and `default`."""


class PluginRelease(TypedDict):
    """A release of a plugin."""

    id: int
    """Id of the release."""
    plugin: int | Plugin
    """Id of the plugin, or the whole plugin with `expand=plugin`."""
    version: str
    """Version of the release."""
    changelog: str
    """What changed; empty when nobody said."""
    is_stable: bool
    """Whether the release is meant for everybody."""
    file: str
    """URL of the package."""
    checksum: NotRequired[str]
    """MD5 of the package, 32 hexadecimal digits."""
    size: NotRequired[int]
    """Size of the package in bytes."""
    created_at: NotRequired[str]
    """When the release was created."""


class PluginReleaseCreate(TypedDict):
    """A new release and its package."""

    plugin: int | str
    """Id of the plugin; later backends take its code, too."""
    version: str
    """Version of the release; new for this plugin."""
    changelog: NotRequired[str]
    """What changed, for people."""
    is_stable: NotRequired[bool]
    """Whether the release is meant for everybody."""
    file: Upload
    """The package, a zip archive; never empty."""


PluginReleaseExpand: TypeAlias = Literal["plugin"] | str
"""What can be expanded in a release."""


class PluginRun(TypedDict):
    """What to run a plugin with."""

    parameters: NotRequired[dict[str, Any]]
    """Parameters of the plugin, as its configuration names them."""
    context: NotRequired[dict[str, Any]]
    """Facts about the run, for example `project_id`, `user_id`, `execution_mode`, `retry_attempt`."""
    agent: NotRequired[int]
    """Id of the agent to run on. Known by later backends."""
    action: NotRequired[str]
    """Action of the plugin. Known by later backends."""
    params: NotRequired[dict[str, Any]]
    """What later backends call `parameters`."""
    version: NotRequired[str]
    """Version to run. Known by later backends."""
    debug: NotRequired[bool]
    """Run in debug mode. Known by later backends."""


class PluginRunResult(TypedDict):
    """What a run started."""

    job_id: JobId
    status: NotRequired[JobStatus]


class PluginUpdate(TypedDict):
    """The fields of a plugin that change."""

    name: NotRequired[str]
    """Name of the plugin."""
    code: NotRequired[str]
    """Short name for URLs. Required by later backends."""
    description: NotRequired[str]
    """What the plugin does."""
    version: NotRequired[str]
    """Version of the plugin."""
    author: NotRequired[str]
    """Who wrote it."""
    category: NotRequired[str]
    """Free text, for example `data_processing`."""
    configuration: NotRequired[dict[str, Any]]
    """Schema of the configuration; replaces the old one whole."""


class Storage(TypedDict):
    """A storage."""

    id: int
    """Id of the storage."""
    name: str
    """Name of the storage."""
    provider: StorageProvider
    category: StorageCategory
    is_default: bool
    """Whether the backend uses it when nothing else is said."""
    configuration: dict[str, Any]
    """What the provider needs. Holds secrets. Sent only when `with_configuration` asks for it."""


StorageCategory: TypeAlias = Literal["internal", "external"] | str
"""Whether the backend owns the storage or only reads it."""


class StorageCreate(TypedDict):
    """A new storage."""

    name: str
    """Name of the storage."""
    provider: StorageProvider
    category: NotRequired[StorageCategory]
    configuration: NotRequired[dict[str, Any]]
    """
    What the provider needs: `bucket_name`, `region`, `access_key_id`, `secret_access_key` for `amazon_s3`;
    `base_path`, `permissions` for `file_system`.
    """


class StoragePage(TypedDict):
    """One page of storages."""

    count: int
    """Number of storages on all pages."""
    next: str | None
    """URL of the next page; null on the last."""
    previous: str | None
    """URL of the page before; null on the first."""
    results: list[StorageSummary]
    """The storages of this page."""


StorageProvider: TypeAlias = (
    Literal["amazon_s3", "azure", "digital_ocean", "file_system", "ftp", "gcp", "minio", "sftp"] | str
)
"""Kind of storage."""


class StorageSummary(TypedDict):
    """A storage as lists show it."""

    id: int
    """Id of the storage."""
    name: str
    """Name of the storage."""
    provider: StorageProvider
    category: StorageCategory
    is_default: bool
    """Whether the backend uses it when nothing else is said."""


Upload: TypeAlias = bytes | str | PathLike[str] | IO[bytes]
"""A file to send: its content, its path, or the open file."""


class ValidationErrorBody(TypedDict):
    """Messages by field; `non_field_errors` for those that belong to none, `detail` for an unreadable body."""

    detail: NotRequired[str]
    """Set when the request as a whole could not be read."""
    non_field_errors: NotRequired[list[str]]
    """Messages that belong to no single field."""


__all__ = [
    "AgentHealth",
    "ConsoleLogEntry",
    "ErrorBody",
    "GetJobParams",
    "GetPluginReleaseParams",
    "GetStorageParams",
    "Job",
    "JobExpand",
    "JobId",
    "JobPage",
    "JobStatus",
    "JobUpdate",
    "ListJobsParams",
    "ListStoragesParams",
    "Plugin",
    "PluginCreate",
    "PluginRelease",
    "PluginReleaseCreate",
    "PluginReleaseExpand",
    "PluginRun",
    "PluginRunResult",
    "PluginUpdate",
    "Storage",
    "StorageCategory",
    "StorageCreate",
    "StoragePage",
    "StorageProvider",
    "StorageSummary",
    "Upload",
    "ValidationErrorBody",
]
