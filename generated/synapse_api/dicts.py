# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
# TypedDicts of the contract: what the API sends and takes, as plain dicts.

from __future__ import annotations

from datetime import datetime as datetime_aliased
from os import PathLike
from typing import IO, Any, Literal, NotRequired, TypeAlias, TypedDict


class Agent(TypedDict):
    """An agent."""

    id: int
    """Id of the agent."""
    name: str
    """Name of the agent."""
    status: str
    """`connected` when the backend reaches the agent."""
    url: NotRequired[str]
    """Address at which the backend reaches the agent."""


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


class AgentPage(TypedDict):
    """One page of agents."""

    count: int
    """Number of items on all pages."""
    next: str | None
    """URL of the next page; null on the last."""
    previous: str | None
    """URL of the page before; null on the first."""
    results: list[Agent]
    """The items of this page."""


class AnnotateTaskDataParams(TypedDict):
    """Query parameters of `annotate_task_data`."""

    schema: NotRequired[TaskSchema]
    """Which schema `data` must follow; `any` checks nothing."""


class Annotation(TypedDict):
    """One shape or label."""

    type: NotRequired[str]
    """For example `bbox` or `polygon`."""
    coordinates: NotRequired[list[float]]
    """The box: left, top, right, bottom in pixels."""
    points: NotRequired[list[list[float]]]
    """The corners of a polygon, each x and y in pixels."""
    label: NotRequired[str]
    """Class of the object."""
    confidence: NotRequired[float]
    """How sure the annotator is, from 0 to 1."""


class Assignment(TypedDict):
    """A task in the hands of a person."""

    id: int
    """Id of the assignment."""
    project: int
    """Id of the project."""
    task: NotRequired[int]
    """Id of the task."""
    status: AssignmentStatus
    assignee: int
    """Id of the user."""
    priority: NotRequired[TaskPriority]
    data: dict[str, Any] | None
    """The annotation; null before there is one."""
    file: str | None
    """URL of the main file; null when there is none."""
    files: NotRequired[dict[str, FileInfo]]
    """The files of the data unit by name."""
    tags: NotRequired[list[int]]
    """Ids of the tags that are set."""
    metadata: dict[str, Any]
    """Notes on the assignment."""
    created_at: str
    """When it was created."""
    updated_at: str
    """When it was last changed."""


class AssignmentData(TypedDict):
    """The annotation data of an assignment."""

    id: int
    """Id of the assignment."""
    data: dict[str, Any] | None
    """The annotation; null before there is one."""


class AssignmentDataPage(TypedDict):
    """One page of annotation data of assignments."""

    count: int
    """Number of items on all pages."""
    next: str | None
    """URL of the next page; null on the last."""
    previous: str | None
    """URL of the page before; null on the first."""
    results: list[AssignmentData]
    """The items of this page."""


class AssignmentFileList(TypedDict):
    """The files of an assignment."""

    id: int
    """Id of the assignment."""
    files: list[FileInfo]
    """The files of its data unit."""


class AssignmentFileListPage(TypedDict):
    """One page of files of assignments."""

    count: int
    """Number of items on all pages."""
    next: str | None
    """URL of the next page; null on the last."""
    previous: str | None
    """URL of the page before; null on the first."""
    results: list[AssignmentFileList]
    """The items of this page."""


class AssignmentPage(TypedDict):
    """One page of assignments."""

    count: int
    """Number of items on all pages."""
    next: str | None
    """URL of the next page; null on the last."""
    previous: str | None
    """URL of the page before; null on the first."""
    results: list[Assignment]
    """The items of this page."""


AssignmentStatus: TypeAlias = Literal["pending", "in_progress", "completed", "rejected"] | str
"""State of an assignment."""


class AssignmentTagging(TypedDict):
    """Tags to set: `assignment_ids` and `tag_ids`, or `ids`, `tags` and `action`."""

    assignment_ids: NotRequired[list[int]]
    """Ids of the assignments."""
    tag_ids: NotRequired[list[int]]
    """Ids of the tags."""
    ids: NotRequired[list[int]]
    """Ids of the assignments."""
    tags: NotRequired[list[int]]
    """Ids of the tags."""
    action: NotRequired[Literal["add", "remove"] | str]
    """What to do with the tags; `add` when absent."""


Checksum: TypeAlias = str


class ChecksumMatches(TypedDict):
    """The ids of the data files that exist, by checksum; a checksum that is missing does not exist."""


class ChecksumQuery(TypedDict):
    """Checksums to look for."""

    checksums: list[Checksum]
    """MD5 of each file."""


class ChunkedUpload(TypedDict):
    """A file that is sent in parts."""

    id: UploadId
    url: str
    """Where the next part goes."""
    offset: int
    """Number of bytes that the server has."""
    filename: NotRequired[str]
    """Name of the file."""
    status: NotRequired[int]
    """1 while parts are due, 2 when it is complete."""
    expires: NotRequired[str]
    """When it is given up."""
    completed_at: NotRequired[str | None]
    """When it was completed; null before."""
    file: NotRequired[str | None]
    """URL of the file; null before it is complete."""
    checksum: NotRequired[str | None]
    """MD5 of the whole file; null before it is complete."""
    size: NotRequired[int]
    """Size of the file in bytes."""
    created_at: NotRequired[str]
    """When it was started."""


class ConfirmedFile(TypedDict):
    """What became of an uploaded file."""

    file_key: str
    """Key of the file."""
    checksum: str
    """Checksum of the file."""
    success: bool
    """Whether it is a data file now."""
    data_file_id: NotRequired[int | None]
    """Id of the data file; null when it failed."""
    error: NotRequired[str | None]
    """Why it failed; null when it did not."""


class ConsoleLogEntry(TypedDict):
    """One line of a job's console."""

    timestamp: str
    """When the line was written."""
    level: str
    """Severity, for example `info` or `error`."""
    message: str
    """The line."""


