"""Projects, tasks and their tags."""

from __future__ import annotations
