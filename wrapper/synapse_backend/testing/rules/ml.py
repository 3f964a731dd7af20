"""Models and ground truths."""

from __future__ import annotations
