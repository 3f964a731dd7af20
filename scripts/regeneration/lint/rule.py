"""What a rule is."""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from regeneration.contract import Contract
from regeneration.document import Pointer


class Problem(NamedTuple):
    """Something that breaks a rule."""

    pointer: Pointer
    message: str
    instead: str
    """How to write it, as an imperative."""


class Rule(Protocol):
    """Finds what breaks one rule; its docstring says why there is one."""

    __name__: str

    def __call__(self, contract: Contract) -> Iterator[Problem]:
        """Yield what breaks the rule."""
        ...
