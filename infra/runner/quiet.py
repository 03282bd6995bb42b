"""No debug messages of the SDK's from the program that runs.

Pulumi for Python tells the engine of every step of every registration, with all properties, secrets among
them, and waits for each message to arrive: two fifths of a preview of many regions. Nobody here shows them
(`translate.py`), so none is sent.
"""

from __future__ import annotations

from typing import Any


def send_no_debug_messages() -> None:
    """From now on, in the program that runs."""
    from pulumi.runtime.settings import SETTINGS, get_engine

    engine = get_engine()
    if engine is not None and not isinstance(engine, _QuietEngine):
        SETTINGS.engine = _QuietEngine(engine)


class _QuietEngine:
    """The engine, as the program sees it."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine

    def Log(self, request: Any) -> Any:  # noqa: N802 - as the engine's protocol calls it
        """Pass on all but debug messages."""
        from pulumi.runtime.proto import engine_pb2

        return None if request.severity == engine_pb2.DEBUG else self._engine.Log(request)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)
