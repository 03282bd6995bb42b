"""What holds for every test."""

from __future__ import annotations

import signal


def pytest_configure() -> None:
    """Ctrl-C reaches the commands under test also when the suite runs in the background, where a shell has
    SIGINT ignored and every child inherits that.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
