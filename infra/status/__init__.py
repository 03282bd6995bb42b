"""Live status: what every process of a deployment does now."""

from llmdeploy.infra.status.facts import DeploymentFacts, RegionFacts, ReplicaFacts, deployment_facts
from llmdeploy.infra.status.look import deployment_status
from llmdeploy.infra.status.report import (
    DeploymentStatus,
    GatewayStatus,
    Health,
    RegionStatus,
    ReplicaStatus,
    Traffic,
)

__all__ = [
    "DeploymentFacts",
    "DeploymentStatus",
    "GatewayStatus",
    "Health",
    "RegionFacts",
    "RegionStatus",
    "ReplicaFacts",
    "ReplicaStatus",
    "Traffic",
    "deployment_facts",
    "deployment_status",
]
