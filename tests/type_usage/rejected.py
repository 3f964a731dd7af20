"""Mistakes that both type checkers must find: an error on each line that says so, and on no other.

The settings of the checkers leave this file out; `tests/meta/test_typing.py` runs them on it.
"""

from __future__ import annotations

from synapse_api.api.integration import get_job
from synapse_api.models import Job as JobModel
from synapse_backend import AsyncBackendClient, BackendClient, ClientError, RateLimitError, TimeoutOptions
from synapse_backend.types import (
    Annotation,
    JobUpdate,
    ListAssignmentsParams,
    ListTasksParams,
    ModelCreate,
    PluginCreate,
    PluginReleaseCreate,
    TaskCreate,
    TaskTagging,
)


def construction() -> None:
    BackendClient()  # expect-error
    BackendClient("http://localhost", api_token=123)  # expect-error
    BackendClient("http://localhost", timeout="5")  # expect-error
    BackendClient("http://localhost", token="x")  # expect-error
    BackendClient("http://localhost", None, None, None, "x")  # expect-error
    limits: TimeoutOptions = {"conect": 5}  # expect-error
    AsyncBackendClient("http://localhost", limits["read"], verify=3)  # expect-error


def arguments(client: BackendClient) -> None:
    client.get_job()  # expect-error
    client.get_job(1.5)  # expect-error
    client.get_job(None)  # expect-error
    client.get_job(789, expand="logs")  # expect-error
    client.get_job(789, params="logs")  # expect-error
    client.list_jobs(None, True)  # expect-error
    client.list_jobs(list_all="yes")  # expect-error
    client.create_plugin("Contour finder")  # expect-error
    client.update_job({"status": "completed"})  # expect-error
    client.list_job_console_log(789)  # expect-error


def positions(client: BackendClient) -> None:
    client.list_tasks({}, True)  # expect-error
    client.list_tasks({}, None, True, None)  # expect-error
    client.list_models({}, True)  # expect-error
    client.list_task_tags(None, None)  # expect-error
    client.list_storages({}, True)  # expect-error
    client.get_task(456, {}, None)  # expect-error
    client.get_model(456, None, "download")  # expect-error
    client.annotate_task_data(456)  # expect-error
    client.annotate_task_data(456, "car")  # expect-error
    client.annotate_task_data_batch({456: {}}, 4)  # expect-error
    client.annotate_task_data_batch([456, 457])  # expect-error
    client.annotate_task_data_batch({456: None})  # expect-error
    client.create_tasks([123])  # expect-error
    client.create_tasks("123")  # expect-error
    client.set_tags_tasks([456], [1])  # expect-error
    client.set_tags_assignments({}, replace=True)  # expect-error
    client.get_plugin_release_by_lookup()  # expect-error
    client.get_default_storage("internal")  # expect-error


def options(client: BackendClient) -> None:
    client.get_job(789, options={"retry": 3})  # expect-error
    client.get_job(789, options=5)  # expect-error
    client.get_job(789, None, {"retries": 3})  # expect-error
    BackendClient("http://localhost", on_retry=print_delay)  # expect-error


def print_delay(delay: float) -> None:
    print(delay)


def dicts_that_are_sent() -> None:
    nameless: PluginCreate = {"version": "1.0.0"}  # expect-error
    numbered: PluginCreate = {"name": 1}  # expect-error
    misspelt: PluginCreate = {"name": "Contour finder", "categroy": "data_processing"}  # expect-error
    progress: JobUpdate = {"progress": "75 %"}  # expect-error
    release: PluginReleaseCreate = {"plugin": 123, "version": "2.0.0"}  # expect-error
    print(nameless, numbered, misspelt, progress, release)
    homeless: TaskCreate = {"data_unit": 789}  # expect-error
    unit: TaskCreate = {"project": 123, "data_unit": "789"}  # expect-error
    tagging: TaskTagging = {"task_ids": 456, "tag_ids": [1]}  # expect-error
    fileless: ModelCreate = {"name": "Kerb finder", "project": 123}  # expect-error
    shape: Annotation = {"coordinates": "10, 10"}  # expect-error
    print(homeless, unit, tagging, fileless, shape)
    query: ListTasksParams = {"state": "pending"}  # expect-error
    when: ListAssignmentsParams = {"updated_after": 20250901}  # expect-error
    print(query, when)


def dicts_that_come_back(client: BackendClient) -> None:
    client.get_job("x")["nope"]  # expect-error
    client.get_plugin(123)["nope"]  # expect-error
    client.get_job(789).status  # expect-error
    client.get_job(789)["status"] + 1  # expect-error
    client.get_job(789)["logs"][0]["text"]  # expect-error
    client.get_plugin_release(456)["plugin"]["name"]  # expect-error
    client.run_plugin(123, {})["job_id"].hex  # expect-error
    client.list_storages()[0]["configuration"]  # expect-error
    number: int = client.get_plugin(123)["name"]  # expect-error
    print(number)
    client.get_project(123)["title"]  # expect-error
    client.get_task(456)["data_unit"]["files"]  # expect-error
    client.get_task(456)["annotations"][0]["box"]  # expect-error
    client.get_assignment(789)["data"]["boxes"]  # expect-error
    client.get_ground_truth_version(123)["ground_truth_dataset"] + 1  # expect-error
    client.set_tags_tasks({})["count"]  # expect-error
    client.annotate_task_data_batch({})[456]["response"]["id"]  # expect-error
    client.annotate_task_data_batch({})[456]["status"]  # expect-error


def lists(client: BackendClient) -> None:
    jobs, count, more = client.list_jobs()  # expect-error
    client.list_jobs(list_all=True).total  # expect-error
    client.list_tasks(None, None, True).total  # expect-error
    client.list_agents().total  # expect-error
    agents, number = client.list_agents()[0]["id"]  # expect-error
    client.create_tasks({"project": 123})[0]  # expect-error
    client.create_tasks([{"project": 123}])["id"]  # expect-error
    for job in client.iter_jobs():
        job["nope"]  # expect-error
    client.iter_jobs()[0]  # expect-error
    client.list_jobs().next  # expect-error
    for storage in client.list_storages():
        storage["nope"]  # expect-error


def read_only(client: BackendClient, error: ClientError) -> None:
    client.base_url = "http://localhost"  # expect-error
    client.api = None  # expect-error
    client.list_jobs().total = 0  # expect-error
    error.status = 404  # expect-error
    error.detail = "gone"  # expect-error


def errors(error: ClientError, limited: RateLimitError) -> None:
    error.retry_after  # expect-error
    error.code  # expect-error
    limited.retry_after + 1  # expect-error
    error.status_code.upper()  # expect-error


def models(client: BackendClient) -> JobModel:
    get_job.sync("789", client=client)  # expect-error
    return get_job.sync(789, client=client.api)  # expect-error


async def awaiting(client: AsyncBackendClient, blocking: BackendClient) -> None:
    client.get_job(789)["status"]  # expect-error
    client.get_job(789)  # expect-error
    client.close()  # expect-error
    await blocking.get_job(789)  # expect-error
    await client.iter_jobs()  # expect-error
    await client.iter_tasks()  # expect-error
    client.create_tasks([{"project": 123}])[0]  # expect-error
    for _ in client.iter_jobs():  # expect-error
        pass
    async for _ in blocking.iter_jobs():  # expect-error
        pass
    with client:  # expect-error
        pass
    async with blocking:  # expect-error
        pass
    (await client.get_job(789))["nope"]  # expect-error
    jobs, count, more = await client.list_jobs()  # expect-error
