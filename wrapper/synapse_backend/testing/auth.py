"""Who is calling: the credential headers of the contract, and whether one of them is good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synapse_backend.testing.messages import RequestError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from synapse_backend.testing.messages import Headers

_SCHEME = "Token "
_CHALLENGE = (("WWW-Authenticate", "Token"),)


def authenticate(headers: Headers, names: Sequence[str], tokens: Collection[str] | None) -> None:
    """Accept a request that carries at least one good credential.

    Args:
        headers: Of the request.
        names: The headers that may carry a credential.
        tokens: The tokens that are good; None accepts any.

    Raises:
        RequestError: 401, none came or none is good.
    """
    sent = [headers[name] for name in names if name in headers]
    if not sent:
        raise RequestError(401, {"detail": "Authentication credentials were not provided."}, _CHALLENGE)
    for value in sent:
        token = value.removeprefix(_SCHEME).strip()
        if value.startswith(_SCHEME) and token and (tokens is None or token in tokens):
            return
    raise RequestError(401, {"detail": "Invalid token."}, _CHALLENGE)
