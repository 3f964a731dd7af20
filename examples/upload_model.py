"""Uploads a trained model, however large it is; after an interruption the same command goes on where the server stands.

SYNAPSE_API_TOKEN=... python -m examples.upload_model https://api.synapse.sh 123 street-detection.zip
"""

from __future__ import annotations

import sys
from pathlib import Path

from synapse_backend import BackendClient
from synapse_backend.types import ModelCreate


def show(sent: int, size: int) -> None:
    """Tell how much the server has."""
    print(f"\r{sent / 1e6:.1f} of {size / 1e6:.1f} MB", end="" if sent < size else "\n", file=sys.stderr)


def main(url: str, project: int, package: Path, metrics: dict[str, float] | None = None) -> None:
    """Upload the file, create the model, and show what the project has now."""
    with BackendClient(url) as client:
        uploaded = client.create_chunked_upload(package, on_progress=show, resume=True)
        wanted: ModelCreate = {
            "name": package.stem,
            "model_type": "detection",
            "project": project,
            "chunked_upload": uploaded["id"],
            "metrics": {**(metrics or {})},
            "configuration": {"framework": "pytorch", "input_size": [640, 640], "num_classes": 5},
        }
        created = client.create_model(wanted)

        model = client.get_model(created["id"], params={"expand": "metrics"})
        print(f"model {model['id']}, {model['name']}: {model['metrics']}")
        models, count = client.list_models({"project": project, "model_type": "detection", "is_active": True})
        print(f"{count} detection models are in use: {', '.join(one['name'] for one in models)}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
