"""Instance templates, managed instance groups, autoscalers."""

from __future__ import annotations

from typing import Any, Final

from llmdeploy.infra.simulate.checks.look import Check, Look, Problems, at
from llmdeploy.infra.simulate.offline import gcp

_TEMPLATES: Final = (
    "gcp:compute/instanceTemplate:InstanceTemplate",
    "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate",
)
_GROUPS: Final = (
    "gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager",
    "gcp:compute/instanceGroupManager:InstanceGroupManager",
)
_WITH_GPUS: Final = ("a2", "a3", "a4", "g2", "g4")
_LONGEST_DELAY_S: Final = 3600
"""Source: the discovery document of compute v1, InstanceGroupManagerAutoHealingPolicy.initialDelaySec."""


def _template(look: Look) -> Problems:
    machine = str(look.get("machineType", "")).rpartition("/")[2]
    accelerators = look.items("guestAccelerators")
    kind = str(at(accelerators[0], "type", "")).rpartition("/")[2] if accelerators else ""
    count = int(at(accelerators[0], "count", 0) or 0) if accelerators else 0
    region = str(look.get("region", "")).rpartition("/")[2]
    # A global template says no region: whether its machine type is offered shows when a group uses it.
    offered = (
        gcp.offered_in(region or "us-central1", machine, kind, count)
        if machine and "custom" not in machine
        else ("",)
    )
    if offered is None or (region and not offered):
        yield (
            "invalid",
            (
                f"Invalid value for field 'resource.properties.machineType': '{machine}'. Machine type "
                f"does not exist in {region or 'any region'}."
            ),
        )
    spot = look.get("scheduling.provisioningModel") == "SPOT"
    restart, preemptible, maintenance = (
        f"scheduling.{name}" for name in ("automaticRestart", "preemptible", "onHostMaintenance")
    )
    if spot and not look.unknown(restart) and look.get(restart, True) is True:
        yield (
            "invalid",
            (
                "Invalid value for field 'resource.properties.scheduling.automaticRestart': 'true'. "
                "Spot VMs cannot be restarted automatically."
            ),
        )
    if spot and not look.unknown(preemptible) and look.get(preemptible) is not True:
        yield (
            "invalid",
            "Invalid value for field 'resource.properties.scheduling.preemptible': Spot VMs are preemptible.",
        )
    # Machines with GPUs built in stop for maintenance unless they are told to move.
    moves = "TERMINATE" if machine.startswith(_WITH_GPUS) else "MIGRATE"
    has_gpus = bool(accelerators) or machine.startswith(_WITH_GPUS)
    if has_gpus and not look.unknown(maintenance) and look.get(maintenance, moves) != "TERMINATE":
        yield (
            "invalid",
            (
                "Instances with guest accelerators do not support live migration: onHostMaintenance "
                "must be TERMINATE."
            ),
        )
    if not any(at(disk, "boot") is True or index == 0 for index, disk in enumerate(look.items("disks"))):
        yield "invalid", "Invalid value for field 'resource.properties.disks': a boot disk is needed"
    yield from _interfaces(look)


def _interfaces(look: Look) -> Problems:
    for interface in look.items("networkInterfaces"):
        subnetwork = look.record(at(interface, "subnetwork"), "gcp:compute/subnetwork:Subnetwork")
        if (
            subnetwork
            and look.get("region")
            and subnetwork.region != str(look.get("region")).rpartition("/")[2]
        ):
            yield (
                "invalid",
                (
                    "Invalid value for field 'resource.properties.networkInterfaces[0].subnetwork': "
                    f"'{subnetwork.id}' is in another region."
                ),
            )


def _group(look: Look) -> Problems:
    region = str(look.get("region", "")).rpartition("/")[2]
    zones = [str(each).rpartition("/")[2] for each in look.items("distributionPolicyZones")]
    for zone in zones:
        if zone not in gcp.zones(region):
            yield (
                "invalid",
                (
                    f"Invalid value for field 'resource.distributionPolicy.zones': '{zone}'. Unknown zone "
                    f"of {region}."
                ),
            )
    yield from _update_policy(look, len(zones) or len(gcp.zones(region)) or 3)
    yield from _versions(look)
    delay = look.get("autoHealingPolicies.initialDelaySec", 0)
    if isinstance(delay, int) and not 0 <= delay <= _LONGEST_DELAY_S:
        yield (
            "invalid",
            (
                "Invalid value for field 'resource.autoHealingPolicies[0].initialDelaySec': "
                f"'{delay}'. Must be between 0 and {_LONGEST_DELAY_S}."
            ),
        )
    yield from _machine_offered(look, region, zones)
    shape = look.get("distributionPolicyTargetShape")
    if shape == "ANY_SINGLE_ZONE" and look.get("updatePolicy.instanceRedistributionType") == "PROACTIVE":
        yield (
            "invalid",
            "Proactive instance redistribution must be disabled with the target shape ANY_SINGLE_ZONE.",
        )
    if (
        shape in {"ANY", "BALANCED"}
        and look.get("updatePolicy.instanceRedistributionType", "PROACTIVE") == "PROACTIVE"
    ):
        yield "invalid", f"Proactive instance redistribution must be disabled with the target shape {shape}."


