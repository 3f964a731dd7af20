"""An application that uses every public method of the asynchronous client, the way the documentation does."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

from synapse_api.api.integration import get_job
from synapse_api.models import Job as JobModel
from synapse_backend import AsyncBackendClient, ClientError, Page
from synapse_backend.testing import MockBackend
from synapse_backend.types import ConsoleLogEntry, Job, Plugin, PluginRelease, Storage, StorageSummary


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
