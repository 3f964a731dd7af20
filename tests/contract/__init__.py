"""The clients, the mock and the generated code hold to the contract, operation by operation."""
