"""What can keep a drill from running.

LlmdeployError
└── DrillRefused    the fault names nothing that is up, would take down all, or not all is healthy
"""

from __future__ import annotations

from llmdeploy.serving.errors import LlmdeployError


class DrillRefused(LlmdeployError):
    """The drill was not begun, and nothing was hurt."""
