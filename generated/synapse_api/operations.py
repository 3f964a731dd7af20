# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
"""The operations of the contract: what the transport, the mock backend and the tests need to know of each.

Neither httpx nor the models are imported here; `module` names what to import for a call.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Generic, Literal, TypeVar

if TYPE_CHECKING:
    from . import dicts

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Operation(Generic[T]):
    """One operation; T is the decoded answer of a success."""

    id: str
    """The operationId, which is also the name of the method of the clients."""
    method: str
    path: str
    """Template, with `{name}` for each path parameter."""
    tag: str
    retry: Literal["safe", "idempotent", "never"]
    """Whether the call may be sent again when it was sent and no answer came."""
    lookup: str
    """How to find out whether a call that must not be sent again was carried out; empty for all others."""
    success: tuple[int, ...]
    """Documented statuses of a success, ascending."""
    errors: tuple[str, ...]
    """The other documented statuses; `5XX` stands for all from 500 to 599."""
    body: str | None
    """Media type of the request body."""
    files: tuple[str, ...]
    """Names of the parts of a multipart body that are files."""
    secrets: tuple[str, ...]
    """Names of the path parameters that are secrets (`format: password`)."""
    minimums: Mapping[str, int] = field(hash=False)
    """Smallest values of the query parameters that have one."""
    module: str
    """The module that builds the request; import it at the first call."""


@dataclass(frozen=True, slots=True)
class ListOperation(Operation[T]):
    """An operation that answers with a page object (or may do so); T is an item."""


health_check_agent: Final[Operation[dicts.AgentHealth]] = Operation(
    id="health_check_agent",
    method="POST",
    path="/agents/{token}/connect/",
    tag="integration",
    retry="idempotent",
    lookup="",
    success=(200,),
    errors=("400", "401", "403", "404", "405", "429", "5XX"),
    body=None,
    files=(),
    secrets=("token",),
    minimums={},
    module="synapse_api.api.integration.health_check_agent",
)
create_plugin: Final[Operation[dicts.Plugin]] = Operation(
    id="create_plugin",
    method="POST",
    path="/plugins/",
    tag="integration",
    retry="never",
    lookup="look whether there is a plugin of this name",
    success=(201,),
    errors=("400", "401", "403", "405", "409", "413", "415", "429", "5XX"),
    body="application/json",
    files=(),
    secrets=(),
    minimums={},
    module="synapse_api.api.integration.create_plugin",
)
get_plugin: Final[Operation[dicts.Plugin]] = Operation(
    id="get_plugin",
    method="GET",
    path="/plugins/{pk}/",
    tag="integration",
    retry="safe",
    lookup="",
    success=(200,),
    errors=("400", "401", "403", "404", "405", "429", "5XX"),
    body=None,
    files=(),
    secrets=(),
    minimums={},
    module="synapse_api.api.integration.get_plugin",
)
update_plugin: Final[Operation[dicts.Plugin]] = Operation(
    id="update_plugin",
    method="PUT",
    path="/plugins/{pk}/",
    tag="integration",
    retry="idempotent",
    lookup="",
    success=(200,),
    errors=("400", "401", "403", "404", "405", "409", "413", "415", "429", "5XX"),
    body="application/json",
    files=(),
    secrets=(),
    minimums={},
    module="synapse_api.api.integration.update_plugin",
)
run_plugin: Final[Operation[dicts.PluginRunResult]] = Operation(
    id="run_plugin",
    method="POST",
    path="/plugins/{pk}/run/",
    tag="integration",
    retry="never",
    lookup="look with list_jobs(params={'plugin': ...}) whether its job was started",
    success=(200, 202),
    errors=("400", "401", "403", "404", "405", "409", "413", "415", "429", "5XX"),
    body="application/json",
    files=(),
    secrets=(),
    minimums={},
    module="synapse_api.api.integration.run_plugin",
)
create_plugin_release: Final[Operation[dicts.PluginRelease]] = Operation(
    id="create_plugin_release",
    method="POST",
    path="/plugin_releases/",
    tag="integration",
    retry="never",
    lookup="look with get_plugin_release('code@version') whether the release is there",
    success=(201,),
    errors=("400", "401", "403", "404", "405", "409", "413", "415", "429", "5XX"),
    body="multipart/form-data",
    files=("file",),
    secrets=(),
    minimums={},
    module="synapse_api.api.integration.create_plugin_release",
)
get_plugin_release: Final[Operation[dicts.PluginRelease]] = Operation(
    id="get_plugin_release",
    method="GET",
    path="/plugin_releases/{pk}/",
    tag="integration",
    retry="safe",
    lookup="",
    success=(200,),
    errors=("400", "401", "403", "404", "405", "429", "5XX"),
    body=None,
    files=(),
    secrets=(),
    minimums={},
    module="synapse_api.api.integration.get_plugin_release",
)
list_jobs: Final[ListOperation[dicts.Job]] = ListOperation(
    id="list_jobs",
    method="GET",
    path="/jobs/",
    tag="integration",
    retry="safe",
    lookup="",
    success=(200,),
    errors=("400", "401", "403", "404", "405", "429", "5XX"),
    body=None,
    files=(),
    secrets=(),
    minimums={"page": 1, "page_size": 1},
    module="synapse_api.api.integration.list_jobs",
)
get_job: Final[Operation[dicts.Job]] = Operation(
    id="get_job",
    method="GET",
    path="/jobs/{pk}/",
    tag="integration",
    retry="safe",
    lookup="",
    success=(200,),
    errors=("400", "401", "403", "404", "405", "429", "5XX"),
    body=None,
    files=(),
    secrets=(),
    minimums={},
    module="synapse_api.api.integration.get_job",
)
update_job: Final[Operation[dicts.Job]] = Operation(
    id="update_job",
    method="PATCH",
    path="/jobs/{pk}/",
    tag="integration",
    retry="never",
    lookup="look with get_job what the job says",
    success=(200,),
    errors=("400", "401", "403", "404", "405", "409", "413", "415", "429", "5XX"),
    body="application/json",
    files=(),
    secrets=(),
    minimums={},
    module="synapse_api.api.integration.update_job",
)
list_job_console_logs: Final[Operation[list[dicts.ConsoleLogEntry]]] = Operation(
    id="list_job_console_logs",
    method="GET",
    path="/jobs/{pk}/console_logs/",
    tag="integration",
    retry="safe",
    lookup="",
    success=(200,),
    errors=("400", "401", "403", "404", "405", "429", "5XX"),
    body=None,
    files=(),
    secrets=(),
    minimums={},
    module="synapse_api.api.integration.list_job_console_logs",
)
list_storages: Final[ListOperation[dicts.StorageSummary]] = ListOperation(
    id="list_storages",
    method="GET",
    path="/storages/",
    tag="integration",
    retry="safe",
    lookup="",
    success=(200,),
    errors=("400", "401", "403", "405", "429", "5XX"),
    body=None,
    files=(),
    secrets=(),
    minimums={},
    module="synapse_api.api.integration.list_storages",
)
create_storage: Final[Operation[dicts.Storage]] = Operation(
    id="create_storage",
    method="POST",
    path="/storages/",
    tag="integration",
    retry="never",
    lookup="look with list_storages whether there is a storage of this name",
    success=(201,),
    errors=("400", "401", "403", "405", "409", "413", "415", "429", "5XX"),
    body="application/json",
    files=(),
    secrets=(),
    minimums={},
    module="synapse_api.api.integration.create_storage",
)
get_storage: Final[Operation[dicts.Storage]] = Operation(
    id="get_storage",
    method="GET",
    path="/storages/{pk}/",
    tag="integration",
    retry="safe",
    lookup="",
    success=(200,),
    errors=("400", "401", "403", "404", "405", "429", "5XX"),
    body=None,
    files=(),
    secrets=(),
    minimums={},
    module="synapse_api.api.integration.get_storage",
)

OPERATIONS: Final[Mapping[str, Operation[Any]]] = {
    operation.id: operation
    for operation in (
        health_check_agent,
        create_plugin,
        get_plugin,
        update_plugin,
        run_plugin,
        create_plugin_release,
        get_plugin_release,
        list_jobs,
        get_job,
        update_job,
        list_job_console_logs,
        list_storages,
        create_storage,
        get_storage,
    )
}
"""All operations by id, in the order of the contract."""
