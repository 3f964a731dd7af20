"""Chunked uploads."""

from __future__ import annotations