def _update_policy(look: Look, zones: int) -> Problems:
    policy = look.get("updatePolicy", {})
    surge, unavailable = at(policy, "maxSurgeFixed"), at(policy, "maxUnavailableFixed")
    for name, value in (("maxSurge", surge), ("maxUnavailable", unavailable)):
        # Source:
        # cloud.google.com/compute/docs/instance-groups/rolling-out-updates-to-managed-instance-groups.
        if isinstance(value, int) and 0 < value < zones:
            yield (
                "invalid",
                (
                    f"Invalid value for field 'resource.updatePolicy.{name}.fixed': '{value}'. Must be 0 "
                    f"or at least the number of zones ({zones})."
                ),
            )
    if surge == 0 and unavailable == 0:
        yield (
            "invalid",
            "Invalid value for field 'resource.updatePolicy': maxSurge and maxUnavailable cannot both be 0.",
        )
    if at(policy, "replacementMethod") == "RECREATE" and surge:
        yield "invalid", "Invalid value for field 'resource.updatePolicy.maxSurge': must be 0 with RECREATE."


def _versions(look: Look) -> Problems:
    versions = look.items("versions")
    open_ended = [each for each in versions if "targetSize" not in each]
    if versions and len(open_ended) != 1:
        yield (
            "invalid",
            "Invalid value for field 'resource.versions': exactly one version must have no target size.",
        )


def _machine_offered(look: Look, region: str, zones: list[str]) -> Problems:
    for version in look.items("versions"):
        template = look.record(at(version, "instanceTemplate"), *_TEMPLATES)
        if template is None:
            continue
        machine = str(template.inputs.get("machineType", "")).rpartition("/")[2]
        offered = gcp.offered_in(region, machine) or ()
        missing = [zone for zone in zones if zone not in offered]
        if region and "custom" not in machine and (not offered or missing):
            where = ", ".join(missing) or region
            yield (
                "invalid",
                (
                    "Invalid value for field 'resource.versions[0].instanceTemplate': machine type "
                    f"'{machine}' does not exist in {where}."
                ),
            )


def _autoscaler(look: Look) -> Problems:
    policy: Any = look.get("autoscalingPolicy", {})
    low, high = at(policy, "minReplicas"), at(policy, "maxReplicas")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        yield (
            "invalid",
            (
                f"Invalid value for field 'resource.autoscalingPolicy': minNumReplicas {low} is "
                f"greater than maxNumReplicas {high}."
            ),
        )
    target = at(policy, "cpuUtilization.target")
    if isinstance(target, (int, float)) and not 0 < target <= 1:
        yield (
            "invalid",
            (
                "Invalid value for field "
                f"'resource.autoscalingPolicy.cpuUtilization.utilizationTarget': '{target}'. Must be "
                "in (0, 1]."
            ),
        )
    for metric in at(policy, "metrics", []):
        if "target" not in metric and "singleInstanceAssignment" not in metric:
            yield (
                "invalid",
                (
                    "Invalid value for field 'resource.autoscalingPolicy.customMetricUtilizations': a "
                    f"target is needed for {at(metric, 'name')}."
                ),
            )
    group = look.record(look.get("target"), *_GROUPS)
    # In a preview the same program may be about to take the size away.
    if group and group.inputs.get("targetSize") is not None and not look.planned:
        yield (
            "invalid",
            f"The group '{group.id}' has a target size of its own; leave it unset to have it scaled",
        )


CHECKS: Final[dict[str, tuple[Check, ...]]] = {
    "gcp:compute/autoscaler:Autoscaler": (_autoscaler,),
    "gcp:compute/regionAutoscaler:RegionAutoscaler": (_autoscaler,),
    **dict.fromkeys(_TEMPLATES, (_template,)),
    **dict.fromkeys(_GROUPS, (_group,)),
}
