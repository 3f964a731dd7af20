"""Checks that the contract is OpenAPI at all, in a process of its own while the generator is imported."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from regeneration.contract import Contract
from regeneration.findings import ContractError, Finding

_LONGEST_MESSAGE = 240


def start(contract: Contract) -> "subprocess.Popen[str]":
    """Start to validate a contract."""
    process = subprocess.Popen(
        [sys.executable, "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    return process


def finish(process: "subprocess.Popen[str]", contract: Contract) -> None:
    """Wait for the answer.

    Raises:
        ContractError: The document is not OpenAPI 3.1.
    """
    output, errors = process.communicate(json.dumps(contract.data))
    if process.returncode:
        lines = errors.strip().splitlines() or ["it ended without a message"]
        raise ContractError(contract.document.name, [Finding(1, "openapi", f"the validator failed: {lines[-1]}")])
    findings = [
        Finding(contract.document.line(tuple(error["path"])), "openapi", error["message"])
        for error in json.loads(output)
    ]
    if findings:
        raise ContractError(contract.document.name, findings)


def errors(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what openapi-spec-validator finds."""
    from jsonschema.exceptions import best_match
    from openapi_spec_validator import OpenAPIV31SpecValidator

    for error in OpenAPIV31SpecValidator(document).iter_errors():
        cause = best_match([error]) or error
        message = " ".join(cause.message.split()).rstrip(".")
        if len(message) > _LONGEST_MESSAGE:
            message = f"{message[:100]} … {message[-120:]}"
        yield {"path": list(cause.absolute_path), "message": message}


if __name__ == "__main__":
    json.dump(list(errors(json.load(sys.stdin))), sys.stdout)
