"""Who is calling, and what they may do: credentials, their lifetime and scope, and tenants."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from synapse_backend.testing.messages import RequestError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from synapse_backend.testing.contract import Contract, OperationContract
    from synapse_backend.testing.messages import Headers

_SCHEME = "Token "
_CHALLENGE = (("WWW-Authenticate", "Token"),)


@dataclass(frozen=True, slots=True)
class Access:
    """Who may do what.

    Attributes:
        tokens: The tokens that are accepted; None accepts any that is not empty.
        agent_tokens: The same for tokens of agents.
        expired: Tokens that were good once.
        scopes: Operations that a token is limited to, by token; one that is not listed may do everything.
        tenants: Codes of the tenants that exist, each with data of its own; None has one set of data for all.
        required: Whether a request without a token is a 401.
    """

    tokens: Collection[str] | None = None
    agent_tokens: Collection[str] | None = None
    expired: Collection[str] = ()
    scopes: Mapping[str, Collection[str]] = field(default_factory=dict)
    tenants: Collection[str] | None = None
    required: bool = True

    def authenticate(self, headers: Headers, contract: Contract) -> tuple[str, ...]:
        """Accept a request that carries at least one good credential.

        Args:
            headers: Of the request.
            contract: Says which headers carry credentials.

        Returns:
            The good credentials that came.

        Raises:
            RequestError: 401, none came or none is good.
        """
        sent = [(name, headers[name]) for name in contract.credential_headers if name in headers]
        if not sent:
            if not self.required:
                return ()
            raise RequestError(401, {"detail": "Authentication credentials were not provided."}, _CHALLENGE)
        detail = "Invalid token."
        good: list[str] = []
        for name, value in sent:
            token = value.removeprefix(_SCHEME).strip()
            accepted = self.agent_tokens if name == contract.agent_header else self.tokens
            if not value.startswith(_SCHEME) or not token:
                continue
            if token in self.expired:
                detail = "Token has expired."
            elif accepted is None or token in accepted:
                good.append(token)
        if not good and self.required:
            raise RequestError(401, {"detail": detail}, _CHALLENGE)
        return tuple(good)

    def authorize(self, tokens: tuple[str, ...], operation: OperationContract) -> None:
        """Accept a call that one of its credentials covers.

        Raises:
            RequestError: 403, none does.
        """
        if tokens and all(token in self.scopes and operation.id not in self.scopes[token] for token in tokens):
            raise RequestError(403, {"detail": "You do not have permission to perform this action."})

    def tenant(self, headers: Headers, contract: Contract) -> str | None:
        """The tenant whose data are asked for; None for the data that belong to none.

        Raises:
            RequestError: 403, there is no such tenant, as far as this caller may know.
        """
        if self.tenants is None or contract.tenant_header is None or contract.tenant_header not in headers:
            return None
        code = headers[contract.tenant_header].removeprefix(_SCHEME).strip()
        if code not in self.tenants:
            raise RequestError(403, {"detail": "You do not have access to this tenant."})
        return code