class DataCollection(TypedDict):
    """A data collection."""

    id: int
    """Id of the data collection."""
    name: str
    """Name of the data collection."""
    description: str
    """What it holds; empty when nobody said."""
    category: NotRequired[str]
    """Kind of data, for example `image`."""
    project: int | None
    """Id of the project that uses it."""
    file_specifications: list[FileSpecification]
    """The files that its data units have. Sent only when `expand` asks for it."""
    created_at: str
    """When it was created."""
    updated_at: NotRequired[str]
    """When it was last changed."""


class DataCollectionPage(TypedDict):
    """One page of data collections."""

    count: int
    """Number of items on all pages."""
    next: str | None
    """URL of the next page; null on the last."""
    previous: str | None
    """URL of the page before; null on the first."""
    results: list[DataCollection]
    """The items of this page."""


class DataFile(TypedDict):
    """A file that data units can refer to."""

    id: int
    """Id of the file."""
    checksum: str
    """MD5 of the file, 32 hexadecimal digits."""
    size: int
    """Size in bytes."""
    file: NotRequired[str]
    """URL of the file."""
    meta: NotRequired[dict[str, Any]]
    """Facts about the file, for example its `filename`."""
    created_at: str
    """When it was created."""
    updated_at: NotRequired[str]
    """When it was last changed."""


class DataFileFromUpload(TypedDict):
    """A file that was uploaded in parts."""

    chunked_upload: UploadId
    meta: NotRequired[dict[str, Any]]
    """Facts about the file, for example its `filename`."""


class DataFileUpload(TypedDict):
    """A file to upload."""

    file: Upload
    """The content of the file."""


class DataUnit(TypedDict):
    """A data unit: files that belong together."""

    id: int
    """Id of the data unit."""
    data_collection: int | None
    """Id of the data collection; null for a unit in the older form."""
    files: dict[str, FileInfo]
    """The files by name. Sent only when `expand` asks for it."""
    meta: dict[str, Any]
    """Facts about the unit."""
    groups: NotRequired[list[str]]
    """Names of groups that the unit belongs to."""
    checksum: NotRequired[str]
    """Checksum over its files."""
    created_at: str
    """When it was created."""
    updated_at: NotRequired[str]
    """When it was last changed."""


class DataUnitCreate(TypedDict):
    """A new data unit: `data_collection` and `files`, or, in the older form, `file`."""

    data_collection: NotRequired[int]
    """Id of the data collection."""
    files: NotRequired[dict[str, DataUnitFile]]
    """The files by the name that the collection gives them."""
    meta: NotRequired[dict[str, Any]]
    """Facts about the unit, for example `origin_file_stem`."""
    groups: NotRequired[list[str]]
    """Names of groups that the unit belongs to."""
    id: NotRequired[int]
    """Number of the unit in the request, in the older form."""
    file: NotRequired[dict[str, int | str]]
    """Ids of the files by name, in the older form."""


DataUnitExpand: TypeAlias = Literal["files"] | str
"""What can be expanded in a data unit."""


class DataUnitFile(TypedDict):
    """A file of a data unit that is to be created."""

    checksum: str
    """MD5 of the uploaded file."""
    path: NotRequired[str]
    """Name of the file."""


class DataUnitPage(TypedDict):
    """One page of data units."""

    count: int
    """Number of items on all pages."""
    next: str | None
    """URL of the next page; null on the last."""
    previous: str | None
    """URL of the page before; null on the first."""
    results: list[DataUnit]
    """The items of this page."""


class ErrorBody(TypedDict):
    """What went wrong, for people."""

    detail: str
    """One sentence."""


class FileInfo(TypedDict):
    """A file and where to get it."""

    url: str
    """URL of the file."""
    name: NotRequired[str]
    """Name of the file in its data unit, for example `image`."""
    file_name_original: NotRequired[str]
    """Name that the file had when it was uploaded."""
    is_primary: NotRequired[bool]
    """Whether it is the main file of its data unit."""
    checksum: NotRequired[str]
    """MD5 of the file, 32 hexadecimal digits."""
    size: NotRequired[int]
    """Size in bytes."""


class FileSpecification(TypedDict):
    """A file that data units of a collection have."""

    id: NotRequired[int]
    """Id of the specification."""
    name: str
    """Name of the file in a data unit, for example `image`."""
    is_required: bool
    """Whether each unit must have it."""
    is_primary: NotRequired[bool]
    """Whether it is the main file."""
    file_type: NotRequired[str]
    """Kind of file, for example `image` or `data`."""
    description: NotRequired[str]
    """What the file holds."""


class GetDataCollectionParams(TypedDict):
    """Query parameters of `get_data_collection`."""

    expand: NotRequired[str]
    """What to add. Clients ask for the file specifications unless told otherwise."""


class GetDataUnitParams(TypedDict):
    """Query parameters of `get_data_unit`."""

    expand: NotRequired[DataUnitExpand | list[DataUnitExpand]]
    """What to add."""


class GetJobParams(TypedDict):
    """Query parameters of `get_job`."""

    expand: NotRequired[JobExpand | list[JobExpand]]
    """Add what the plain answer leaves out."""


class GetModelParams(TypedDict):
    """Query parameters of `get_model`."""

    expand: NotRequired[ModelExpand | list[ModelExpand]]
    """What to add."""
    include_file: NotRequired[bool]
    """Whether the answer carries `file`."""


class GetPluginReleaseParams(TypedDict):
    """Query parameters of `get_plugin_release`."""

    expand: NotRequired[PluginReleaseExpand | list[PluginReleaseExpand]]
    """Send the related plugin whole instead of its id."""


class GetStorageParams(TypedDict):
    """Query parameters of `get_storage`."""

    with_configuration: NotRequired[bool]
    """Whether the answer carries `configuration`. Clients ask for it unless told otherwise."""


class GetTaskParams(TypedDict):
    """Query parameters of `get_task`."""

    expand: NotRequired[TaskExpand | list[TaskExpand]]
    """Send related objects whole instead of their ids."""
    include_annotations: NotRequired[bool]
    """Whether the answer carries `annotations`."""


