# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
"""Contains all the data models used in inputs/outputs"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .agent import Agent
    from .agent_health import AgentHealth
    from .agent_page import AgentPage
    from .annotation import Annotation
    from .assignment import Assignment
    from .assignment_data import AssignmentData
    from .assignment_data_data_type_0 import AssignmentDataDataType0
    from .assignment_data_page import AssignmentDataPage
    from .assignment_data_type_0 import AssignmentDataType0
    from .assignment_file_list import AssignmentFileList
    from .assignment_file_list_page import AssignmentFileListPage
    from .assignment_files import AssignmentFiles
    from .assignment_metadata import AssignmentMetadata
    from .assignment_page import AssignmentPage
    from .assignment_status import AssignmentStatus
    from .assignment_tagging import AssignmentTagging
    from .assignment_tagging_action import AssignmentTaggingAction
    from .checksum_matches import ChecksumMatches
    from .checksum_query import ChecksumQuery
    from .chunked_upload import ChunkedUpload
    from .confirmed_file import ConfirmedFile
    from .console_log_entry import ConsoleLogEntry
    from .data_collection import DataCollection
    from .data_collection_page import DataCollectionPage
    from .data_file import DataFile
    from .data_file_from_upload import DataFileFromUpload
    from .data_file_from_upload_meta import DataFileFromUploadMeta
    from .data_file_meta import DataFileMeta
    from .data_file_upload import DataFileUpload
    from .data_unit import DataUnit
    from .data_unit_create import DataUnitCreate
    from .data_unit_create_file import DataUnitCreateFile
    from .data_unit_create_files import DataUnitCreateFiles
    from .data_unit_create_meta import DataUnitCreateMeta
    from .data_unit_expand import DataUnitExpand
    from .data_unit_file import DataUnitFile
    from .data_unit_files import DataUnitFiles
    from .data_unit_meta import DataUnitMeta
    from .data_unit_page import DataUnitPage
    from .error_body import ErrorBody
    from .file_info import FileInfo
    from .file_specification import FileSpecification
    from .ground_truth import GroundTruth
    from .ground_truth_data_type_0 import GroundTruthDataType0
    from .ground_truth_dataset import GroundTruthDataset
    from .ground_truth_event import GroundTruthEvent
    from .ground_truth_event_data import GroundTruthEventData
    from .ground_truth_event_data_data_type_0 import GroundTruthEventDataDataType0
    from .ground_truth_event_data_page import GroundTruthEventDataPage
    from .ground_truth_event_data_type_0 import GroundTruthEventDataType0
    from .ground_truth_event_file_list import GroundTruthEventFileList
    from .ground_truth_event_file_list_page import GroundTruthEventFileListPage
    from .ground_truth_event_files import GroundTruthEventFiles
    from .ground_truth_event_metadata import GroundTruthEventMetadata
    from .ground_truth_event_page import GroundTruthEventPage
    from .ground_truth_files import GroundTruthFiles
    from .ground_truth_page import GroundTruthPage
    from .ground_truth_version import GroundTruthVersion
    from .ground_truth_version_page import GroundTruthVersionPage
    from .ground_truth_version_statistics import GroundTruthVersionStatistics
    from .job import Job
    from .job_console_event import JobConsoleEvent
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
    from .log_entry import LogEntry
    from .log_entry_context import LogEntryContext
    from .log_entry_data import LogEntryData
    from .log_receipt import LogReceipt
    from .model import Model
    from .model_configuration import ModelConfiguration
    from .model_create import ModelCreate
    from .model_create_configuration import ModelCreateConfiguration
    from .model_create_metrics import ModelCreateMetrics
    from .model_evaluations_item import ModelEvaluationsItem
    from .model_expand import ModelExpand
    from .model_metrics import ModelMetrics
    from .model_page import ModelPage
    from .model_type import ModelType
    from .model_versions_item import ModelVersionsItem
    from .plugin import Plugin
    from .plugin_configuration import PluginConfiguration
    from .plugin_create import PluginCreate
    from .plugin_create_configuration import PluginCreateConfiguration
    from .plugin_release import PluginRelease
    from .plugin_release_create import PluginReleaseCreate
    from .plugin_release_expand import PluginReleaseExpand
    from .plugin_release_page import PluginReleasePage
    from .plugin_run import PluginRun
    from .plugin_run_context import PluginRunContext
    from .plugin_run_parameters import PluginRunParameters
    from .plugin_run_params import PluginRunParams
    from .plugin_run_result import PluginRunResult
    from .plugin_update import PluginUpdate
    from .plugin_update_configuration import PluginUpdateConfiguration
    from .presigned_confirmation import PresignedConfirmation
    from .presigned_confirmation_result import PresignedConfirmationResult
    from .presigned_file import PresignedFile
    from .presigned_multipart import PresignedMultipart
    from .presigned_part import PresignedPart
    from .presigned_upload import PresignedUpload
    from .presigned_upload_request import PresignedUploadRequest
    from .presigned_uploads import PresignedUploads
    from .project import Project
    from .project_configuration import ProjectConfiguration
    from .project_metadata import ProjectMetadata
    from .project_settings import ProjectSettings
    from .serve_application import ServeApplication
    from .serve_application_create import ServeApplicationCreate
    from .serve_application_create_data import ServeApplicationCreateData
    from .serve_application_data import ServeApplicationData
    from .serve_application_page import ServeApplicationPage
    from .storage import Storage
    from .storage_category import StorageCategory
    from .storage_configuration import StorageConfiguration
    from .storage_create import StorageCreate
    from .storage_create_configuration import StorageCreateConfiguration
    from .storage_page import StoragePage
    from .storage_provider import StorageProvider
    from .storage_summary import StorageSummary
    from .tagging_result import TaggingResult
    from .task import Task
    from .task_annotation import TaskAnnotation
    from .task_annotation_action import TaskAnnotationAction
    from .task_annotation_data_type_0 import TaskAnnotationDataType0
    from .task_annotation_metadata import TaskAnnotationMetadata
    from .task_create import TaskCreate
    from .task_create_data_item import TaskCreateDataItem
    from .task_create_metadata import TaskCreateMetadata
    from .task_data import TaskData
    from .task_data_data_type_0 import TaskDataDataType0
    from .task_data_page import TaskDataPage
    from .task_data_type_0 import TaskDataType0
    from .task_expand import TaskExpand
    from .task_file_list import TaskFileList
    from .task_file_list_page import TaskFileListPage
    from .task_files import TaskFiles
    from .task_metadata import TaskMetadata
    from .task_page import TaskPage
    from .task_priority import TaskPriority
    from .task_schema import TaskSchema
    from .task_status import TaskStatus
    from .task_tag import TaskTag
    from .task_tag_meta import TaskTagMeta
    from .task_tag_page import TaskTagPage
    from .task_tagging import TaskTagging
    from .task_tagging_action import TaskTaggingAction
    from .upload_completion import UploadCompletion
    from .upload_part import UploadPart
    from .uploaded_file import UploadedFile
    from .uploaded_multipart import UploadedMultipart
    from .uploaded_part import UploadedPart
    from .validation_error_body import ValidationErrorBody

_MODULES: dict[str, str] = {
    "Agent": ".agent",
    "AgentHealth": ".agent_health",
    "AgentPage": ".agent_page",
    "Annotation": ".annotation",
    "Assignment": ".assignment",
    "AssignmentData": ".assignment_data",
    "AssignmentDataDataType0": ".assignment_data_data_type_0",
    "AssignmentDataPage": ".assignment_data_page",
    "AssignmentDataType0": ".assignment_data_type_0",
    "AssignmentFileList": ".assignment_file_list",
    "AssignmentFileListPage": ".assignment_file_list_page",
    "AssignmentFiles": ".assignment_files",
    "AssignmentMetadata": ".assignment_metadata",
    "AssignmentPage": ".assignment_page",
    "AssignmentStatus": ".assignment_status",
    "AssignmentTagging": ".assignment_tagging",
    "AssignmentTaggingAction": ".assignment_tagging_action",
    "ChecksumMatches": ".checksum_matches",
    "ChecksumQuery": ".checksum_query",
    "ChunkedUpload": ".chunked_upload",
    "ConfirmedFile": ".confirmed_file",
    "ConsoleLogEntry": ".console_log_entry",
    "DataCollection": ".data_collection",
    "DataCollectionPage": ".data_collection_page",
    "DataFile": ".data_file",
    "DataFileFromUpload": ".data_file_from_upload",
    "DataFileFromUploadMeta": ".data_file_from_upload_meta",
    "DataFileMeta": ".data_file_meta",
    "DataFileUpload": ".data_file_upload",
    "DataUnit": ".data_unit",
    "DataUnitCreate": ".data_unit_create",
    "DataUnitCreateFile": ".data_unit_create_file",
    "DataUnitCreateFiles": ".data_unit_create_files",
    "DataUnitCreateMeta": ".data_unit_create_meta",
    "DataUnitExpand": ".data_unit_expand",
    "DataUnitFile": ".data_unit_file",
    "DataUnitFiles": ".data_unit_files",
    "DataUnitMeta": ".data_unit_meta",
    "DataUnitPage": ".data_unit_page",
    "ErrorBody": ".error_body",
    "FileInfo": ".file_info",
    "FileSpecification": ".file_specification",
    "GroundTruth": ".ground_truth",
    "GroundTruthDataType0": ".ground_truth_data_type_0",
    "GroundTruthDataset": ".ground_truth_dataset",
    "GroundTruthEvent": ".ground_truth_event",
    "GroundTruthEventData": ".ground_truth_event_data",
    "GroundTruthEventDataDataType0": ".ground_truth_event_data_data_type_0",
    "GroundTruthEventDataPage": ".ground_truth_event_data_page",
    "GroundTruthEventDataType0": ".ground_truth_event_data_type_0",
    "GroundTruthEventFileList": ".ground_truth_event_file_list",
    "GroundTruthEventFileListPage": ".ground_truth_event_file_list_page",
    "GroundTruthEventFiles": ".ground_truth_event_files",
    "GroundTruthEventMetadata": ".ground_truth_event_metadata",
    "GroundTruthEventPage": ".ground_truth_event_page",
    "GroundTruthFiles": ".ground_truth_files",
    "GroundTruthPage": ".ground_truth_page",
    "GroundTruthVersion": ".ground_truth_version",
    "GroundTruthVersionPage": ".ground_truth_version_page",
    "GroundTruthVersionStatistics": ".ground_truth_version_statistics",
    "Job": ".job",
    "JobConsoleEvent": ".job_console_event",
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
    "LogEntry": ".log_entry",
    "LogEntryContext": ".log_entry_context",
    "LogEntryData": ".log_entry_data",
    "LogReceipt": ".log_receipt",
    "Model": ".model",
    "ModelConfiguration": ".model_configuration",
    "ModelCreate": ".model_create",
    "ModelCreateConfiguration": ".model_create_configuration",
    "ModelCreateMetrics": ".model_create_metrics",
    "ModelEvaluationsItem": ".model_evaluations_item",
    "ModelExpand": ".model_expand",
    "ModelMetrics": ".model_metrics",
    "ModelPage": ".model_page",
    "ModelType": ".model_type",
    "ModelVersionsItem": ".model_versions_item",
    "Plugin": ".plugin",
    "PluginConfiguration": ".plugin_configuration",
    "PluginCreate": ".plugin_create",
    "PluginCreateConfiguration": ".plugin_create_configuration",
    "PluginRelease": ".plugin_release",
    "PluginReleaseCreate": ".plugin_release_create",
    "PluginReleaseExpand": ".plugin_release_expand",
    "PluginReleasePage": ".plugin_release_page",
    "PluginRun": ".plugin_run",
    "PluginRunContext": ".plugin_run_context",
    "PluginRunParameters": ".plugin_run_parameters",
    "PluginRunParams": ".plugin_run_params",
    "PluginRunResult": ".plugin_run_result",
    "PluginUpdate": ".plugin_update",
    "PluginUpdateConfiguration": ".plugin_update_configuration",
    "PresignedConfirmation": ".presigned_confirmation",
    "PresignedConfirmationResult": ".presigned_confirmation_result",
    "PresignedFile": ".presigned_file",
    "PresignedMultipart": ".presigned_multipart",
    "PresignedPart": ".presigned_part",
    "PresignedUpload": ".presigned_upload",
    "PresignedUploadRequest": ".presigned_upload_request",
    "PresignedUploads": ".presigned_uploads",
    "Project": ".project",
    "ProjectConfiguration": ".project_configuration",
    "ProjectMetadata": ".project_metadata",
    "ProjectSettings": ".project_settings",
    "ServeApplication": ".serve_application",
    "ServeApplicationCreate": ".serve_application_create",
    "ServeApplicationCreateData": ".serve_application_create_data",
    "ServeApplicationData": ".serve_application_data",
    "ServeApplicationPage": ".serve_application_page",
    "Storage": ".storage",
    "StorageCategory": ".storage_category",
    "StorageConfiguration": ".storage_configuration",
    "StorageCreate": ".storage_create",
    "StorageCreateConfiguration": ".storage_create_configuration",
    "StoragePage": ".storage_page",
    "StorageProvider": ".storage_provider",
    "StorageSummary": ".storage_summary",
    "TaggingResult": ".tagging_result",
    "Task": ".task",
    "TaskAnnotation": ".task_annotation",
    "TaskAnnotationAction": ".task_annotation_action",
    "TaskAnnotationDataType0": ".task_annotation_data_type_0",
    "TaskAnnotationMetadata": ".task_annotation_metadata",
    "TaskCreate": ".task_create",
    "TaskCreateDataItem": ".task_create_data_item",
    "TaskCreateMetadata": ".task_create_metadata",
    "TaskData": ".task_data",
    "TaskDataDataType0": ".task_data_data_type_0",
    "TaskDataPage": ".task_data_page",
    "TaskDataType0": ".task_data_type_0",
    "TaskExpand": ".task_expand",
    "TaskFileList": ".task_file_list",
    "TaskFileListPage": ".task_file_list_page",
    "TaskFiles": ".task_files",
    "TaskMetadata": ".task_metadata",
    "TaskPage": ".task_page",
    "TaskPriority": ".task_priority",
    "TaskSchema": ".task_schema",
    "TaskStatus": ".task_status",
    "TaskTag": ".task_tag",
    "TaskTagMeta": ".task_tag_meta",
    "TaskTagPage": ".task_tag_page",
    "TaskTagging": ".task_tagging",
    "TaskTaggingAction": ".task_tagging_action",
    "UploadCompletion": ".upload_completion",
    "UploadPart": ".upload_part",
    "UploadedFile": ".uploaded_file",
    "UploadedMultipart": ".uploaded_multipart",
    "UploadedPart": ".uploaded_part",
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
    "Agent",
    "AgentHealth",
    "AgentPage",
    "Annotation",
    "Assignment",
    "AssignmentData",
    "AssignmentDataDataType0",
    "AssignmentDataPage",
    "AssignmentDataType0",
    "AssignmentFileList",
    "AssignmentFileListPage",
    "AssignmentFiles",
    "AssignmentMetadata",
    "AssignmentPage",
    "AssignmentStatus",
    "AssignmentTagging",
    "AssignmentTaggingAction",
    "ChecksumMatches",
    "ChecksumQuery",
    "ChunkedUpload",
    "ConfirmedFile",
    "ConsoleLogEntry",
    "DataCollection",
    "DataCollectionPage",
    "DataFile",
    "DataFileFromUpload",
    "DataFileFromUploadMeta",
    "DataFileMeta",
    "DataFileUpload",
    "DataUnit",
    "DataUnitCreate",
    "DataUnitCreateFile",
    "DataUnitCreateFiles",
    "DataUnitCreateMeta",
    "DataUnitExpand",
    "DataUnitFile",
    "DataUnitFiles",
    "DataUnitMeta",
    "DataUnitPage",
    "ErrorBody",
    "FileInfo",
    "FileSpecification",
    "GroundTruth",
    "GroundTruthDataset",
    "GroundTruthDataType0",
    "GroundTruthEvent",
    "GroundTruthEventData",
    "GroundTruthEventDataDataType0",
    "GroundTruthEventDataPage",
    "GroundTruthEventDataType0",
    "GroundTruthEventFileList",
    "GroundTruthEventFileListPage",
    "GroundTruthEventFiles",
    "GroundTruthEventMetadata",
    "GroundTruthEventPage",
    "GroundTruthFiles",
    "GroundTruthPage",
    "GroundTruthVersion",
    "GroundTruthVersionPage",
    "GroundTruthVersionStatistics",
    "Job",
    "JobConsoleEvent",
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
    "LogEntry",
    "LogEntryContext",
    "LogEntryData",
    "LogReceipt",
    "Model",
    "ModelConfiguration",
    "ModelCreate",
    "ModelCreateConfiguration",
    "ModelCreateMetrics",
    "ModelEvaluationsItem",
    "ModelExpand",
    "ModelMetrics",
    "ModelPage",
    "ModelType",
    "ModelVersionsItem",
    "Plugin",
    "PluginConfiguration",
    "PluginCreate",
    "PluginCreateConfiguration",
    "PluginRelease",
    "PluginReleaseCreate",
    "PluginReleaseExpand",
    "PluginReleasePage",
    "PluginRun",
    "PluginRunContext",
    "PluginRunParameters",
    "PluginRunParams",
    "PluginRunResult",
    "PluginUpdate",
    "PluginUpdateConfiguration",
    "PresignedConfirmation",
    "PresignedConfirmationResult",
    "PresignedFile",
    "PresignedMultipart",
    "PresignedPart",
    "PresignedUpload",
    "PresignedUploadRequest",
    "PresignedUploads",
    "Project",
    "ProjectConfiguration",
    "ProjectMetadata",
    "ProjectSettings",
    "ServeApplication",
    "ServeApplicationCreate",
    "ServeApplicationCreateData",
    "ServeApplicationData",
    "ServeApplicationPage",
    "Storage",
    "StorageCategory",
    "StorageConfiguration",
    "StorageCreate",
    "StorageCreateConfiguration",
    "StoragePage",
    "StorageProvider",
    "StorageSummary",
    "TaggingResult",
    "Task",
    "TaskAnnotation",
    "TaskAnnotationAction",
    "TaskAnnotationDataType0",
    "TaskAnnotationMetadata",
    "TaskCreate",
    "TaskCreateDataItem",
    "TaskCreateMetadata",
    "TaskData",
    "TaskDataDataType0",
    "TaskDataPage",
    "TaskDataType0",
    "TaskExpand",
    "TaskFileList",
    "TaskFileListPage",
    "TaskFiles",
    "TaskMetadata",
    "TaskPage",
    "TaskPriority",
    "TaskSchema",
    "TaskStatus",
    "TaskTag",
    "TaskTagging",
    "TaskTaggingAction",
    "TaskTagMeta",
    "TaskTagPage",
    "UploadCompletion",
    "UploadedFile",
    "UploadedMultipart",
    "UploadedPart",
    "UploadPart",
    "ValidationErrorBody",
)
