"""Writes `generated/` from `openapi.yaml`; `scripts/regenerate --help` says how it is called."""
