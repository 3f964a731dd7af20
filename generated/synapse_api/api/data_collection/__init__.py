# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
"""Contains endpoint functions for accessing the API"""
