"""What the scenarios require is explained when it does not hold, as in the tests themselves."""

from __future__ import annotations

import logging

import pytest

NAMES = ("stage", "downloads", "connecting", "statuses", "bodies", "pages", "origins")
pytest.register_assert_rewrite(*(f"tests.reliability.{name}" for name in NAMES))

from tests.reliability.search import LOGGERS  # noqa: E402 - it imports what is registered above


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Everything that the client and the libraries below it log."""
    for name in LOGGERS:
        caplog.set_level(logging.DEBUG, name)
    return caplog
