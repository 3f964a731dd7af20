"""What the templates of openapi-python-client get wrong for this project, and what stands there instead.

The generator calls its templates unstable, so no template is copied: each correction replaces one piece of text that
must be found exactly once. After an upgrade of the generator the run names what no longer matches.
"""

from regeneration.client.correction import Correction

_BOUNDARY = (
    "Every multipart body is framed by the fixed boundary '+++', so a file that contains it is cut or adds form fields."
    " httpx chooses a random boundary when the header is left to it."
)
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
_UNSET = "UNSET is compared by identity, but pickle and copy made new objects of it, which then leaked into JSON."
_STATUS = "A status code that IANA does not list raised ValueError before the answer could be looked at."
_OPEN_ENUM = (
    "Enumerations are open: a value that a later server sends must not raise and lose the whole answer. It becomes a"
    " member of its own that keeps the value."
)
_LAZY = "Importing one model or operation imported all of them, and the package itself imported httpx."
_DATETIME = "RFC 3339 allows lower-case 't' and 'z', '24:00' and leap seconds, which datetime.fromisoformat refuses."
_OFFSET = "A datetime without an offset went out without one and the server guessed; it means local time."
_PLAIN_VALUE = "A plain string where an enumeration or date is declared failed with AttributeError."
_MULTIPART_BOOLEAN = "Booleans went out as 'True' and 'False' in multipart bodies, as 'true' and 'false' elsewhere."
_FILE_NAME = "A file without a name was sent without 'filename', so servers took it for a text field."

_ENUM_METHODS = '''\
    @classmethod
    def _missing_(cls, value: object) -> "{{{{ enum.class_info.name }}}} | None":
        """Keep a value that the contract does not list."""
        if not isinstance(value, {base}):
            return None
        member = {base}.__new__(cls, value)
        member._name_ = str(value)
        member._value_ = value
        return member

    def __reduce_ex__(self, protocol: object, /) -> tuple[Any, ...]:
        """Pickle by value, because unlisted values have no name to be found by."""
        return type(self), ({base}(self.value),)

    def __str__(self) -> str:
        return str(self.value)
'''

_LAZY_INIT = '''\
def __dir__() -> list[str]:
    return sorted({**globals(), **_MODULES})


if not TYPE_CHECKING:  # a type checker would take any name from __getattr__

    def __getattr__(name: str) -> object:
        """Import what was asked for when it is asked for."""
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(_MODULES[name], __name__), name)
        globals()[name] = value
        return value
'''

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

_SYNC = {"get": "get_httpx_client", "kind": "Client", "attribute": "_client"}
_ASYNC = {"get": "get_async_httpx_client", "kind": "AsyncClient", "attribute": "_async_client"}

