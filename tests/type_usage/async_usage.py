"""An application that uses every public method of the asynchronous client, the way the documentation does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import assert_type

from synapse_api.api.integration import get_job
from synapse_api.models import Job as JobModel
from synapse_backend import AnnotationOutcome, AsyncBackendClient, ClientError, Page, UploadedUnit
from synapse_backend.testing import MockBackend
from synapse_backend.types import (
    Agent,
    Assignment,
    AssignmentData,
    AssignmentFileList,
    ChunkedUpload,
    ConsoleLogEntry,
    DataCollection,
    DataFile,
    DataUnit,
    GroundTruth,
    GroundTruthEvent,
    GroundTruthEventData,
    GroundTruthEventFileList,
    GroundTruthVersion,
    Job,
    LogReceipt,
    Model,
    Plugin,
    PluginRelease,
    PresignedConfirmationResult,
    PresignedUploads,
    Project,
    ServeApplication,
    Storage,
    StorageSummary,
    TaggingResult,
    Task,
    TaskData,
    TaskFileList,
    TaskTag,
    UploadPart,
)


async def plugins(client: AsyncBackendClient) -> int:
    status = await client.health_check_agent("agent-token-123")
    print(f"state: {status['status']}")
    plugin: Plugin = await client.get_plugin(123)
    plugin_data = {"name": plugin["name"], "configuration": {"parameters": {"threshold": {"type": "float"}}}}
    new_plugin = await client.create_plugin(plugin_data)
    await client.update_plugin(new_plugin["id"], {"version": "1.1.0"})
    results = await asyncio.gather(*(client.run_plugin(123, {"parameters": {"shard": n}}) for n in range(8)))
    print([result["job_id"] for result in results])
    return new_plugin["id"]


async def releases(client: AsyncBackendClient, package: Path) -> PluginRelease:
    release = await client.get_plugin_release(456, params={"expand": "plugin"})
    print(release["plugin"], release["version"])
    return await client.create_plugin_release({"plugin": 123, "version": "2.0.0", "file": package})


async def jobs(client: AsyncBackendClient) -> list[Job]:
    job = await client.get_job(789, params={"expand": ["logs", "result"]})
    while job["status"] != "completed":
        await asyncio.sleep(1)
        job = await client.get_job(789)
    print([entry["message"] for entry in job["logs"]])

    found, count = await client.list_jobs()
    page: Page[Job] = await client.list_jobs({"created_after": datetime.now(), "page_size": 20})
    print(found[0]["status"], count, page.items, page.total)
    everything: list[Job] = await client.list_jobs(list_all=True)
    async for job in client.iter_jobs({"status": "failed"}):
        print(job["id"], job["created_at"])
    failed = [job["id"] async for job in client.iter_jobs()]
    print(len(failed))

    updated = await client.update_job(789, {"progress": 75, "status": "running"})
    print(updated["progress"])
    return everything


async def logs(client: AsyncBackendClient) -> list[ConsoleLogEntry]:
    return await client.list_job_console_logs(789)


async def storages(client: AsyncBackendClient) -> Storage:
    found: list[StorageSummary] = await client.list_storages()
    storage = await client.get_storage(found[0]["id"])
    print(storage["configuration"])
    return await client.create_storage({"name": "Disk of the server", "provider": "file_system"})


async def later_integration(client: AsyncBackendClient) -> None:
    assert_type(await client.list_agents(), list[Agent])
    assert_type([agent["name"] async for agent in client.iter_agents()], list[str])
    assert_type(await client.list_plugin_releases("contour-finder"), list[PluginRelease])
    assert_type(client.iter_plugin_releases(), AsyncIterator[PluginRelease])
    assert_type(await client.get_plugin_release_by_lookup("contour-finder@2.0.0", None), PluginRelease)
    assert_type(await client.create_logs([{"job": 789, "message": "one"}]), LogReceipt)
    assert_type(await client.create_serve_application({"job": 789}), ServeApplication)
    assert_type(await client.list_serve_applications(None, True), list[ServeApplication])
    assert_type(client.iter_serve_applications(), AsyncIterator[ServeApplication])
    assert_type(client.iter_storages({"category": "external"}), AsyncIterator[StorageSummary])
    assert_type(await client.get_default_storage(), StorageSummary)


async def annotation(client: AsyncBackendClient) -> None:
    assert_type(await client.get_project(123), Project)
    assert_type(await client.get_task(456, {"expand": "data_unit"}), Task)
    tasks, count = await client.list_tasks({"project": 123})
    assert_type(tasks, list[Task])
    assert_type(count, int)
    assert_type(await client.list_tasks(None, None, True), list[Task])
    assert_type(await client.list_tasks(list_all=True), list[Task])
    assert_type(client.iter_tasks(), AsyncIterator[Task])
    assert_type(await client.list_tasks_data(), Page[TaskData])
    assert_type(client.iter_tasks_data(), AsyncIterator[TaskData])
    assert_type(await client.list_tasks_files(), Page[TaskFileList])
    assert_type(client.iter_tasks_files(), AsyncIterator[TaskFileList])
    assert_type(await client.create_tasks({"project": 123}), Task)
    assert_type(await client.create_tasks([{"project": 123}]), list[Task])
    assert_type(await client.annotate_task_data(456, {"annotations": []}), Task)
    outcomes = await client.annotate_task_data_batch({456: {"annotations": []}}, max_workers=4)
    assert_type(outcomes, dict[int | str, AnnotationOutcome])
    assert_type(await client.set_tags_tasks({"task_ids": [456], "tag_ids": [1]}), TaggingResult)
    assert_type(await client.get_task_tag(123), TaskTag)
    assert_type(await client.list_task_tags(), Page[TaskTag])
    assert_type(client.iter_task_tags(), AsyncIterator[TaskTag])


async def hitl(client: AsyncBackendClient) -> None:
    assert_type(await client.get_assignment(789), Assignment)
    assert_type(await client.list_assignments(), Page[Assignment])
    assert_type(await client.list_assignments(list_all=True), list[Assignment])
    assert_type(client.iter_assignments(), AsyncIterator[Assignment])
    assert_type(await client.list_assignments_data(), Page[AssignmentData])
    assert_type(client.iter_assignments_data(), AsyncIterator[AssignmentData])
    assert_type(await client.list_assignments_files(), Page[AssignmentFileList])
    assert_type(client.iter_assignments_files(), AsyncIterator[AssignmentFileList])
    assert_type(await client.set_tags_assignments({"ids": [789], "tags": [1]}), TaggingResult)


async def ml(client: AsyncBackendClient) -> None:
    assert_type(await client.list_models(), Page[Model])
    assert_type(client.iter_models(), AsyncIterator[Model])
    assert_type(await client.get_model(456, None, {"file": str.upper}), Model)
    assert_type(await client.create_model({"name": "Kerb finder", "project": 123, "chunked_upload": 123}), Model)
    assert_type(await client.create_model({"name": "Kerb finder", "project": 123, "file": "kerbs.zip"}), Model)
    assert_type(await client.list_ground_truth_events(), Page[GroundTruthEvent])
    assert_type(client.iter_ground_truth_events(), AsyncIterator[GroundTruthEvent])
    assert_type(await client.list_ground_truth_events_data(list_all=True), list[GroundTruthEventData])
    assert_type(client.iter_ground_truth_events_data(), AsyncIterator[GroundTruthEventData])
    assert_type(await client.list_ground_truth_events_files(), Page[GroundTruthEventFileList])
    assert_type(client.iter_ground_truth_events_files(), AsyncIterator[GroundTruthEventFileList])
    assert_type(await client.list_ground_truths(), Page[GroundTruth])
    assert_type(client.iter_ground_truths(), AsyncIterator[GroundTruth])
    assert_type(await client.list_ground_truth_versions(), Page[GroundTruthVersion])
    assert_type(client.iter_ground_truth_versions(), AsyncIterator[GroundTruthVersion])
    assert_type(await client.get_ground_truth_version(123), GroundTruthVersion)


async def following(client: AsyncBackendClient) -> None:
    async for line in client.tail_job_console_logs(789):
        print(line.rstrip())


async def uploads(client: AsyncBackendClient, path: Path) -> None:
    upload = assert_type(await client.create_chunked_upload(path, resume=True), ChunkedUpload)
    assert_type(await client.get_chunked_upload(upload["id"]), ChunkedUpload)
    part: UploadPart = {"filename": "clip.mp4", "file": b"0123456789"}
    assert_type(await client.append_chunked_upload(123, part, "bytes 0-9/10"), ChunkedUpload)
    assert_type(await client.complete_chunked_upload(123, {"md5": "9e107d9d372bb6826bd81d3542a419d6"}), ChunkedUpload)
    assert_type(await client.complete_empty_chunked_upload({"md5": "d41d8cd98f00b204e9800998ecf8427e"}), ChunkedUpload)
    assert_type(await client.request_presigned_upload({"files": []}), PresignedUploads)
    assert_type(await client.confirm_presigned_upload({"files": []}), PresignedConfirmationResult)


async def collections(client: AsyncBackendClient, path: Path) -> None:
    assert_type(await client.list_data_collection(), list[DataCollection])
    assert_type(await client.list_data_collections(), list[DataCollection])
    assert_type(client.iter_data_collections(), AsyncIterator[DataCollection])
    assert_type(await client.get_data_collection(123), DataCollection)
    assert_type(await client.create_data_file(path), DataFile)
    unit = assert_type(await client.upload_data_file({"files": {"image": path}}, 123), UploadedUnit)
    assert_type(await client.create_data_units([unit]), list[DataUnit])
    assert_type(await client.verify_data_files_checksums([unit["files"]["image"]["checksum"]]), dict[str, int])
    assert_type(await client.data_files_verify_checksums([]), dict[str, int])
    assert_type(await client.get_data_unit(789), DataUnit)
    assert_type(await client.list_data_units(), Page[DataUnit])
    assert_type(await client.list_data_units(None, None, True), list[DataUnit])
    assert_type(client.iter_data_units(), AsyncIterator[DataUnit])
    done = await client.upload_data_collection(123, [{"files": {"image": path}}])
    print(done.created, done.failures)
    print(await client.upload_files_bulk([path], journal="files.journal", on_result=print))


async def downloads(client: AsyncBackendClient, folder: Path) -> None:
    tasks = await client.list_tasks(None, {"files_fields": ["files"], "folder": folder}, True)
    print(len(tasks))
    assert_type(await client.download_file("https://api.synapse.sh/media/1.png", folder / "1.png"), Path)


async def with_models(client: AsyncBackendClient) -> JobModel | None:
    """Use the generated client for objects instead of dicts."""
    job = await get_job.asyncio(789, client=client.api)
    return job if isinstance(job, JobModel) else None


async def tests() -> None:
    with MockBackend(seed=7) as backend:
        async with backend.async_client() as client:
            print(await client.list_jobs())


async def with_fixtures(mock_backend: MockBackend, async_backend_client: AsyncBackendClient) -> None:
    await async_backend_client.get_job(789)
    print(len(mock_backend.requests))


async def main() -> None:
    async with AsyncBackendClient("https://api.synapse.sh", api_token="access-token", timeout=10) as client:
        try:
            await plugins(client)
        except ClientError as error:
            print(error.status_code, error.response, client.base_url)
    await client.close()