class GroundTruth(TypedDict):
    """What is true of a data unit."""

    id: int
    """Id of the ground truth."""
    ground_truth_dataset: NotRequired[int]
    """Id of the dataset."""
    data_unit: NotRequired[int]
    """Id of the data unit."""
    category: NotRequired[str]
    """`train`, `validation` or `test`."""
    files: dict[str, FileInfo]
    """The files of the data unit by name."""
    data: dict[str, Any] | None
    """The annotation."""


class GroundTruthDataset(TypedDict):
    """A ground truth dataset."""

    id: int
    """Id of the dataset."""
    name: str
    """Name of the dataset."""


class GroundTruthEvent(TypedDict):
    """An annotation that counts as true in a version of a dataset."""

    id: int
    """Id of the event."""
    data: dict[str, Any] | None
    """The annotation."""
    data_unit: DataUnit
    ground_truth_dataset_version: int
    """Id of the version."""
    project: NotRequired[int]
    """Id of the project that it comes from."""
    category: NotRequired[str]
    """`train`, `validation` or `test`."""
    data_type: NotRequired[str]
    """Kind of data, for example `image`."""
    files: NotRequired[dict[str, FileInfo]]
    """The files of the data unit by name."""
    metadata: dict[str, Any]
    """Notes on the event."""
    created_at: str
    """When it was created."""


class GroundTruthEventData(TypedDict):
    """The annotation data of a ground truth event."""

    id: int
    """Id of the event."""
    data: dict[str, Any] | None
    """The annotation."""


class GroundTruthEventDataPage(TypedDict):
    """One page of annotation data of ground truth events."""

    count: int
    """Number of items on all pages."""
    next: str | None
    """URL of the next page; null on the last."""
    previous: str | None
    """URL of the page before; null on the first."""
    results: list[GroundTruthEventData]
    """The items of this page."""


class GroundTruthEventFileList(TypedDict):
    """The files of a ground truth event."""

    id: int
    """Id of the event."""
    files: list[FileInfo]
    """The files of its data unit."""


class GroundTruthEventFileListPage(TypedDict):
    """One page of files of ground truth events."""

    count: int
    """Number of items on all pages."""
    next: str | None
    """URL of the next page; null on the last."""
    previous: str | None
    """URL of the page before; null on the first."""
    results: list[GroundTruthEventFileList]
    """The items of this page."""


class GroundTruthEventPage(TypedDict):
    """One page of ground truth events."""

    count: int
    """Number of items on all pages."""
    next: str | None
    """URL of the next page; null on the last."""
    previous: str | None
    """URL of the page before; null on the first."""
    results: list[GroundTruthEvent]
    """The items of this page."""


class GroundTruthPage(TypedDict):
    """One page of ground truths."""

    count: int
    """Number of items on all pages."""
    next: str | None
    """URL of the next page; null on the last."""
    previous: str | None
    """URL of the page before; null on the first."""
    results: list[GroundTruth]
    """The items of this page."""


class GroundTruthVersion(TypedDict):
    """A version of a ground truth dataset."""

    id: int
    """Id of the version."""
    version: str
    """Name of the version."""
    ground_truth_dataset: GroundTruthDataset
    event_count: int
    """Number of its events."""
    description: str
    """What changed; empty when nobody said."""
    is_active: bool
    """Whether it is in use."""
    is_archived: NotRequired[bool]
    """Whether it is put away."""
    statistics: dict[str, Any]
    """Figures about its events."""
    created_at: str
    """When it was created."""
    updated_at: NotRequired[str]
    """When it was last changed."""


class GroundTruthVersionPage(TypedDict):
    """One page of versions of ground truth datasets."""

    count: int
    """Number of items on all pages."""
    next: str | None
    """URL of the next page; null on the last."""
    previous: str | None
    """URL of the page before; null on the first."""
    results: list[GroundTruthVersion]
    """The items of this page."""


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


class JobConsoleEvent(TypedDict):
    """One event of a console that is followed."""

    type: str
    """`connected`, `log`, `complete` or `error`."""
    job_id: NotRequired[JobId]
    data: NotRequired[Any]
    """The line of a `log`: an object with `message`, plain text, or the text of an event."""
    message: NotRequired[str]
    """What ended the stream, for `complete` and `error`."""


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


class ListAgentsParams(TypedDict):
    """Query parameters of `list_agents`."""

    page: NotRequired[int]
    """Number of the page, from 1. A page past the end is a 404."""
    page_size: NotRequired[int]
    """Items per page. The server sends 100 when it is absent and never more than 1000."""


class ListAssignmentsDataParams(TypedDict):
    """Query parameters of `list_assignments_data`."""

    project: NotRequired[int]
    """Only assignments of the project with this id."""
    status: NotRequired[AssignmentStatus]
    """Only assignments in this state."""
    assignee: NotRequired[int]
    """Only assignments of the user with this id."""
    priority: NotRequired[TaskPriority]
    """Only assignments of this priority."""
    tags: NotRequired[int | list[int]]
    """Only assignments with at least one of these tags."""
    created_after: NotRequired[str | datetime_aliased]
    """Only what was created after this moment. Without an offset the server takes it in its own time zone."""
    updated_after: NotRequired[str | datetime_aliased]
    """Only assignments that were updated after this moment."""
    search: NotRequired[str]
    """Only what contains this text."""
    ordering: NotRequired[str]
    """Field to order by; a minus sign before it reverses the order."""
    page: NotRequired[int]
    """Number of the page, from 1. A page past the end is a 404."""
    page_size: NotRequired[int]
    """Items per page. The server sends 100 when it is absent and never more than 1000."""