CORRECTIONS: tuple[Correction, ...] = (
    # --- requests
    Correction(
        name="multipart boundary",
        reason=_BOUNDARY,
        template="endpoint_module.py.jinja",
        find="""\
    {{ body_to_kwarg(body) | indent(4) }}
    {%- if body.content_type == "multipart/form-data" %}
    headers["Content-Type"] = "multipart/form-data; boundary=+++"
    {% else %}
""",
        replace="""\
    {{ body_to_kwarg(body) | indent(4) }}
    {% if body.body_type != "files" %}
""",
    ),
    Correction(
        name="multipart boundary, several media types",
        reason=_BOUNDARY,
        template="endpoint_module.py.jinja",
        find="""\
        {{ body_to_kwarg(body) | indent(8) }}
        {%- if body.content_type == "multipart/form-data" %}
        headers["Content-Type"] = "multipart/form-data; boundary=+++"
        {% else %}
""",
        replace="""\
        {{ body_to_kwarg(body) | indent(8) }}
        {% if body.body_type != "files" %}
""",
    ),
    Correction(
        name="multipart booleans",
        reason=_MULTIPART_BOOLEAN,
        template="property_templates/boolean_property.py.jinja",
        find="""files.append(({{ name }}, (None, str({{source}}).encode(), "text/plain")))""",
        replace="""files.append(({{ name }}, (None, b"true" if {{ source }} else b"false", "text/plain")))""",
    ),
    Correction(
        name="file names",
        reason=_FILE_NAME,
        template="types.py.jinja",
        find="return self.file_name, self.payload, self.mime_type",
        replace="""\
file_name = self.file_name or PurePath(str(getattr(self.payload, "name", "upload"))).name
        return file_name, self.payload, self.mime_type""",
    ),
    Correction(
        name="plain values for enumerations",
        reason=_PLAIN_VALUE,
        template="property_templates/enum_property.py.jinja",
        find="""{% set transformed = source + ".value" %}""",
        replace="""{% set transformed = "getattr(" + source + ', "value", ' + source + ")" %}""",
    ),
    Correction(
        name="offset of datetimes",
        reason=f"{_OFFSET} {_PLAIN_VALUE}",
        template="property_templates/datetime_property.py.jinja",
        find="""{% set transformed = source + ".isoformat()" %}""",
        replace="""{% set transformed = "format_datetime(" + source + ")" %}""",
    ),
    Correction(
        name="offset of datetimes in multipart bodies",
        reason=f"{_OFFSET} {_PLAIN_VALUE}",
        template="property_templates/datetime_property.py.jinja",
        find="{{ source }}.isoformat().encode()",
        replace="format_datetime({{ source }}).encode()",
    ),
    # --- responses
    Correction(
        name="lenient datetimes",
        reason=_DATETIME,
        template="property_templates/datetime_property.py.jinja",
        find="datetime.datetime.fromisoformat({{ source }})",
        replace="parse_datetime({{ source }})",
    ),
    Correction(
        name="names for models",
        reason=f"{_DATETIME} {_OFFSET}",
        template="model.py.jinja",
        find="from ..types import UNSET, Unset\n",
        replace="from ..types import UNSET, Unset, format_datetime, parse_datetime\n",
    ),
    Correction(
        name="names for operations",
        reason=f"{_DATETIME} {_OFFSET} {_STATUS}",
        template="endpoint_module.py.jinja",
        find="from ...types import Response, UNSET\n",
        replace="from ...types import Response, UNSET, format_datetime, http_status, parse_datetime\n",
    ),
    Correction(
        name="unlisted status codes",
        reason=_STATUS,
        template="endpoint_module.py.jinja",
        find="status_code=HTTPStatus(response.status_code),",
        replace="status_code=http_status(response.status_code),",
    ),
    Correction(
        name="type of status codes",
        reason=_STATUS,
        template="types.py.jinja",
        find="    status_code: HTTPStatus\n",
        replace="    status_code: HTTPStatus | int\n",
    ),
    Correction(
        name="open string enumerations",
        reason=_OPEN_ENUM,
        template="str_enum.py.jinja",
        find="    def __str__(self) -> str:\n        return str(self.value)\n",
        replace=_ENUM_METHODS.format(base="str"),
    ),
    Correction(
        name="imports of string enumerations",
        reason=_OPEN_ENUM,
        template="str_enum.py.jinja",
        find="from enum import StrEnum\n",
        replace="from enum import StrEnum\nfrom typing import Any\n",
    ),
    Correction(
        name="open integer enumerations",
        reason=_OPEN_ENUM,
        template="int_enum.py.jinja",
        find="    def __str__(self) -> str:\n        return str(self.value)\n",
        replace=_ENUM_METHODS.format(base="int"),
    ),
    Correction(
        name="imports of integer enumerations",
        reason=_OPEN_ENUM,
        template="int_enum.py.jinja",
        find="from enum import IntEnum\n",
        replace="from enum import IntEnum\nfrom typing import Any\n",
    ),
    # --- shared types
    Correction(
        name="imports of shared types",
        reason=f"{_FILE_NAME} {_DATETIME} {_OFFSET}",
        template="types.py.jinja",
        find="from http import HTTPStatus\n",
        replace="import datetime\nimport re\nfrom http import HTTPStatus\nfrom pathlib import PurePath\n",
    ),
    Correction(
        name="one UNSET",
        reason=_UNSET,
        template="types.py.jinja",
        find="    def __bool__(self) -> Literal[False]:\n        return False\n",
        replace='''\
    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        """Pickle and copy by name, so that it stays the only one"""
        return "UNSET"
''',
    ),
    Correction(
        name="shared functions",
        reason=f"{_DATETIME} {_OFFSET} {_STATUS}",
        template="types.py.jinja",
        find='T = TypeVar("T")\n',
        replace='''\
_TIMESTAMP = re.compile(r"(\\d{4}-\\d\\d-\\d\\d[Tt ]\\d\\d:\\d\\d)(:\\d\\d)?.*")


def parse_datetime(value: str) -> datetime.datetime:
    """Parse a timestamp as RFC 3339 writes it; a leap second becomes the second after it"""
    try:
        return datetime.datetime.fromisoformat(value)
    except ValueError:
        match = _TIMESTAMP.fullmatch(value)
        if match is None:
            raise
        # Needed so seldom that the import should not cost anything otherwise.
        from dateutil.parser import isoparse

        if match[2] != ":60":
            return isoparse(value)
        return isoparse(f"{match[1]}:59{value[match.end(2):]}") + datetime.timedelta(seconds=1)


def format_datetime(value: datetime.datetime | str) -> str:
    """Return a timestamp with an offset; a datetime without one is in local time, a string stays as it is"""
    if isinstance(value, str):
        return value
    return (value if value.tzinfo else value.astimezone()).isoformat()


def http_status(value: int) -> HTTPStatus | int:
    """Return the member of HTTPStatus, or the number itself where there is none"""
    try:
        return HTTPStatus(value)
    except ValueError:
        return value


T = TypeVar("T")
''',
    ),
    # --- the client object
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
    # --- imports
    Correction(
        name="lazy models",
        reason=_LAZY,
        template="models_init.py.jinja",
        find="""\
{% for import in imports | sort %}
{{ import }}
{% endfor %}

{% if imports %}
""",
        replace="""\
from importlib import import_module
from typing import TYPE_CHECKING

{% for import in imports | sort %}
{% if loop.first %}
if TYPE_CHECKING:
{% endif %}
    {{ import }}
{% endfor %}

_MODULES: dict[str, str] = {
    {% for import in imports | sort %}
    "{{ import.split()[3] }}": "{{ import.split()[1] }}",
    {% endfor %}
}


"""
        + _LAZY_INIT
        + """

{% if imports %}
""",
    ),
    Correction(
        name="lazy package",
        reason=_LAZY,
        template="package_init.py.jinja",
        find="from .client import AuthenticatedClient, Client\n",
        replace="""\
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .client import AuthenticatedClient, Client

_MODULES: dict[str, str] = {"AuthenticatedClient": ".client", "Client": ".client"}


"""
        + _LAZY_INIT,
    ),
)
