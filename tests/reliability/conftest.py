"""What the scenarios require is explained when it does not hold, as in the tests themselves."""

from __future__ import annotations

import pytest

NAMES = ("stage", "downloads", "connecting", "statuses", "bodies", "pages", "origins")
pytest.register_assert_rewrite(*(f"tests.reliability.{name}" for name in NAMES))
