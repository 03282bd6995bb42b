"""Drills of a deployment, wherever it runs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from llmdeploy.cli.evacuation import Way, open_way, preview_way, take
from llmdeploy.infra.runner.events import ignore

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from llmdeploy.cli.opening import Deployment
    from llmdeploy.infra.drill import DrillOptions, DrillProgress, DrillReport, Fault, Limits, Scene


def drill_fault(
    deployment: Deployment,
    fault: Fault,
    options: DrillOptions,
    limits: Limits,
    view: Callable[[DrillProgress], None],
) -> DrillReport:
    """Break processes on this machine.

    Raises:
        DrillRefused: nothing was hurt.
    """
    from llmdeploy.infra.drill import DrillRefused, run_drill
    from llmdeploy.infra.status import deployment_facts

    outputs = deployment.outputs(show_secrets=True)
    if deployment.plan.regions[0].provider != "local" and not outputs.get("simulated"):
        raise DrillRefused(
            f"{deployment.stack} runs on other machines, and --{fault.kind} breaks processes of this one",
            "drill the loss of a region with --evacuate, or in a simulation with `up --simulate --live`",
        )
    facts = deployment_facts(deployment.plan, deployment.run_dir, outputs)
    locks = deployment.home.locks
    return run_drill(facts, fault, options, limits, locks=locks, on_progress=view)


def drill_evacuation(
    deployment: Deployment,
    region: str,
    options: DrillOptions,
    limits: Limits,
    view: Callable[[DrillProgress], None],
) -> DrillReport:
    """Evacuate a region and bring it back.

    Raises:
        EvacuationRefused, DrillRefused: nothing was changed.
    """
    from llmdeploy.infra.drill import DrillRefused, Moves, run_evacuation
    from llmdeploy.infra.evacuation import in_flight_of

    way = open_way(deployment, region, back=False)
    name = way.asked.region.name
    if way.asked.already:
        raise DrillRefused(f"{name} is evacuated already", "bring it back with `llmdeploy evacuate --back`")
    scene = _scene(way)
    preview_way(way)
    moves = Moves(
        away=partial(take, way, ignore),
        back=partial(_bring_back, deployment, name),
        in_flight=in_flight_of(way.facts, name) if way.facts is not None else _unknown,
    )
    return run_evacuation(scene, name, moves, options, limits, on_progress=view)


def _bring_back(deployment: Deployment, region: str) -> None:
    take(open_way(deployment, region, back=True), ignore)


def _unknown() -> None:
    """Clouds count requests minutes late."""


def _scene(way: Way) -> Scene:
    """Raises DrillRefused: nothing answers there."""
    from llmdeploy.infra.drill import DrillRefused, Scene
    from llmdeploy.infra.drill.cloud_facts import cloud_facts, cloud_problems
    from llmdeploy.infra.fleet import real_fleets

    if way.facts is not None:
        return Scene(way.facts, partial(_problems_here, way))
    if way.deployment.simulation is not None:
        raise DrillRefused(
            f"nothing answers in the simulated clouds of {way.deployment.stack}",
            "run them on this machine with `llmdeploy up --simulate --live`",
        )
    plan = way.deployment.plan
    problems = partial(cloud_problems, real_fleets(), plan, way.outputs)
    return Scene(cloud_facts(plan, way.outputs), problems, way.outputs.get("trusted"))


def _problems_here(way: Way) -> Sequence[str]:
    from llmdeploy.infra.status import deployment_status

    assert way.facts is not None
    status = deployment_status(way.facts)
    return () if status.worst == "healthy" else status.problems
