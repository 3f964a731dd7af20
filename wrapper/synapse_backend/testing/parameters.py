"""Parameters of paths and queries, as strict as the mock is told to be."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from synapse_backend.testing.messages import JsonObject, RequestError, not_found

if TYPE_CHECKING:
    from collections.abc import Mapping

    from synapse_backend.testing.contract import OperationContract

_MAX_QUERY_FIELDS = 1000


def path_parameters(operation: OperationContract, values: list[str]) -> JsonObject:
    """The decoded variable segments of a path.

    Raises:
        RequestError: 404, there can be no such object.
    """
    decoded = {
        name: parameter.type.decode(value)
        for (name, parameter), value in zip(operation.path_parameters.items(), values, strict=True)
    }
    # A key that cannot exist is a key that does not exist.
    if decoded and not operation.path_validator.is_valid(decoded):
        raise not_found()
    return decoded


def query_pairs(text: str) -> list[tuple[str, str]]:
    """The names and values of a query, as they came.

    Raises:
        RequestError: 400, it cannot be read.
    """
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MAX_QUERY_FIELDS)
    except UnicodeDecodeError:
        raise RequestError(400, {"detail": "The query is not valid UTF-8."}) from None
    except ValueError:
        raise RequestError(400, {"detail": f"The query has more than {_MAX_QUERY_FIELDS} fields."}) from None


def reject_unknown(query: Mapping[str, list[str]], operation: OperationContract) -> None:
    """Refuse parameters that the contract does not know.

    Raises:
        RequestError: 400, there are some.
    """
    known = operation.query_parameters
    body: JsonObject = {}
    for name, values in query.items():
        if name not in known:
            names = ", ".join(sorted(known)) or "none"
            message = f"Unknown query parameter; {operation.id} knows: {names}."
            # `detail` is text wherever it stands, also when somebody sends a parameter of that name.
            body[name] = message if name == "detail" else [message]
        elif len(values) > 1 and known[name].type.items is None:
            body[name] = ["Sent more than once; this parameter takes one value."]
    if body:
        raise RequestError(400, body)
