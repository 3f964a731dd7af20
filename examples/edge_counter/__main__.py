"""Runs the plugin on its samples, without a backend."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from .plugin.edges import run

if __name__ == "__main__":
    output = sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp(prefix="edges-")
    samples = Path(__file__).parent / "samples"
    result = run(
        {"input_path": str(samples), "output_path": output, "threshold": 0.35},
        lambda progress, message: print(f"{progress:4.0f} %  {message}"),
    )
    print(json.dumps(result, indent=2))
    print(f"The files are in {output}")
