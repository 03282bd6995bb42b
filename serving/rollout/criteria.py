"""What is asked of a canary."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt

from llmdeploy.serving.frozen import Frozen
from llmdeploy.serving.spec.rollout import Rollout

LEAST = 20
"""Requests below which nothing is said of a version: one of them lies beyond its 95th percentile."""


class Criteria(Frozen):
    """Every limit with its default. Seconds, and shares from 0 to 1."""

    bake: PositiveFloat = 600.0
    """A step is not passed before. Ten minutes, as in the example of `rollout.bake`."""
    max_bake: PositiveFloat = 1800.0
    """A step that cannot be judged by then is `unjudged`: three times the default of `bake`."""
    min_requests: PositiveInt = 100
    """A step is not passed with fewer in either version: enough to see one twice as slow (docs/judge.md)."""
    unjudged: Literal["pass", "fail"] = "fail"
    """What becomes of a step with too few requests until `max_bake`. A canary that hangs may have none."""

    false_aborts: float = Field(default=0.01, gt=0, le=0.5)
    """The chance that a whole rollout of a healthy canary is stopped by chance: issue 8's bar."""
    worse_errors: NonNegativeFloat = 0.005
    """A share of failed requests above stable's that matters: half of what the example of
    `abort_on.error_rate` allows."""
    slower: float = Field(default=1.5, gt=1)
    """Times stable's latency that matter. Halfway to the 2 that must be seen; loads of two healthy versions
    differ by less."""

    error_rate: float | None = Field(default=None, ge=0, le=1)
    ttft_p95: PositiveFloat | None = None
    tpot_p95: PositiveFloat | None = None
    """Limits on the canary alone (`rollout.abort_on`)."""

    min_pass: float | None = Field(default=None, ge=0, le=1)
    """The share of the quality gate's prompts that must pass; None: there is no gate."""
    restarts: NonNegativeInt = 0
    """Crashes let pass. Hardware fails once in 50,000 GPU hours (419 unexpected interruptions of 16,384 GPUs
    in 54 days, arxiv.org/abs/2407.21783 section 3.3.4), so one within a bake is the version's own."""
    unavailable: NonNegativeFloat = 0.2
    """The share of looks at replicas that did not serve, beyond stable's. Judgement: one look in five, so
    that a single late health check stops nothing."""
    queue: PositiveFloat = 4.0
    """Requests waiting at each replica beyond twice stable's. Judgement: a batch takes in a few at once."""
    memory_growth: PositiveFloat = 0.05
    """Growth of the share of GPU memory in use, from the middle third of the window to the last. Judgement:
    engines take what they need when they start, and leave about a tenth free."""


def criteria_of(rollout: Rollout | None) -> Criteria:
    """What a spec asks, with the defaults for what it leaves out."""
    if rollout is None:
        return Criteria()
    asked: dict[str, float] = {}
    if rollout.bake is not None:
        asked |= {"bake": rollout.bake, "max_bake": 3 * rollout.bake}
    if rollout.min_requests is not None:
        asked["min_requests"] = rollout.min_requests
    if rollout.eval is not None:
        asked["min_pass"] = rollout.eval.min_pass
    if rollout.abort_on is not None:
        asked |= rollout.abort_on.model_dump(exclude_none=True)
    return Criteria.model_validate(asked)
