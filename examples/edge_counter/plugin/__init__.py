"""An example of a plugin: counts edges with nothing but the standard library."""
