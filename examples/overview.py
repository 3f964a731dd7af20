"""What an installation consists of: the async client, several calls at once.

SYNAPSE_API_TOKEN=... python -m examples.overview https://api.synapse.sh
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter

from synapse_backend import AsyncBackendClient


async def overview(client: AsyncBackendClient) -> dict[str, str]:
    """Return storages and jobs in short; the calls run side by side."""

    async def jobs_by_status() -> str:
        count = Counter([job["status"] async for job in client.iter_jobs()])
        return ", ".join(f"{status} {number}" for status, number in sorted(count.items()))

    summaries, jobs = await asyncio.gather(client.list_storages(), jobs_by_status())
    storages = await asyncio.gather(*(client.get_storage(summary["id"]) for summary in summaries))
    lines = {f"storage {one['name']}": f"{one['provider']}, {', '.join(one['configuration'])}" for one in storages}
    return {"jobs": jobs, **lines}


async def main(url: str) -> None:
    """Print the overview."""
    async with AsyncBackendClient(url) as client:
        for name, value in (await overview(client)).items():
            print(f"{name}: {value}")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
