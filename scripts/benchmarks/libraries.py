"""Libraries to compare with and to draw with. They live in `.venv-bench`, because the project does not need them."""

from __future__ import annotations

import importlib
import sys
import sysconfig
from pathlib import Path
from typing import Any

import environments

PROJECT = Path(__file__).resolve().parents[2]
ENVIRONMENT = PROJECT / ".venv-bench"
CONSTRAINTS = PROJECT / "scripts" / "constraints-bench.txt"


def load(name: str) -> Any:
    """Import a library from its environment, which is made at the first use.

    Raises:
        subprocess.CalledProcessError: The environment could not be made.
    """
    environments.make(ENVIRONMENT, CONSTRAINTS, "matplotlib", "requests")
    places = {"base": str(ENVIRONMENT), "platbase": str(ENVIRONMENT)}
    folder = sysconfig.get_path("platlib", "venv", places)
    if folder not in sys.path:
        # At the end, so that what the project has itself comes first.
        sys.path.append(folder)
    return importlib.import_module(name)
