"""What goes wrong in a way that a person can repair: shown as one message, never as a traceback."""


class RegenerationError(Exception):
    """The run failed and nothing was changed; the message says why and what to do."""
