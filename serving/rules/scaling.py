"""Rules about numbers of replicas."""

from __future__ import annotations

from collections.abc import Iterator

from llmdeploy.serving.rules.problem import RuleProblem
from llmdeploy.serving.spec import ServingSpec
from llmdeploy.serving.spec.scaling import Scaling


def scaling_has_room(spec: ServingSpec) -> Iterator[RuleProblem]:
    """min ≤ max, in the spec and in each region with what it takes from the spec."""
    shared = spec.scaling or Scaling()
    if _crossed(shared.min, shared.max):
        yield _too_small(("scaling", "max"), shared.min, shared.max)
        return
    for index, region in enumerate(spec.regions):
        own = region.scaling or Scaling()
        least = shared.min if own.min is None else own.min
        most = shared.max if own.max is None else own.max
        if _crossed(least, most):
            key = "max" if own.max is not None else "min"
            yield _too_small(("regions", index, "scaling", key), least, most)


def scaling_target_has_metric(spec: ServingSpec) -> Iterator[RuleProblem]:
    """A target says nothing without what it is a target of."""
    shared = spec.scaling or Scaling()
    for path, scaling in _scalings(spec):
        if scaling.target is not None and scaling.metric is None and shared.metric is None:
            mend = "add metric: queue_depth or metric: concurrency"
            yield RuleProblem((*path, "target"), "has no metric beside it", mend)


def _scalings(spec: ServingSpec) -> Iterator[tuple[tuple[str | int, ...], Scaling]]:
    if spec.scaling:
        yield ("scaling",), spec.scaling
    for index, region in enumerate(spec.regions):
        if region.scaling:
            yield ("regions", index, "scaling"), region.scaling


def _crossed(least: int | None, most: int | None) -> bool:
    # An absent min is 1, and an absent max follows min.
    return most is not None and (1 if least is None else least) > most


def _too_small(path: tuple[str | int, ...], least: int | None, most: int | None) -> RuleProblem:
    return RuleProblem(path, f"max {most} is less than min {least}", "raise max or lower min")
