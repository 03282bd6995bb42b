"""No other change of a stack while a rollout is under way."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llmdeploy.cli.opening import Deployment
    from llmdeploy.cli.rollouts.intent import Intent


def require_idle(deployment: Deployment, intent: Intent, spec: str) -> None:
    """Raise RolloutRefused where a rollout is under way or paused."""
    progress = intent.record.rollout
    if progress is None:
        return
    from llmdeploy.infra.rollout.errors import under_way

    raise under_way(deployment.stack, progress, spec)
