"""Code as applications write it. It is checked by type checkers and never run."""
