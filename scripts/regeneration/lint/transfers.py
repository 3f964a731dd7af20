"""Rules for transfers: requests to URLs that the backend hands out."""

from collections.abc import Iterator

from regeneration.contract import METHODS, Contract
from regeneration.lint.operations import RETRY_CLASSES, SNAKE_CASE, TAKEN
from regeneration.lint.rule import Problem, Rule

_KEYS = ("summary", "method", "success", "x-retry")


def transfer_name(contract: Contract) -> Iterator[Problem]:
    """The name of a transfer is a constant beside those of the operations."""
    operations = {operation.id for operation in contract.operations()}
    for transfer in contract.transfers():
        name = transfer.name
        if not SNAKE_CASE.fullmatch(name):
            yield Problem(
                transfer.pointer, f"the transfer {name!r} is not in snake_case", "write for example 'download'"
            )
        elif name in TAKEN:
            yield Problem(
                transfer.pointer, f"the transfer {name!r} is a name of Python", f"write for example 'get_{name}'"
            )
        elif name in operations:
            yield Problem(transfer.pointer, f"the transfer {name!r} has the name of an operation", "rename it")


def transfer_keys(contract: Contract) -> Iterator[Problem]:
    """A transfer says what an operation says, as far as it applies to a URL that only the backend knows."""
    if "x-transfers" in contract.data and not isinstance(contract.data["x-transfers"], dict):
        yield Problem(("x-transfers",), "the transfers are no mapping", "write one below its name")
    for transfer in contract.transfers():
        for key in transfer.data:
            if key not in _KEYS:
                instead = f"write one of {', '.join(_KEYS)}"
                yield Problem((*transfer.pointer, key), f"the key {key!r} of a transfer is not known", instead)
        for key in _KEYS:
            if key not in transfer.data:
                yield Problem(transfer.pointer, f"the transfer {transfer.name!r} has no `{key}`", "add it")


def transfer_values(contract: Contract) -> Iterator[Problem]:
    """The transport acts on them as on those of an operation."""
    for transfer in contract.transfers():
        allowed: dict[str, tuple[str, ...]] = {"method": METHODS, "x-retry": RETRY_CLASSES}
        for key, values in allowed.items():
            value = transfer.data.get(key, values[0])
            if value not in values:
                instead = f"write one of {', '.join(values)}"
                yield Problem((*transfer.pointer, key), f"`{key}` of a transfer cannot be {value!r}", instead)
        success = transfer.data.get("success", [200])
        if not (isinstance(success, list) and success and all(_is_success(status) for status in success)):
            message = f"{success!r} are no statuses of a success"
            yield Problem((*transfer.pointer, "success"), message, "write a list of numbers from 200 to 299")


def _is_success(status: object) -> bool:
    return isinstance(status, int) and 200 <= status < 300


RULES: tuple[Rule, ...] = (transfer_name, transfer_keys, transfer_values)
