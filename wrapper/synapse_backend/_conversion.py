"""What becomes of the URLs of files in answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

UrlConversion: TypeAlias = Mapping[str, Callable[[str], str]] | Mapping[str, Any]
"""A function for each field with URLs; or where to find and what to make of them: `files_fields`, `coerce`, `is_list`."""
