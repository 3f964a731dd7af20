"""An application that uses every public name of the synchronous client, the way the documentation does."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from synapse_api.api.integration import get_job, run_plugin
from synapse_api.models import Job as JobModel
from synapse_api.models import PluginCreate as PluginCreateModel
from synapse_api.models import PluginRun as PluginRunModel
from synapse_backend import (
    AuthenticationError,
    AuthorizationError,
    BackendClient,
    CallOptions,
    ClientConnectionError,
    ClientError,
    ClientTimeoutError,
    Clock,
    ConflictError,
    HTTPError,
    NotFoundError,
    OutcomeUnknownError,
    Page,
    RateLimitError,
    RequestEvent,
    ResponseError,
    ResponseEvent,
    RetryEvent,
    ServerError,
    TimeoutOptions,
    ValidationError,
    __version__,
    install_as_synapse_sdk,
)
from synapse_backend.testing import MockBackend
from synapse_backend.types import (
    ConsoleLogEntry,
    Job,
    JobUpdate,
    ListJobsParams,
    Plugin,
    PluginCreate,
    PluginRelease,
    Storage,
    StorageSummary,
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
