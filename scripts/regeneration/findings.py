"""What is wrong with the contract, where, and how to write it instead."""

from collections.abc import Iterable
from dataclasses import dataclass

from regeneration.errors import RegenerationError


@dataclass(frozen=True, order=True)
class Finding:
    """One thing to repair in the contract."""

    line: int
    rule: str
    message: str
    instead: str = ""

    def render(self, name: str) -> str:
        """Return the finding as one line that editors can jump to."""
        instead = f"; {self.instead}" if self.instead else ""
        return f"{name}:{self.line}: [{self.rule}] {self.message}{instead}."


class ContractError(RegenerationError):
    """The contract cannot be used; the message lists every finding."""

    def __init__(self, name: str, findings: Iterable[Finding]) -> None:
        self.findings = sorted(set(findings))
        count = len(self.findings)
        things = "1 thing" if count == 1 else f"{count} things"
        lines = [finding.render(name) for finding in self.findings]
        super().__init__("\n".join([*lines, f"{name} has {things} to repair."]))
