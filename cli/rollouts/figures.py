"""What a rollout's verdicts can go by: this machine's own figures, a cloud's, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmdeploy.infra.rollout.events import Noted

if TYPE_CHECKING:
    from llmdeploy.cli.opening import Deployment
    from llmdeploy.infra.rollout.bake import Looks
    from llmdeploy.infra.rollout.look import Arms
    from llmdeploy.serving.plan.model import Plan
    from llmdeploy.serving.rollout.criteria import Criteria
    from llmdeploy.serving.rollout.progress import Progress

NOBODY_SERVES: Final = Noted(
    "simulated clouds that do not run serve nobody: nothing is warmed up, watched or judged; "
    "`llmdeploy up SPEC --simulate --live` runs them on this machine"
)


def anybody_serves(deployment: Deployment) -> bool:
    """Whether there is anything that answers."""
    return deployment.simulation is None or deployment.simulation.runs


def serves_here(deployment: Deployment) -> bool:
    """Whether what answers are processes of this machine."""
    local = deployment.plan.regions[0].provider == "local"
    return local or (deployment.simulation is not None and deployment.simulation.runs)


def as_watched(deployment: Deployment, progress: Progress) -> Progress:
    """The same move, not judged where nobody serves."""
    return progress if anybody_serves(deployment) else progress.model_copy(update={"judged": False})


def require_figures(deployment: Deployment, progress: Progress, criteria: Criteria) -> None:
    """Raise RolloutRefused where the clouds do not tell what a verdict would need."""
    if not progress.judged or serves_here(deployment) or not anybody_serves(deployment):
        return
    from llmdeploy.infra.rollout.clouds import require_measurable

    rolled = {region for group in progress.groups for region in group}
    require_measurable(criteria, {region.partition("/")[0] for region in rolled})


def looks_of(deployment: Deployment, plan: Plan, arms: Arms) -> Looks:
    """How both versions of a region are looked at, with the present plan.

    Raises:
        LlmdeployError: the stack does not say where they are, or their cloud cannot be asked.
    """
    return _here(deployment, plan, arms) if serves_here(deployment) else _away(deployment, plan, arms)


def _here(deployment: Deployment, plan: Plan, arms: Arms) -> Looks:
    from functools import partial

    from llmdeploy.infra.rollout.here import look_here
    from llmdeploy.infra.status import deployment_facts

    facts = deployment_facts(plan, deployment.run_dir, deployment.outputs(show_secrets=True))
    return partial(look_here, facts, arms)


def _away(deployment: Deployment, plan: Plan, arms: Arms) -> Looks:
    from llmdeploy.infra.rollout.clouds import look_in_cloud, real_clouds, simulated_clouds
    from llmdeploy.stacks.facts import region_facts

    simulation = deployment.simulation
    clients = real_clouds() if simulation is None else simulated_clouds(simulation.folder)
    facts = region_facts(deployment.facts(), plan)
    return look_in_cloud(clients, plan.region(arms.region), arms, facts.get(arms.region, {}))
