"""What Google Cloud's properties mean. Error texts: the Compute Engine API's `notFound` and `invalid`
reasons, written down 2026-11-24.
"""

from __future__ import annotations

from typing import Final

from llmdeploy.infra.simulate.references.rule import Rule
from llmdeploy.infra.simulate.rest.vertex_records import ENDPOINT

_MISSING: Final = "The resource '{value}' was not found"


def _compute(*classes: str) -> tuple[str, ...]:
    return tuple(f"gcp:compute/{_module(each)}:{each}" for each in classes)


def _module(name: str) -> str:
    return name[0].lower() + name[1:]


_HEALTH_CHECKS: Final = _compute("HealthCheck", "RegionHealthCheck", "HttpHealthCheck", "HttpsHealthCheck")
_BACKENDS: Final = _compute("BackendService", "RegionBackendService", "BackendBucket")
_SECRETS: Final = (
    "gcp:secretmanager/secret:Secret",
    "gcp:secretmanager/regionalSecret:RegionalSecret",
)

RULES: Final[tuple[Rule, ...]] = (
    Rule(("network", "networkUrl"), _compute("Network"), "notFound", _MISSING, matches="^(?!default$)"),
    Rule(
        ("subnetwork", "subnetworks.name"),
        _compute("Subnetwork"),
        "notFound",
        _MISSING,
        matches="^(?!default$)",
    ),
    Rule(
        ("router",),
        _compute("Router"),
        "notFound",
        _MISSING,
        only=_compute("RouterNat", "RouterPeer", "RouterInterface"),
    ),
    Rule(("healthChecks", "healthCheck"), _HEALTH_CHECKS, "notFound", _MISSING),
    Rule(("instanceTemplate",), _compute("InstanceTemplate", "RegionInstanceTemplate"), "notFound", _MISSING),
    Rule(
        ("group",),
        _compute(
            "RegionInstanceGroupManager",
            "InstanceGroupManager",
            "InstanceGroup",
            "NetworkEndpointGroup",
            "RegionNetworkEndpointGroup",
            "GlobalNetworkEndpointGroup",
        ),
        "notFound",
        _MISSING,
        only=_BACKENDS,
    ),
    Rule(
        (
            "defaultService",
            "service",
            "pathMatchers.defaultService",
            "weightedBackendServices.backendService",
        ),
        _BACKENDS,
        "notFound",
        _MISSING,
        only=_compute("URLMap", "RegionUrlMap"),
    ),
    Rule(("backendService",), _BACKENDS, "notFound", _MISSING),
    Rule(("urlMap",), _compute("URLMap", "RegionUrlMap"), "notFound", _MISSING),
    Rule(
        ("sslCertificates",),
        (
            *_compute("SSLCertificate", "RegionSslCertificate", "ManagedSslCertificate"),
            "gcp:certificatemanager/certificate:Certificate",
        ),
        "notFound",
        _MISSING,
    ),
    Rule(("sslPolicy",), _compute("SSLPolicy", "RegionSslPolicy"), "notFound", _MISSING),
    Rule(
        ("securityPolicy", "edgeSecurityPolicy"),
        _compute("SecurityPolicy", "RegionSecurityPolicy"),
        "notFound",
        _MISSING,
    ),
    Rule(
        ("target",),
        _compute(
            "TargetHttpProxy",
            "TargetHttpsProxy",
            "RegionTargetHttpProxy",
            "RegionTargetHttpsProxy",
            "TargetTCPProxy",
            "RegionInstanceGroupManager",
            "InstanceGroupManager",
        ),
        "notFound",
        _MISSING,
        only=_compute("GlobalForwardingRule", "ForwardingRule", "RegionAutoscaler", "Autoscaler"),
    ),
    Rule(
        ("ipAddress",),
        _compute("GlobalAddress"),
        "notFound",
        "The specified IP address '{value}' is not reserved in this project",
        only=_compute("GlobalForwardingRule"),
    ),
    Rule(
        ("ipAddress",),
        _compute("GlobalAddress", "Address"),
        "notFound",
        _MISSING,
        matches=r"[a-z]",
    ),
    Rule(
        ("serviceLbPolicy",),
        ("gcp:networkservices/serviceLbPolicies:ServiceLbPolicies",),
        "notFound",
        _MISSING,
    ),
    Rule(
        ("certificateMap",),
        ("gcp:certificatemanager/certificateMap:CertificateMap",),
        "notFound",
        _MISSING,
        matches="^[^/]*$|certificateMaps/",
    ),
    Rule(
        ("map",),
        ("gcp:certificatemanager/certificateMap:CertificateMap",),
        "notFound",
        _MISSING,
        only=("gcp:certificatemanager/certificateMapEntry:CertificateMapEntry",),
    ),
    Rule(
        ("certificates", "certificateManagerCertificates"),
        ("gcp:certificatemanager/certificate:Certificate",),
        "notFound",
        _MISSING,
    ),
    Rule(
        ("dnsAuthorizations",),
        ("gcp:certificatemanager/dnsAuthorization:DnsAuthorization",),
        "notFound",
        _MISSING,
    ),
    Rule(
        ("managedZone",),
        ("gcp:dns/managedZone:ManagedZone",),
        "notFound",
        "The 'parameters.managedZone' resource named '{value}' does not exist.",
    ),
    Rule(
        ("bucket",),
        ("gcp:storage/bucket:Bucket",),
        "notFound",
        "The specified bucket does not exist: {value}",
    ),
    Rule(
        ("secret", "secretId"),
        _SECRETS,
        "notFound",
        "Secret [{value}] not found",
        only=(
            "gcp:secretmanager/secretVersion:SecretVersion",
            "gcp:secretmanager/secretIamMember:SecretIamMember",
            "gcp:secretmanager/secretIamBinding:SecretIamBinding",
        ),
    ),
    Rule(
        ("repository",),
        ("gcp:artifactregistry/repository:Repository",),
        "NOT_FOUND",
        "Requested entity was not found: {value}",
        only=(
            "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
            "gcp:artifactregistry/repositoryIamBinding:RepositoryIamBinding",
        ),
    ),
    Rule(
        ("serviceAccountId", "serviceAccount.email", "targetServiceAccounts", "sourceServiceAccounts"),
        ("gcp:serviceaccount/account:Account",),
        "notFound",
        "Service account {value} does not exist.",
        matches="@",
    ),
    Rule(
        ("member", "members"),
        ("gcp:serviceaccount/account:Account",),
        "badRequest",
        "Service account {value} does not exist.",
        matches="^serviceAccount:",
    ),
    Rule(
        ("serviceAccount",),
        ("gcp:serviceaccount/account:Account",),
        "badRequest",
        "Service account {value} was not found.",
        only=("gcp:cloudrunv2/service:Service",),
        matches="@",
    ),
    Rule(
        ("name",),
        ("gcp:cloudrunv2/service:Service",),
        "notFound",
        "Resource '{value}' of kind 'SERVICE' does not exist.",
        only=("gcp:cloudrunv2/serviceIamMember:ServiceIamMember",),
    ),
    Rule(
        ("endpoint",),
        (ENDPOINT,),
        "notFound",
        'The Endpoint "{value}" is not found.',
        only=("gcp:vertex/aiEndpointIamMember:AiEndpointIamMember",),
    ),
    Rule(
        ("notificationChannels",),
        ("gcp:monitoring/notificationChannel:NotificationChannel",),
        "notFound",
        "Could not find notification channel {value}",
    ),
    Rule(
        ("kmsKeyName", "kmsKey", "kmsKeySelfLink", "defaultKmsKeyName"),
        ("gcp:kms/cryptoKey:CryptoKey",),
        "notFound",
        "CryptoKey {value} not found.",
    ),
)
