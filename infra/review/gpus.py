"""GPUs before and after a change, by region and type."""

from __future__ import annotations

from llmdeploy.infra.review.model import GpuRow
from llmdeploy.serving.review.summary import PlanSummary

_Key = tuple[str, str]


def gpu_rows(before: PlanSummary | None, after: PlanSummary | None) -> tuple[GpuRow, ...]:
    """A row for each region and type that is or will be there."""
    was, will = _counted(before), _counted(after)
    nothing = (0, 0)
    return tuple(
        GpuRow(*key, *was.get(key, nothing), *will.get(key, nothing)) for key in dict.fromkeys((*was, *will))
    )


def _counted(plan: PlanSummary | None) -> dict[_Key, tuple[int, int]]:
    if plan is None:
        return {}
    return {
        (name, region.gpu): (region.least * region.gpus, region.most * region.gpus)
        for name, region in plan.regions.items()
        if region.gpus
    }
