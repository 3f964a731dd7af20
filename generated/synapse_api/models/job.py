# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.job_status import JobStatus
from ..types import UNSET, Unset, format_datetime, parse_datetime

if TYPE_CHECKING:
    from ..models.console_log_entry import ConsoleLogEntry
    from ..models.job_context import JobContext
    from ..models.job_metadata import JobMetadata
    from ..models.job_metrics import JobMetrics
    from ..models.job_parameters import JobParameters


T = TypeVar("T", bound="Job")


@_attrs_define
class Job:
    """One run of a plugin."""

    id: int | UUID
    """ An integer; later backends use UUIDs. """
    status: JobStatus
    """ State of a job. Later backends say `pending` for `queued` and `succeeded` for `completed`, know `stopped`,
    and may use upper case.
     """
    progress: float
    """ Per cent done. """
    created_at: datetime.datetime
    """ When the job was queued. """
    plugin: int | None | Unset = UNSET
    """ Id of the plugin. """
    plugin_release: int | None | Unset = UNSET
    """ Id of the release that ran; null when the plugin has none. """
    user: int | None | Unset = UNSET
    """ Id of the user who started the job. """
    agent: int | None | Unset = UNSET
    """ Id of the agent that runs it. """
    parameters: JobParameters | Unset = UNSET
    """ Parameters of the run. """
    context: JobContext | Unset = UNSET
    """ Context of the run. """
    metadata: JobMetadata | Unset = UNSET
    """ What whoever runs the job noted, for example `current_step`. """
    updated_at: datetime.datetime | Unset = UNSET
    """ When the job last changed. """
    started_at: datetime.datetime | None | Unset = UNSET
    """ When it started to run; null before. """
    finished_at: datetime.datetime | None | Unset = UNSET
    """ When it ended; null before. """
    logs: list[ConsoleLogEntry] | Unset = UNSET
    """ The console log, oldest entry first. """
    metrics: JobMetrics | Unset = UNSET
    """ Measured values by name; empty when there are none. """
    result: Any | Unset = UNSET
    """ What the job produced, usually an object; null before it ended. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id: int | str
        if isinstance(self.id, UUID):
            id = str(self.id)
        else:
            id = self.id

        status = getattr(self.status, "value", self.status)

        progress = self.progress

        created_at = format_datetime(self.created_at)

        plugin: int | None | Unset
        if isinstance(self.plugin, Unset):
            plugin = UNSET
        else:
            plugin = self.plugin

        plugin_release: int | None | Unset
        if isinstance(self.plugin_release, Unset):
            plugin_release = UNSET
        else:
            plugin_release = self.plugin_release

        user: int | None | Unset
        if isinstance(self.user, Unset):
            user = UNSET
        else:
            user = self.user

        agent: int | None | Unset
        if isinstance(self.agent, Unset):
            agent = UNSET
        else:
            agent = self.agent

        parameters: dict[str, Any] | Unset = UNSET
        if not isinstance(self.parameters, Unset):
            parameters = self.parameters.to_dict()

        context: dict[str, Any] | Unset = UNSET
        if not isinstance(self.context, Unset):
            context = self.context.to_dict()

        metadata: dict[str, Any] | Unset = UNSET
        if not isinstance(self.metadata, Unset):
            metadata = self.metadata.to_dict()

        updated_at: str | Unset = UNSET
        if not isinstance(self.updated_at, Unset):
            updated_at = format_datetime(self.updated_at)

        started_at: None | str | Unset
        if isinstance(self.started_at, Unset):
            started_at = UNSET
        elif isinstance(self.started_at, datetime.datetime):
            started_at = format_datetime(self.started_at)
        else:
            started_at = self.started_at

        finished_at: None | str | Unset
        if isinstance(self.finished_at, Unset):
            finished_at = UNSET
        elif isinstance(self.finished_at, datetime.datetime):
            finished_at = format_datetime(self.finished_at)
        else:
            finished_at = self.finished_at

        logs: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.logs, Unset):
            logs = []
            for logs_item_data in self.logs:
                logs_item = logs_item_data.to_dict()
                logs.append(logs_item)

        metrics: dict[str, Any] | Unset = UNSET
        if not isinstance(self.metrics, Unset):
            metrics = self.metrics.to_dict()

        result = self.result

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "status": status,
                "progress": progress,
                "created_at": created_at,
            }
        )
        if plugin is not UNSET:
            field_dict["plugin"] = plugin
        if plugin_release is not UNSET:
            field_dict["plugin_release"] = plugin_release
        if user is not UNSET:
            field_dict["user"] = user
        if agent is not UNSET:
            field_dict["agent"] = agent
        if parameters is not UNSET:
            field_dict["parameters"] = parameters
        if context is not UNSET:
            field_dict["context"] = context
        if metadata is not UNSET:
            field_dict["metadata"] = metadata
        if updated_at is not UNSET:
            field_dict["updated_at"] = updated_at
        if started_at is not UNSET:
            field_dict["started_at"] = started_at
        if finished_at is not UNSET:
            field_dict["finished_at"] = finished_at
        if logs is not UNSET:
            field_dict["logs"] = logs
        if metrics is not UNSET:
            field_dict["metrics"] = metrics
        if result is not UNSET:
            field_dict["result"] = result

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.console_log_entry import ConsoleLogEntry  # noqa: PLC0415
        from ..models.job_context import JobContext  # noqa: PLC0415
        from ..models.job_metadata import JobMetadata  # noqa: PLC0415
        from ..models.job_metrics import JobMetrics  # noqa: PLC0415
        from ..models.job_parameters import JobParameters  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_id(data: object) -> int | UUID:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                componentsschemas_job_id_type_1 = UUID(data)

                return componentsschemas_job_id_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(int | UUID, data)

        id = _parse_id(d.pop("id"))

        status = JobStatus(d.pop("status"))

        progress = d.pop("progress")

        created_at = parse_datetime(d.pop("created_at"))

        def _parse_plugin(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        plugin = _parse_plugin(d.pop("plugin", UNSET))

        def _parse_plugin_release(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        plugin_release = _parse_plugin_release(d.pop("plugin_release", UNSET))

        def _parse_user(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        user = _parse_user(d.pop("user", UNSET))

        def _parse_agent(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        agent = _parse_agent(d.pop("agent", UNSET))

        _parameters = d.pop("parameters", UNSET)
        parameters: JobParameters | Unset
        if isinstance(_parameters, Unset):
            parameters = UNSET
        else:
            parameters = JobParameters.from_dict(_parameters)

        _context = d.pop("context", UNSET)
        context: JobContext | Unset
        if isinstance(_context, Unset):
            context = UNSET
        else:
            context = JobContext.from_dict(_context)

        _metadata = d.pop("metadata", UNSET)
        metadata: JobMetadata | Unset
        if isinstance(_metadata, Unset):
            metadata = UNSET
        else:
            metadata = JobMetadata.from_dict(_metadata)

        _updated_at = d.pop("updated_at", UNSET)
        updated_at: datetime.datetime | Unset
        if isinstance(_updated_at, Unset):
            updated_at = UNSET
        else:
            updated_at = parse_datetime(_updated_at)

        def _parse_started_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            if not isinstance(data, str):
                raise TypeError()
            started_at_type_0 = parse_datetime(data)

            return started_at_type_0

        started_at = _parse_started_at(d.pop("started_at", UNSET))

        def _parse_finished_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            if not isinstance(data, str):
                raise TypeError()
            finished_at_type_0 = parse_datetime(data)

            return finished_at_type_0

        finished_at = _parse_finished_at(d.pop("finished_at", UNSET))

        _logs = d.pop("logs", UNSET)
        logs: list[ConsoleLogEntry] | Unset = UNSET
        if _logs is not UNSET:
            logs = []
            for logs_item_data in _logs:
                logs_item = ConsoleLogEntry.from_dict(logs_item_data)

                logs.append(logs_item)

        _metrics = d.pop("metrics", UNSET)
        metrics: JobMetrics | Unset
        if isinstance(_metrics, Unset):
            metrics = UNSET
        else:
            metrics = JobMetrics.from_dict(_metrics)

        result = d.pop("result", UNSET)

        job = cls(
            id=id,
            status=status,
            progress=progress,
            created_at=created_at,
            plugin=plugin,
            plugin_release=plugin_release,
            user=user,
            agent=agent,
            parameters=parameters,
            context=context,
            metadata=metadata,
            updated_at=updated_at,
            started_at=started_at,
            finished_at=finished_at,
            logs=logs,
            metrics=metrics,
            result=result,
        )

        job.additional_properties = d
        return job

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
