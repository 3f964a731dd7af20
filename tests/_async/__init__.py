"""Tests of the asynchronous client. Those of the synchronous one are derived from them by ``scripts/unasync.py``."""
