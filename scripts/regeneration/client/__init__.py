"""The low-level client: openapi-python-client with corrected templates."""
