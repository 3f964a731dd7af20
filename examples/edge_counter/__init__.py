"""The folder of the plugin, importable so that it can be run without a backend."""
