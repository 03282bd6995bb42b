"""The certificates of the regions' fronts: one a region, as a load balancer takes only its own region's."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from llmdeploy.modules.deployment import Deployment

TTL_S = 300


class AwsCertificates(pulumi.ComponentResource):
    """Make them with `for_domain` or `from_pem`."""

    def __init__(
        self,
        name: str,
        deployment: Deployment,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("llmdeploy:aws:Certificates", name, {}, opts)
        self._name, self._deployment = name, deployment
        self._arns: dict[str, pulumi.Output[str]] = {}

    def arn(self, location: str) -> pulumi.Output[str]:
        """The region's, once it can be used."""
        return self._arns[location]

    @classmethod
    def for_domain(
        cls,
        name: str,
        deployment: Deployment,
        locations: Sequence[str],
        domain: str,
        hosted_zone: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> AwsCertificates:
        """Signed by Amazon, which knows by a record in the domain's zone that it is ours.

        The record is the same for all certificates that an account has of a domain, so there is one.
        """
        made = cls(name, deployment, opts)
        certificates = {location: made._requested(location, domain) for location in locations}
        proof = made._proof(certificates[locations[0]], hosted_zone)
        for location, certificate in certificates.items():
            made._arns[location] = made._validated(location, certificate, proof)
        made.register_outputs({})
        return made

    @classmethod
    def from_pem(
        cls,
        name: str,
        deployment: Deployment,
        locations: Sequence[str],
        certificate: pulumi.Output[str],
        private_key: pulumi.Output[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> AwsCertificates:
        """The deployment's own, where there is no domain to have one signed for."""
        made = cls(name, deployment, opts)
        hidden: pulumi.Output[str] = pulumi.Output.secret(private_key)
        for location in locations:
            made._arns[location] = aws.acm.Certificate(
                f"{name}-{location}",
                certificate_body=certificate,
                private_key=hidden,
                region=location,
                tags=deployment.tags,
                opts=pulumi.ResourceOptions(parent=made),
            ).arn
        made.register_outputs({})
        return made

    def _requested(self, location: str, domain: str) -> aws.acm.Certificate:
        return aws.acm.Certificate(
            f"{self._name}-{location}",
            domain_name=domain,
            validation_method="DNS",
            region=location,
            tags=self._deployment.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _proof(self, certificate: aws.acm.Certificate, hosted_zone: str) -> aws.route53.Record:
        option = certificate.domain_validation_options[0]
        return aws.route53.Record(
            f"{self._name}-proof",
            zone_id=hosted_zone,
            name=option.resource_record_name,
            type=option.resource_record_type,
            records=[option.resource_record_value],
            ttl=TTL_S,
            # Another deployment under the same domain has written it already.
            allow_overwrite=True,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _validated(
        self, location: str, certificate: aws.acm.Certificate, proof: aws.route53.Record
    ) -> pulumi.Output[str]:
        arn: pulumi.Output[str] = aws.acm.CertificateValidation(
            f"{self._name}-{location}",
            certificate_arn=certificate.arn,
            validation_record_fqdns=[proof.fqdn],
            region=location,
            opts=pulumi.ResourceOptions(parent=self),
        ).certificate_arn
        return arn
