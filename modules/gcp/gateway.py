"""The region's gateways: Envoys on small instances, between the front and the fleets."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from llmdeploy.modules.deployment import Deployment
from llmdeploy.modules.gcp import names
from llmdeploy.modules.gcp.instance_template import Template, instance_template
from llmdeploy.modules.gcp.labels import lasting_labels
from llmdeploy.modules.gcp.names import part
from llmdeploy.modules.gcp.update import MOST_ZONES, repaired_anywhere, replace_first
from llmdeploy.serving.gateway.cloud import ENTRY_PORT
from llmdeploy.serving.gateway.images import ENVOY
from llmdeploy.serving.plan.gateway import GatewayTierPlan

PORT_NAME = "entry"
"""How the front calls the gateways' port."""
ENVOY_IMAGE, ENVOY_TAG = ENVOY
BUSY = 0.6
"""The share of its CPU at which another gateway is added."""
STARTS_S = 180
"""Boot, two image pulls, the first copy of the files: an assumption."""
DISK_GIB = 20
CHECK_S = 10
LOST_AFTER = 6
"""Checks without an open port until a gateway is made anew."""


@dataclass(frozen=True, slots=True)
class MachineType:
    """A general machine type of Compute Engine."""

    name: str
    vcpu: int
    memory_gib: int


MACHINE_TYPES = (
    MachineType("e2-standard-2", 2, 8),
    MachineType("e2-standard-4", 4, 16),
    MachineType("e2-standard-8", 8, 32),
)
"""The smallest first (compute/docs/general-purpose-machines)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayNode:
    """What a gateway's instance is made from. Its metadata holds nothing secret."""

    image: str
    subnet: pulumi.Input[str]
    account: pulumi.Input[str]
    metadata: dict[str, str]


class GcpGateway(pulumi.ComponentResource):
    """A managed group of gateways over the region's zones. A new configuration makes no new instances: they
    read it from the region's bucket.
    """

    group: pulumi.Output[str]
    """Self link of the instance group, for the front."""

    def __init__(
        self,
        name: str,
        deployment: Deployment,
        location: str,
        tier: GatewayTierPlan,
        node: GatewayNode,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        from pulumi_gcp import compute

        super().__init__("llmdeploy:gcp:Gateway", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        template = instance_template(
            part(name, "template"), _template(deployment, location, tier, node), child
        )
        manager = compute.RegionInstanceGroupManager(
            part(name, "group"),
            region=location,
            base_instance_name=names.base_instance(deployment.stack, location, names.GATEWAY),
            versions=[{"instance_template": template.self_link}],
            named_ports=[{"name": PORT_NAME, "port": ENTRY_PORT}],
            update_policy=replace_first(MOST_ZONES, "PROACTIVE"),
            auto_healing_policies={
                "health_check": self._healing(name),
                "initial_delay_sec": 2 * STARTS_S,
            },
            instance_lifecycle_policy=repaired_anywhere(),
            wait_for_instances=False,
            opts=child,
        )
        compute.RegionAutoscaler(
            part(name, "scaling"),
            region=location,
            target=manager.self_link,
            autoscaling_policy={
                "mode": "ON",
                "min_replicas": tier.least,
                "max_replicas": tier.most,
                "cooldown_period": STARTS_S,
                "cpu_utilization": {"target": BUSY},
            },
            opts=child,
        )
        self.group = manager.instance_group
        self.register_outputs({})

    def _healing(self, name: str) -> pulumi.Output[str]:
        """Whether Envoy listens. Its health page will not do: it fails while the fleets are down, and new
        gateways would mend nothing then.
        """
        from pulumi_gcp import compute

        return compute.HealthCheck(
            part(name, "healing"),
            check_interval_sec=CHECK_S,
            timeout_sec=CHECK_S,
            healthy_threshold=1,
            unhealthy_threshold=LOST_AFTER,
            tcp_health_check={"port": ENTRY_PORT},
            log_config={"enable": True},
            opts=pulumi.ResourceOptions(parent=self),
        ).self_link


def gateway_machine(tier: GatewayTierPlan) -> MachineType:
    """The smallest machine type that has what the plan wants; the largest where none has."""
    enough = (m for m in MACHINE_TYPES if tier.vcpu <= m.vcpu and tier.memory_gib <= m.memory_gib)
    return next(enough, MACHINE_TYPES[-1])


def _template(deployment: Deployment, location: str, tier: GatewayTierPlan, node: GatewayNode) -> Template:
    labels = lasting_labels(deployment)
    return Template(
        location=location,
        machine_type=gateway_machine(tier).name,
        disk={
            "boot": True,
            "auto_delete": True,
            "source_image": node.image,
            "disk_type": "pd-balanced",
            "disk_size_gb": DISK_GIB,
            "labels": labels,
        },
        subnet=node.subnet,
        account=node.account,
        metadata=node.metadata,
        labels=labels,
        scheduling={
            "provisioning_model": "STANDARD",
            "preemptible": False,
            "automatic_restart": True,
            "on_host_maintenance": "MIGRATE",
        },
        secure_boot=True,
    )
