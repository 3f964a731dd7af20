"""Reading of request bodies: JSON and multipart, as strict as the backend or stricter."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

from synapse_backend.testing.errors import BLANK
from synapse_backend.testing.messages import JsonObject, RequestError
from synapse_backend.testing.multipart import MultipartError, Part, parse_multipart

if TYPE_CHECKING:
    from synapse_backend.testing.contract import BodyContract, OperationContract, WireType

# Deeper than any sensible document, and well below what exhausts the stack of the interpreter.
MAX_DEPTH = 100


def chosen_body(content_type: str, operation: OperationContract, *, is_empty: bool) -> BodyContract:
    """The form of the body that its media type chooses. No body is of the first form, whatever its type says.

    Raises:
        RequestError: 415, the operation takes no such body.
    """
    media_type, *parameters = [piece.strip().lower() for piece in content_type.split(";")]
    charsets = [value.strip('"') for key, _, value in (p.partition("=") for p in parameters) if key == "charset"]
    form = operation.bodies.get(media_type)
    if is_empty:
        return form or next(iter(operation.bodies.values()))
    if form is None or any(charset not in ("utf-8", "utf8") for charset in charsets):
        raise RequestError(415, {"detail": f'Unsupported media type "{content_type[:100]}" in request.'})
    return form


def read_json(body: bytes) -> object:
    """The value of a JSON body.

    Raises:
        RequestError: 400, it is not JSON, or JSON that no two programs read alike.
    """
    try:
        text = body.decode()
        _check_depth(text)
        value: object = json.loads(
            text, parse_constant=_no_constant, parse_float=_finite, object_pairs_hook=_no_duplicates
        )
        if "\\u" in text:
            # Halves of surrogate pairs cannot be encoded, so that no answer could show them.
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        message = "Surrogate characters are not allowed"
    except UnicodeDecodeError as error:
        message = f"'utf-8' codec can't decode byte in position {error.start}: {error.reason}"
    except ValueError as error:
        message = str(error)
    else:
        return value
    raise RequestError(400, {"detail": f"JSON parse error - {message}"})


def _check_depth(text: str) -> None:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    quoted = escaped = False
    for character in text:
        if quoted:
            quoted = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            quoted = True
        elif character in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise ValueError(f"nested deeper than {MAX_DEPTH} levels")
        elif character in "]}":
            depth -= 1


def _no_constant(name: str) -> float:
    raise ValueError(f"Out of range float values are not JSON compliant: {name}")


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"Out of range float values are not JSON compliant: {text[:20]}")
    return value


def _no_duplicates(pairs: list[tuple[str, object]]) -> JsonObject:
    value = dict(pairs)
    if len(value) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"duplicate key {next(key for key in value if keys.count(key) > 1)[:50]!r}")
    return value


def read_multipart(content_type: str, body: bytes) -> list[Part]:
    """The parts of a multipart body.

    Raises:
        RequestError: 400, it is malformed.
    """
    try:
        return parse_multipart(content_type, body)
    except MultipartError as error:
        raise RequestError(400, {"detail": f"Multipart form parse error - {error}"}) from None


def decode_parts(form: BodyContract, parts: list[Part]) -> JsonObject:
    """The form as an object that the body schema can be held against; a file is represented by its name.

    Raises:
        RequestError: 400, a part cannot be what the contract says.
    """
    known = form.parts
    value: JsonObject = {}
    problems: JsonObject = {}
    texts: dict[str, list[str]] = {}
    for part in parts:
        wire_type = known.get(part.name)
        message = _part_problem(part, wire_type, again=part.name in value or part.name in texts)
        if message is not None:
            problems[part.name] = [message]
        elif part.filename is not None:
            value[part.name] = part.filename or part.name
        else:
            texts.setdefault(part.name, []).append(part.text)
    if problems:
        raise RequestError(400, problems)
    for name, values in texts.items():
        wire_type = known.get(name)
        value[name] = values[-1] if wire_type is None else wire_type.decode_all(values)
    return value


def _part_problem(part: Part, wire_type: WireType | None, *, again: bool) -> str | None:
    is_file = wire_type is not None and wire_type.format == "binary"
    if wire_type is not None and again and wire_type.items is None:
        return "Sent more than once; this field takes one value."
    if is_file and part.filename is None:
        return "The submitted data was not a file. Check the encoding type on the form."
    if is_file and not part.size:
        return "The submitted file is empty."
    if wire_type is not None and not is_file and part.filename is not None:
        return "Not a valid string."
    if part.filename is None:
        try:
            text = part.text
        except UnicodeDecodeError:
            return "Not valid UTF-8."
        if not text and wire_type is not None and "string" not in wire_type.kinds:
            return BLANK
    return None
