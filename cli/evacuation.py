"""The way of an evacuation: what it comes to, whether others can take over, the change, and the wait."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from llmdeploy.cli.operations import confirm
from llmdeploy.cli.render.console import console
from llmdeploy.cli.render.evacuate import drain_progress
from llmdeploy.cli.render.progress import progress
from llmdeploy.cli.up_message import SHORT

if TYPE_CHECKING:
    from llmdeploy.cli.opening import Deployment
    from llmdeploy.infra.evacuation import Evacuation
    from llmdeploy.infra.evacuation.report import EvacuationReport
    from llmdeploy.infra.runner.events import EventSink
    from llmdeploy.infra.status import DeploymentFacts


@dataclass(frozen=True, slots=True)
class Way:
    """An evacuation that can be done.

    Args:
        deployment: with the plan as it shall be.
        facts: where its parts run on this machine; None in clouds.
    """

    asked: Evacuation
    deployment: Deployment
    outputs: dict[str, Any]
    facts: DeploymentFacts | None

    def program(self) -> Callable[[], None]:
        """Of the plan as it shall be, with all else as the last `up` had it."""
        from llmdeploy.cli.clouds.kept_settings import kept_settings
        from llmdeploy.stacks.program import deploy

        return partial(deploy, self.asked.plan, kept_settings(self.deployment, self.outputs))


def evacuate_region(
    deployment: Deployment, region: str, spec: str, within_s: float, *, back: bool, yes: bool, as_json: bool
) -> EvacuationReport:
    """Look, ask, change, wait, and say what came of it.

    Raises:
        EvacuationRefused: nothing was changed.
    """
    way = open_way(deployment, region, back=back)
    preview_way(way)
    if not yes:
        _show_question(way)
        confirm("Go ahead?")
    began = time.monotonic()
    if not way.asked.already:
        with progress(as_json=as_json) as view:
            take(way, view)
    return _waited(way, within_s, time.monotonic() - began, as_json=as_json)


def open_way(deployment: Deployment, region: str, *, back: bool) -> Way:
    """What it comes to, once it is sure that other regions can take over.

    Raises:
        EvacuationRefused: they cannot, or there is no such region.
    """
    from llmdeploy.infra.evacuation import ask_for

    outputs = deployment.outputs(show_secrets=True)
    asked = ask_for(deployment.plan, outputs, region, back=back)
    way = Way(asked, replace(deployment, plan=asked.plan), outputs, _facts(deployment, outputs))
    if not back and not asked.already:
        _require_takers(way)
    return way


def preview_way(way: Way) -> None:
    """Make sure that nothing else is changed with it.

    Raises:
        EvacuationRefused: something would be.
    """
    from llmdeploy.cli.render.looking import looking
    from llmdeploy.infra.evacuation import refuse_other_changes

    if way.asked.already:
        return
    stack = way.deployment.stack
    with looking(f"looking at {stack}"):
        result = way.deployment.runner.preview(stack, way.program())
    refuse_other_changes(stack, result.steps)


def take(way: Way, view: EventSink) -> None:
    """Change the ways of requests, in clouds and in a live simulation of them.

    Raises:
        StackLocked: a rollout of the stack is at work.
    """
    from llmdeploy.cli.rollouts.folder import alone
    from llmdeploy.infra.machine import this_machine

    deployment, asked = way.deployment, way.asked
    what = "bring back" if asked.back else "evacuate"
    with alone(deployment.home, deployment.stack):
        deployment.runner.up(
            deployment.stack,
            way.program(),
            view,
            message=f"{what} {asked.region.name}, spec {asked.plan.spec_digest[:SHORT]}",
            keep_going=asked.region.provider != "local",
        )
        if deployment.simulation is not None and deployment.simulation.runs:
            deployment.simulation.start(asked.plan, this_machine(deployment.home.cache), view)


def notes(asked: Evacuation, *, watched: bool) -> Iterator[str]:
    """What a reader of the outcome must know."""
    if asked.bound and not asked.back:
        marks = ", ".join(asked.bound)
        yield f"requests marked {marks} may go nowhere else: {asked.region.name} goes on answering them"
    if not watched:
        from llmdeploy.serving.node.sidecar import POLL_S

        timeout_s = asked.plan.gateway.request_timeout_s
        yield (
            f"clouds count requests minutes late, so nothing here says when the last one has ended: gateways "
            f"take the new order within {POLL_S} s, and no answer takes longer than {timeout_s:g} s"
        )


def _facts(deployment: Deployment, outputs: dict[str, Any]) -> DeploymentFacts | None:
    """None where nothing runs on this machine."""
    from llmdeploy.infra.status import deployment_facts

    here = deployment.plan.regions[0].provider == "local" or outputs.get("simulated")
    return deployment_facts(deployment.plan, deployment.run_dir, outputs) if here else None


def _require_takers(way: Way) -> None:
    from llmdeploy.infra.evacuation import Well, well_here, well_in_clouds
    from llmdeploy.infra.fleet import real_fleets, simulated_fleets

    takers = way.asked.takers
    simulation = way.deployment.simulation
    if way.facts is not None:
        found = well_here(way.facts, takers)
    else:
        clients = simulated_fleets(simulation.folder) if simulation else real_fleets()
        found = well_in_clouds(clients, takers, way.outputs.get("regions") or {})
    Well.require_one(way.asked.region.name, found)


def _show_question(way: Way) -> None:
    asked = way.asked
    others = ", then ".join(asked.takers)
    name = asked.region.name
    line = f"{name} takes its requests again" if asked.back else f"the requests of {name} go to {others}"
    console().print(line, style="bold")
    for note in notes(asked, watched=way.facts is not None):
        console().print(f"! {note}", style="yellow")


def _waited(way: Way, within_s: float, change_s: float, *, as_json: bool) -> EvacuationReport:
    from llmdeploy.infra.evacuation import in_flight_of, wait_until_drained, wait_until_well, well_here
    from llmdeploy.infra.evacuation.report import EvacuationReport

    asked, facts, name = way.asked, way.facts, way.asked.region.name
    report = EvacuationReport(
        stack=way.deployment.stack,
        region=name,
        back=asked.back,
        takers=asked.takers,
        changed=not asked.already,
        change_s=change_s,
        within_s=within_s,
        watched=facts is not None,
        simulated=way.deployment.simulation is not None,
        notes=tuple(notes(asked, watched=facts is not None)),
    )
    if facts is None:
        return report
    if asked.back:
        well_s = wait_until_well(lambda: not well_here(facts, [name])[0].why, within_s)
        return replace(report, well_s=well_s)
    with drain_progress(name, as_json=as_json) as tell:
        drain = wait_until_drained(in_flight_of(facts, name), within_s, tell)
    return replace(report, drained_s=drain.seconds, in_flight=drain.in_flight)
