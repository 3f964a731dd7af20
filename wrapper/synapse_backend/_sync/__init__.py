# Derived from wrapper/synapse_backend/_async/__init__.py by scripts/unasync.py; do not edit.
"""The asynchronous client. The synchronous one is derived from it by ``scripts/unasync.py``."""
