"""What a client is told at construction: checked once, then frozen."""

from __future__ import annotations

import os
import ssl
import warnings
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from math import inf, isfinite
from typing import TYPE_CHECKING, Any, Self, TypedDict, TypeVar
from urllib.parse import SplitResult
from urllib.request import getproxies, proxy_bypass

from synapse_backend import _urls
from synapse_backend._clock import Clock, SystemClock
from synapse_backend._events import Hooks
from synapse_backend._secrets import MASK, Secret, SecretBytes, TokenSource, parse_header_value, parse_secret

API_TOKEN_VARIABLES = ("SYNAPSE_API_TOKEN", "SYNAPSE_ACCESS_TOKEN")
AGENT_TOKEN_VARIABLES = ("SYNAPSE_AGENT_TOKEN",)

DEFAULT_CONNECT_TIMEOUT = 5.0
DEFAULT_IDLE_TIMEOUT = 90.0
"""Longest silence of a stream of events; servers send something every 15 to 30 seconds to keep it alive."""
DEFAULT_READ_TIMEOUT = 30.0
DEFAULT_DEADLINE = 600.0
DEFAULT_MAX_RESPONSE_BYTES = 64 * 1024 * 1024
if TYPE_CHECKING:
    from synapse_api.operations import Operation

C = TypeVar("C")

_PHASES = ("connect", "read", "write", "pool")


class TimeoutOptions(TypedDict, total=False):
    """Limits in seconds for the phases of a call. A key that is absent keeps its default, None means no limit."""

    connect: float | None
    """Time to open a connection; 5 by default."""
    read: float | None
    """Longest silence of the server; 30 by default."""
    write: float | None
    """Longest time in which the server takes no byte; as `read` by default."""
    pool: float | None
    """Time to wait for a free connection; as `read` by default."""


class CallOptions(TypedDict, total=False):
    """Settings of one call; a key that is absent is as the client says."""

    timeout: TimeoutOptions | float
    """Seconds for each phase of an attempt."""
    deadline: float
    """Seconds for the call as a whole: all attempts, the waits between them and the body."""
    retries: int
    """How many further attempts may follow a failed one."""


def parse_timeout(timeout: TimeoutOptions | Mapping[str, float | None] | float | None) -> dict[str, float | None]:
    """Return the limit of every phase: from a dict, from one number for all of them, or the defaults.

    Raises:
        TypeError: It is neither a dict nor a number.
        ValueError: A phase is unknown, or a limit is not a positive number.
    """
    if timeout is None:
        timeout = {}
    if not isinstance(timeout, Mapping):
        return dict.fromkeys(_PHASES, _seconds("timeout", timeout))
    unknown = [key for key in timeout if key not in _PHASES]
    if unknown:
        raise ValueError(f"timeout has no phase {unknown[0]!r}; it knows {', '.join(_PHASES)}")
    given: dict[str, float | None] = {
        phase: None if value is None else _seconds(f"timeout[{phase!r}]", value) for phase, value in timeout.items()
    }
    read = given.get("read", DEFAULT_READ_TIMEOUT)
    return {"connect": DEFAULT_CONNECT_TIMEOUT, "read": read, "write": read, "pool": read} | given


def _seconds(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} must be a number of seconds, not {type(value).__name__}")
    if not (isfinite(value) and value > 0):
        raise ValueError(f"{name} must be a positive number of seconds, not {value}; None means no limit")
    return float(value)


def parse_retries(retries: int) -> int:
    """Check a number of further attempts."""
    if isinstance(retries, bool) or not isinstance(retries, int):
        raise TypeError(f"retries must be an int, not {type(retries).__name__}")
    if not 0 <= retries <= 100:
        raise ValueError(f"retries must be between 0 and 100, not {retries}")
    return retries


def parse_idle_timeout(seconds: float | None) -> float | None:
    """Check the limit of a silence; None means none."""
    return None if seconds is None or seconds == inf else _seconds("idle_timeout", seconds)


def is_long(operation: Operation[Any]) -> bool:
    """Tell whether a call may take long: files and streams take as long as their size and the line say."""
    return bool(operation.files) or operation.stream or not operation.module


