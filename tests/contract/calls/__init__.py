"""Example calls of every operation, as the documentation shows them, and the query that each must send.

There is a module for each tag. An operation without an entry fails `test_coverage.py`. The arguments are those of the
client's method; `query` is written as it goes over the wire, so that nothing is compared with itself.
"""

from __future__ import annotations

from tests.contract.calls import annotation, core, data_collection, hitl, integration, ml
from tests.contract.calls.example import PACKAGE, Calls, Example, Invocation, Upload
from tests.support.spec import SPEC, SpecOperation

__all__ = ["CALLS", "COVERED", "PACKAGE", "Example", "Invocation", "Upload"]

CALLS: Calls = {
    **integration.CALLS,
    **annotation.CALLS,
    **core.CALLS,
    **data_collection.CALLS,
    **hitl.CALLS,
    **ml.CALLS,
}

COVERED: list[SpecOperation] = [operation for name, operation in SPEC.operations.items() if name in CALLS]
"""The operations that the tests can call. That these are all of them is the matter of `test_coverage.py`."""
