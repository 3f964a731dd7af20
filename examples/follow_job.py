"""Runs a plugin and shows what its job writes to the console, as it writes it.

SYNAPSE_API_TOKEN=... python -m examples.follow_job https://api.synapse.sh 123
"""

from __future__ import annotations

import sys

from synapse_backend import BackendClient, ClientTimeoutError


def main(url: str, plugin: int) -> int:
    """Return the exit status: 0 when the job completed, 1 when it failed, 2 when nothing is heard of it."""
    with BackendClient(url) as client:
        job_id = client.run_plugin(plugin, {"parameters": {"threshold": 0.8}})["job_id"]
        try:
            for line in client.tail_job_console_logs(job_id, idle_timeout=300):
                print(line)
        except ClientTimeoutError:
            print(f"job {job_id} is silent for five minutes; it may still be at work")
            return 2
        job = client.get_job(job_id, params={"expand": "result"})
        print(f"{job['status']}: {job['result']}")
        return 0 if job["status"] == "completed" else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
