"""Reads a request the way its operation wants it: query, header fields and body, as strict as the mock is told to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synapse_backend.testing.body import chosen_body, decode_parts, read_json, read_multipart
from synapse_backend.testing.contract import FORM
from synapse_backend.testing.errors import problems
from synapse_backend.testing.messages import RequestError
from synapse_backend.testing.parameters import query_pairs, reject_unknown

if TYPE_CHECKING:
    from synapse_backend.testing.app import Call
    from synapse_backend.testing.contract import OperationContract
    from synapse_backend.testing.messages import Request
    from synapse_backend.testing.recording import RecordedRequest


def read_query(operation: OperationContract, request: Request, record: RecordedRequest, call: Call) -> None:
    """Decode the query.

    Raises:
        RequestError: 400, it violates the contract.
    """
    text = request.target.partition("?")[2].partition("#")[0]
    known = operation.query_parameters
    if text:
        call.query_pairs = query_pairs(text)
        for name, value in call.query_pairs:
            record.query.setdefault(name, []).append(value)
        if call.options.reject_unknown_query:
            reject_unknown(record.query, operation)
        call.query = {
            name: known[name].type.decode_all(values) for name, values in record.query.items() if name in known
        }
    if known and not operation.query_validator.is_valid(call.query):
        raise problems(operation.query_validator.iter_errors(call.query), depth=1)


def read_headers(operation: OperationContract, request: Request, call: Call) -> None:
    """Decode the header fields that are parameters.

    Raises:
        RequestError: 400, one is missing or malformed; the body names it.
    """
    if not operation.header_parameters:
        return
    call.headers = {
        name: parameter.type.decode(request.headers[name])
        for name, parameter in operation.header_parameters.items()
        if name in request.headers
    }
    if not operation.header_validator.is_valid(call.headers):
        raise problems(operation.header_validator.iter_errors(call.headers), depth=1)


def read_body(operation: OperationContract, request: Request, record: RecordedRequest, call: Call) -> None:
    """Decode the body.

    Raises:
        RequestError: 400, it violates the contract; 415, the operation takes no such media type.
    """
    if not operation.bodies:
        if request.body:
            raise RequestError(400, {"detail": "This operation takes no request body."})
        return
    content_type = request.headers.get("content-type", "")
    form = chosen_body(content_type, operation, is_empty=not request.body)
    if not request.body:
        # As in Django REST framework, no body is an empty object, so that the missing fields are named.
        body: object = {}
    elif form.media_type == FORM:
        parts = read_multipart(content_type, request.body)
        record.parts = {part.name: part for part in parts}
        call.files = {name: part for name, part in record.parts.items() if part.filename is not None}
        body = decode_parts(form, parts)
    else:
        body = record.json = read_json(request.body)
    if not form.validator.is_valid(body):
        raise problems(form.validator.iter_errors(body))
    if not request.body and operation.body_required:
        raise RequestError(400, {"non_field_errors": ["No data provided"]})
    call.body = body