class ListAssignmentsFilesParams(TypedDict):
    """Query parameters of `list_assignments_files`."""

    project: NotRequired[int]
    """Only assignments of the project with this id."""
    status: NotRequired[AssignmentStatus]
    """Only assignments in this state."""
    assignee: NotRequired[int]
    """Only assignments of the user with this id."""
    priority: NotRequired[TaskPriority]
    """Only assignments of this priority."""
    tags: NotRequired[int | list[int]]
    """Only assignments with at least one of these tags."""
    created_after: NotRequired[str | datetime_aliased]
    """Only what was created after this moment. Without an offset the server takes it in its own time zone."""
    updated_after: NotRequired[str | datetime_aliased]
    """Only assignments that were updated after this moment."""
    search: NotRequired[str]
    """Only what contains this text."""
    ordering: NotRequired[str]
    """Field to order by; a minus sign before it reverses the order."""
    page: NotRequired[int]
    """Number of the page, from 1. A page past the end is a 404."""
    page_size: NotRequired[int]
    """Items per page. The server sends 100 when it is absent and never more than 1000."""


class ListAssignmentsParams(TypedDict):
    """Query parameters of `list_assignments`."""

    project: NotRequired[int]
    """Only assignments of the project with this id."""
    status: NotRequired[AssignmentStatus]
    """Only assignments in this state."""
    assignee: NotRequired[int]
    """Only assignments of the user with this id."""
    priority: NotRequired[TaskPriority]
    """Only assignments of this priority."""
    tags: NotRequired[int | list[int]]
    """Only assignments with at least one of these tags."""
    created_after: NotRequired[str | datetime_aliased]
    """Only what was created after this moment. Without an offset the server takes it in its own time zone."""
    updated_after: NotRequired[str | datetime_aliased]
    """Only assignments that were updated after this moment."""
    search: NotRequired[str]
    """Only what contains this text."""
    ordering: NotRequired[str]
    """Field to order by; a minus sign before it reverses the order."""
    page: NotRequired[int]
    """Number of the page, from 1. A page past the end is a 404."""
    page_size: NotRequired[int]
    """Items per page. The server sends 100 when it is absent and never more than 1000."""


class ListDataCollectionParams(TypedDict):
    """Query parameters of `list_data_collection`."""

    search: NotRequired[str]
    """Only what contains this text."""
    page: NotRequired[int]
    """Number of the page, from 1. A page past the end is a 404."""
    page_size: NotRequired[int]
    """Items per page. The server sends 100 when it is absent and never more than 1000."""


class ListDataUnitsParams(TypedDict):
    """Query parameters of `list_data_units`."""

    data_collection: NotRequired[int]
    """Only units of the data collection with this id."""
    expand: NotRequired[DataUnitExpand | list[DataUnitExpand]]
    """What to add."""
    ordering: NotRequired[str]
    """Field to order by; a minus sign before it reverses the order."""
    page: NotRequired[int]
    """Number of the page, from 1. A page past the end is a 404."""
    page_size: NotRequired[int]
    """Items per page. The server sends 100 when it is absent and never more than 1000."""


class ListGroundTruthEventsDataParams(TypedDict):
    """Query parameters of `list_ground_truth_events_data`."""

    ground_truth_dataset_versions: NotRequired[int | list[int]]
    """Only events of these versions."""
    project: NotRequired[int]
    """Only events of the project with this id."""
    data_type: NotRequired[str]
    """Only events of this kind of data, for example `image`."""
    created_after: NotRequired[str | datetime_aliased]
    """Only what was created after this moment. Without an offset the server takes it in its own time zone."""
    search: NotRequired[str]
    """Only what contains this text."""
    ordering: NotRequired[str]
    """Field to order by; a minus sign before it reverses the order."""
    page: NotRequired[int]
    """Number of the page, from 1. A page past the end is a 404."""
    page_size: NotRequired[int]
    """Items per page. The server sends 100 when it is absent and never more than 1000."""


class ListGroundTruthEventsFilesParams(TypedDict):
    """Query parameters of `list_ground_truth_events_files`."""

    ground_truth_dataset_versions: NotRequired[int | list[int]]
    """Only events of these versions."""
    project: NotRequired[int]
    """Only events of the project with this id."""
    data_type: NotRequired[str]
    """Only events of this kind of data, for example `image`."""
    created_after: NotRequired[str | datetime_aliased]
    """Only what was created after this moment. Without an offset the server takes it in its own time zone."""
    search: NotRequired[str]
    """Only what contains this text."""
    ordering: NotRequired[str]
    """Field to order by; a minus sign before it reverses the order."""
    page: NotRequired[int]
    """Number of the page, from 1. A page past the end is a 404."""
    page_size: NotRequired[int]
    """Items per page. The server sends 100 when it is absent and never more than 1000."""


class ListGroundTruthEventsParams(TypedDict):
    """Query parameters of `list_ground_truth_events`."""

    ground_truth_dataset_versions: NotRequired[int | list[int]]
    """Only events of these versions."""
    project: NotRequired[int]
    """Only events of the project with this id."""
    data_type: NotRequired[str]
    """Only events of this kind of data, for example `image`."""
    created_after: NotRequired[str | datetime_aliased]
    """Only what was created after this moment. Without an offset the server takes it in its own time zone."""
    search: NotRequired[str]
    """Only what contains this text."""
    ordering: NotRequired[str]
    """Field to order by; a minus sign before it reverses the order."""
    page: NotRequired[int]
    """Number of the page, from 1. A page past the end is a 404."""
    page_size: NotRequired[int]
    """Items per page. The server sends 100 when it is absent and never more than 1000."""


class ListGroundTruthVersionsParams(TypedDict):
    """Query parameters of `list_ground_truth_versions`."""

    ground_truth_dataset: NotRequired[int]
    """Only versions of the dataset with this id."""
    is_archived: NotRequired[bool]
    """Only versions that are, or are not, archived."""
    page: NotRequired[int]
    """Number of the page, from 1. A page past the end is a 404."""
    page_size: NotRequired[int]
    """Items per page. The server sends 100 when it is absent and never more than 1000."""


