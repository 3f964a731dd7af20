# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from enum import StrEnum
from typing import Any


class TaskAnnotationAction(StrEnum):
    SAVE = "save"
    SUBMIT = "submit"

    @classmethod
    def _missing_(cls, value: object) -> "TaskAnnotationAction | None":
        """Keep a value that the contract does not list."""
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = str(value)
        member._value_ = value
        return member

    def __reduce_ex__(self, protocol: object, /) -> tuple[Any, ...]:
        """Pickle by value, because unlisted values have no name to be found by."""
        return type(self), (str(self.value),)

    def __str__(self) -> str:
        return str(self.value)
