"""Plugins, plugin releases, jobs and their logs, agents, serve applications and storages."""

from __future__ import annotations

from tests.contract.calls.example import Calls, Example, Upload


def _release(form: Upload) -> Example:
    fields = {"plugin": 123, "version": "2.0.0", "changelog": "새 필터와 수정", "is_stable": True}
    return Example(data={**fields, "file": form})


CALLS: Calls = {
    "list_agents": [Example(), Example(params={"page": 1, "page_size": 20}, query="page=1&page_size=20")],
    "health_check_agent": [Example(("agent-token-123",)), Example(("my-agent-token",))],
    "get_plugin": [Example((123,))],
    "create_plugin": [
        Example(
            data={
                "name": "Contour finder",
                "description": "길거리 사진에서 윤곽선을 찾는 플러그인",
                "version": "1.0.0",
                "author": "Vision team",
                "category": "data_processing",
                "configuration": {
                    "parameters": {
                        "threshold": {"type": "float", "default": 0.5},
                        "max_items": {"type": "int", "default": 100},
                    }
                },
            }
        ),
        Example(data={"name": "Contour finder"}),
    ],
    "update_plugin": [
        Example(
            (123,),
            data={
                "description": "Finds contours in half the time",
                "version": "1.1.0",
                "configuration": {
                    "parameters": {
                        "threshold": {"type": "float", "default": 0.7},
                        "max_items": {"type": "int", "default": 200},
                        "label": {"type": "string", "default": "edge"},
                    }
                },
            },
        ),
    ],
    "run_plugin": [
        Example(
            (123,),
            data={
                "parameters": {
                    "threshold": 0.8,
                    "max_items": 150,
                    "input_path": "/data/in/",
                    "output_path": "/data/out/",
                },
                "context": {"project_id": 123, "user_id": 456, "execution_mode": "batch"},
            },
        ),
        Example((123,), data={"parameters": {"threshold": 0.8}, "context": {"retry_attempt": 0}}),
    ],
    "get_plugin_release": [
        Example((456,)),
        Example((456,), params={"expand": "plugin"}, query="expand=plugin"),
    ],
    "list_plugin_releases": [
        Example(),
        # The code of a plugin is an argument of its own; further parameters come after it.
        Example(given=("edge-detector",), query="plugin=edge-detector"),
        Example(given=(123, {"page_size": 20}), query="plugin=123&page_size=20"),
    ],
    "create_plugin_release": [_release(form) for form in Upload],
    "get_job": [
        Example((789,)),
        Example((789,), params={"expand": "logs"}, query="expand=logs"),
        Example(
            (789,),
            params={"expand": ["logs", "metrics", "result"]},
            query="expand=logs&expand=metrics&expand=result",
        ),
    ],
    "list_jobs": [
        Example(),
        Example(params={"status": "running"}, query="status=running"),
        Example(params={"plugin": 123}, query="plugin=123"),
        Example(params={"user": 456, "page": 1, "page_size": 20}, query="user=456&page=1&page_size=20"),
        Example(
            params={"created_after": "2025-08-27T09:30:00.123456"},
            query="created_after=2025-08-27T09%3A30%3A00.123456",
        ),
    ],
    "update_job": [
        Example((789,), data={"status": "completed"}),
        Example(
            (789,),
            data={
                "status": "completed",
                "result": {
                    "output_files": ["contours.json", "preview.png"],
                    "metrics": {"accuracy": 0.95, "processing_time": 120},
                },
            },
        ),
        Example((789,), data={"progress": 75, "status": "running", "metadata": {"current_step": "tracing"}}),
    ],
    "list_job_console_logs": [Example((789,))],
    "tail_job_console_logs": [Example((789,))],
    "create_logs": [
        Example(
            data={
                "event": "log",
                "job": 789,
                "level": "info",
                "data": {"message": "프레임 12 완료"},
                "datetime": "2025-09-01T08:00:00+00:00",
            }
        ),
        Example(data=[{"job": 789, "message": "one"}, {"job": 789, "message": "two", "level": "warning"}]),
    ],
    "create_serve_application": [
        Example(data={"job": 789, "status": "RUNNING", "data": {"route": "/contours"}}),
        Example(data={"job": 789}),
    ],
    "list_serve_applications": [
        Example(),
        Example(
            params={"plugin_code": "contour-finder", "job__agent": 1, "status": "RUNNING"},
            query="plugin_code=contour-finder&job__agent=1&status=RUNNING",
        ),
    ],
    "list_storages": [Example(), Example(params={"category": "internal"}, query="category=internal")],
    # Clients ask for the configuration; the documented answer has it.
    "get_storage": [Example((123,), query="with_configuration=true")],
    "create_storage": [
        Example(
            data={
                "name": "Street scenes",
                "provider": "amazon_s3",
                "category": "external",
                "configuration": {
                    "bucket_name": "street-scenes",
                    "region": "us-west-2",
                    "access_key_id": "KEY",
                    "secret_access_key": "SECRET",
                },
            }
        ),
        Example(
            data={
                "name": "Disk of the server",
                "provider": "file_system",
                "category": "internal",
                "configuration": {"base_path": "/srv/storage", "permissions": "755"},
            }
        ),
    ],
}
