"""What the fronts prove who they are with."""

from __future__ import annotations

import pulumi

from llmdeploy.modules.deployment import Deployment
from llmdeploy.modules.gcp.names import part


class GcpCertificate(pulumi.ComponentResource):
    """One certificate for every front. Either Google issues and renews it, for a domain that a DNS record
    proves; or it is given.
    """

    certificate_map: pulumi.Output[str] | None = None
    """For a target proxy, where Google issues it."""
    certificate: pulumi.Output[str] | None = None
    """Self link, where it is given."""
    proof: tuple[pulumi.Output[str], pulumi.Output[str]] | None = None
    """Name and value of the CNAME record that must be in the domain's public zone."""

    @property
    def given(self) -> list[pulumi.Output[str]] | None:
        """For a target proxy, where it is given."""
        return None if self.certificate is None else [self.certificate]

    @classmethod
    def for_domain(
        cls, name: str, deployment: Deployment, domain: str, opts: pulumi.ResourceOptions | None = None
    ) -> GcpCertificate:
        """By DNS authorization: it is issued before the domain leads here. A certificate that is proven by
        the load balancer's own answers is issued only after, so that clients would meet none.
        """
        from pulumi_gcp import certificatemanager

        made = cls(name, opts)
        child = pulumi.ResourceOptions(parent=made)
        proof = certificatemanager.DnsAuthorization(
            part(name, "proof"), domain=domain, labels=deployment.labels, opts=child
        )
        certificate = certificatemanager.Certificate(
            part(name, "managed"),
            managed={"domains": [domain], "dns_authorizations": [proof.id]},
            labels=deployment.labels,
            opts=child,
        )
        certificates = certificatemanager.CertificateMap(
            part(name, "map"), labels=deployment.labels, opts=child
        )
        certificatemanager.CertificateMapEntry(
            part(name, "entry"),
            map=certificates.name,
            hostname=domain,
            certificates=[certificate.id],
            labels=deployment.labels,
            opts=child,
        )
        made.certificate_map = pulumi.Output.concat("//certificatemanager.googleapis.com/", certificates.id)
        record = proof.dns_resource_records[0]
        made.proof = (record.name.apply(_text), record.data.apply(_text))
        made.register_outputs({})
        return made

    @classmethod
    def from_pem(
        cls,
        name: str,
        certificate: pulumi.Output[str],
        private_key: pulumi.Output[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> GcpCertificate:
        """One of our own. It cannot be changed, so that a renewed one comes before the old one goes."""
        from pulumi_gcp import compute

        made = cls(name, opts)
        hidden: pulumi.Output[str] = pulumi.Output.secret(private_key)
        given = compute.SSLCertificate(
            part(name, "given"),
            certificate=certificate,
            private_key=hidden,
            opts=pulumi.ResourceOptions(parent=made),
        )
        made.certificate = given.self_link
        made.register_outputs({})
        return made

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("llmdeploy:gcp:Certificate", name, {}, opts)


def _text(value: str | None) -> str:
    return value or ""