class ListGroundTruthsParams(TypedDict):
    """Query parameters of `list_ground_truths`."""

    ground_truth_dataset: NotRequired[int]
    """Only ground truths of the dataset with this id."""
    ground_truth_dataset_versions: NotRequired[int | list[int]]
    """Only ground truths of these versions."""
    page: NotRequired[int]
    """Number of the page, from 1. A page past the end is a 404."""
    page_size: NotRequired[int]
    """Items per page. The server sends 100 when it is absent and never more than 1000."""


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
    created_after: NotRequired[str | datetime_aliased]
    """Only jobs created after this moment. Without an offset the server takes it in its own time zone."""
    page: NotRequired[int]
    """Number of the page, from 1. A page past the end is a 404."""
    page_size: NotRequired[int]
    """Items per page. The server sends 100 when it is absent and never more than 1000."""


class ListModelsParams(TypedDict):
    """Query parameters of `list_models`."""

    project: NotRequired[int]
    """Only models of the project with this id."""
    model_type: NotRequired[ModelType]
    """Only models of this type."""
    is_active: NotRequired[bool]
    """Only models that are, or are not, in use."""
    created_after: NotRequired[str | datetime_aliased]
    """Only what was created after this moment. Without an offset the server takes it in its own time zone."""
    search: NotRequired[str]
    """Only what contains this text."""
    ordering: NotRequired[str]
    """Field to order by; a minus sign before it reverses the order."""
    page: NotRequired[int]
    """Number of the page, from 1. A page past the end is a 404."""
    page_size: NotRequired[int]
    """Items per page. The server sends 100 when it is absent and never more than 1000."""


class ListPluginReleasesParams(TypedDict):
    """Query parameters of `list_plugin_releases`."""

    plugin: NotRequired[int | str]
    """Only releases of the plugin with this id or code."""
    page: NotRequired[int]
    """Number of the page, from 1. A page past the end is a 404."""
    page_size: NotRequired[int]
    """Items per page. The server sends 100 when it is absent and never more than 1000."""


class ListServeApplicationsParams(TypedDict):
    """Query parameters of `list_serve_applications`."""

    plugin_code: NotRequired[str]
    """Only applications of the plugin with this code."""
    job__agent: NotRequired[int]
    """Only applications that run on the agent with this id."""
    status: NotRequired[str]
    """Only applications in this state."""
    page: NotRequired[int]
    """Number of the page, from 1. A page past the end is a 404."""
    page_size: NotRequired[int]
    """Items per page. The server sends 100 when it is absent and never more than 1000."""


class ListStoragesParams(TypedDict):
    """Query parameters of `list_storages`."""

    category: NotRequired[StorageCategory]
    """Only storages of this category."""


class ListTaskTagsParams(TypedDict):
    """Query parameters of `list_task_tags`."""

    project: NotRequired[int]
    """Only tags of the project with this id."""
    color: NotRequired[str]
    """Only tags of this colour."""
    search: NotRequired[str]
    """Only what contains this text."""
    page: NotRequired[int]
    """Number of the page, from 1. A page past the end is a 404."""
    page_size: NotRequired[int]
    """Items per page. The server sends 100 when it is absent and never more than 1000."""


class ListTasksDataParams(TypedDict):
    """Query parameters of `list_tasks_data`."""

    project: NotRequired[int]
    """Only tasks of the project with this id."""
    status: NotRequired[TaskStatus]
    """Only tasks in this state."""
    assignee: NotRequired[int]
    """Only tasks that are assigned to the user with this id."""
    data_unit: NotRequired[int]
    """Only the tasks of the data unit with this id."""
    tags: NotRequired[int | list[int]]
    """Only tasks with at least one of these tags."""
    created_after: NotRequired[str | datetime_aliased]
    """Only what was created after this moment. Without an offset the server takes it in its own time zone."""
    search: NotRequired[str]
    """Only what contains this text."""
    ordering: NotRequired[str]
    """Field to order by; a minus sign before it reverses the order."""
    page: NotRequired[int]
    """Number of the page, from 1. A page past the end is a 404."""
    page_size: NotRequired[int]
    """Items per page. The server sends 100 when it is absent and never more than 1000."""


class ListTasksFilesParams(TypedDict):
    """Query parameters of `list_tasks_files`."""

    project: NotRequired[int]
    """Only tasks of the project with this id."""
    status: NotRequired[TaskStatus]
    """Only tasks in this state."""
    assignee: NotRequired[int]
    """Only tasks that are assigned to the user with this id."""
    data_unit: NotRequired[int]
    """Only the tasks of the data unit with this id."""
    tags: NotRequired[int | list[int]]
    """Only tasks with at least one of these tags."""
    created_after: NotRequired[str | datetime_aliased]
    """Only what was created after this moment. Without an offset the server takes it in its own time zone."""
    search: NotRequired[str]
    """Only what contains this text."""
    ordering: NotRequired[str]
    """Field to order by; a minus sign before it reverses the order."""
    page: NotRequired[int]
    """Number of the page, from 1. A page past the end is a 404."""
    page_size: NotRequired[int]
    """Items per page. The server sends 100 when it is absent and never more than 1000."""


class ListTasksParams(TypedDict):
    """Query parameters of `list_tasks`."""

    project: NotRequired[int]
    """Only tasks of the project with this id."""
    status: NotRequired[TaskStatus]
    """Only tasks in this state."""
    assignee: NotRequired[int]
    """Only tasks that are assigned to the user with this id."""
    data_unit: NotRequired[int]
    """Only the tasks of the data unit with this id."""
    tags: NotRequired[int | list[int]]
    """Only tasks with at least one of these tags."""
    created_after: NotRequired[str | datetime_aliased]
    """Only what was created after this moment. Without an offset the server takes it in its own time zone."""
    search: NotRequired[str]
    """Only what contains this text."""
    ordering: NotRequired[str]
    """Field to order by; a minus sign before it reverses the order."""
    page: NotRequired[int]
    """Number of the page, from 1. A page past the end is a 404."""
    page_size: NotRequired[int]
    """Items per page. The server sends 100 when it is absent and never more than 1000."""