def parse_deadline(deadline: float) -> float:
    """Check the limit of a whole call; infinity means none."""
    return inf if deadline == inf else _seconds("deadline", deadline)


@dataclass(frozen=True, slots=True)
class Credentials:
    """The tokens of a client. Each has a header of its own, and all that are set are sent."""

    access_token: Secret | TokenSource | None = None
    user_token: Secret | None = None
    agent_token: Secret | None = None
    tenant: str | None = None

    @classmethod
    def resolve(
        cls,
        *,
        api_token: str | Callable[[], str] | None = None,
        access_token: str | Callable[[], str] | None = None,
        authorization_token: str | None = None,
        agent_token: str | None = None,
        tenant: str | None = None,
    ) -> Self:
        """Take each token from its argument, else from the environment.

        Raises:
            TypeError: A token is not a string.
            ValueError: A token cannot be sent, or `api_token` and `access_token` differ.
        """
        if api_token is not None and access_token is not None and api_token != access_token:
            raise ValueError("api_token and access_token are two names of one argument, but their values differ")
        access = _token("api_token", api_token) or _token("access_token", access_token)
        return cls(
            access_token=access or _from_environment(*API_TOKEN_VARIABLES),
            user_token=_argument("authorization_token", authorization_token),
            agent_token=_argument("agent_token", agent_token) or _from_environment(*AGENT_TOKEN_VARIABLES),
            tenant=None if tenant is None else parse_header_value("tenant", tenant),
        )

    @property
    def is_anonymous(self) -> bool:
        """Whether no token is set; a tenant alone is no credential."""
        return not self.names()

    def names(self) -> tuple[str, ...]:
        """Return the names of the arguments whose tokens are set."""
        named = {
            "api_token": self.access_token,
            "authorization_token": self.user_token,
            "agent_token": self.agent_token,
        }
        return tuple(name for name, secret in named.items() if secret is not None)

    def headers(self) -> list[tuple[bytes, SecretBytes]]:
        """Return the headers that carry the tokens, to be added at send time."""
        named = (
            (b"Synapse-Access-Token", self.access_token),
            (b"Authorization", self.user_token),
            (b"SYNAPSE-Agent", self.agent_token),
            (b"Synapse-Tenant", None if self.tenant is None else Secret(self.tenant)),
        )
        return [(name, secret.header()) for name, secret in named if isinstance(secret, Secret)]

    def current(self) -> Credentials:
        """Return the tokens to send now, each function replaced by the token that it returns."""
        source = self.access_token
        return replace(self, access_token=source.current()) if isinstance(source, TokenSource) else self

    def renew(self, refused: Credentials) -> bool:
        """Ask for another token after the server refused one; False where there is no function to ask."""
        source, secret = self.access_token, refused.access_token
        if not isinstance(source, TokenSource) or not isinstance(secret, Secret):
            return False
        source.replace(secret)
        return True

    def tokens(self) -> list[Secret]:
        """Return the tokens that are set and known; one that a function returns is known once it was sent."""
        values = (self.access_token, self.user_token, self.agent_token)
        return [secret for secret in values if isinstance(secret, Secret)]


def _token(name: str, value: str | Callable[[], str] | None) -> Secret | TokenSource | None:
    return TokenSource(value) if callable(value) else _argument(name, value)


def _argument(name: str, value: str | None) -> Secret | None:
    return None if value is None else parse_secret(name, value)


def _from_environment(*names: str) -> Secret | None:
    for name in names:
        if value := os.environ.get(name, "").strip():
            return parse_secret(name, value)
    return None


