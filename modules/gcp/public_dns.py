"""The deployment's public name, where Google's cloud serves it alone."""

from __future__ import annotations

import pulumi

from llmdeploy.modules.gcp.certificate import GcpCertificate
from llmdeploy.modules.gcp.names import part
from llmdeploy.serving.errors import LlmdeployError

TTL_S = 300
"""The address is kept as long as the deployment, so that nobody waits for a change of it."""


class GcpPublicDns(pulumi.ComponentResource):
    """The records of the domain in its public zone: where it leads, and the certificate's proof.

    With regions in other clouds too, the domain's records are not here: they must know both fronts.

    Raises:
        LlmdeployError: the project has no public zone that holds the domain.
    """

    def __init__(
        self,
        name: str,
        domain: str,
        project: str,
        address: pulumi.Output[str],
        certificate: GcpCertificate,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        from pulumi_gcp import dns

        super().__init__("llmdeploy:gcp:PublicDns", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        zone = public_zone(domain, project)
        dns.RecordSet(
            part(name, "domain"),
            managed_zone=zone,
            name=f"{domain}.",
            type="A",
            ttl=TTL_S,
            rrdatas=[address],
            opts=child,
        )
        if certificate.proof is not None:
            record, value = certificate.proof
            dns.RecordSet(
                part(name, "proof"),
                managed_zone=zone,
                name=record,
                type="CNAME",
                ttl=TTL_S,
                rrdatas=[value],
                opts=child,
            )
        self.register_outputs({})


def public_zone(domain: str, project: str) -> str:
    """The name of the project's public zone that holds the domain, the closest one.

    Raises:
        LlmdeployError: there is none.
    """
    from pulumi_gcp import dns

    zones = dns.get_managed_zones(project=project).managed_zones
    holding = [
        zone for zone in zones if zone.visibility == "public" and f".{domain}.".endswith(f".{zone.dns_name}")
    ]
    if not holding:
        raise LlmdeployError(
            f"project {project} has no public DNS zone that holds {domain}",
            "create it in Cloud DNS and point the domain's name servers to it, or leave routing.domain out",
        )
    closest = max(holding, key=lambda zone: len(zone.dns_name))
    return closest.name or closest.id.rpartition("/")[2]
