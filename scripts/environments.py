"""Environments of the scripts' own, for tools that are not installed beside the project."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path


def make(environment: Path, constraints: Path, *packages: str) -> Path:
    """Make an environment with these packages unless it is up to date, and return the folder of its programs.

    Args:
        environment: Where it is.
        constraints: The exact versions of everything in it; a change of this file makes it anew.
        packages: What to install.

    Raises:
        subprocess.CalledProcessError: It could not be made.
    """
    programs = environment / "bin"
    wanted = hashlib.sha256(constraints.read_bytes() + sys.version.encode()).hexdigest()
    mark = environment / ".setup-state"
    if not mark.is_file() or mark.read_text() != wanted:
        print(f"Setting up {environment.name} ...", file=sys.stderr, flush=True)
        install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--constraint", str(constraints)]
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(environment)], check=True)
        subprocess.run([str(programs / "python"), *install, *packages], check=True)
        mark.write_text(wanted)
    return programs