@dataclass(frozen=True, slots=True)
class ClientConfig:
    """The checked settings of a client."""

    parts: SplitResult
    origin: tuple[bytes, bytes, int | None]
    """Scheme, host and port in the form that the connection pool takes."""
    authority: bytes
    """Value of the `Host` header."""
    host_aliases: frozenset[str]
    """Other names by which the backend calls itself."""
    credentials: Credentials
    timeout: Mapping[str, float | None]
    verify: bool | str | ssl.SSLContext
    proxy: str | None = field(repr=False)
    """May hold a password."""
    allow_insecure_http: bool
    max_response_bytes: int
    deadline: float | None
    retries: int
    clock: Clock
    hooks: Hooks

    def options_for(
        self, operation: Operation[Any], options: CallOptions | None
    ) -> tuple[Mapping[str, float | None], int, float | None]:
        """Return the phases, the further attempts and the deadline of a call.

        Raises:
            TypeError: An option has the wrong type.
            ValueError: An option is unknown or out of range.
        """
        phases, retries, deadline = self.timeout, self.retries, self.deadline
        if options is not None:
            if not isinstance(options, Mapping):
                raise TypeError(f"{operation.id}: options must be a dict, not {type(options).__name__}")
            for name in options:
                if name not in CallOptions.__annotations__:
                    known = ", ".join(CallOptions.__annotations__)
                    raise ValueError(f"{operation.id}: options has no {name!r}; it knows {known}")
            if "timeout" in options:
                phases = parse_timeout(options["timeout"])
            if "retries" in options:
                retries = parse_retries(options["retries"])
            if "deadline" in options:
                deadline = parse_deadline(options["deadline"])
        if deadline is None and not is_long(operation):
            deadline = DEFAULT_DEADLINE
        return phases, retries, None if deadline == inf else deadline

    @property
    def base_url(self) -> str:
        """Address of the backend, without a slash at its end."""
        return self.parts.geturl()

    @property
    def host(self) -> str:
        """Host and port, as errors name them."""
        return self.parts.netloc

    @classmethod
    def build(
        cls,
        base_url: str,
        credentials: Credentials,
        *,
        timeout: TimeoutOptions | Mapping[str, float | None] | float | None,
        verify: bool | str | os.PathLike[str] | ssl.SSLContext,
        proxy: str | None,
        max_response_bytes: int,
        allow_insecure_http: bool,
        deadline: float | None,
        retries: int,
        clock: Clock | None,
        hooks: Hooks,
        host_aliases: Collection[str] = (),
    ) -> Self:
        """Check the settings.

        Raises:
            TypeError: A setting has the wrong type.
            ValueError: A setting is out of range, or a token would travel in clear text.
        """
        parts = _urls.parse_base_url(base_url)
        host = parts.hostname or ""
        if not (parts.scheme == "https" or credentials.is_anonymous or allow_insecure_http or _urls.is_loopback(host)):
            raise ValueError(
                f"base_url would send a token to {host} in clear text; use https://, "
                "or pass allow_insecure_http=True if the network is yours"
            )
        if isinstance(max_response_bytes, bool) or not isinstance(max_response_bytes, int) or max_response_bytes < 1:
            raise ValueError("max_response_bytes must be a positive int")
        if verify is False:
            # Names the line that made the client: this is called by its constructor.
            warnings.warn(
                "verify=False: whoever is on the network can read and change everything, tokens included", stacklevel=3
            )
        origin, authority = origin_of(parts)
        return cls(
            parts=parts,
            origin=origin,
            authority=authority,
            host_aliases=_urls.parse_host_names("host_aliases", host_aliases),
            credentials=credentials,
            timeout=parse_timeout(timeout),
            verify=_parse_verify(verify),
            proxy=_parse_proxy("proxy", proxy) if proxy is not None else _environment_proxy(parts.scheme, host),
            allow_insecure_http=allow_insecure_http,
            max_response_bytes=max_response_bytes,
            deadline=None if deadline is None else parse_deadline(deadline),
            retries=parse_retries(retries),
            clock=SystemClock() if clock is None else clock,
            hooks=hooks,
        )

    def __str__(self) -> str:
        shown = [repr(self.base_url), *(f"{name}={MASK!r}" for name in self.credentials.names())]
        if self.credentials.tenant is not None:
            shown.append(f"tenant={self.credentials.tenant!r}")
        if self.verify is False:
            shown.append("verify=False")
        return ", ".join(shown)

    def portable(self) -> dict[str, Any]:
        """Return the settings for a pickle: arguments of the client, and the names of the tokens instead of them.

        Raises:
            TypeError: A setting cannot travel.
        """
        if isinstance(self.verify, ssl.SSLContext):
            raise TypeError("a client with an ssl.SSLContext cannot be pickled; pass verify= as a path")
        if self.proxy is not None and "@" in self.proxy:
            raise TypeError("a client whose proxy has a password cannot be pickled; set HTTPS_PROXY instead")
        if self.hooks != Hooks() or not isinstance(self.clock, SystemClock):
            raise TypeError("a client with hooks or a clock of its own cannot be pickled; make it where it is used")
        return {
            "base_url": self.base_url,
            "timeout": dict(self.timeout),
            "tenant": self.credentials.tenant,
            "host_aliases": sorted(self.host_aliases),
            "verify": self.verify,
            "proxy": self.proxy,
            "allow_insecure_http": self.allow_insecure_http,
            "max_response_bytes": self.max_response_bytes,
            "deadline": self.deadline,
            "retries": self.retries,
            "tokens": self.credentials.names(),
        }


