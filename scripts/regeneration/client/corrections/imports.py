"""What importing a part of the package imports besides."""

from regeneration.client.correction import Correction

_LAZY = "Importing one model or operation imported all of them, and the package itself imported httpx."

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

IMPORTS = (
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
