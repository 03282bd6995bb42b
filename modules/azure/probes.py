"""How Azure ML learns whether a container is well."""

from __future__ import annotations

import math
from typing import Any

PERIOD_S = 10
TIMEOUT_S = 10
"""A busy server answers its health page late."""
FAILURES = 30
"""In a row: five minutes, until the container is started anew. Azure's own default."""
FIRST_S = 10


def probes(startup_timeout_s: int) -> dict[str, Any]:
    """Ready as soon as the server answers, and given up after its time; alive is asked only then, as a server
    that still loads would be started over and over (reference-yaml-deployment-managed-online, ProbeSettings).
    """
    common = {"period": _iso(PERIOD_S), "timeout": _iso(TIMEOUT_S), "success_threshold": 1}
    return {
        "readiness_probe": {
            **common,
            "initial_delay": _iso(FIRST_S),
            "failure_threshold": math.ceil(startup_timeout_s / PERIOD_S),
        },
        "liveness_probe": {
            **common,
            "initial_delay": _iso(startup_timeout_s),
            "failure_threshold": FAILURES,
        },
    }


def _iso(seconds: int) -> str:
    return f"PT{seconds}S"
