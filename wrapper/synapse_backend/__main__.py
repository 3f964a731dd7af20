"""`python -m synapse_backend` is the command `synapse-backend`."""

from synapse_backend.cli import main

main()