class LogEntry(TypedDict):
    """One entry in the log of a job."""

    event: NotRequired[str]
    """Kind of entry, for example `log`, `progress` or `metrics`."""
    data: NotRequired[dict[str, Any]]
    """What happened; a `message` appears on the console of the job."""
    datetime: NotRequired[str]
    """When it happened."""
    job: NotRequired[JobId]
    level: NotRequired[str]
    """Severity, for example `info`, `warning` or `error`."""
    step: NotRequired[str]
    """Step of the job."""
    message: NotRequired[str]
    """The line, for entries without `data`."""
    context: NotRequired[dict[str, Any]]
    """Facts about the line, for entries without `data`."""
    file: NotRequired[str]
    """A file as data URI."""
    action: NotRequired[str]
    """What earlier backends call `event`."""


class LogReceipt(TypedDict):
    """What was written."""

    count: int
    """Number of entries."""


class Model(TypedDict):
    """A machine-learning model."""

    id: int
    """Id of the model."""
    name: str
    """Name of the model."""
    description: str
    """What it does; empty when nobody said."""
    model_type: ModelType | None
    """What it does; null when nobody said."""
    file: NotRequired[str]
    """URL of its file; absent when the request says so."""
    checksum: NotRequired[str]
    """MD5 of its file, 32 hexadecimal digits."""
    size: NotRequired[int]
    """Size of its file in bytes."""
    metrics: dict[str, Any]
    """Measured values by name, for example `accuracy`."""
    configuration: NotRequired[dict[str, Any]]
    """How it was trained."""
    project: int
    """Id of the project."""
    is_active: bool
    """Whether it is in use."""
    evaluations: list[dict[str, Any]]
    """Measurements on datasets. Sent only when `expand` asks for it."""
    versions: list[dict[str, Any]]
    """The versions of the model. Sent only when `expand` asks for it."""
    created_at: str
    """When it was created."""
    updated_at: NotRequired[str]
    """When it was last changed."""


class ModelCreate(TypedDict):
    """A new model, whose file was uploaded before."""

    name: str
    """Name of the model."""
    project: int
    """Id of the project."""
    chunked_upload: UploadId
    model_type: NotRequired[ModelType]
    description: NotRequired[str]
    """What the model does."""
    metrics: NotRequired[dict[str, Any]]
    """Measured values by name, for example `accuracy`."""
    configuration: NotRequired[dict[str, Any]]
    """How it was trained, for example `framework`."""
    is_active: NotRequired[bool]
    """Whether it is in use; true when absent."""
    plugin: NotRequired[str]
    """Code of the plugin that trained it. Known by later backends."""
    version: NotRequired[str]
    """Version of the model. Known by later backends."""
    checkpoint: NotRequired[int]
    """Id of the model that it was trained from. Known by later backends."""


ModelExpand: TypeAlias = Literal["metrics", "evaluations", "versions"] | str
"""What can be expanded in a model."""


class ModelPage(TypedDict):
    """One page of models."""

    count: int
    """Number of items on all pages."""
    next: str | None
    """URL of the next page; null on the last."""
    previous: str | None
    """URL of the page before; null on the first."""
    results: list[Model]
    """The items of this page."""


ModelType: TypeAlias = Literal["classification", "detection", "segmentation"] | str
"""What a model does."""


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


class PluginReleasePage(TypedDict):
    """One page of plugin releases."""

    count: int
    """Number of items on all pages."""
    next: str | None
    """URL of the next page; null on the last."""
    previous: str | None
    """URL of the page before; null on the first."""
    results: list[PluginRelease]
    """The items of this page."""


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


class PresignedConfirmation(TypedDict):
    """Files that were uploaded to the storage."""

    files: list[UploadedFile]
    """The files."""


class PresignedConfirmationResult(TypedDict):
    """What became of the uploaded files."""

    results: list[ConfirmedFile]
    """One for each file of the request, in its order."""
    created_count: int
    """Number of data files that were created."""
    failed_count: int
    """Number of files that failed."""


class PresignedFile(TypedDict):
    """A file that is going to be uploaded."""

    filename: str
    """Name of the file."""
    size: int
    """Size in bytes."""
    content_type: NotRequired[str]
    """Media type of the file."""


class PresignedMultipart(TypedDict):
    """Where to upload the parts of a large file."""

    upload_id: str
    """Id of the upload at the storage."""
    part_size: int
    """Bytes of each part but the last."""
    parts: list[PresignedPart]
    """The parts in order."""


class PresignedPart(TypedDict):
    """Where to upload a part."""

    part_number: int
    """Number of the part."""
    presigned_url: str
    """URL to PUT the part to. Whoever has it can upload."""


class PresignedUpload(TypedDict):
    """Where to upload a file; it has either a `presigned_url` or `multipart`."""

    filename: str
    """Name of the file."""
    file_key: str
    """What to confirm the upload with."""
    presigned_url: NotRequired[str | None]
    """URL to PUT the file to. Whoever has it can upload."""
    multipart: NotRequired[PresignedMultipart | None]
    """The parts of a large file."""


class PresignedUploadRequest(TypedDict):
    """Files that are going to be uploaded."""

    files: list[PresignedFile]
    """The files."""
    expiration: NotRequired[int]
    """Seconds for which the URLs are valid; 3600 when absent."""


class PresignedUploads(TypedDict):
    """Where to upload files."""

    files: list[PresignedUpload]
    """One for each file of the request, in its order."""
    expires_at: str
    """When the URLs stop working."""


class Project(TypedDict):
    """A project."""

    id: int
    """Id of the project."""
    name: str
    """Name of the project."""
    description: str
    """What it is for; empty when nobody said."""
    category: NotRequired[str]
    """Kind of data, for example `image`."""
    data_collection: NotRequired[int | None]
    """Id of the data collection that its tasks come from."""
    configuration: dict[str, Any]
    """Classes and rules of the annotation."""
    settings: NotRequired[dict[str, Any]]
    """How people work on it."""
    metadata: NotRequired[dict[str, Any]]
    """Notes on the project."""
    created_at: NotRequired[str]
    """When it was created."""
    updated_at: NotRequired[str]
    """When it was last changed."""


