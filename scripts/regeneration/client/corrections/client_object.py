"""The client object: what it shows, what it keeps, and how it is copied."""

from regeneration.client.correction import Correction

_LIVE_CLIENT = (
    "Copying the client with other headers, cookies or timeouts changed the live connection of the original, too."
)
_SECRETS = "Tokens stood in the repr of a client, and from there in logs and error reports."
_CALLERS_DICT = (
    "The Authorization header was written into the caller's headers dict; another client that was made with that dict"
    " then sent the token to a different host."
)
_PICKLE = "A client that was used holds sockets and locks, so it could not be pickled, copied or sent to a worker."
_RACE = "Threads that used a fresh client at once each made a connection pool, and all but one leaked."
_SYNC = {"get": "get_httpx_client", "kind": "Client", "attribute": "_client"}
_ASYNC = {"get": "get_async_httpx_client", "kind": "AsyncClient", "attribute": "_async_client"}

_GET_CLIENT = '''\
    def {get}(self) -> httpx.{kind}:
        """Get the underlying httpx.{kind}, constructing a new one if not previously set"""
        if self.{attribute} is None:
        {{% if custom_constructor %}}
            {{{{ custom_constructor | indent(12) }}}}
        {{% endif %}}
            self.{attribute} = httpx.{kind}(
                base_url=self._base_url,
                cookies=self._cookies,
                headers=self._headers,
                timeout=self._timeout,
                verify=self._verify_ssl,
                follow_redirects=self._follow_redirects,
                **self._httpx_args,
            )
        return self.{attribute}
'''

_GET_CLIENT_LOCKED = '''\
    def {get}(self) -> httpx.{kind}:
        """Get the underlying httpx.{kind}, constructing a new one if not previously set"""
        if self.{attribute} is None:
            with _construction:
                if self.{attribute} is None:
                    self.{attribute} = httpx.{kind}(
                        base_url=self._base_url,
                        cookies=self._cookies,
                        headers={{{{ custom_constructor or "self._headers" }}}},
                        timeout=self._timeout,
                        verify=self._verify_ssl,
                        follow_redirects=self._follow_redirects,
                        **self._httpx_args,
                    )
        return self.{attribute}
'''

CLIENT_OBJECT = (
    Correction(
        name="imports of the client",
        reason=f"{_CALLERS_DICT} {_RACE} {_PICKLE}",
        template="client.py.jinja",
        find="""\
from typing import Any, Self

from attrs import define, field, evolve
import httpx
""",
        replace="""\
import threading
from collections.abc import Mapping
from typing import Any, Self

from attrs import define, evolve, field, fields
import httpx

# Held while a connection pool is made, which happens once per client.
_construction = threading.Lock()


def _copy(mapping: Mapping[str, str]) -> dict[str, str]:
    return dict(mapping)


def _default_timeout() -> httpx.Timeout:
    return httpx.Timeout(30.0, connect=5.0)

""",
    ),
    Correction(
        name="token in repr",
        reason=_SECRETS,
        template="client.py.jinja",
        find="""namespace(type="str", default="", docstring="The token to use for authentication")""",
        replace="""\
namespace(type="str", default="field(repr=False)", docstring="The token to use for authentication")""",
    ),
    Correction(
        name="cookies in repr and the caller's dict",
        reason=_SECRETS,
        template="client.py.jinja",
        find="""_cookies: dict[str, str] = field(factory=dict, kw_only=True, alias="cookies")""",
        replace="""\
_cookies: dict[str, str] = field(factory=dict, converter=_copy, kw_only=True, alias="cookies", repr=False)""",
    ),
    Correction(
        name="headers in repr and the caller's dict",
        reason=f"{_SECRETS} {_CALLERS_DICT}",
        template="client.py.jinja",
        find="""_headers: dict[str, str] = field(factory=dict, kw_only=True, alias="headers")""",
        replace="""\
_headers: dict[str, str] = field(factory=dict, converter=_copy, kw_only=True, alias="headers", repr=False)""",
    ),
    Correction(
        name="arguments of httpx in repr",
        reason=_SECRETS,
        template="client.py.jinja",
        find="""_httpx_args: dict[str, Any] = field(factory=dict, kw_only=True, alias="httpx_args")""",
        replace="""_httpx_args: dict[str, Any] = field(factory=dict, kw_only=True, alias="httpx_args", repr=False)""",
    ),
    Correction(
        name="authentication header",
        reason=_CALLERS_DICT,
        template="client.py.jinja",
        find='''"self._headers[self.auth_header_name] = f\\"{self.prefix} {self.token}\\" if self.prefix else self.token"''',
        replace='''\
"{**self._headers, self.auth_header_name: f\\"{self.prefix} {self.token}\\" if self.prefix else self.token}"''',
    ),
    Correction(
        name="timeout",
        reason="Without a timeout a call waited for a silent server for ever.",
        template="client.py.jinja",
        find="""field(default=None, kw_only=True, alias="timeout")""",
        replace="""field(factory=_default_timeout, kw_only=True, alias="timeout")""",
    ),
    Correction(
        name="with_headers",
        reason=_LIVE_CLIENT,
        template="client.py.jinja",
        find="""\
        if self._client is not None:
            self._client.headers.update(headers)
        if self._async_client is not None:
            self._async_client.headers.update(headers)
""",
        replace="",
    ),
    Correction(
        name="with_cookies",
        reason=_LIVE_CLIENT,
        template="client.py.jinja",
        find="""\
        if self._client is not None:
            self._client.cookies.update(cookies)
        if self._async_client is not None:
            self._async_client.cookies.update(cookies)
""",
        replace="",
    ),
    Correction(
        name="with_timeout",
        reason=_LIVE_CLIENT,
        template="client.py.jinja",
        find="""\
        if self._client is not None:
            self._client.timeout = timeout
        if self._async_client is not None:
            self._async_client.timeout = timeout
""",
        replace="",
    ),
    Correction(
        name="first use by several threads",
        reason=_RACE,
        template="client.py.jinja",
        find=_GET_CLIENT.format(**_SYNC),
        replace=_GET_CLIENT_LOCKED.format(**_SYNC),
    ),
    Correction(
        name="first asynchronous use by several threads",
        reason=_RACE,
        template="client.py.jinja",
        find=_GET_CLIENT.format(**_ASYNC),
        replace=_GET_CLIENT_LOCKED.format(**_ASYNC),
    ),
    Correction(
        name="pickle and copy of clients",
        reason=_PICKLE,
        template="client.py.jinja",
        find="{% macro httpx_stuff(name, custom_constructor=None) %}\n",
        replace='''\
{% macro httpx_stuff(name, custom_constructor=None) %}
    def __getstate__(self) -> dict[str, Any]:
        """State without the live connections, which belong to this object alone"""
        state = {attribute.name: getattr(self, attribute.name) for attribute in fields(type(self))}
        return {**state, "_client": None, "_async_client": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)

''',
    ),
)
