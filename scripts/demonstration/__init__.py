"""The demo: a plugin goes from its source to its result, against the embedded backend."""
