"""Runs schemathesis against the mock backend; `scripts/fuzz` calls this.

Schemathesis lives in `.venv-fuzz`, because installing it beside the project would load Hypothesis at every start of pytest.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import environments
from synapse_backend.testing import ContractError, MockBackend

PROJECT = Path(__file__).resolve().parent.parent
CONSTRAINTS = PROJECT / "scripts" / "constraints-fuzz.txt"
ENVIRONMENT = PROJECT / ".venv-fuzz"


def set_up(environment: Path, constraints: Path) -> Path:
    """Make the environment unless it is up to date, and return the program in it."""
    return environments.make(environment, constraints, "schemathesis") / "schemathesis"


def fuzz(schemathesis: Path, examples: int, extra: list[str]) -> int:
    """Run schemathesis and return its exit status; a defect that the mock saw in itself is a failure, too."""
    with MockBackend(record_limit=100) as backend, tempfile.TemporaryDirectory() as folder:
        command = [
            *(str(schemathesis), "--config-file", str(PROJECT / "scripts" / "fuzz.toml")),
            *("run", str(PROJECT / "openapi.yaml"), "--url", backend.url),
            *("--phases", "examples,coverage,fuzzing,stateful", "--max-examples", str(examples)),
            # The same cases in every run; the folder is new, because a database of earlier failures changes them.
            *("--generation-deterministic", "--header", f"Synapse-Access-Token: Token {backend.token}"),
            *extra,
        ]
        status = subprocess.run(command, cwd=folder, check=False).returncode
        if status == 0 and not backend.requests:
            print("schemathesis sent nothing", file=sys.stderr)
            status = 1
        try:
            backend.check()
        except ContractError as error:
            print(error, file=sys.stderr)
            status = 1
    return status


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--examples", type=int, default=50, help="test cases per operation (50)")
    known, extra = parser.parse_known_args(arguments)
    try:
        return fuzz(set_up(ENVIRONMENT, CONSTRAINTS), known.examples, extra)
    except subprocess.CalledProcessError as error:
        print(f"{ENVIRONMENT.name} could not be set up: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