class ServeApplication(TypedDict):
    """An application that serves a model."""

    id: int
    """Id of the application."""
    job: JobId
    status: str
    """For example `DEPLOYING`, `RUNNING`, `UNHEALTHY`, `DEPLOY_FAILED` or `UNAVAILABLE`."""
    data: dict[str, Any]
    """Facts about the application."""
    plugin_code: NotRequired[str | None]
    """Code of the plugin that the job runs."""
    created_at: NotRequired[str]
    """When it was created."""


class ServeApplicationCreate(TypedDict):
    """A new serve application."""

    job: JobId
    status: NotRequired[str]
    """State of the application."""
    data: NotRequired[dict[str, Any]]
    """Facts about the application."""


class ServeApplicationPage(TypedDict):
    """One page of serve applications."""

    count: int
    """Number of items on all pages."""
    next: str | None
    """URL of the next page; null on the last."""
    previous: str | None
    """URL of the page before; null on the first."""
    results: list[ServeApplication]
    """The items of this page."""


class SetTagsAssignmentsParams(TypedDict):
    """Query parameters of `set_tags_assignments`."""

    replace: NotRequired[bool]
    """Whether the tags replace those that are set; otherwise they are added."""
    notify: NotRequired[bool]
    """Whether the assignees are told."""


class SetTagsTasksParams(TypedDict):
    """Query parameters of `set_tags_tasks`."""

    replace: NotRequired[bool]
    """Whether the tags replace those that are set; otherwise they are added."""


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


class TaggingResult(TypedDict):
    """What a tagging changed."""

    updated: int
    """Number of objects whose tags are as asked now."""


class Task(TypedDict):
    """A task: one data unit to be annotated."""

    id: int
    """Id of the task."""
    project: int
    """Id of the project."""
    data_unit: int | DataUnit
    """Id of the data unit, or the whole unit with `expand=data_unit`."""
    status: TaskStatus
    priority: TaskPriority
    assignee: int | None
    """Id of the user who works on it; null when nobody does."""
    assignment: NotRequired[int | Assignment | None]
    """Id of its assignment, or the whole assignment with `expand=assignment`; null when there is none."""
    annotations: list[Annotation]
    """The shapes. Sent only when `expand` asks for it."""
    data: NotRequired[dict[str, Any] | None]
    """The annotation in the schema of the project; null before there is one."""
    files: NotRequired[dict[str, FileInfo]]
    """The files of the data unit by name."""
    metadata: dict[str, Any]
    """Notes on the task."""
    tags: list[int]
    """Ids of the tags that are set."""
    created_at: str
    """When it was created."""
    updated_at: NotRequired[str]
    """When it was last changed."""


class TaskAnnotation(TypedDict):
    """An annotation to save: `annotations` and `metadata`, or `action` and `data`."""

    annotations: NotRequired[list[Annotation]]
    """The shapes."""
    metadata: NotRequired[dict[str, Any]]
    """Who made it and when."""
    action: NotRequired[Literal["save", "submit"] | str]
    """`save` keeps the task open, `submit` completes it."""
    data: NotRequired[dict[str, Any] | None]
    """The annotation in the schema of the project."""


class TaskCreate(TypedDict):
    """A new task."""

    project: int
    """Id of the project."""
    data_unit: NotRequired[int]
    """Id of the data unit to annotate."""
    priority: NotRequired[TaskPriority]
    assignee: NotRequired[int]
    """Id of the user who shall do it."""
    metadata: NotRequired[dict[str, Any]]
    """Notes on the task."""
    data: NotRequired[list[dict[str, Any]]]
    """The form of later backends: one task for each item, which names its `data_unit`."""


class TaskData(TypedDict):
    """The annotation data of a task."""

    id: int
    """Id of the task."""
    data: dict[str, Any] | None
    """The annotation; null before there is one."""


class TaskDataPage(TypedDict):
    """One page of annotation data of tasks."""

    count: int
    """Number of items on all pages."""
    next: str | None
    """URL of the next page; null on the last."""
    previous: str | None
    """URL of the page before; null on the first."""
    results: list[TaskData]
    """The items of this page."""


TaskExpand: TypeAlias = Literal["data_unit", "assignment", "annotations"] | str
"""What can be expanded in a task."""


class TaskFileList(TypedDict):
    """The files of a task."""

    id: int
    """Id of the task."""
    files: list[FileInfo]
    """The files of its data unit."""


class TaskFileListPage(TypedDict):
    """One page of files of tasks."""

    count: int
    """Number of items on all pages."""
    next: str | None
    """URL of the next page; null on the last."""
    previous: str | None
    """URL of the page before; null on the first."""
    results: list[TaskFileList]
    """The items of this page."""


class TaskPage(TypedDict):
    """One page of tasks."""

    count: int
    """Number of items on all pages."""
    next: str | None
    """URL of the next page; null on the last."""
    previous: str | None
    """URL of the page before; null on the first."""
    results: list[Task]
    """The items of this page."""


TaskPriority: TypeAlias = Literal["low", "normal", "high"] | str
"""How soon something should be done."""


TaskSchema: TypeAlias = Literal["dm_schema_v1", "any"] | str
"""Schema of annotation data."""


TaskStatus: TypeAlias = Literal["pending", "in_progress", "completed"] | str
"""State of a task."""


class TaskTag(TypedDict):
    """A tag for tasks and assignments."""

    id: int
    """Id of the tag."""
    project: NotRequired[int | None]
    """Id of its project; null when every project can use it."""
    name: str
    """Name of the tag."""
    description: str
    """What it means; empty when nobody said."""
    color: NotRequired[str]
    """Colour as `#rrggbb`."""
    meta: dict[str, Any]
    """Notes on the tag."""


class TaskTagPage(TypedDict):
    """One page of task tags."""

    count: int
    """Number of items on all pages."""
    next: str | None
    """URL of the next page; null on the last."""
    previous: str | None
    """URL of the page before; null on the first."""
    results: list[TaskTag]
    """The items of this page."""


