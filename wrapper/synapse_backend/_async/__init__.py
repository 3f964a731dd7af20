"""The asynchronous client. The synchronous one is derived from it by ``scripts/unasync.py``."""
