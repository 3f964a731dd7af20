"""The exact versions of the tools whose output is committed."""

import re
from importlib import metadata
from pathlib import Path

from regeneration.errors import RegenerationError

CONSTRAINTS = Path(__file__).parents[1] / "constraints.txt"

# What these write depends on their version, so a run with other versions would change files that nobody touched.
WRITERS = ("openapi-python-client", "datamodel-code-generator", "ruff")


def check_pins(constraints: Path = CONSTRAINTS) -> dict[str, str]:
    """Return the pinned version of each writer.

    Raises:
        RegenerationError: A writer is not pinned, not installed, or installed in another version.
    """
    text = constraints.read_text(encoding="utf-8")
    pins = dict(re.findall(r"^([A-Za-z0-9._-]+)==(\S+)$", text, re.MULTILINE))
    wrong = []
    for name in WRITERS:
        if name not in pins:
            wrong.append(f"{name} has no line 'name==version' in {constraints.name}")
            continue
        try:
            installed = metadata.version(name)
        except metadata.PackageNotFoundError:
            wrong.append(f"{name} {pins[name]} is not installed")
            continue
        if installed != pins[name]:
            wrong.append(f"{name} is {installed}, {constraints.name} pins {pins[name]}")
    if wrong:
        raise RegenerationError(
            "The tools are not the pinned ones: "
            + "; ".join(wrong)
            + ".\nInstall the development dependencies with scripts/constraints.txt and run this again."
        )
    return {name: pins[name] for name in WRITERS}
