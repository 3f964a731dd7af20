"""Client for the Synapse (datamaker) backend.

::

    from synapse_backend import BackendClient

    with BackendClient("https://api.synapse.sh") as client:
        jobs, count = client.list_jobs(params={"status": "running"})

Names are loaded when they are first used, so that the mock backend and the pytest plugin start without an HTTP client.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from synapse_backend._version import __version__

if TYPE_CHECKING:
    from synapse_backend._async.client import AsyncBackendClient
    from synapse_backend._batches import AnnotationOutcome
    from synapse_backend._bulk import BulkProgress, CollectionUpload, UnitResult
    from synapse_backend._clock import Clock
    from synapse_backend._config import CallOptions, TimeoutOptions
    from synapse_backend._conversion import FileConversion, UrlConversion
    from synapse_backend._errors import (
        AuthenticationError,
        AuthorizationError,
        ChecksumMismatchError,
        ClientConnectionError,
        ClientError,
        ClientTimeoutError,
        ConflictError,
        HTTPError,
        NotFoundError,
        OutcomeUnknownError,
        RateLimitError,
        ResponseError,
        ServerError,
        SourceChangedError,
        UploadError,
        ValidationError,
    )
    from synapse_backend._events import RequestEvent, ResponseEvent, RetryEvent
    from synapse_backend._pagination import Page
    from synapse_backend._presigned import BulkFile, BulkFiles
    from synapse_backend._sync.client import BackendClient
    from synapse_backend._units import OrganizedFile, UploadedUnit, UploadedUnitFile
    from synapse_backend.compat import install_as_synapse_sdk

__all__ = [  # noqa: RUF022 - grouped by what a reader looks for
    # clients
    "AsyncBackendClient",
    "BackendClient",
    # values
    "AnnotationOutcome",
    "BulkFile",
    "BulkFiles",
    "BulkProgress",
    "CallOptions",
    "Clock",
    "CollectionUpload",
    "FileConversion",
    "OrganizedFile",
    "Page",
    "RequestEvent",
    "ResponseEvent",
    "RetryEvent",
    "TimeoutOptions",
    "UnitResult",
    "UploadedUnit",
    "UploadedUnitFile",
    "UrlConversion",
    # errors
    "AuthenticationError",
    "AuthorizationError",
    "ChecksumMismatchError",
    "ClientConnectionError",
    "ClientError",
    "ClientTimeoutError",
    "ConflictError",
    "HTTPError",
    "NotFoundError",
    "OutcomeUnknownError",
    "RateLimitError",
    "ResponseError",
    "ServerError",
    "SourceChangedError",
    "UploadError",
    "ValidationError",
    # drop-in use
    "install_as_synapse_sdk",
    # version
    "__version__",
]

_MODULE_BY_NAME = {
    "AnnotationOutcome": "_batches",
    "AsyncBackendClient": "_async.client",
    "BackendClient": "_sync.client",
    "BulkFile": "_presigned",
    "BulkFiles": "_presigned",
    "BulkProgress": "_bulk",
    "CallOptions": "_config",
    "Clock": "_clock",
    "CollectionUpload": "_bulk",
    "FileConversion": "_conversion",
    "OrganizedFile": "_units",
    "Page": "_pagination",
    "RequestEvent": "_events",
    "ResponseEvent": "_events",
    "RetryEvent": "_events",
    "TimeoutOptions": "_config",
    "UnitResult": "_bulk",
    "UploadedUnit": "_units",
    "UploadedUnitFile": "_units",
    "UrlConversion": "_conversion",
    "install_as_synapse_sdk": "compat",
}


if not TYPE_CHECKING:  # a type checker would take any name from `__getattr__`

    def __getattr__(name: str) -> object:
        """Import what was asked for when it is asked for."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        module = importlib.import_module(f"{__name__}.{_MODULE_BY_NAME.get(name, '_errors')}")
        value = globals()[name] = getattr(module, name)
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
