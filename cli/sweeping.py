"""The sweep for orphans, of one deployment or of all, with progress on stderr."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from llmdeploy.infra.errors import StackMissing

if TYPE_CHECKING:
    from llmdeploy.cli.opening import Deployment
    from llmdeploy.infra.home import Home
    from llmdeploy.infra.orphans.found import Swept
    from llmdeploy.infra.orphans.known import Known
    from llmdeploy.infra.orphans.search import TagSearches
    from llmdeploy.infra.runner.runner import Runner


@dataclass(frozen=True, slots=True)
class Sweeping:
    """A sweep, and what it was about.

    Args:
        clouds: those in which there is, or should be, a deployment.
    """

    swept: Swept
    clouds: frozenset[str]
    simulated: bool

    @property
    def clean(self) -> bool:
        """Whether nothing is left, and every cloud that matters was looked into."""
        return self.swept.clean(self.clouds)


def sweep_deployment(deployment: Deployment) -> Sweeping:
    """What carries the deployment's tags and is not in its state, in its regions of now and of its state."""
    from llmdeploy.infra.orphans.known import known_in

    states = _states(deployment.runner, [deployment.stack])
    return _of_one(deployment, states, known_in(states))


def sweep_destroyed(deployment: Deployment, state: Mapping[str, Any]) -> Sweeping:
    """What is left of a deployment that was just destroyed.

    Args:
        state: what it was. What the engine has removed, the clouds may list for some minutes more; what
            fleets had started should be gone with them.
    """
    from llmdeploy.infra.orphans.known import Known, known_in

    return _of_one(deployment, [state], Known(known_in([state]).names))


def sweep_all(home: Home, backend: str | None, *, simulate: bool) -> Sweeping:
    """What carries the tags of any deployment and is in no state of the backend, in every region of the
    catalog.
    """
    from llmdeploy.cli.opening import PROJECT, ready_engine
    from llmdeploy.infra.orphans.found import Swept
    from llmdeploy.infra.orphans.known import known_in
    from llmdeploy.infra.runner.runner import Runner
    from llmdeploy.infra.simulate.session import PROJECT as SIMULATED
    from llmdeploy.infra.state.backend import choose_backend
    from llmdeploy.serving.catalog.regions import CLOUDS, cloud_regions

    chosen = choose_backend(home, backend)
    runner = Runner(home, ready_engine(home), chosen, SIMULATED if simulate else PROJECT)
    states = _states(runner, runner.stacks())
    everywhere = [f"{provider}/{each}" for provider in CLOUDS for each in cloud_regions(provider)]
    known = known_in(states)
    parts = [_swept(searches, everywhere, known) for searches in _all_searches(home, simulate=simulate)]
    return Sweeping(Swept.joined(parts), _clouds(_regions(states)), simulate)


def _of_one(deployment: Deployment, states: Sequence[Mapping[str, Any]], known: Known) -> Sweeping:
    from llmdeploy.infra.orphans.clients import real_searches, simulated_searches

    simulation = deployment.simulation
    searches = simulated_searches(simulation.folder) if simulation else real_searches()
    regions = sorted({region.name for region in deployment.plan.regions} | _regions(states))
    swept = _swept(searches, regions, known, deployment.stack)
    return Sweeping(swept, _clouds(regions), simulation is not None)


def _swept(searches: TagSearches, regions: Sequence[str], known: Known, stack: str = "") -> Swept:
    from llmdeploy.cli.render.orphans import SweepProgress
    from llmdeploy.infra.orphans.sweep import sweep

    with SweepProgress() as progress:
        return sweep(searches, regions, known, stack, progress)


def _regions(states: Iterable[Mapping[str, Any]]) -> set[str]:
    from llmdeploy.infra.orphans.known import regions_in

    return {region for state in states for region in regions_in(state)}


def _clouds(regions: Iterable[str]) -> frozenset[str]:
    return frozenset(region.partition("/")[0] for region in regions)


def _states(runner: Runner, stacks: Iterable[str]) -> list[Mapping[str, Any]]:
    states: list[Mapping[str, Any]] = []
    for stack in stacks:
        with suppress(StackMissing):  # destroyed a moment ago
            states.append(runner.export(stack))
    return states


def _all_searches(home: Home, *, simulate: bool) -> Iterable[TagSearches]:
    from llmdeploy.infra.orphans.clients import real_searches, simulated_searches
    from llmdeploy.infra.simulate.attach import folder_of

    if not simulate:
        return [real_searches()]
    folders = sorted(folder_of(home, "any").parent.glob("*/"))
    return [simulated_searches(folder) for folder in folders]
