"""The project keeps its own promises: parity, exports, packaging, layers."""
