"""Runs openapi-python-client in this process, with the corrected templates, and takes its warnings for errors."""

import contextlib
import copy
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import yaml
from jinja2 import ChoiceLoader, DictLoader, PackageLoader
from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError, ParseError
from pydantic import ValidationError

from regeneration.client.correction import Correction, correct
from regeneration.client.corrections import CORRECTIONS
from regeneration.contract import METHODS
from regeneration.document import JsonObject
from regeneration.errors import RegenerationError

# The generator wraps what the contract says, so that it cannot get into code by mistake, and then prints the wrapper.
_HIDDEN = re.compile(r"<[\w.]+\.UntrustedString object at 0x[0-9a-f]+>")


def load_config(path: Path) -> ConfigFile:
    """Read generator-config.yaml.

    Raises:
        RegenerationError: It is missing, malformed, or has settings that the generator does not know.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        config = ConfigFile(**data)
    except FileNotFoundError:
        raise RegenerationError(f"There is no {path}.") from None
    except (yaml.YAMLError, ValidationError, TypeError, UnicodeDecodeError) as exc:
        raise RegenerationError(f"{path.name} cannot be used: {exc}") from exc
    unknown = sorted(set(data) - set(ConfigFile.model_fields))
    if unknown:
        raise RegenerationError(f"{path.name} has settings that openapi-python-client ignores: {', '.join(unknown)}.")
    if config.post_hooks != []:
        raise RegenerationError(
            f"{path.name} must say `post_hooks: []`; the output is formatted by scripts/regenerate."
        )
    if not config.package_name_override:
        raise RegenerationError(f"{path.name} must name the package in `package_name_override`.")
    return config


def generate_client(
    bundle: JsonObject, config_file: ConfigFile, output: Path, corrections: Iterable[Correction] = CORRECTIONS
) -> None:
    """Write the low-level client into a new directory.

    Raises:
        RegenerationError: The generator failed, or warned: a warning means that something is missing in the output.
    """
    config = Config.from_sources(
        config_file, MetaType.NONE, document_source=output, file_encoding="utf-8", overwrite=False, output_path=output
    )
    templates = correct(corrections)
    try:
        data = GeneratorData.from_dict(_prepare(bundle), config=config)
        if isinstance(data, GeneratorError):
            raise RegenerationError(_complain([data]))
        project = Project(openapi=data, config=config)
        project.env.loader = ChoiceLoader([DictLoader(templates), PackageLoader("openapi_python_client")])
        with contextlib.redirect_stdout(io.StringIO()):
            errors = project.build()
    except RegenerationError:
        raise
    except Exception as exc:
        raise RegenerationError(f"openapi-python-client failed with {type(exc).__name__}: {exc}") from exc
    if errors:
        raise RegenerationError(_complain(errors))


def _prepare(bundle: JsonObject) -> JsonObject:
    """Say on each operation what holds for all: the generator does not look at the global `security`."""
    prepared = copy.deepcopy(bundle)
    for item in prepared["paths"].values():
        for method, operation in item.items():
            if method in METHODS and "security" in prepared:
                operation.setdefault("security", prepared["security"])
    return prepared


def _complain(errors: Sequence[GeneratorError]) -> str:
    lines = ["openapi-python-client would leave things out:"]
    for error in errors:
        text = _HIDDEN.sub("…", f"{error.header.strip()} {error.detail or ''}")
        lines.append("  " + " ".join(text.split()))
        if isinstance(error, ParseError) and error.data is not None:
            data = error.data.model_dump_json(exclude_unset=True, by_alias=True)
            lines.append(f"    at {data[:300]}")
    return "\n".join(lines)
