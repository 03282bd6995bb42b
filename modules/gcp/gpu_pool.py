"""The region's GPU instances, one replica on each."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from llmdeploy.modules.deployment import Deployment
from llmdeploy.modules.gcp import names
from llmdeploy.modules.gcp.fleet import Fleet
from llmdeploy.modules.gcp.instance_template import Template, instance_template
from llmdeploy.modules.gcp.labels import lasting_labels
from llmdeploy.modules.gcp.machine import accelerators, boot_disk, machine_type, scheduling
from llmdeploy.modules.gcp.names import part
from llmdeploy.modules.gcp.update import repaired_anywhere, replace_first
from llmdeploy.serving.node.places import PORT

PORT_NAME = "http"
"""How the load balancer calls the servers' port."""
SHAPE = "BALANCED"
"""Instances go where there are GPUs, as evenly as that allows. EVEN, Google's default, leaves instances
uncreated while one zone has none. BALANCED needs redistribution NONE, and excludes two versions in one group
(compute/docs/instance-groups/regional-mig-set-target-distribution-shape): each version has its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What a GPU instance is made from. `startup_script` holds nothing secret."""

    image: str
    subnet: pulumi.Input[str]
    account: pulumi.Input[str]
    startup_script: str


class GcpGpuPool(pulumi.ComponentResource):
    """A managed group of GPU instances, with a health check of its own that replaces those that hang.

    Pulumi does not wait for the instances: without capacity that would never end, and a group that is waited
    for cannot be destroyed.

    Args:
        role: names.NODE or names.STAND_IN, which is how the instances are called.
        spot: whether Google may take them away at any time.
    """

    group: pulumi.Output[str]
    """Self link of the instance group, for load balancers."""
    manager: pulumi.Output[str]
    """The managed group's name."""

    def __init__(
        self,
        name: str,
        deployment: Deployment,
        fleet: Fleet,
        node: Node,
        role: str,
        spot: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        from pulumi_gcp import compute

        super().__init__("llmdeploy:gcp:GpuPool", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        template = instance_template(part(name, "template"), _template(deployment, fleet, node, spot), child)
        manager = compute.RegionInstanceGroupManager(
            part(name, "group"),
            region=fleet.location,
            base_instance_name=names.base_instance(deployment.stack, fleet.location, role, fleet.slot),
            versions=[{"instance_template": template.self_link}],
            distribution_policy_zones=list(fleet.zones),
            distribution_policy_target_shape=SHAPE,
            # Where an autoscaler decides, a size of its own would be undone at every `up`.
            target_size=fleet.size,
            named_ports=[{"name": PORT_NAME, "port": PORT}],
            update_policy=replace_first(len(fleet.zones), "NONE"),
            auto_healing_policies={
                "health_check": self._healing(name, fleet),
                "initial_delay_sec": fleet.startup.grace_s,
            },
            instance_lifecycle_policy=repaired_anywhere(),
            wait_for_instances=False,
            opts=child,
        )
        self.group = manager.instance_group
        self.manager = manager.name
        self._id = manager.self_link
        self.register_outputs({})

    @property
    def target(self) -> pulumi.Output[str]:
        """The managed group's self link, for an autoscaler."""
        return self._id

    def _healing(self, name: str, fleet: Fleet) -> pulumi.Output[str]:
        from pulumi_gcp import compute

        probe = fleet.startup.healing
        return compute.HealthCheck(
            part(name, "healing"),
            check_interval_sec=probe.interval_s,
            timeout_sec=probe.timeout_s,
            healthy_threshold=probe.healthy_threshold,
            unhealthy_threshold=probe.unhealthy_threshold,
            http_health_check={"port": PORT, "request_path": fleet.health_path},
            log_config={"enable": True},
            opts=pulumi.ResourceOptions(parent=self),
        ).self_link


def _template(deployment: Deployment, fleet: Fleet, node: Node, spot: bool) -> Template:
    labels = lasting_labels(deployment)
    return Template(
        location=fleet.location,
        machine_type=machine_type(fleet.hardware),
        accelerators=accelerators(fleet.hardware),
        disk=boot_disk(fleet.startup.disk, node.image, labels),
        subnet=node.subnet,
        account=node.account,
        metadata={"startup-script": node.startup_script},
        labels=labels,
        scheduling=scheduling(spot),
        secure_boot=False,
    )
