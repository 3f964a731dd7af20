"""Measurements of what users wait for, each against a yardstick in the same run."""
