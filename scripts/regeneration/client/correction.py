"""Corrections of the generator's templates: data that is applied, or the run stops."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import astuple, dataclass
from importlib import resources

from regeneration.errors import RegenerationError


@dataclass(frozen=True)
class Correction:
    """One replacement in one template of the installed generator."""

    name: str
    reason: str
    template: str
    find: str
    replace: str


def read_template(name: str) -> str:
    """Return a template of the installed generator."""
    return resources.files("openapi_python_client").joinpath("templates", name).read_text(encoding="utf-8")


def correct(corrections: Iterable[Correction], read: Callable[[str], str] = read_template) -> dict[str, str]:
    """Return the corrected templates by name.

    Raises:
        RegenerationError: A correction does not match exactly once, so the generator changed under it.
    """
    templates: dict[str, str] = {}
    for correction in corrections:
        text = templates.get(correction.template) or read(correction.template)
        matches = text.count(correction.find)
        if matches != 1:
            raise RegenerationError(
                f"The correction {correction.name!r} matches {matches} times in {correction.template} of the installed"
                " openapi-python-client, it must match once. Compare the template with"
                " scripts/regeneration/client/corrections/ and adapt or drop the correction."
            )
        templates[correction.template] = text.replace(correction.find, correction.replace)
    return templates


def fingerprint(corrections: Iterable[Correction]) -> str:
    """Return a hash of what the corrections do."""
    rows = [astuple(correction) for correction in corrections]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()
