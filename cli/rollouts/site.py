"""A deployment as a rollout works on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from llmdeploy.cli.rollouts.figures import anybody_serves, looks_of, serves_here
from llmdeploy.cli.rollouts.gate import gate_of
from llmdeploy.infra.rollout.stage import Site
from llmdeploy.infra.runner.events import ignore

if TYPE_CHECKING:
    from llmdeploy.cli.opening import Deployment
    from llmdeploy.infra.rollout.stage import Changed
    from llmdeploy.serving.plan.model import Plan
    from llmdeploy.stacks.program import Settings


def site_of(deployment: Deployment, settings: Settings, *, as_json: bool) -> Site:
    """The site of a deployment on this machine, in clouds, or in simulated ones."""
    return Site(
        runner=deployment.runner,
        stack=deployment.stack,
        run_dir=deployment.run_dir,
        settings=settings,
        run=partial(_run, as_json=as_json),
        settle=partial(_settle, deployment, as_json=as_json),
        outputs=partial(deployment.outputs, show_secrets=True),
        looks=partial(looks_of, deployment),
        gate=gate_of(deployment.source),
        patience_s=max(region.server.startup_timeout_s for region in deployment.plan.regions),
        answers=anybody_serves(deployment),
        named=serves_here(deployment),
    )


def _run(title: str, update: Callable[[Any], object], *, as_json: bool) -> None:
    """One update. Its events are for those who read JSON: a line a move is enough for a reader."""
    if not as_json:
        update(ignore)
        return
    from llmdeploy.cli.render.progress import progress

    with progress(as_json=True) as view:
        update(view)


def _settle(deployment: Deployment, plan: Plan, changed: Changed, *, as_json: bool) -> None:
    if plan.regions[0].provider == "local":
        return
    from llmdeploy.cli.clouds.up import settle

    settle(replace(deployment, plan=plan), changed, as_json=as_json)
