"""An application that uses every public name of the synchronous client, the way the documentation does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, assert_type

from synapse_api.api.integration import get_job, run_plugin
from synapse_api.models import Job as JobModel
from synapse_api.models import PluginCreate as PluginCreateModel
from synapse_api.models import PluginRun as PluginRunModel
from synapse_api.models import TaskCreate as TaskCreateModel
from synapse_backend import (
    AnnotationOutcome,
    AuthenticationError,
    AuthorizationError,
    BackendClient,
    BulkFile,
    BulkFiles,
    BulkProgress,
    CallOptions,
    ChecksumMismatchError,
    ClientConnectionError,
    ClientError,
    ClientTimeoutError,
    Clock,
    CollectionUpload,
    ConflictError,
    FileConversion,
    HTTPError,
    NotFoundError,
    OrganizedFile,
    OutcomeUnknownError,
    Page,
    RateLimitError,
    RequestEvent,
    ResponseError,
    ResponseEvent,
    RetryEvent,
    ServerError,
    SourceChangedError,
    TimeoutOptions,
    UnitResult,
    UploadedUnit,
    UploadedUnitFile,
    UploadError,
    UrlConversion,
    ValidationError,
    __version__,
    install_as_synapse_sdk,
)
from synapse_backend.testing import MockBackend
from synapse_backend.types import (
    Agent,
    Assignment,
    AssignmentData,
    AssignmentFileList,
    AssignmentTagging,
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
    JobUpdate,
    ListJobsParams,
    LogEntry,
    LogReceipt,
    Model,
    ModelCreate,
    Plugin,
    PluginCreate,
    PluginRelease,
    PresignedConfirmationResult,
    PresignedUploadRequest,
    PresignedUploads,
    Project,
    ServeApplication,
    Storage,
    StorageSummary,
    TaggingResult,
    Task,
    TaskAnnotation,
    TaskCreate,
    TaskData,
    TaskFileList,
    TaskTag,
    UploadPart,
)


def make() -> BackendClient:
    limits: TimeoutOptions = {"connect": 5, "read": 30}
    client = BackendClient("https://api.synapse.sh", "access-token", "agent-token", limits)
    client = BackendClient("https://api.synapse.sh", api_token="access-token", timeout={"connect": 5, "read": 30})
    client = BackendClient("https://api.synapse.sh", access_token="access-token", timeout=10)
    client = BackendClient(
        base_url="http://localhost:8000",
        authorization_token="user-token",
        tenant="acme",
        verify=Path("ca.pem"),
        proxy="http://proxy.example:3128",
        allow_insecure_http=True,
        max_response_bytes=1024,
        host_aliases=["backend.internal"],
    )
    print(__version__, client.base_url.upper())
    return client


def told(event: RequestEvent | ResponseEvent) -> None:
    print(event.operation, event.method, event.path, event.request_id)


def repeated(event: RetryEvent) -> None:
    print(event.attempt + 1, event.delay * 1000, event.error)


class Watch:
    """A clock of the application."""

    def monotonic(self) -> float:
        return time.monotonic()

    def time(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    async def asleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def watched(clock: Clock) -> BackendClient:
    return BackendClient(
        "https://api.synapse.sh",
        lambda: Path("token").read_text(),
        deadline=120.0,
        retries=5,
        on_request=told,
        on_response=told,
        on_retry=repeated,
        clock=clock,
    )


def with_options() -> list[Job]:
    client = watched(Watch())
    patient: CallOptions = {"timeout": {"read": 120}, "deadline": 600.0, "retries": 0}
    client.run_plugin(123, {}, options=patient)
    client.get_job(789, options={"timeout": 5})
    return client.list_jobs(list_all=True, options={"retries": 10})


def agents(client: BackendClient) -> None:
    status = client.health_check_agent("agent-token-123")
    print(f"state: {status}", status["status"].upper(), status.get("url"))


def plugins(client: BackendClient) -> int:
    plugin = client.get_plugin(123)
    print(plugin["name"], plugin["version"], plugin["description"], plugin["author"], plugin["configuration"]["x"])

    # A dict that nobody annotated is as good as a PluginCreate.
    plugin_data = {
        "name": "Contour finder",
        "version": "1.0.0",
        "configuration": {"parameters": {"threshold": {"type": "float", "default": 0.5}}},
    }
    new_plugin = client.create_plugin(plugin_data)
    typed: PluginCreate = {"name": "Contour finder", "category": "data_processing"}
    same: Plugin = client.create_plugin(typed)
    client.create_plugin({"name": "Contour finder", "a_key_of_tomorrow": 1})
    client.create_plugin(PluginCreateModel(name="Contour finder"))

    updated_data = {"description": "Faster", "version": "1.1.0"}
    updated = client.update_plugin(same["id"], updated_data)

    execution_data = {
        "parameters": {"threshold": 0.8, "max_items": 150},
        "context": {"project_id": 123, "execution_mode": "batch"},
    }
    result = client.run_plugin(updated["id"], execution_data)
    job: Job = client.get_job(result["job_id"])
    print(f"started: {result['job_id']}, {job['id']}")
    return new_plugin["id"]


def releases(client: BackendClient, package: Path) -> PluginRelease:
    release = client.get_plugin_release(456)
    print(f"release {release['version']} of {release['plugin']}")
    release = client.get_plugin_release(456, params={"expand": "plugin"})
    release = client.get_plugin_release("contour-finder@2.0.0", {"expand": ["plugin"]})
    plugin = release["plugin"]
    name = plugin["name"] if isinstance(plugin, dict) else str(plugin)

    with package.open("rb") as file:
        release_data = {"plugin": 123, "version": "2.0.0", "changelog": name, "is_stable": True, "file": file}
        client.create_plugin_release(release_data)
    client.create_plugin_release({"plugin": 123, "version": "2.0.1", "file": package})
    client.create_plugin_release({"plugin": 123, "version": "2.0.2", "file": str(package)})
    return client.create_plugin_release({"plugin": "contour-finder", "version": "2.0.3", "file": package.read_bytes()})


def jobs(client: BackendClient) -> list[Job]:
    job = client.get_job(789)
    print(f"{job['id']}: {job['status']}, {job['progress'] / 100:.0%}, {job.get('finished_at')}")
    job = client.get_job(789, params={"expand": "logs"})
    for entry in job["logs"]:
        print(entry["timestamp"], entry["level"], entry["message"])
    job = client.get_job("3f2a1b4c-5d6e-4f70-8192-a3b4c5d6e7f8", params={"expand": ["metrics", "result"]})
    print(job["metrics"]["accuracy"], job["result"]["output_files"])
    while job["status"] not in ("completed", "failed"):
        time.sleep(1)
        # A backend may know states that the contract does not list.
        if job["status"] == "completed" or job["status"] == "archived_by_a_later_backend":
            break

    found, count = client.list_jobs()
    print(found[0]["id"], count + 1)
    running_jobs = client.list_jobs(params={"status": "running"})
    print(running_jobs[0], running_jobs[1], len(running_jobs.items), running_jobs.total)
    page: Page[Job] = client.list_jobs({"plugin": 123, "page": 2, "page_size": 20})
    recent_date = (datetime.now() - timedelta(days=7)).isoformat()
    client.list_jobs(params={"created_after": recent_date})
    client.list_jobs(params={"created_after": datetime.now() - timedelta(days=7), "user": 456})
    params: ListJobsParams = {"status": "failed"}
    everything: list[Job] = client.list_jobs(params, list_all=True)
    whole = len(everything) == page.total
    either = client.list_jobs(params, list_all=whole)
    print(len(either))
    ids = [job["id"] for job in client.iter_jobs({"status": "failed", "page_size": 500})]
    print(ids, next(client.iter_jobs())["status"])

    client.update_job(789, {"status": "completed"})
    update: JobUpdate = {"progress": 75, "status": "running", "metadata": {"current_step": "tracing"}}
    finished = client.update_job(789, update)
    print(finished["status"])
    return everything


def logs(client: BackendClient) -> list[ConsoleLogEntry]:
    entries = client.list_job_console_logs(789)
    for log_entry in entries:
        print(f"[{log_entry['timestamp']}] {log_entry['level']}: {log_entry['message']}")
    return entries


def storages(client: BackendClient) -> Storage:
    found: list[StorageSummary] = client.list_storages()
    for summary in found:
        print(f"{summary['name']} ({summary['provider']})", summary["is_default"])
    storage = client.get_storage(123)
    print(storage["name"], storage["provider"], storage["configuration"])
    return client.create_storage(
        {
            "name": "Street scenes",
            "provider": "amazon_s3",
            "category": "external",
            "configuration": {"bucket_name": "street-scenes", "region": "us-west-2"},
        }
    )


def later_integration(client: BackendClient) -> None:
    agents = assert_type(client.list_agents(), list[Agent])
    assert_type(client.list_agents({"page_size": 20}, list_all=False), list[Agent])
    assert_type(client.iter_agents(), Iterator[Agent])
    print(agents[0]["name"], agents[0]["status"] == "connected")
    assert_type(client.list_plugin_releases(), list[PluginRelease])
    assert_type(client.list_plugin_releases("contour-finder", {"page_size": 20}), list[PluginRelease])
    assert_type(client.list_plugin_releases(plugin_code=123, list_all=False), list[PluginRelease])
    assert_type(client.iter_plugin_releases("contour-finder"), Iterator[PluginRelease])
    assert_type(client.get_plugin_release_by_lookup("contour-finder@2.0.0"), PluginRelease)
    assert_type(client.get_plugin_release_by_lookup(456, expand=None), PluginRelease)
    assert_type(client.create_logs({"job": 789, "message": "one"}), LogReceipt)
    entries: list[LogEntry] = [{"job": 789, "event": "log", "level": "info", "data": {"frame": 12}}]
    assert_type(client.create_logs(entries)["count"], int)
    assert_type(client.create_serve_application({"job": 789, "status": "RUNNING"}), ServeApplication)
    assert_type(client.list_serve_applications({"job__agent": 1}), Page[ServeApplication])
    assert_type(client.list_serve_applications(None, True), list[ServeApplication])
    assert_type(client.list_serve_applications(list_all=True), list[ServeApplication])
    assert_type(client.iter_serve_applications(), Iterator[ServeApplication])
    assert_type(client.list_storages({"category": "internal"}), list[StorageSummary])
    assert_type(client.iter_storages(), Iterator[StorageSummary])
    assert_type(client.get_default_storage(), StorageSummary)


def annotation(client: BackendClient, keep: bool) -> None:
    project = assert_type(client.get_project(123), Project)
    print(project["name"], project["configuration"])
    task = assert_type(client.get_task(456), Task)
    task = client.get_task(456, params={"expand": ["data_unit", "assignment"], "include_annotations": True})
    unit = task["data_unit"]
    print(unit["files"] if isinstance(unit, dict) else unit, [shape.get("label") for shape in task["annotations"]])

    tasks, count = client.list_tasks({"project": 123, "status": "pending"})
    assert_type(tasks, list[Task])
    assert_type(count, int)
    conversion = {"files": str.upper}
    assert_type(client.list_tasks(None, conversion, False), Page[Task])
    assert_type(client.list_tasks({"tags": [1, 2]}, None, True), list[Task])
    assert_type(client.list_tasks(url_conversion=conversion, list_all=True), list[Task])
    assert_type(client.list_tasks(None, None, keep), Page[Task] | list[Task])
    assert_type(client.list_tasks(list_all=keep), Page[Task] | list[Task])
    assert_type(client.iter_tasks({"page_size": 100}), Iterator[Task])
    assert_type(client.list_tasks_data(), Page[TaskData])
    assert_type(client.list_tasks_data(list_all=True), list[TaskData])
    assert_type(client.iter_tasks_data(), Iterator[TaskData])
    assert_type(client.list_tasks_files(), Page[TaskFileList])
    assert_type(client.list_tasks_files(list_all=True)[0]["files"][0]["url"], str)
    assert_type(client.iter_tasks_files(), Iterator[TaskFileList])

    assert_type(client.create_tasks({"project": 123, "data_unit": 789}), Task)
    new: list[TaskCreate] = [{"project": 123, "data_unit": 789, "priority": "high"}]
    assert_type(client.create_tasks(new), list[Task])
    assert_type(client.create_tasks([{"project": 123, "data_unit": unit} for unit in range(3)]), list[Task])
    assert_type(client.create_tasks(TaskCreateModel(project=123)), Task)

    shapes: TaskAnnotation = {"annotations": [{"type": "bbox", "coordinates": [1, 2, 3, 4], "label": "kerb"}]}
    assert_type(client.annotate_task_data(456, shapes), Task)
    assert_type(client.annotate_task_data(456, {"action": "submit", "data": {}}, {"schema": "any"}), Task)
    outcomes = client.annotate_task_data_batch({456: shapes, 457: shapes}, max_workers=4)
    assert_type(outcomes, dict[int | str, AnnotationOutcome])
    client.annotate_task_data_batch([(456, shapes)], params={"schema": "any"})
    client.annotate_task_data_batch({"task_id": task, "data": shapes} for task in (456, 457))
    for number, outcome in outcomes.items():
        if outcome["response"] is None:
            print(number, outcome["success"], outcome["error"])

    assert_type(client.set_tags_tasks({"task_ids": [456], "tag_ids": [1]}, {"replace": True}), TaggingResult)
    assert_type(client.set_tags_tasks({"ids": [456], "tags": [1], "action": "remove"})["updated"], int)
    assert_type(client.get_task_tag(123), TaskTag)
    assert_type(client.list_task_tags({"project": 123}), Page[TaskTag])
    assert_type(client.list_task_tags(list_all=True), list[TaskTag])
    assert_type(client.iter_task_tags(), Iterator[TaskTag])


def hitl(client: BackendClient) -> None:
    assignment = assert_type(client.get_assignment(789), Assignment)
    print(assignment["status"] == "rejected", assignment["assignee"], assignment["data"] or {})
    assert_type(client.list_assignments({"priority": "high", "updated_after": datetime.now()}), Page[Assignment])
    assert_type(client.list_assignments(None, None, True), list[Assignment])
    assert_type(client.iter_assignments(), Iterator[Assignment])
    assert_type(client.list_assignments_data(), Page[AssignmentData])
    assert_type(client.iter_assignments_data(), Iterator[AssignmentData])
    assert_type(client.list_assignments_files(list_all=True), list[AssignmentFileList])
    assert_type(client.iter_assignments_files(), Iterator[AssignmentFileList])
    tagging: AssignmentTagging = {"assignment_ids": [789], "tag_ids": [1, 2]}
    assert_type(client.set_tags_assignments(tagging, {"replace": True, "notify": False}), TaggingResult)


def ml(client: BackendClient) -> None:
    models, count = client.list_models({"model_type": "detection", "is_active": True})
    print(models[0]["name"], count)
    assert_type(client.list_models(list_all=True), list[Model])
    assert_type(client.iter_models(), Iterator[Model])
    assert_type(client.get_model(456), Model)
    assert_type(client.get_model(456, {"expand": "metrics", "include_file": True}, {"file": str.upper}), Model)
    new: ModelCreate = {"name": "Kerb finder", "project": 123, "chunked_upload": 123, "metrics": {"accuracy": 0.9}}
    assert_type(client.create_model(new), Model)
    assert_type(
        client.create_model({"name": "Kerb finder", "project": 123, "file": "kerbs.zip"}, on_progress=print), Model
    )

    assert_type(client.list_ground_truth_events({"ground_truth_dataset_versions": [123]}), Page[GroundTruthEvent])
    assert_type(client.list_ground_truth_events(None, None, True), list[GroundTruthEvent])
    for event in client.iter_ground_truth_events({"ground_truth_dataset_versions": 123}):
        print(event["data_unit"]["id"], event["metadata"])
    assert_type(client.list_ground_truth_events_data(), Page[GroundTruthEventData])
    assert_type(client.iter_ground_truth_events_data(), Iterator[GroundTruthEventData])
    assert_type(client.list_ground_truth_events_files(), Page[GroundTruthEventFileList])
    assert_type(client.iter_ground_truth_events_files(), Iterator[GroundTruthEventFileList])
    assert_type(client.list_ground_truths({"ground_truth_dataset": 123}), Page[GroundTruth])
    assert_type(client.iter_ground_truths(), Iterator[GroundTruth])
    assert_type(client.list_ground_truth_versions({"is_archived": False}), Page[GroundTruthVersion])
    assert_type(client.iter_ground_truth_versions(), Iterator[GroundTruthVersion])
    version = assert_type(client.get_ground_truth_version(123), GroundTruthVersion)
    print(version["ground_truth_dataset"]["name"], version["event_count"] + 1)


def following(client: BackendClient) -> None:
    for line in client.tail_job_console_logs(789, idle_timeout=None):
        print(line.rstrip())
    assert_type(next(client.tail_job_console_logs(789)), str)


def sent(done: int, total: int) -> None:
    print(f"{done / total:.0%}")


def received(done: int, total: int | None) -> None:
    print(done, total or "of unknown size")


def uploads(client: BackendClient, path: Path) -> None:
    upload = assert_type(client.create_chunked_upload(path), ChunkedUpload)
    client.create_chunked_upload(
        str(path), chunk_size=1024, on_progress=sent, resume=True, journal=path.with_suffix(".j")
    )
    print(upload["id"], upload.get("checksum"))
    assert_type(client.get_chunked_upload(upload["id"])["offset"], int)
    part: UploadPart = {"filename": "clip.mp4", "file": b"0123456789"}
    assert_type(client.append_chunked_upload(123, part, "bytes 0-9/10"), ChunkedUpload)
    assert_type(client.complete_chunked_upload(123, {"md5": "9e107d9d372bb6826bd81d3542a419d6"}), ChunkedUpload)
    assert_type(client.complete_empty_chunked_upload({"md5": "d41d8cd98f00b204e9800998ecf8427e"}), ChunkedUpload)
    request: PresignedUploadRequest = {"files": [{"filename": "clip.mp4", "size": 10}]}
    presigned = assert_type(client.request_presigned_upload(request), PresignedUploads)
    confirmed = client.confirm_presigned_upload(
        {"files": [{"file_key": file["file_key"], "checksum": "", "size": 10} for file in presigned["files"]]}
    )
    assert_type(confirmed, PresignedConfirmationResult)
    print(confirmed["failed_count"] + 1)


def told_of_bulk(progress: BulkProgress) -> None:
    print(progress.created, progress.failed, progress.bytes)


def told_of_file(file: BulkFile) -> None:
    print(file["path"], file["skipped"], file["data_file_id"])


def collections(client: BackendClient, path: Path) -> None:
    found = assert_type(client.list_data_collection(), list[DataCollection])
    assert_type(client.list_data_collections({"search": "street"}, list_all=False), list[DataCollection])
    assert_type(client.iter_data_collections(), Iterator[DataCollection])
    collection = assert_type(client.get_data_collection(found[0]["id"]), DataCollection)
    print([one["name"] for one in collection["file_specifications"] if one["is_required"]])

    assert_type(client.create_data_file(path), DataFile)
    with path.open("rb") as file:
        print(client.create_data_file(file, True)["checksum"].upper())
    files: OrganizedFile = {"files": {"image": path, "label": "label.json"}, "meta": {"lot": 17}}
    unit = assert_type(client.upload_data_file(files, 123), UploadedUnit)
    same = assert_type(client.upload_data_file(data=files, data_collection_id=123), UploadedUnit)
    image: UploadedUnitFile = unit["files"]["image"]
    print(image["checksum"], image["id"], image["size"])
    assert_type(client.create_data_units([unit, same]), list[DataUnit])
    assert_type(client.create_data_units({"data_collection": 123, "files": {}}), list[DataUnit])
    assert_type(client.verify_data_files_checksums([image["checksum"]]), dict[str, int])
    assert_type(client.data_files_verify_checksums({"checksums": [image["checksum"]]}), dict[str, int])
    assert_type(client.get_data_unit(789, {"expand": "files"}), DataUnit)
    assert_type(client.list_data_units({"data_collection": 123}), Page[DataUnit])
    assert_type(client.list_data_units(None, None, True)[0]["files"]["image"]["url"], str)
    assert_type(client.iter_data_units(), Iterator[DataUnit])
    done = client.upload_data_collection(
        123, [files, files], project_id=123, max_workers=4, journal="units.journal", on_progress=told_of_bulk
    )
    summary: CollectionUpload = done
    print(summary.created + summary.failed, summary.unit_ids[0])
    failures: list[UnitResult] = summary.failures
    print([(failure.index, failure.error, failure.unit_id) for failure in failures])
    many: BulkFiles = client.upload_files_bulk([path, str(path)], max_retries=1, on_progress=told_of_bulk)
    failed: list[BulkFile] = [file for file in many["results"] if not file["success"]]
    print([(file["path"], file["error"]) for file in failed], many["failed_count"])
    known = client.upload_files_bulk([path], journal=path.with_suffix(".journal"), on_result=told_of_file)
    print(known["skipped_count"] + known["created_count"])


def downloads(client: BackendClient, folder: Path) -> None:
    conversion: FileConversion = {"files_fields": ["files"], "coerce": str, "folder": folder}
    other: UrlConversion = {"files": lambda url: url.replace("http://", "https://")}
    client.list_tasks(None, other)
    for task in client.list_tasks(None, conversion, True):
        print(task["id"])
    url = client.list_tasks_files()[0][0]["files"][0]["url"]
    assert_type(client.download_file(url, folder / "image.png", checksum=None, on_progress=received), Path)


def robust(client: BackendClient, parameters: dict[str, Any]) -> str | None:
    try:
        return str(client.run_plugin(123, {"parameters": parameters})["job_id"])
    except NotFoundError as error:
        print(error.status_code, error.path, error.request_id)
    except ValidationError as error:
        print(error.response["parameters"])
    except (AuthenticationError, AuthorizationError, ConflictError) as error:
        print(error.reason)
    except RateLimitError as error:
        time.sleep(error.retry_after or 1.0)
    except OutcomeUnknownError:
        raise
    except (ClientConnectionError, ClientTimeoutError) as error:
        print(error.sent, error.attempts, round(error.elapsed, 2), error.host)
    except ResponseError as error:
        print(error.kind.upper())
    except ServerError as error:
        print(error.response)
    except HTTPError as error:
        print(error.method, error.headers.get("retry-after"))
    except SourceChangedError as error:
        print(error.path)
    except ChecksumMismatchError as error:
        print((error.local or "").upper(), (error.remote or "").upper())
    except UploadError as error:
        print([str(one) for one in error.errors.values()], list(error.results))
    except ClientError as error:
        if error.status_code == 404 or error.status_code >= 500:
            print(f"{error.status}: {error.reason} {error.detail} {error}")
    return None


def with_models(client: BackendClient) -> JobModel | None:
    """Use the generated client for objects instead of dicts."""
    run_plugin.sync(123, client=client.api, body=PluginRunModel())
    answer = get_job.sync_detailed(789, client=client.api)
    print(int(answer.status_code))
    job = answer.parsed
    return job if isinstance(job, JobModel) else None


def tests() -> None:
    with MockBackend(seed=7) as backend, backend.client() as client:
        backend.reset()
        print(backend.url, client.list_jobs().total, backend.requests[-1].operation_id)
        agents(client)


def with_fixtures(mock_backend: MockBackend, backend_client: BackendClient) -> None:
    backend_client.get_job(789)
    print(len(mock_backend.requests))


def main() -> None:
    install_as_synapse_sdk()
    install_as_synapse_sdk(force=True)
    with make() as client:
        plugins(client)
    client.close()
