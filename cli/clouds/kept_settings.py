"""What a deployment was made from, taken from its stack: for changes of where requests go, before which no
cloud is asked anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from llmdeploy.cli.opening import Deployment
    from llmdeploy.stacks.program import Settings


def kept_settings(deployment: Deployment, outputs: Mapping[str, Any]) -> Settings:
    """The settings of the last `up`.

    Args:
        outputs: of the stack, with its secrets.
    """
    from llmdeploy.cli.clouds.settings import google_project
    from llmdeploy.serving.rollout.record import Record
    from llmdeploy.stacks.pins import pins_of
    from llmdeploy.stacks.program import Settings

    record = Record.of(outputs) if "record" in outputs else None
    if deployment.plan.regions[0].provider == "local":
        return Settings(deployment.stack, str(deployment.run_dir), record=record)
    return Settings(
        deployment.stack,
        pins=pins_of(deployment.facts()),
        hub_token=outputs.get("hub_token"),
        project=google_project(simulated=deployment.simulation is not None),
        record=record,
    )
