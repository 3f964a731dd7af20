"""What faults are meant for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from synapse_backend.testing.checks import number

if TYPE_CHECKING:
    from synapse_backend.testing.contract import OperationContract
    from synapse_backend.testing.messages import Request

ANY = "*"
CONNECTION = "connection"


@dataclass(frozen=True, slots=True)
class Target:
    """Which requests, or which connections, a fault is meant for.

    Attributes:
        operation: An operationId, "*" for every request, the beginning of a path with its slash, or "connection".
        nth: The first one of them that fails, from 1.
        times: How many fail; None for all from then on.
        probability: Chance of each one to fail.
    """

    operation: str
    nth: int = 1
    times: int | None = 1
    probability: float | None = None

    def __post_init__(self) -> None:
        number("nth", self.nth, low=1, whole=True)
        if self.times is not None:
            number("times", self.times, low=1, whole=True)
        if self.probability is not None:
            number("probability", self.probability, low=0, high=1)
            if not self.probability:
                raise ValueError("probability must be above 0, or the fault never fires")

    @classmethod
    def of(cls, operation: str, nth: int = 1, times: int | None = 1, probability: float | None = None) -> Target:
        """The same, but chance has no end unless it is given one."""
        return cls(operation, nth, None if probability is not None and times == 1 else times, probability)

    def concerns(self, operation: OperationContract | None, request: Request) -> bool:
        """Whether a request is one of those."""
        if self.operation.startswith("/"):
            return request.target.startswith(self.operation)
        return self.operation in (ANY, None if operation is None else operation.id)

    def __str__(self) -> str:
        parts = [self.operation]
        if self.nth != 1:
            parts.append(f"nth={self.nth}")
        if self.times != 1:
            parts.append(f"times={self.times}")
        if self.probability is not None:
            parts.append(f"probability={self.probability:g}")
        return ":".join(parts)
