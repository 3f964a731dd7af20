"""What goes over the wire: requests, answers, and the types that both share."""

from regeneration.client.correction import Correction

_BOUNDARY = (
    "Every multipart body is framed by the fixed boundary '+++', so a file that contains it is cut or adds form fields."
    " httpx chooses a random boundary when the header is left to it."
)
_UNSET = "UNSET is compared by identity, but pickle and copy made new objects of it, which then leaked into JSON."
_STATUS = "A status code that IANA does not list raised ValueError before the answer could be looked at."
_OPEN_ENUM = (
    "Enumerations are open: a value that a later server sends must not raise and lose the whole answer. It becomes a"
    " member of its own that keeps the value."
)
_DATETIME = "RFC 3339 allows lower-case 't' and 'z', '24:00' and leap seconds, which datetime.fromisoformat refuses."
_OFFSET = "A datetime without an offset went out without one and the server guessed; it means local time."
_PLAIN_VALUE = "A plain string where an enumeration or date is declared failed with AttributeError."
_MULTIPART_BOOLEAN = "Booleans went out as 'True' and 'False' in multipart bodies, as 'true' and 'false' elsewhere."
_SEVERAL_BODIES = "A body of one of several media types could be left out although the contract requires it."
_NULLABLE = "When a value that can be null did not parse, the error was swallowed and the raw JSON handed out instead."
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

REQUESTS = (
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
        name="required body, several media types",
        reason=_SEVERAL_BODIES,
        template="endpoint_macros.py.jinja",
        find="{%- endfor -%}{% if not body_required %} | Unset = UNSET{% endif %}",
        replace="{%- endfor -%}{% if not endpoint.bodies[0].prop.required %} | Unset = UNSET{% endif %}",
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
)

RESPONSES = (
    Correction(
        name="values that can be null",
        reason=_NULLABLE,
        template="property_templates/union_property.py.jinja",
        find="""\
    {% set ns = namespace(contains_unmodified_properties = false) %}
    {% for inner_property in property.inner_properties %}
""",
        replace="""\
    {% set ns = namespace(contains_unmodified_properties = false) %}
    {% for inner_property in property.inner_properties if inner_property.get_type_string() != PythonCode("None") %}
""",
    ),
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
)

SHARED_TYPES = (
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
)
