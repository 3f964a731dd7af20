# Derived from tests/_async/__init__.py by scripts/unasync.py; do not edit.
"""Tests of the asynchronous client. Those of the synchronous one are derived from them by ``scripts/unasync.py``."""
