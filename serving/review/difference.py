"""How two deployments differ, in the words of their specs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from llmdeploy.serving.review.adapters import adapter_changes
from llmdeploy.serving.review.summary import PlanSummary, RegionSummary


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that another spec says otherwise."""

    where: str
    """A region, or empty for the whole deployment."""
    what: str
    before: str
    """Empty where there was nothing."""
    after: str
    rollout: bool = False
    """Whether replicas are started anew for it."""


class _Field(NamedTuple):
    what: str
    value: Callable[[PlanSummary], object]
    rollout: bool


class _RegionField(NamedTuple):
    what: str
    value: Callable[[RegionSummary], object]
    rollout: bool


_FIELDS: Final = (
    _Field("model", lambda plan: plan.model, True),
    _Field("revision", lambda plan: plan.revision, True),
    _Field("served as", lambda plan: plan.served_name, True),
    _Field("context length", lambda plan: plan.context_length, True),
    _Field("framework", lambda plan: f"{plan.framework} {plan.framework_version}".rstrip(), True),
    _Field("quantization", lambda plan: plan.quantization, True),
    _Field("routing", lambda plan: plan.policy, False),
    _Field("keys", lambda plan: plan.auth, False),
    _Field("domain", lambda plan: plan.domain, False),
)
_REGION_FIELDS: Final = (
    _RegionField("instance", lambda region: region.serves_with, True),
    _RegionField("GPUs", lambda region: gpus_of(region), True),
    _RegionField("parallelism", lambda region: parallelism_of(region), True),
    _RegionField("purchase", lambda region: region.purchase, True),
    _RegionField("image", lambda region: region.image, True),
    _RegionField("replicas", lambda region: replicas_of(region), False),
    _RegionField("weight", lambda region: region.weight, False),
)


def differences(before: PlanSummary | None, after: PlanSummary | None) -> tuple[Difference, ...]:
    """What differs, the whole deployment first. Nothing where one of them is missing: all of it differs."""
    if before is None or after is None:
        return ()
    return (*_of_the_whole(before, after), *_of_regions(before, after))


def gpus_of(region: RegionSummary) -> str:
    """`4 × l40s`; empty without GPUs."""
    return f"{region.gpus} × {region.gpu}" if region.gpus else ""


def replicas_of(region: RegionSummary) -> str:
    """`1`, or `1 to 4`."""
    return str(region.least) if region.least == region.most else f"{region.least} to {region.most}"


def parallelism_of(region: RegionSummary) -> str:
    """`tensor 4, pipeline 2`; empty where a replica has one GPU."""
    tensor, pipeline = region.tensor_parallel, region.pipeline_parallel
    parts = [f"tensor {tensor}"] if tensor > 1 else []
    parts += [f"pipeline {pipeline}"] if pipeline > 1 else []
    return ", ".join(parts)


def _of_the_whole(before: PlanSummary, after: PlanSummary) -> Iterator[Difference]:
    for field in _FIELDS:
        was, will = _text(field.value(before)), _text(field.value(after))
        if was != will:
            yield Difference("", field.what, was, will, field.rollout)
    for change in adapter_changes(before, after):
        yield Difference("", change.what, change.before, change.after, bool(change.restart))


def _of_regions(before: PlanSummary, after: PlanSummary) -> Iterator[Difference]:
    for name in dict.fromkeys((*before.regions, *after.regions)):
        was, will = before.regions.get(name), after.regions.get(name)
        if was is None or will is None:
            yield Difference(name, "region", _said(was), _said(will))
            continue
        for field in _REGION_FIELDS:
            old, new = _text(field.value(was)), _text(field.value(will))
            if old != new:
                yield Difference(name, field.what, old, new, field.rollout)


def _said(region: RegionSummary | None) -> str:
    if region is None:
        return ""
    return f"{replicas_of(region)} × {region.serves_with}"


def _text(value: object) -> str:
    return "" if value is None else str(value)
