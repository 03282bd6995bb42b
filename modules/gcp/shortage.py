"""Stand-ins for spot instances that Google does not give, or takes away.

A managed group has one way of buying, so there are two: a spot group that follows the load, and one at the
full price that follows what the first is short of. Google measures no such thing; the gateways do, as they
are there also when no GPU instance is.
"""

from __future__ import annotations

import shlex
from importlib.resources import files
from typing import get_args

import pulumi

from llmdeploy.modules.gcp import names
from llmdeploy.modules.gcp.fleet import Fleet
from llmdeploy.serving.plan.model import Slot

METRIC = "custom.googleapis.com/llmdeploy/missing_spot_replicas"
END = "END_OF_LLMDEPLOY_SCRIPT"
NODE_ID = "fleet"
"""What the figures of a slot are told apart by."""
PERMISSIONS = ("compute.instanceGroupManagers.get", "compute.instanceGroupManagers.list")
"""What a gateway needs to count instances (gcloud compute instance-groups managed list-instances)."""


def follow_shortage(
    name: str, fleet: Fleet, stack: str, group: pulumi.Output[str], opts: pulumi.ResourceOptions
) -> None:
    """As many instances as the figure says, none where it is 0."""
    from pulumi_gcp import compute

    wanted = {
        "metric.type": METRIC,
        "resource.type": "generic_node",
        "resource.labels.namespace": stack,
        "resource.labels.location": fleet.location,
        "resource.labels.node_id": names.in_slot(NODE_ID, fleet.slot),
    }
    compute.RegionAutoscaler(
        name,
        region=fleet.location,
        target=group,
        autoscaling_policy={
            "mode": "ON",
            "min_replicas": 0,
            "max_replicas": fleet.most,
            "cooldown_period": fleet.startup.warm_up_s,
            "metrics": [
                {
                    "name": METRIC,
                    "single_instance_assignment": 1,
                    "filter": " AND ".join(f'{key} = "{value}"' for key, value in wanted.items()),
                }
            ],
        },
        opts=opts,
    )


def shortage_script(project: str, location: str, stack: str) -> str:
    """The gateways' `startup-script`, which leaves the program running as a service. It holds no secret.

    It counts in both slots, whichever hold a version: a rollout makes no new gateways.
    """
    settings = {
        "PROJECT": project,
        "LOCATION": location,
        "STACK": stack,
        "FLEETS": " ".join(_counted(stack, location, slot) for slot in get_args(Slot)),
        "METRIC": METRIC,
    }
    text = files("llmdeploy.modules.gcp").joinpath("shortage.sh").read_text("utf-8")
    lines = [f"{key}={shlex.quote(value)}" for key, value in settings.items()]
    file = "/var/lib/llmdeploy/shortage.sh"
    restart = "--property=Restart=always --property=RestartSec=10"
    return "\n".join(
        (
            "#!/bin/bash",
            "set -euo pipefail",
            "mkdir -p /var/lib/llmdeploy",
            f"cat >{file} <<'{END}'",
            *lines,
            text.rstrip("\n"),
            END,
            f"systemd-run --unit=llmdeploy-shortage {restart} /bin/bash {file}",
            "",
        )
    )


def _counted(stack: str, location: str, slot: Slot) -> str:
    """`ID:SPOT:STAND_IN`: whose figure it is, and how the instances of its two groups are called."""
    groups = [names.base_instance(stack, location, role, slot) for role in (names.NODE, names.STAND_IN)]
    return ":".join((names.in_slot(NODE_ID, slot), *groups))
