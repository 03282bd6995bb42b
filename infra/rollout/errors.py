"""What can keep a rollout from running, or from ending well.

LlmdeployError
└── RolloutRefused      it was not begun, and nothing was changed
"""

from __future__ import annotations

from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.rollout.progress import Progress


class RolloutRefused(LlmdeployError):
    """Nothing was changed."""


def under_way(stack: str, progress: Progress, spec: str) -> RolloutRefused:
    """Whatever else would change the stack has to wait."""
    state = "is paused" if progress.paused else "is under way"
    return RolloutRefused(
        f"a rollout of {stack} to revision {progress.number} {state} ({progress.describe()})",
        f"`llmdeploy rollout {spec} --resume` finishes it, --abort takes it back, --status shows it",
    )
