"""Tests of single modules, and of what exists only in one of the two clients."""
