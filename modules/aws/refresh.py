"""How a changed launch template reaches the instances of a group: a few at a time, and back when it fails."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from llmdeploy.serving.startup.plan import StartupPlan

CHECKPOINT_DELAY_S = 300
"""How long a checkpoint is watched. An assumption: an alarm needs two minutes."""


def instance_refresh(
    replicas: int, startup: StartupPlan, alarms: Sequence[pulumi.Input[str]]
) -> aws.autoscaling.GroupInstanceRefreshArgsDict:
    """The refresh of a group that has at least so many instances.

    A replacement is launched before an instance is ended, so the refresh needs one instance of quota more,
    and no request loses its replica.

    Args:
        alarms: names of those that roll it back. They must be ones that only replicas in service can raise:
            with one that is also raised by their absence, a broken fleet could never be mended.
    """
    return {
        "strategy": "Rolling",
        "preferences": {
            "min_healthy_percentage": 100,
            "max_healthy_percentage": most_healthy_percent(replicas),
            "instance_warmup": str(startup.warm_up_s),
            "checkpoint_percentages": checkpoints(replicas),
            "checkpoint_delay": str(CHECKPOINT_DELAY_S),
            "skip_matching": True,
            "auto_rollback": True,
            "alarm_specification": {"alarms": list(alarms)},
        },
    }


def most_healthy_percent(replicas: int) -> int:
    """The least share that has room for one instance more, however AWS rounds; at most 200."""
    return 100 + math.ceil(100 / max(1, replicas))


def checkpoints(replicas: int) -> list[int]:
    """The shares of replaced instances after which the refresh waits: the first instance, half, all."""
    first = math.ceil(100 / max(1, replicas))
    return sorted({share for share in (first, 50) if first <= share < 100} | {100})
