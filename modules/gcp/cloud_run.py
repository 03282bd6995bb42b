"""The replicas of one version as a Cloud Run service with an L4."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi

from llmdeploy.modules.gcp import names
from llmdeploy.modules.gcp.identity import member
from llmdeploy.modules.gcp.managed import Endpoint, ManagedPlace, ManagedVersion
from llmdeploy.modules.gcp.names import in_slot, part

if TYPE_CHECKING:
    from pulumi_gcp.cloudrunv2 import ServiceTemplateArgsDict, ServiceTemplateContainerArgsDict

CALLER = "roles/run.invoker"
VCPUS, MEMORY_GIB = 8, 32
"""The most that an instance has (run/quotas); with a GPU at least 4 and 16
(run/docs/configuring/services/gpu). What the server downloads lies in memory too: there is no disk."""
LONGEST_REQUEST_S = 3600
"""run/docs/configuring/request-timeout."""
MOST_CONCURRENT = 1000
"""Requests at once that an instance may be given (run/docs/about-concurrency)."""
CHECK_S = 10
"""Between two looks at whether it has started."""
LOST_AFTER = 6
"""Looks in a row without an answer until an instance is started anew: a minute."""


class GcpCloudRun(pulumi.ComponentResource):
    """A service that only the deployment's own network reaches, and there only the gateways' account."""

    endpoint: Endpoint

    def __init__(self, place: ManagedPlace, wanted: ManagedVersion) -> None:
        from pulumi_gcp import cloudrunv2

        version = wanted.version
        name = part(place.name, in_slot(names.CLOUD_RUN, version.slot))
        super().__init__("llmdeploy:gcp:CloudRun", name, {}, place.opts)
        child = pulumi.ResourceOptions(parent=self)
        service = cloudrunv2.Service(
            part(name, "service"),
            name=names.service_id(place.deployment.stack, version.location, version.slot),
            project=place.project,
            location=version.location,
            # Instances without an address of their own come by Private Google Access, which counts as inside.
            ingress="INGRESS_TRAFFIC_INTERNAL_ONLY",
            invoker_iam_disabled=False,
            deletion_protection=False,
            template=_template(place, wanted),
            labels=place.deployment.labels,
            # Its name is an interface: a service that must be replaced goes before its successor comes.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        caller = cloudrunv2.ServiceIamMember(
            part(name, "caller"),
            project=place.project,
            location=version.location,
            name=service.name,
            role=CALLER,
            member=member(place.identity.gateway),
            opts=child,
        )
        address = pulumi.Output.all(service.uri, caller.id).apply(lambda known: str(known[0]))
        self.endpoint = Endpoint(
            resource=service.id,
            host=address.apply(lambda uri: uri.removeprefix("https://")),
            path=pulumi.Output.from_input(""),
            audience=address,
        )
        self.register_outputs({})


def _template(place: ManagedPlace, wanted: ManagedVersion) -> ServiceTemplateArgsDict:
    version = wanted.version
    return {
        "service_account": place.identity.node,
        "timeout": f"{min(LONGEST_REQUEST_S, round(place.request_timeout_s))}s",
        "max_instance_request_concurrency": min(MOST_CONCURRENT, version.server.concurrency),
        "execution_environment": "EXECUTION_ENVIRONMENT_GEN2",
        "node_selector": {"accelerator": wanted.managed.unit},
        # With redundancy twice the quota is needed, which few projects have; other regions take over.
        "gpu_zonal_redundancy_disabled": True,
        "scaling": {
            "min_instance_count": version.min_replicas,
            "max_instance_count": max(1, version.min_replicas, wanted.most),
        },
        "containers": [_container(wanted)],
    }


def _container(wanted: ManagedVersion) -> ServiceTemplateContainerArgsDict:
    container, healthy = wanted.container, wanted.version.server.health_path
    return {
        "image": wanted.image,
        "args": list(container.command),
        "envs": [{"name": name, "value": value} for name, value in sorted(container.environment.items())],
        "ports": {"container_port": container.port},
        "resources": {
            "limits": {"cpu": str(VCPUS), "memory": f"{MEMORY_GIB}Gi", "nvidia.com/gpu": "1"},
            # An instance with a GPU has its CPU for as long as it is there.
            "cpu_idle": False,
            "startup_cpu_boost": True,
        },
        "startup_probe": {
            "http_get": {"path": container.health_path, "port": container.port},
            "period_seconds": CHECK_S,
            "timeout_seconds": CHECK_S,
            "failure_threshold": -(-wanted.managed.startup_timeout_s // CHECK_S),
        },
        "liveness_probe": {
            "http_get": {"path": healthy, "port": container.port},
            "period_seconds": CHECK_S,
            "timeout_seconds": CHECK_S,
            "failure_threshold": LOST_AFTER,
        },
    }
