"""The verdict on a canary. Pure: windows in, verdict and evidence out."""

from __future__ import annotations

from collections.abc import Sequence

from llmdeploy.serving.rollout.compare import TESTS, compare
from llmdeploy.serving.rollout.criteria import Criteria
from llmdeploy.serving.rollout.evidence import Decision, Evidence, Reason, Verdict
from llmdeploy.serving.rollout.limits import count_of_limits, limits
from llmdeploy.serving.rollout.signs import signs
from llmdeploy.serving.rollout.window import Window


def judge(stable: Window | None, canary: Window, criteria: Criteria, looks: int) -> Verdict:
    """Whether the canary goes on, goes back, or is watched longer.

    A `fail` may come at any look; a `pass` needs the bake and enough requests of both versions.

    Args:
        stable: in the same slices of time as `canary`; None where it has no traffic any more, so that the
            canary is held against the limits alone.
        looks: how often this is asked at most in the whole rollout: regions × steps × looks at a step. The
            chance of a false abort is divided over them.

    Raises:
        ValueError: no looks, the windows are not cut alike, or a version's latencies have several forms.
    """
    if looks < 1:
        raise ValueError(f"{looks} looks")
    if stable is not None and len(stable.slices) != len(canary.slices):
        raise ValueError(f"stable has {len(stable.slices)} slices and canary {len(canary.slices)}")
    alpha = criteria.false_aborts / (looks * (TESTS + count_of_limits(criteria)))
    evidence = (
        *(compare(stable, canary, criteria, alpha) if stable else ()),
        *limits(stable, canary, criteria, alpha),
        *signs(stable, canary, criteria),
    )
    decision, reason, explanation = _decided(stable, canary, criteria, evidence)
    return Verdict(decision=decision, reason=reason, explanation=explanation, evidence=evidence)


def _decided(
    stable: Window | None, canary: Window, criteria: Criteria, evidence: Sequence[Evidence]
) -> tuple[Decision, Reason, str]:
    violated = [row.metric for row in evidence if row.finding == "violated"]
    if violated:
        return "fail", "worse", f"the canary is worse: {', '.join(violated)}"
    if canary.seconds < criteria.bake:
        return "wait", "baking", f"watched for {canary.seconds:.0f} of {criteria.bake:.0f} s"
    missing = _missing(stable, canary, criteria, evidence)
    if missing is None:
        return "pass", "as-good", _good(stable)
    reason, what = missing
    if canary.seconds < criteria.max_bake:
        return "wait", reason, f"{what}; watched until {criteria.max_bake:.0f} s"
    ending = "goes on" if criteria.unjudged == "pass" else "goes back"
    return criteria.unjudged, "unjudged", f"{what} in {canary.seconds:.0f} s; {ending} without a judgement"


def _missing(
    stable: Window | None, canary: Window, criteria: Criteria, evidence: Sequence[Evidence]
) -> tuple[Reason, str] | None:
    """What keeps a canary from passing that nothing speaks against."""
    for name, window in (("canary", canary), ("stable", stable)):
        if window is not None and window.whole.requests < criteria.min_requests:
            had = f"the {name} had {window.whole.requests} of {criteria.min_requests} requests"
            return "too-few-requests", had
    unknown = next((row for row in evidence if row.needed and row.finding == "unknown"), None)
    return None if unknown is None else ("not-measured", f"{unknown.metric}: {unknown.note}")


def _good(stable: Window | None) -> str:
    return "as good as stable" if stable else "within the limits; there was no stable to compare with"
