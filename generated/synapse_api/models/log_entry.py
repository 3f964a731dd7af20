# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset, format_datetime, parse_datetime

if TYPE_CHECKING:
    from ..models.log_entry_context import LogEntryContext
    from ..models.log_entry_data import LogEntryData


T = TypeVar("T", bound="LogEntry")


@_attrs_define
class LogEntry:
    """One entry in the log of a job."""

    event: str | Unset = UNSET
    """ Kind of entry, for example `log`, `progress` or `metrics`. """
    data: LogEntryData | Unset = UNSET
    """ What happened; a `message` appears on the console of the job. """
    datetime_: datetime.datetime | Unset = UNSET
    """ When it happened. """
    job: int | Unset | UUID = UNSET
    """ An integer; later backends use UUIDs. """
    level: str | Unset = UNSET
    """ Severity, for example `info`, `warning` or `error`. """
    step: str | Unset = UNSET
    """ Step of the job. """
    message: str | Unset = UNSET
    """ The line, for entries without `data`. """
    context: LogEntryContext | Unset = UNSET
    """ Facts about the line, for entries without `data`. """
    file: str | Unset = UNSET
    """ A file as data URI. """
    action: str | Unset = UNSET
    """ What earlier backends call `event`. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        event = self.event

        data: dict[str, Any] | Unset = UNSET
        if not isinstance(self.data, Unset):
            data = self.data.to_dict()

        datetime_: str | Unset = UNSET
        if not isinstance(self.datetime_, Unset):
            datetime_ = format_datetime(self.datetime_)

        job: int | str | Unset
        if isinstance(self.job, Unset):
            job = UNSET
        elif isinstance(self.job, UUID):
            job = str(self.job)
        else:
            job = self.job

        level = self.level

        step = self.step

        message = self.message

        context: dict[str, Any] | Unset = UNSET
        if not isinstance(self.context, Unset):
            context = self.context.to_dict()

        file = self.file

        action = self.action

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if event is not UNSET:
            field_dict["event"] = event
        if data is not UNSET:
            field_dict["data"] = data
        if datetime_ is not UNSET:
            field_dict["datetime"] = datetime_
        if job is not UNSET:
            field_dict["job"] = job
        if level is not UNSET:
            field_dict["level"] = level
        if step is not UNSET:
            field_dict["step"] = step
        if message is not UNSET:
            field_dict["message"] = message
        if context is not UNSET:
            field_dict["context"] = context
        if file is not UNSET:
            field_dict["file"] = file
        if action is not UNSET:
            field_dict["action"] = action

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.log_entry_context import LogEntryContext  # noqa: PLC0415
        from ..models.log_entry_data import LogEntryData  # noqa: PLC0415

        d = dict(src_dict)
        event = d.pop("event", UNSET)

        _data = d.pop("data", UNSET)
        data: LogEntryData | Unset
        if isinstance(_data, Unset):
            data = UNSET
        else:
            data = LogEntryData.from_dict(_data)

        _datetime_ = d.pop("datetime", UNSET)
        datetime_: datetime.datetime | Unset
        if isinstance(_datetime_, Unset):
            datetime_ = UNSET
        else:
            datetime_ = parse_datetime(_datetime_)

        def _parse_job(data: object) -> int | Unset | UUID:
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                componentsschemas_job_id_type_1 = UUID(data)

                return componentsschemas_job_id_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(int | Unset | UUID, data)

        job = _parse_job(d.pop("job", UNSET))

        level = d.pop("level", UNSET)

        step = d.pop("step", UNSET)

        message = d.pop("message", UNSET)

        _context = d.pop("context", UNSET)
        context: LogEntryContext | Unset
        if isinstance(_context, Unset):
            context = UNSET
        else:
            context = LogEntryContext.from_dict(_context)

        file = d.pop("file", UNSET)

        action = d.pop("action", UNSET)

        log_entry = cls(
            event=event,
            data=data,
            datetime_=datetime_,
            job=job,
            level=level,
            step=step,
            message=message,
            context=context,
            file=file,
            action=action,
        )

        log_entry.additional_properties = d
        return log_entry

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
