"""How a version usually does: what its successor is held to once there is no old version to compare with."""

from __future__ import annotations

from llmdeploy.serving.frozen import Frozen
from llmdeploy.serving.rollout.criteria import LEAST, Criteria
from llmdeploy.serving.rollout.window import Timing, Window

P95 = 0.95
UNKNOWN_ERRORS = 0.02
"""The share of failed requests let pass where nobody knows what is usual: twice the example of
`rollout.abort_on.error_rate`."""


class Usual(Frozen):
    """Seconds, and a share; None where too little was measured."""

    failed: float | None = None
    ttft_p95: float | None = None
    tpot_p95: float | None = None


def usual_of(window: Window) -> Usual | None:
    """From a window of the old version; None where it had too few requests."""
    whole = window.whole
    if whole.requests < LEAST:
        return None
    return Usual(
        failed=whole.failed / whole.requests, ttft_p95=_p95(window, "ttft"), tpot_p95=_p95(window, "tpot")
    )


def held_to(criteria: Criteria, usual: Usual | None) -> Criteria:
    """The criteria with limits for a version that stands alone. What the spec asks for comes first."""
    limits = {
        "error_rate": (usual.failed or 0.0) + criteria.worse_errors if usual else UNKNOWN_ERRORS,
        "ttft_p95": usual.ttft_p95 * criteria.slower if usual and usual.ttft_p95 else None,
        "tpot_p95": usual.tpot_p95 * criteria.slower if usual and usual.tpot_p95 else None,
    }
    asked = {name: getattr(criteria, name) for name in limits}
    return criteria.model_copy(update={name: asked[name] or limits[name] for name in limits})


def _p95(window: Window, timing: Timing) -> float | None:
    """The upper bound of the bucket that holds it, so that a wide bucket stops nothing."""
    found = window.whole.latencies(timing)
    return found.edge(P95) if found is not None and found.count >= LEAST else None
