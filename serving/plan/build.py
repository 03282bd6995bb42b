"""From a loaded spec to a Plan, step by step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from llmdeploy.serving.errors import SpecErrors
from llmdeploy.serving.machine import Machine
from llmdeploy.serving.plan.draft import Draft, SpecSource
from llmdeploy.serving.plan.model import Plan
from llmdeploy.serving.plan.steps.add_gateway import add_gateway
from llmdeploy.serving.plan.steps.choose_server import choose_server
from llmdeploy.serving.plan.steps.place_regions import place_regions
from llmdeploy.serving.plan.steps.resolve_framework import resolve_framework
from llmdeploy.serving.plan.steps.resolve_model import resolve_model

if TYPE_CHECKING:
    from llmdeploy.serving.models.description import Describe

Step = Callable[[Draft], Draft]

STEPS: tuple[Step, ...] = (
    resolve_model,
    resolve_framework,
    choose_server,
    place_regions,
    add_gateway,
)


def build_plan(
    source: SpecSource, machine: Machine, prices: Path | None = None, describe: Describe | None = None
) -> Plan:
    """The Plan of a spec on a machine.

    Args:
        prices: the folder of own and refreshed prices, which come before the catalog's.
        describe: finds what the catalog does not know of a model.

    Raises:
        SpecErrors: the spec asks for what cannot be deployed; every problem at once.
    """
    draft = Draft(source=source, machine=machine, price_overlay=prices, describe=describe)
    for step in _steps(draft):
        draft = step(draft)
    if draft.problems:
        raise SpecErrors(draft.problems)
    return _finished(draft)


def _steps(draft: Draft) -> tuple[Step, ...]:
    if draft.spec.regions[0].provider == "local":
        return STEPS
    # Only a cloud needs the models, the sizing and the prices: this machine's plans start sooner without.
    from llmdeploy.serving.plan.cloud_steps import CLOUD_STEPS

    return CLOUD_STEPS


def _finished(draft: Draft) -> Plan:
    assert draft.model is not None
    assert draft.gateway is not None
    return Plan(
        name=draft.spec.name,
        environment=draft.source.environment,
        variant=draft.spec.variant,
        framework=draft.spec.framework.name,
        framework_version=draft.framework_version,
        quantization=draft.quantization,
        spec_digest=draft.source.digest,
        model=draft.model,
        regions=draft.regions,
        gateway=draft.gateway,
        decisions=draft.decisions,
        warnings=draft.warnings,
        domain=draft.spec.routing.domain if draft.spec.routing else None,
        protected=draft.spec.protected,
        cost=draft.cost,
    )
