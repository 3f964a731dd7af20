"""Which jobs failed lately, and why: the sync client, filters, lists of any length.

SYNAPSE_API_TOKEN=... python -m examples.failed_jobs https://api.synapse.sh
"""

from __future__ import annotations

import sys
from datetime import datetime, timedelta

from synapse_backend import BackendClient


def failed_jobs(client: BackendClient, since: datetime) -> list[str]:
    """Return one line for each job that failed since then, with the last words of its console."""
    lines: list[str] = []
    for job in client.iter_jobs({"status": "failed", "created_after": since}):
        logs = client.list_job_console_logs(job["id"])
        reason = logs[-1]["message"] if logs else "no console log"
        lines.append(f"job {job['id']} of plugin {job.get('plugin')} at {job['progress']:.0f} %: {reason}")
    return lines


def main(url: str, since: datetime | None = None) -> None:
    """Print the failed jobs of the last week."""
    with BackendClient(url) as client:
        for line in failed_jobs(client, since or datetime.now().astimezone() - timedelta(days=7)):
            print(line)


if __name__ == "__main__":
    main(sys.argv[1])
