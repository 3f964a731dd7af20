"""Types that applications may name in their own annotations: the dicts that calls take and return.

They are TypedDicts made from the specification, so a type checker knows every key; at run time they are plain dicts,
and keys and values that the specification does not know pass through.
"""

from synapse_api.dicts import *  # noqa: F403 - everything there is meant to be named
