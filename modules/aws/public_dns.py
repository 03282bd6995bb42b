"""The deployment's public name, in Route 53, in front of one cloud or of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pulumi
import pulumi_aws as aws

from llmdeploy.modules.aws.places import GCP_PLACES
from llmdeploy.modules.deployment import Deployment
from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.gateway.cloud import FRONT_PORT
from llmdeploy.serving.gateway.filters import HEALTH_PATH

TTL_S = 60
"""As an alias of a load balancer has."""
PROOF_TTL_S = 300
CHECK_S = 10
"""Route 53's fast checks; the others come every 30 s (route53, HealthCheckConfig RequestInterval)."""
LOST_AFTER = 3

Policy = Literal["nearest", "weighted", "failover"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicFront:
    """What the name may lead to: a load balancer or accelerator of AWS, or an address in another cloud.

    Args:
        region: provider/location: where clients near to it should come, and the record's identity.
        host: the DNS name, of AWS's.
        host_zone: the hosted zone of `host`.
        address: in place of a name.
        weight: its share, for `weighted`.
    """

    region: str
    host: pulumi.Output[str] | None = None
    host_zone: pulumi.Output[str] | None = None
    address: pulumi.Output[str] | None = None
    weight: int = 1


class PublicDns(pulumi.ComponentResource):
    """The domain's records. More than one front is health-checked from around the world; clients then come
    to the nearest, by weights, or to the first that is well.

    A front that is well takes a client to whichever region can answer, so this decides the way in, no more.

    Args:
        hosted_zone: the public zone that holds the domain.
        fronts: in the order of the spec; for `failover` the first two clouds' count.
    """

    def __init__(
        self,
        name: str,
        deployment: Deployment,
        domain: str,
        hosted_zone: str,
        policy: Policy,
        fronts: Sequence[PublicFront],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("llmdeploy:aws:PublicDns", name, {}, opts)
        self._name, self._deployment = name, deployment
        self._domain, self._zone = domain, hosted_zone
        if len(fronts) == 1:
            self._record(name, fronts[0], {})
        for index, front in enumerate(fronts if len(fronts) > 1 else ()):
            part = f"{name}-{front.region.replace('/', '-')}"
            self._record(
                part,
                front,
                {
                    "set_identifier": front.region,
                    "health_check_id": self._check(part, front),
                    **routing(policy, front, index),
                },
            )
        self.register_outputs({})

    def _record(self, name: str, front: PublicFront, routed: Mapping[str, Any]) -> None:
        aws.route53.Record(
            name,
            zone_id=self._zone,
            name=self._domain,
            type="A",
            opts=pulumi.ResourceOptions(parent=self),
            **_target(front),
            **routed,
        )

    def _check(self, name: str, front: PublicFront) -> pulumi.Output[str]:
        """Over TLS to the front itself; its certificate is for the domain, which an address is asked by."""
        where = {"fqdn": front.host} if front.host is not None else self._by_address(front)
        check: pulumi.Output[str] = aws.route53.HealthCheck(
            name,
            type="HTTPS",
            port=FRONT_PORT,
            resource_path=HEALTH_PATH,
            request_interval=CHECK_S,
            failure_threshold=LOST_AFTER,
            enable_sni=True,
            tags={"Name": f"{self._deployment.stack}-{front.region}", **self._deployment.tags},
            opts=pulumi.ResourceOptions(parent=self),
            **where,
        ).id
        return check

    def _by_address(self, front: PublicFront) -> Mapping[str, Any]:
        return {"ip_address": front.address, "fqdn": self._domain}


def prove_domain(
    name: str, hosted_zone: str, record: pulumi.Input[str], value: pulumi.Input[str]
) -> aws.route53.Record:
    """The record by which another cloud knows that the domain is ours, before it signs a certificate."""
    return aws.route53.Record(
        name,
        zone_id=hosted_zone,
        name=record,
        type="CNAME",
        records=[value],
        ttl=PROOF_TTL_S,
        allow_overwrite=True,
    )


def routing(policy: Policy, front: PublicFront, index: int) -> Mapping[str, Any]:
    """How Route 53 chooses this record among the others.

    Raises:
        LlmdeployError: it is not known where the front's region is.
    """
    if policy == "weighted":
        return {"weighted_routing_policies": [{"weight": front.weight}]}
    if policy == "failover":
        return {"failover_routing_policies": [{"type": "SECONDARY" if index else "PRIMARY"}]}
    return {"geoproximity_routing_policy": _place(front.region)}


def _place(region: str) -> Mapping[str, Any]:
    provider, _, location = region.partition("/")
    if provider == "aws":
        return {"aws_region": location}
    if location not in GCP_PLACES:
        raise LlmdeployError(
            f"it is not known where {region} is, so DNS cannot send those near to it there",
            "use `routing.policy: weighted` or failover",
        )
    latitude, longitude = GCP_PLACES[location]
    return {"coordinates": [{"latitude": f"{latitude:.2f}", "longitude": f"{longitude:.2f}"}]}


def _target(front: PublicFront) -> Mapping[str, Any]:
    if front.address is not None:
        return {"records": [front.address], "ttl": TTL_S}
    alias = {"name": front.host, "zone_id": front.host_zone, "evaluate_target_health": True}
    return {"aliases": [alias]}
