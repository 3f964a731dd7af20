# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
"""Contains all the data models used in inputs/outputs"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .agent_health import AgentHealth
    from .console_log_entry import ConsoleLogEntry
    from .error_body import ErrorBody
    from .job import Job
    from .job_context import JobContext
    from .job_expand import JobExpand
    from .job_metadata import JobMetadata
    from .job_metrics import JobMetrics
    from .job_page import JobPage
    from .job_parameters import JobParameters
    from .job_status import JobStatus
    from .job_update import JobUpdate
    from .job_update_metadata import JobUpdateMetadata
    from .job_update_metrics_record import JobUpdateMetricsRecord
    from .job_update_progress_record import JobUpdateProgressRecord
    from .plugin import Plugin
    from .plugin_configuration import PluginConfiguration
    from .plugin_create import PluginCreate
    from .plugin_create_configuration import PluginCreateConfiguration
    from .plugin_release import PluginRelease
    from .plugin_release_create import PluginReleaseCreate
    from .plugin_release_expand import PluginReleaseExpand
    from .plugin_run import PluginRun
    from .plugin_run_context import PluginRunContext
    from .plugin_run_parameters import PluginRunParameters
    from .plugin_run_params import PluginRunParams
    from .plugin_run_result import PluginRunResult
    from .plugin_update import PluginUpdate
    from .plugin_update_configuration import PluginUpdateConfiguration
    from .storage import Storage
    from .storage_category import StorageCategory
    from .storage_configuration import StorageConfiguration
    from .storage_create import StorageCreate
    from .storage_create_configuration import StorageCreateConfiguration
    from .storage_page import StoragePage
    from .storage_provider import StorageProvider
    from .storage_summary import StorageSummary
    from .validation_error_body import ValidationErrorBody

_MODULES: dict[str, str] = {
    "AgentHealth": ".agent_health",
    "ConsoleLogEntry": ".console_log_entry",
    "ErrorBody": ".error_body",
    "Job": ".job",
    "JobContext": ".job_context",
    "JobExpand": ".job_expand",
    "JobMetadata": ".job_metadata",
    "JobMetrics": ".job_metrics",
    "JobPage": ".job_page",
    "JobParameters": ".job_parameters",
    "JobStatus": ".job_status",
    "JobUpdate": ".job_update",
    "JobUpdateMetadata": ".job_update_metadata",
    "JobUpdateMetricsRecord": ".job_update_metrics_record",
    "JobUpdateProgressRecord": ".job_update_progress_record",
    "Plugin": ".plugin",
    "PluginConfiguration": ".plugin_configuration",
    "PluginCreate": ".plugin_create",
    "PluginCreateConfiguration": ".plugin_create_configuration",
    "PluginRelease": ".plugin_release",
    "PluginReleaseCreate": ".plugin_release_create",
    "PluginReleaseExpand": ".plugin_release_expand",
    "PluginRun": ".plugin_run",
    "PluginRunContext": ".plugin_run_context",
    "PluginRunParameters": ".plugin_run_parameters",
    "PluginRunParams": ".plugin_run_params",
    "PluginRunResult": ".plugin_run_result",
    "PluginUpdate": ".plugin_update",
    "PluginUpdateConfiguration": ".plugin_update_configuration",
    "Storage": ".storage",
    "StorageCategory": ".storage_category",
    "StorageConfiguration": ".storage_configuration",
    "StorageCreate": ".storage_create",
    "StorageCreateConfiguration": ".storage_create_configuration",
    "StoragePage": ".storage_page",
    "StorageProvider": ".storage_provider",
    "StorageSummary": ".storage_summary",
    "ValidationErrorBody": ".validation_error_body",
}


def __dir__() -> list[str]:
    return sorted({**globals(), **_MODULES})


if not TYPE_CHECKING:  # a type checker would take any name from __getattr__

    def __getattr__(name: str) -> object:
        """Import what was asked for when it is asked for."""
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(_MODULES[name], __name__), name)
        globals()[name] = value
        return value


__all__ = (
    "AgentHealth",
    "ConsoleLogEntry",
    "ErrorBody",
    "Job",
    "JobContext",
    "JobExpand",
    "JobMetadata",
    "JobMetrics",
    "JobPage",
    "JobParameters",
    "JobStatus",
    "JobUpdate",
    "JobUpdateMetadata",
    "JobUpdateMetricsRecord",
    "JobUpdateProgressRecord",
    "Plugin",
    "PluginConfiguration",
    "PluginCreate",
    "PluginCreateConfiguration",
    "PluginRelease",
    "PluginReleaseCreate",
    "PluginReleaseExpand",
    "PluginRun",
    "PluginRunContext",
    "PluginRunParameters",
    "PluginRunParams",
    "PluginRunResult",
    "PluginUpdate",
    "PluginUpdateConfiguration",
    "Storage",
    "StorageCategory",
    "StorageConfiguration",
    "StorageCreate",
    "StorageCreateConfiguration",
    "StoragePage",
    "StorageProvider",
    "StorageSummary",
    "ValidationErrorBody",
)
