"""What a spec may ask of a version that only a cloud's monitoring tells about."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from llmdeploy.infra.rollout.errors import RolloutRefused
from llmdeploy.serving.rollout.criteria import Criteria
from llmdeploy.serving.rollout.dependence import LEAST_BLOCKS
from llmdeploy.serving.spec.duration import format_duration

_SILENT: Final = {"gcp": "Google Cloud", "azure": "Azure"}
LEAST_BAKE_S: Final = LEAST_BLOCKS * 60
"""Of minutes, as many as the judge needs to say anything of latencies."""


def require_measurable(criteria: Criteria, providers: Collection[str]) -> None:
    """Raise RolloutRefused where the clouds do not tell what is asked for; all of it at once.

    Args:
        providers: of the regions that are rolled out.
    """
    problems = list(_problems(criteria, frozenset(providers)))
    if problems:
        raise RolloutRefused(
            "; ".join(problem for problem, _ in problems), "; ".join(mend for _, mend in problems)
        )


def _problems(criteria: Criteria, providers: frozenset[str]) -> Iterator[tuple[str, str]]:
    if criteria.bake < LEAST_BAKE_S:
        bake = format_duration(criteria.bake)
        why = f"clouds tell figures by the minute, and the judge needs {LEAST_BLOCKS} of them"
        yield f"rollout.bake: {bake} is too short: {why}", "use bake: 10m"
    if criteria.tpot_p95 is not None:
        why = "no cloud tells the time per output token"
        yield f"rollout.abort_on.tpot_p95: {why}", "leave tpot_p95 out"
    if criteria.ttft_p95 is not None and (silent := [_SILENT[each] for each in providers & _SILENT.keys()]):
        where = " and ".join(sorted(silent, reverse=True))
        why = f"of {where} is known how long whole answers take, and nothing of their first token"
        yield (
            f"rollout.abort_on.ttft_p95: {why}",
            "leave ttft_p95 out: `slower` compares whole answers",
        )
