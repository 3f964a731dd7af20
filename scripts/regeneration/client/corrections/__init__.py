"""What the templates of openapi-python-client get wrong for this project, and what stands there instead.

The generator calls its templates unstable, so no template is copied: each correction replaces one piece of text that
must be found exactly once. After an upgrade of the generator the run names what no longer matches.
"""

from regeneration.client.correction import Correction
from regeneration.client.corrections.client_object import CLIENT_OBJECT
from regeneration.client.corrections.imports import IMPORTS
from regeneration.client.corrections.wire import REQUESTS, RESPONSES, SHARED_TYPES

CORRECTIONS: tuple[Correction, ...] = (*REQUESTS, *RESPONSES, *SHARED_TYPES, *CLIENT_OBJECT, *IMPORTS)
