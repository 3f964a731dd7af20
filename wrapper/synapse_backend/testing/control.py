"""The mock by HTTP, for tests in other processes and languages: everything below `/__mock__/`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from synapse_backend.testing.accounting import masked, shown_path
from synapse_backend.testing.checks import known, number
from synapse_backend.testing.clock import wire
from synapse_backend.testing.messages import MASK, JsonObject, Request, RequestError, Response, is_credential

if TYPE_CHECKING:
    from collections.abc import Callable

    from synapse_backend.testing.backend import MockBackend
    from synapse_backend.testing.faults import Armed
    from synapse_backend.testing.recording import RecordedRequest

PREFIX = "/__mock__/"


class Control:
    """Answers requests about the mock itself. They are not recorded and take no time.

    Args:
        backend: The mock.
    """

    def __init__(self, backend: MockBackend) -> None:
        self._backend = backend
        self._routes: dict[str, dict[str, Callable[[Request], object]]] = {
            "": {"GET": self._overview},
            "faults": {"GET": self._faults, "POST": self._arm, "DELETE": self._disarm},
            "requests": {"GET": self._requests},
            "transcript": {"GET": self._transcript},
            "state": {"GET": self._export, "PUT": self._import},
            "clock": {"GET": self._clock, "POST": self._advance},
            "reset": {"POST": self._reset},
        }

    def __call__(self, request: Request) -> Response:
        """Serve one request."""
        status, headers = 200, []
        try:
            body = self._serve(request)
        except RequestError as error:
            status, body, headers = error.status, error.body, list(error.headers)
        except (ValueError, OSError, RuntimeError) as error:
            status, body = 400, {"detail": str(error)}
        if isinstance(body, bytes):
            content, media_type = body, "text/plain; charset=utf-8"
        else:
            content, media_type = json.dumps(body, ensure_ascii=False).encode() + b"\n", "application/json"
        fields = [("Content-Type", media_type), *headers, ("Content-Length", str(len(content)))]
        return Response(status, fields, b"" if request.method == "HEAD" else content)

    def _serve(self, request: Request) -> object:
        name = request.target.partition("?")[0].removeprefix(PREFIX).removesuffix("/")
        verbs = self._routes.get(name)
        if verbs is None:
            raise RequestError(404, {"detail": f"There is {', '.join(PREFIX + route for route in self._routes)}."})
        serve = verbs.get("GET" if request.method == "HEAD" else request.method)
        if serve is None:
            allowed = ", ".join(sorted(verbs))
            raise RequestError(405, {"detail": f"{PREFIX}{name} takes {allowed}."}, (("Allow", allowed),))
        return serve(request)

    def _overview(self, _request: Request) -> object:
        return {
            "backend": repr(self._backend),
            "paths": {PREFIX + name: list(verbs) for name, verbs in self._routes.items()},
        }

    # --- faults -----------------------------------------------------------------------------------------------------

    def _faults(self, _request: Request) -> object:
        from synapse_backend.testing.faults import KINDS

        return {
            "armed": [_shown(armed) for armed in self._backend.faults.armed],
            "all_fired": not self._backend.faults.unfired,
            "known": {name: kind.summary for name, kind in KINDS.items()},
        }

    def _arm(self, request: Request) -> object:
        from synapse_backend.testing.faults.parsing import from_json

        value = _json(request)
        faults = self._backend.faults
        # All of them, or none.
        prepared = [from_json(faults, item) for item in (value if isinstance(value, list) else [value])]
        faults.add(*prepared)
        return {"armed": [_shown(armed) for armed in prepared]}

    def _disarm(self, _request: Request) -> object:
        self._backend.faults.clear()
        return {"armed": []}

    # --- what arrived -----------------------------------------------------------------------------------------------

    def _requests(self, request: Request) -> object:
        wanted = parse_qs(request.target.partition("?")[2]).get("operation", [])
        for name in wanted:
            known("operation", name, self._backend.operations)
        requests = self._backend.requests
        return [_entry(item) for item in requests if not wanted or item.operation_id in wanted]

    def _transcript(self, _request: Request) -> object:
        return self._backend.transcript()

    # --- state and time ---------------------------------------------------------------------------------------------

    def _export(self, _request: Request) -> object:
        return self._backend.export_state()

    def _import(self, request: Request) -> object:
        value = _json(request)
        if not isinstance(value, dict):
            raise ValueError("an exported state is an object")  # noqa: TRY004  # bad input, not a wrong call
        self._backend.import_state(value)
        return {"now": wire(self._backend.clock.now)}

    def _clock(self, _request: Request) -> object:
        return {"now": wire(self._backend.clock.now)}

    def _advance(self, request: Request) -> object:
        value = _json(request)
        seconds = value.get("advance") if isinstance(value, dict) and len(value) == 1 else None
        number("advance", seconds, low=0, high=1e9)
        return {"now": wire(self._backend.clock.advance(float(str(seconds))))}

    def _reset(self, _request: Request) -> object:
        self._backend.reset()
        return {"now": wire(self._backend.clock.now)}


def _json(request: Request) -> object:
    # A page in a browser cannot send this type to another origin unasked.
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise RequestError(415, {"detail": "Send JSON, with Content-Type: application/json."})
    try:
        value: object = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the body is not JSON: {error}") from None
    return value


def _shown(armed: Armed) -> JsonObject:
    return {"fault": str(armed), "fired": armed.fired, "seen": armed.seen, "open": armed.is_open}


def _entry(request: RecordedRequest) -> JsonObject:
    return {
        "number": request.number,
        "time": wire(request.time),
        "method": request.method,
        "path": shown_path(request),
        "operation": request.operation_id,
        "query": masked(request.query),
        "headers": {name: MASK if is_credential(name) else value for name, value in request.headers.items()},
        "json": masked(request.json),
        "parts": {name: {"filename": part.filename, "size": part.size} for name, part in request.parts.items()},
        "errors": request.errors,
        "status": request.status,
        "faults": list(request.faults),
    }