class TaskTagging(TypedDict):
    """Tags to set: `task_ids` and `tag_ids`, or `ids`, `tags` and `action`."""

    task_ids: NotRequired[list[int]]
    """Ids of the tasks."""
    tag_ids: NotRequired[list[int]]
    """Ids of the tags."""
    ids: NotRequired[list[int]]
    """Ids of the tasks."""
    tags: NotRequired[list[int]]
    """Ids of the tags."""
    action: NotRequired[Literal["add", "remove"] | str]
    """What to do with the tags; `add` when absent."""


Upload: TypeAlias = bytes | str | PathLike[str] | IO[bytes]
"""A file to send: its content, its path, or the open file."""


class UploadCompletion(TypedDict):
    """What the parts must add up to."""

    md5: str
    """MD5 of the whole file, 32 hexadecimal digits."""
    filename: NotRequired[str]
    """Name of an empty file."""


UploadId: TypeAlias = int | str
"""An integer or a UUID."""


class UploadPart(TypedDict):
    """A part of a file."""

    filename: str
    """Name of the whole file."""
    file: Upload
    """The bytes that `Content-Range` names."""


class UploadedFile(TypedDict):
    """A file that was uploaded to the storage."""

    file_key: str
    """Key that came with the URL."""
    checksum: str
    """MD5 of the file in hexadecimal digits; SHA-1 is taken, too."""
    size: int
    """Size in bytes."""
    multipart: NotRequired[UploadedMultipart]


class UploadedMultipart(TypedDict):
    """The parts of a large file that were uploaded."""

    upload_id: str
    """Id of the upload at the storage."""
    parts: list[UploadedPart]
    """The parts in order."""


class UploadedPart(TypedDict):
    """A part that was uploaded."""

    part_number: int
    """Number of the part."""
    etag: str
    """What the storage answered as ETag."""


class ValidationErrorBody(TypedDict):
    """Messages by field; `non_field_errors` for those that belong to none, `detail` for an unreadable body."""

    detail: NotRequired[str]
    """Set when the request as a whole could not be read."""
    non_field_errors: NotRequired[list[str]]
    """Messages that belong to no single field."""


__all__ = [
    "Agent",
    "AgentHealth",
    "AgentPage",
    "AnnotateTaskDataParams",
    "Annotation",
    "Assignment",
    "AssignmentData",
    "AssignmentDataPage",
    "AssignmentFileList",
    "AssignmentFileListPage",
    "AssignmentPage",
    "AssignmentStatus",
    "AssignmentTagging",
    "Checksum",
    "ChecksumMatches",
    "ChecksumQuery",
    "ChunkedUpload",
    "ConfirmedFile",
    "ConsoleLogEntry",
    "DataCollection",
    "DataCollectionPage",
    "DataFile",
    "DataFileFromUpload",
    "DataFileUpload",
    "DataUnit",
    "DataUnitCreate",
    "DataUnitExpand",
    "DataUnitFile",
    "DataUnitPage",
    "ErrorBody",
    "FileInfo",
    "FileSpecification",
    "GetDataCollectionParams",
    "GetDataUnitParams",
    "GetJobParams",
    "GetModelParams",
    "GetPluginReleaseParams",
    "GetStorageParams",
    "GetTaskParams",
    "GroundTruth",
    "GroundTruthDataset",
    "GroundTruthEvent",
    "GroundTruthEventData",
    "GroundTruthEventDataPage",
    "GroundTruthEventFileList",
    "GroundTruthEventFileListPage",
    "GroundTruthEventPage",
    "GroundTruthPage",
    "GroundTruthVersion",
    "GroundTruthVersionPage",
    "Job",
    "JobConsoleEvent",
    "JobExpand",
    "JobId",
    "JobPage",
    "JobStatus",
    "JobUpdate",
    "ListAgentsParams",
    "ListAssignmentsDataParams",
    "ListAssignmentsFilesParams",
    "ListAssignmentsParams",
    "ListDataCollectionParams",
    "ListDataUnitsParams",
    "ListGroundTruthEventsDataParams",
    "ListGroundTruthEventsFilesParams",
    "ListGroundTruthEventsParams",
    "ListGroundTruthVersionsParams",
    "ListGroundTruthsParams",
    "ListJobsParams",
    "ListModelsParams",
    "ListPluginReleasesParams",
    "ListServeApplicationsParams",
    "ListStoragesParams",
    "ListTaskTagsParams",
    "ListTasksDataParams",
    "ListTasksFilesParams",
    "ListTasksParams",
    "LogEntry",
    "LogReceipt",
    "Model",
    "ModelCreate",
    "ModelExpand",
    "ModelPage",
    "ModelType",
    "Plugin",
    "PluginCreate",
    "PluginRelease",
    "PluginReleaseCreate",
    "PluginReleaseExpand",
    "PluginReleasePage",
    "PluginRun",
    "PluginRunResult",
    "PluginUpdate",
    "PresignedConfirmation",
    "PresignedConfirmationResult",
    "PresignedFile",
    "PresignedMultipart",
    "PresignedPart",
    "PresignedUpload",
    "PresignedUploadRequest",
    "PresignedUploads",
    "Project",
    "ServeApplication",
    "ServeApplicationCreate",
    "ServeApplicationPage",
    "SetTagsAssignmentsParams",
    "SetTagsTasksParams",
    "Storage",
    "StorageCategory",
    "StorageCreate",
    "StoragePage",
    "StorageProvider",
    "StorageSummary",
    "TaggingResult",
    "Task",
    "TaskAnnotation",
    "TaskCreate",
    "TaskData",
    "TaskDataPage",
    "TaskExpand",
    "TaskFileList",
    "TaskFileListPage",
    "TaskPage",
    "TaskPriority",
    "TaskSchema",
    "TaskStatus",
    "TaskTag",
    "TaskTagPage",
    "TaskTagging",
    "Upload",
    "UploadCompletion",
    "UploadId",
    "UploadPart",
    "UploadedFile",
    "UploadedMultipart",
    "UploadedPart",
    "ValidationErrorBody",
]
