"""Route 53 and ACM."""

from __future__ import annotations

from typing import Final

from llmdeploy.infra.simulate.checks.look import Check, Look, Problems, at

_POLICIES: Final = (
    "weightedRoutingPolicies",
    "latencyRoutingPolicies",
    "failoverRoutingPolicies",
    "geolocationRoutingPolicies",
    "geoproximityRoutingPolicy",
    "cidrRoutingPolicy",
    "multivalueAnswerRoutingPolicy",
)


def _record(look: Look) -> Problems:
    alias, records = look.given("aliases"), look.given("records")
    if alias == records:
        yield "InvalidChangeBatch", "exactly one of aliases and records is needed"
    if records and not look.given("ttl"):
        yield "InvalidChangeBatch", "Missing field 'TTL'"
    if alias and look.given("ttl"):
        yield "InvalidChangeBatch", "ttl cannot be given for an alias"
    policies = [each for each in _POLICIES if look.given(each)]
    if len(policies) > 1:
        yield "InvalidChangeBatch", f"only one of {', '.join(policies)} may be given"
    if policies and not look.given("setIdentifier"):
        yield "InvalidChangeBatch", f"set_identifier must be given with {policies[0]}"
    if look.given("setIdentifier") and not policies:
        yield "InvalidChangeBatch", "set_identifier needs a routing policy"
    zone = look.record(look.get("zoneId"), "aws:route53/zone:Zone")
    name = look.get("name")
    if zone and isinstance(name, str) and "." in name:
        domain = str(zone.outputs.get("name", "")).rstrip(".")
        if not f".{name.rstrip('.')}".endswith(f".{domain}"):
            yield "InvalidChangeBatch", f"RRSet with DNS name {name}. is not permitted in zone {domain}."


def _health_check(look: Look) -> Problems:
    kind = look.get("type")
    if kind in {"HTTP", "HTTPS", "TCP", "HTTP_STR_MATCH", "HTTPS_STR_MATCH"}:
        if not look.given("fqdn") and not look.given("ipAddress"):
            yield "InvalidInput", f"fqdn or ipAddress must be given for a health check of type {kind}"
        if kind == "TCP" and not look.given("port"):
            yield "InvalidInput", "port must be given for a health check of type TCP"
    if str(kind).endswith("_STR_MATCH") and not look.given("searchString"):
        yield "InvalidInput", f"searchString must be given for a health check of type {kind}"
    if kind == "CALCULATED" and not look.given("childHealthchecks"):
        yield "InvalidInput", "childHealthchecks must be given for a calculated health check"
    if look.get("requestInterval", 30) not in {10, 30}:
        yield "InvalidInput", "The request interval must be 10 or 30 seconds"


def _certificate(look: Look) -> Problems:
    imported = look.given("certificateBody")
    if imported and not (look.given("privateKey") or look.given("privateKeyWo")):
        yield "ValidationException", "certificateBody needs privateKey"
    if imported and look.given("validationMethod"):
        yield "ValidationException", "an imported certificate has no validation method"
    body, key = look.get("certificateBody"), look.get("privateKey")
    if isinstance(body, str) and "BEGIN CERTIFICATE" not in body:
        yield "ValidationException", "Could not decode certificate. It is not in PEM format."
    if isinstance(key, str) and "PRIVATE KEY" not in key:
        yield "ValidationException", "The private key is not in PEM format."


def _validation(look: Look) -> Problems:
    certificate = look.record(look.get("certificateArn"), "aws:acm/certificate:Certificate")
    if certificate is None:
        return
    wanted = [
        each["resourceRecordName"].rstrip(".")
        for each in certificate.outputs.get("domainValidationOptions", [])
    ]
    given = {str(each).rstrip(".") for each in look.items("validationRecordFqdns")}
    missing = [name for name in dict.fromkeys(wanted) if name not in given]
    if look.given("validationRecordFqdns") and missing:
        yield (
            "ValidationError",
            f"missing {at(look.inputs, 'certificateArn')} DNS validation record: {missing[0]}",
        )


CHECKS: Final[dict[str, tuple[Check, ...]]] = {
    "aws:acm/certificate:Certificate": (_certificate,),
    "aws:acm/certificateValidation:CertificateValidation": (_validation,),
    "aws:route53/healthCheck:HealthCheck": (_health_check,),
    "aws:route53/record:Record": (_record,),
}
