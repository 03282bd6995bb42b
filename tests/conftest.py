"""What holds for every test."""

from __future__ import annotations

import signal

from hypothesis import settings

# How long an example may take says more of the machine than of the code.
settings.register_profile("untimed", deadline=None)


def pytest_configure() -> None:
    """Ctrl-C reaches the commands under test also when the suite runs in the background, where a shell has
    SIGINT ignored and every child inherits that.
    """
    settings.load_profile("untimed")
    signal.signal(signal.SIGINT, signal.default_int_handler)
