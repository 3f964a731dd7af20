"""Data collections, data files and data units."""

from __future__ import annotations
