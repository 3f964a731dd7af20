# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
"""Contains methods for accessing the API"""
