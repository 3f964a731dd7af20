"""An application that uses what is generated: the table of operations, the TypedDicts and the low-level client."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any, assert_type

from synapse_api import AuthenticatedClient, dicts, models, operations
from synapse_api.api.annotation import create_tasks, list_tasks
from synapse_api.api.core import append_chunked_upload
from synapse_api.api.data_collection import create_data_file, create_data_units
from synapse_api.api.integration import create_logs
from synapse_api.models import DataFileFromUpload, DataFileUpload, LogEntry, TaskCreate, UploadPart
from synapse_api.operations import OPERATIONS, TRANSFERS, ListOperation, Operation
from synapse_api.types import File


def tables() -> None:
    assert_type(operations.get_task, Operation[dicts.Task])
    assert_type(operations.list_tasks, ListOperation[dicts.Task])
    assert_type(operations.create_tasks, Operation[dicts.Task | list[dicts.Task]])
    assert_type(operations.create_data_units, Operation[list[dicts.DataUnit]])
    assert_type(operations.tail_job_console_logs, Operation[dicts.JobConsoleEvent])
    assert_type(operations.download_file, Operation[None])
    assert_type(operations.create_data_file.bodies, tuple[str, ...])
    assert_type(operations.append_chunked_upload.headers, tuple[str, ...])
    assert_type(operations.tail_job_console_logs.stream, bool)
    assert_type(OPERATIONS, Mapping[str, Operation[Any]])
    assert_type(TRANSFERS, Mapping[str, Operation[None]])


def tasks(task: dicts.Task) -> list[str]:
    unit = task["data_unit"]
    print(unit if isinstance(unit, int) else unit["id"], task["assignee"] or "nobody")
    assignment = task.get("assignment")
    if assignment is not None and not isinstance(assignment, int):
        print(assignment["status"] == "in_progress")
    return [info["url"] for info in task.get("files", {}).values()]


def params() -> None:
    one: dicts.ListGroundTruthEventsParams = {"ground_truth_dataset_versions": 7}
    many: dicts.ListGroundTruthEventsParams = {"ground_truth_dataset_versions": [7, 8], "page_size": 50}
    print(one, many)


def inputs(package: Path) -> None:
    file: dicts.DataFileUpload = {"file": package}
    uploaded: dicts.DataFileFromUpload = {"chunked_upload": 1, "meta": {"filename": package.name}}
    unit: dicts.DataUnitCreate = {"data_collection": 1, "files": {"image": {"checksum": "0" * 32, "path": "a.png"}}}
    print(file, uploaded, unit)


def low_level(client: AuthenticatedClient) -> None:
    part = UploadPart(filename="a.bin", file=File(payload=io.BytesIO(b"part"), file_name="part"))
    append_chunked_upload.sync(1, client=client, body=part, content_range="bytes 0-3/4")
    create_data_file.sync(client=client, body=DataFileUpload(file=File(payload=io.BytesIO(b"file"), file_name="a.txt")))
    create_data_file.sync(client=client, body=DataFileFromUpload(chunked_upload=1))
    create_logs.sync(client=client, body=[LogEntry(event="log"), LogEntry(event="log")])
    created = create_tasks.sync(client=client, body=[TaskCreate(project=1), TaskCreate(project=1)])
    assert_type(created, list[models.Task] | models.Task | models.ErrorBody | models.ValidationErrorBody | None)
    units = create_data_units.sync(client=client, body=[])
    print(len(units) if isinstance(units, list) else units, list_tasks.sync(client=client, project=1))
