"""The Pulumi program: a Plan becomes resources and outputs."""

from __future__ import annotations

from dataclasses import dataclass, field

from llmdeploy.serving.plan.model import Plan
from llmdeploy.serving.rollout.record import Record
from llmdeploy.stacks.pins import Pins


@dataclass(frozen=True, slots=True)
class Settings:
    """What a program needs beside its plan.

    Args:
        stack: the Pulumi stack.
        run_dir: the folder of a local deployment's files.
        key_rotation: another value than the last draws new API keys.
        pins: what is known already of images, machine images and zones.
        hub_token: the token of the model hub, for nodes that find no weights in their bucket.
        project: the project id in Google's cloud.
        record: what the stack is to remember of its versions; None: nothing is kept.
    """

    stack: str
    run_dir: str = ""
    key_rotation: str = ""
    pins: Pins = field(default_factory=Pins)
    hub_token: str | None = field(default=None, repr=False)
    project: str | None = None
    record: Record | None = None


def deploy(plan: Plan, settings: Settings) -> None:
    """Declare everything the plan names, and export what a user needs of it."""
    if plan.regions[0].provider == "local":
        from llmdeploy.stacks.local import deploy_local

        deploy_local(plan, settings.run_dir, settings.key_rotation, settings.record)
        return
    from llmdeploy.stacks.clouds import deploy_clouds

    deploy_clouds(plan, settings)
