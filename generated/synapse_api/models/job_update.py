# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.job_status import JobStatus
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.job_update_metadata import JobUpdateMetadata
    from ..models.job_update_metrics_record import JobUpdateMetricsRecord
    from ..models.job_update_progress_record import JobUpdateProgressRecord


T = TypeVar("T", bound="JobUpdate")


@_attrs_define
class JobUpdate:
    """The fields of a job that change."""

    status: JobStatus | Unset = UNSET
    """ State of a job. Later backends say `pending` for `queued` and `succeeded` for `completed`, know `stopped`,
    and may use upper case.
     """
    progress: float | Unset = UNSET
    """ Per cent done. """
    result: Any | Unset = UNSET
    """ What the job produced, usually an object. """
    metadata: JobUpdateMetadata | Unset = UNSET
    """ Notes on the job, for example `current_step`. """
    progress_record: JobUpdateProgressRecord | Unset = UNSET
    """ Progress by step. Known by later backends. """
    metrics_record: JobUpdateMetricsRecord | Unset = UNSET
    """ Metrics by step. Known by later backends. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        status: str | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = getattr(self.status, "value", self.status)

        progress = self.progress

        result = self.result

        metadata: dict[str, Any] | Unset = UNSET
        if not isinstance(self.metadata, Unset):
            metadata = self.metadata.to_dict()

        progress_record: dict[str, Any] | Unset = UNSET
        if not isinstance(self.progress_record, Unset):
            progress_record = self.progress_record.to_dict()

        metrics_record: dict[str, Any] | Unset = UNSET
        if not isinstance(self.metrics_record, Unset):
            metrics_record = self.metrics_record.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if status is not UNSET:
            field_dict["status"] = status
        if progress is not UNSET:
            field_dict["progress"] = progress
        if result is not UNSET:
            field_dict["result"] = result
        if metadata is not UNSET:
            field_dict["metadata"] = metadata
        if progress_record is not UNSET:
            field_dict["progress_record"] = progress_record
        if metrics_record is not UNSET:
            field_dict["metrics_record"] = metrics_record

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.job_update_metadata import JobUpdateMetadata  # noqa: PLC0415
        from ..models.job_update_metrics_record import JobUpdateMetricsRecord  # noqa: PLC0415
        from ..models.job_update_progress_record import JobUpdateProgressRecord  # noqa: PLC0415

        d = dict(src_dict)
        _status = d.pop("status", UNSET)
        status: JobStatus | Unset
        if isinstance(_status, Unset):
            status = UNSET
        else:
            status = JobStatus(_status)

        progress = d.pop("progress", UNSET)

        result = d.pop("result", UNSET)

        _metadata = d.pop("metadata", UNSET)
        metadata: JobUpdateMetadata | Unset
        if isinstance(_metadata, Unset):
            metadata = UNSET
        else:
            metadata = JobUpdateMetadata.from_dict(_metadata)

        _progress_record = d.pop("progress_record", UNSET)
        progress_record: JobUpdateProgressRecord | Unset
        if isinstance(_progress_record, Unset):
            progress_record = UNSET
        else:
            progress_record = JobUpdateProgressRecord.from_dict(_progress_record)

        _metrics_record = d.pop("metrics_record", UNSET)
        metrics_record: JobUpdateMetricsRecord | Unset
        if isinstance(_metrics_record, Unset):
            metrics_record = UNSET
        else:
            metrics_record = JobUpdateMetricsRecord.from_dict(_metrics_record)

        job_update = cls(
            status=status,
            progress=progress,
            result=result,
            metadata=metadata,
            progress_record=progress_record,
            metrics_record=metrics_record,
        )

        job_update.additional_properties = d
        return job_update

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
