"""How long it takes from a change of the spec to a checked tree."""

from __future__ import annotations

import subprocess
from pathlib import Path

from .measuring import Figure, alternate

PROJECT = Path(__file__).resolve().parents[2]


def measure(rounds: int) -> list[Figure]:
    """Return the time of `scripts/regenerate --check`, which does all the work except putting the tree in place."""

    def regenerate() -> None:
        subprocess.run([PROJECT / "scripts" / "regenerate", "--check"], check=True, capture_output=True)

    series = alternate({"regenerate": regenerate}, rounds=max(2, rounds // 5))
    return [
        series["regenerate"].figure("regeneration", "scripts/regenerate --check", scale=1, unit="s", target="<= 5 s")
    ]