def origin_of(parts: SplitResult) -> tuple[tuple[bytes, bytes, int | None], bytes]:
    """Return scheme, host and port as the connection pool takes them, and the value of the `Host` header."""
    host = parts.hostname or ""
    encoded = host.encode("ascii" if host.isascii() else "idna")
    bracketed = b"[%b]" % encoded if b":" in encoded else encoded
    authority = bracketed if parts.port is None else b"%b:%d" % (bracketed, parts.port)
    return (parts.scheme.encode(), encoded, parts.port), authority


def proxy_for(config: ClientConfig, parts: SplitResult) -> str | None:
    """Return the proxy to another server: that of the client if it was told one, else that of the environment."""
    own = _environment_proxy(config.parts.scheme, config.parts.hostname or "")
    return _environment_proxy(parts.scheme, parts.hostname or "") if config.proxy == own else config.proxy


def restore_client(client_class: Callable[..., C], settings: Mapping[str, Any]) -> C:
    """Return the client that a pickle describes; its tokens come from the environment of this process.

    Raises:
        ValueError: The pickled client had a token that the environment does not have.
    """
    arguments = dict(settings)
    tokens = arguments.pop("tokens")
    available = Credentials.resolve().names()
    for name in tokens:
        if name not in available:
            variable = {"api_token": API_TOKEN_VARIABLES[0], "agent_token": AGENT_TOKEN_VARIABLES[0]}.get(name)
            remedy = f"set {variable} in this process" if variable else "make the client here instead"
            raise ValueError(f"the pickled client had an {name}, which does not travel with it; {remedy}")
    return client_class(**arguments)


def _parse_verify(verify: object) -> bool | str | ssl.SSLContext:
    if isinstance(verify, bool | str | ssl.SSLContext):
        return verify
    if isinstance(verify, os.PathLike) and isinstance(path := os.fspath(verify), str):
        return path
    raise TypeError(f"verify must be True, False, a path or an ssl.SSLContext, not {type(verify).__name__}")


def _parse_proxy(name: str, proxy: str) -> str:
    """Check the address of a proxy. The message never repeats it: it may hold a password."""
    if not isinstance(proxy, str) or not proxy.startswith(("http://", "https://", "socks5://", "socks5h://")):
        raise ValueError(f"{name} must be an address that starts with http://, https:// or socks5://")
    if not _urls.has_host(proxy):
        raise ValueError(f"{name} must name a host in ASCII and may name a port, as in http://proxy.example:8080")
    if proxy.startswith("socks") and find_spec("socksio") is None:
        raise ValueError(f"{name} is a SOCKS proxy, which needs the package socksio")
    return proxy


def _environment_proxy(scheme: str, host: str) -> str | None:
    """Return the proxy that HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY name for a host."""
    proxies = getproxies()
    if _urls.is_loopback(host) or proxy_bypass(host):
        return None
    for name in (scheme, "all"):
        if proxy := proxies.get(name):
            return _parse_proxy(f"{name.upper()}_PROXY", proxy if "://" in proxy else f"http://{proxy}")
    return None
