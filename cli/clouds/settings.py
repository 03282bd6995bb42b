"""What the clouds' resources are made from: asked of the clouds before the engine is started."""

from __future__ import annotations

import os
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Final

from llmdeploy.infra.errors import StackMissing

if TYPE_CHECKING:
    from llmdeploy.cli.opening import Deployment
    from llmdeploy.infra.home import Home
    from llmdeploy.infra.preflight.finding import Check
    from llmdeploy.infra.preflight.report import Report
    from llmdeploy.serving.plan.model import Plan
    from llmdeploy.stacks.pins import Pins
    from llmdeploy.stacks.program import Settings

TOKEN_VARIABLES: Final = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
"""Where huggingface_hub finds the token too."""


def cloud_settings(
    deployment: Deployment, allow: Collection[Check] = (), *, refresh_images: bool = False
) -> Settings | None:
    """What the preflight resolved; None on this machine, which needs none.

    Args:
        refresh_images: take the newest machine images, and ask registries for digests again.

    Raises:
        PreflightFailed: the clouds cannot give what the plan needs.
    """
    if deployment.plan.regions[0].provider == "local":
        return None
    settings, report = asked_settings(deployment, allow, refresh_images=refresh_images)
    report.require()
    return settings


def any_settings(deployment: Deployment, allow: Collection[Check] = ()) -> Settings:
    """What the program is made from, on this machine and in clouds. See `cloud_settings`."""
    return cloud_settings(deployment, allow) or deployment.settings()


def asked_settings(
    deployment: Deployment,
    allow: Collection[Check] = (),
    *,
    refresh_images: bool = False,
    reviewed: Pins | None = None,
) -> tuple[Settings, Report]:
    """What the preflight resolved, and all that it found.

    Args:
        reviewed: what was resolved when the change was reviewed, and is taken as it is.
    """
    from llmdeploy.infra.simulate.session import HUB_TOKEN
    from llmdeploy.stacks.pins import Pins, pins_of
    from llmdeploy.stacks.program import Settings

    pins = reviewed or pins_of(deployment.facts())
    if refresh_images:
        pins = Pins(zones=pins.zones, network_zones=pins.network_zones)
    simulated = deployment.simulation is not None
    hub_token = HUB_TOKEN if simulated else _token(deployment)
    report = cloud_report(
        deployment.plan, deployment.home, pins, allow, simulate=simulated, refresh_images=refresh_images
    )
    settings = Settings(
        deployment.stack,
        pins=pins.over(report.pins),
        hub_token=hub_token,
        project=google_project(simulated=simulated),
    )
    return settings, report


def google_project(*, simulated: bool) -> str | None:
    """The project in Google's cloud that the environment names; None where it names none."""
    from llmdeploy.infra.preflight.clouds.gcp_api import PROJECT_VARIABLES
    from llmdeploy.infra.simulate.session import GCP_PROJECT

    return GCP_PROJECT if simulated else _first_set(PROJECT_VARIABLES)


def cloud_report(
    plan: Plan,
    home: Home,
    pins: Pins | None = None,
    allow: Collection[Check] = (),
    *,
    simulate: bool,
    refresh_images: bool = False,
) -> Report:
    """Run the preflight with progress on stderr.

    Args:
        pins: of the stack's last `up`; what they name is not asked for again.
        refresh_images: ask for image digests that are only remembered.
    """
    from llmdeploy.cli.render.preflight import PreflightProgress
    from llmdeploy.infra.preflight.plan_tasks import Preflight
    from llmdeploy.infra.preflight.run import run_preflight
    from llmdeploy.stacks.pins import Pins

    if simulate:
        from llmdeploy.infra.preflight.clouds.simulated import simulated_clients
        from llmdeploy.infra.simulate.attach import folder_of

        # Made-up digests must never be taken for real ones.
        remembers = folder_of(home, plan.stack_name)
        clients = simulated_clients(remembers)
    else:
        from llmdeploy.infra.preflight.clouds.real import real_clients

        remembers = home.root
        clients = real_clients()
    asked = Preflight(plan, clients, remembers, pins or Pins(), refresh_images=refresh_images)
    with PreflightProgress() as progress:
        return run_preflight(asked, progress, allow)


def _token(deployment: Deployment) -> str | None:
    """The environment's; else that of the last `up`, which the stack keeps as a secret."""
    return _first_set(TOKEN_VARIABLES) or _last_outputs(deployment).get("hub_token")


def _last_outputs(deployment: Deployment) -> dict[str, Any]:
    try:
        return deployment.runner.outputs(deployment.stack, show_secrets=True)
    except StackMissing:
        return {}


def _first_set(variables: Collection[str]) -> str | None:
    return next((found for name in variables if (found := os.environ.get(name))), None)
