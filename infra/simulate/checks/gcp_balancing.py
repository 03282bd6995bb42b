"""Backend services, URL maps, proxies, forwarding rules, buckets and secrets."""

from __future__ import annotations

import re
from typing import Any, Final

from llmdeploy.infra.simulate.checks.look import Check, Look, Problems, at

_BUCKET: Final = re.compile(r"^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$")
_LONGEST_TIMEOUT_S: Final = 86400
_MANAGED: Final = frozenset({"EXTERNAL_MANAGED", "INTERNAL_MANAGED", "INTERNAL_SELF_MANAGED"})
_PROXIES: Final = (
    "gcp:compute/regionTargetHttpProxy:RegionTargetHttpProxy",
    "gcp:compute/regionTargetHttpsProxy:RegionTargetHttpsProxy",
    "gcp:compute/targetHttpProxy:TargetHttpProxy",
    "gcp:compute/targetHttpsProxy:TargetHttpsProxy",
)
_ADDRESS: Final = "gcp:compute/address:Address"
_RULE: Final = "gcp:compute/forwardingRule:ForwardingRule"
_GROUPS: Final = (
    "gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager",
    "gcp:compute/instanceGroupManager:InstanceGroupManager",
)


def _backend_service(look: Look) -> Problems:
    timeout = look.get("timeoutSec", 30)
    if isinstance(timeout, int) and not 1 <= timeout <= _LONGEST_TIMEOUT_S:
        yield (
            "invalid",
            (
                f"Invalid value for field 'resource.timeoutSec': '{timeout}'. Must be between 1 and "
                f"{_LONGEST_TIMEOUT_S}."
            ),
        )
    scheme = look.get("loadBalancingScheme", "EXTERNAL")
    if look.given("outlierDetection") and scheme not in _MANAGED:
        yield (
            "invalid",
            f"Invalid value for field 'resource.outlierDetection': not supported with the scheme {scheme}.",
        )
    if look.given("localityLbPolicy") and scheme not in _MANAGED and scheme != "EXTERNAL":
        yield (
            "invalid",
            f"Invalid value for field 'resource.localityLbPolicy': not supported with the scheme {scheme}.",
        )
    for backend in look.items("backends"):
        yield from _backend(look, backend, scheme)
    machines = any(look.record(at(each, "group"), *_GROUPS) for each in look.items("backends"))
    if machines and not look.given("healthChecks"):
        yield (
            "invalid",
            "Invalid value for field 'resource.healthChecks': a health check is needed for instance groups",
        )


def _backend(look: Look, backend: Any, scheme: str) -> Problems:
    capacity = at(backend, "capacityScaler", 1.0)
    if isinstance(capacity, (int, float)) and capacity != 0 and not 0.1 <= capacity <= 1:
        yield (
            "invalid",
            (
                f"Invalid value for field 'resource.backends[0].capacityScaler': '{capacity}'. Must be "
                "0 or between 0.1 and 1."
            ),
        )
    mode = at(backend, "balancingMode", "UTILIZATION")
    rates = ("maxRate", "maxRatePerInstance", "maxRatePerEndpoint")
    if mode == "RATE" and not any(each in backend for each in rates):
        yield (
            "invalid",
            "Invalid value for field 'resource.backends[0].maxRate': needed with the balancing mode RATE",
        )
    if mode == "CONNECTION" and scheme in {"EXTERNAL_MANAGED", "INTERNAL_MANAGED"}:
        yield (
            "invalid",
            "Invalid value for field 'resource.backends[0].balancingMode': 'CONNECTION' is not for HTTP(S)",
        )
    group = look.record(at(backend, "group"), *_GROUPS)
    port_name = look.get("portName", "http")
    if group and look.get("protocol", "HTTP") in {"HTTP", "HTTPS", "HTTP2"}:
        ports = {each.get("name") for each in group.inputs.get("namedPorts", [])}
        if port_name not in ports:
            yield (
                "invalid",
                (
                    f"The named port '{port_name}' is not defined on the instance group "
                    f"'{group.outputs.get('name')}'."
                ),
            )


def _url_map(look: Look) -> Problems:
    if (
        not look.given("defaultService")
        and not look.given("defaultUrlRedirect")
        and not look.given("defaultRouteAction")
    ):
        yield (
            "invalid",
            (
                "Invalid value for field 'resource.defaultService': a default service, redirect or "
                "action is needed"
            ),
        )
    matchers = {at(each, "name") for each in look.items("pathMatchers")}
    for rule in look.items("hostRules"):
        if at(rule, "pathMatcher") not in {*matchers, None}:
            yield (
                "invalid",
                (
                    "Invalid value for field 'resource.hostRules[0].pathMatcher': "
                    f"'{at(rule, 'pathMatcher')}' is not defined"
                ),
            )


def _https_proxy(look: Look) -> Problems:
    ways = ("sslCertificates", "certificateMap", "certificateManagerCertificates")
    if not any(look.given(each) for each in ways):
        yield (
            "invalid",
            "Invalid value for field 'resource.sslCertificates': at least one certificate is needed",
        )


def _forwarding_rule(look: Look) -> Problems:
    scheme = look.get("loadBalancingScheme", "EXTERNAL")
    if scheme == "INTERNAL_MANAGED" and look.given("target") and not look.planned:
        network = look.record(look.get("network"), "gcp:compute/network:Network")
        users = look.store.users(network.number) if network else []
        proxies = [
            each
            for each in users
            if each.inputs.get("purpose") == "REGIONAL_MANAGED_PROXY" and each.region == look.region
        ]
        if network and not proxies:
            yield (
                "invalid",
                (
                    "Invalid value for field 'resource.target': An active proxy-only subnetwork is "
                    "required in the same region and VPC as the forwarding rule."
                ),
            )
    yield from _shared_address(look)
    if not look.given("target") and not look.given("backendService"):
        yield "invalid", "Invalid value for field 'resource.target': a target or backend service is needed"
    proxy = look.record(look.get("target"), *_PROXIES)
    if proxy and not (look.given("portRange") or look.given("ports") or look.given("allPorts")):
        yield "invalid", "Invalid value for field 'resource.portRange': needed with a target proxy"


def _shared_address(look: Look) -> Problems:
    """Two internal rules have one address only where it is reserved for that, whatever their ports."""
    address = look.get("ipAddress")
    if look.get("loadBalancingScheme") != "INTERNAL_MANAGED" or not isinstance(address, str):
        return
    alike = [each for each in look.store.all() if each.region == look.region and each.number != look.number]
    shared = any(
        each.token == _ADDRESS
        and each.outputs.get("address") == address
        and each.inputs.get("purpose") == "SHARED_LOADBALANCER_VIP"
        for each in alike
    )
    if not shared and any(each.token == _RULE and each.inputs.get("ipAddress") == address for each in alike):
        yield (
            "invalid",
            (
                f"Invalid value for field 'resource.IPAddress': '{address}'. Specified IP address is "
                "in-use and would result in a conflict."
            ),
        )


def _health_check(look: Look) -> Problems:
    kinds = (
        "httpHealthCheck",
        "httpsHealthCheck",
        "http2HealthCheck",
        "tcpHealthCheck",
        "sslHealthCheck",
        "grpcHealthCheck",
        "grpcTlsHealthCheck",
    )
    if sum(look.given(each) for each in kinds) != 1:
        yield "invalid", f"exactly one of {', '.join(kinds)} is needed"
    interval, timeout = look.get("checkIntervalSec", 5), look.get("timeoutSec", 5)
    if isinstance(interval, int) and isinstance(timeout, int) and timeout > interval:
        yield (
            "invalid",
            (
                f"Invalid value for field 'resource.timeoutSec': '{timeout}'. Must be less than or "
                f"equal to checkIntervalSec ({interval})."
            ),
        )


def _certificate(look: Look) -> Problems:
    if isinstance(look.get("certificate"), str) and "BEGIN CERTIFICATE" not in look.get("certificate"):
        yield "sslCertificateCouldNotParseCert", "The SSL certificate could not be parsed."
    if isinstance(look.get("privateKey"), str) and "PRIVATE KEY" not in look.get("privateKey"):
        yield "sslCertificateCouldNotParsePrivateKey", "The private key could not be parsed."


def _bucket(look: Look) -> Problems:
    name = look.get("name")
    if isinstance(name, str) and (not _BUCKET.match(name) or "google" in name or name.startswith("goog")):
        yield "invalid", f"Invalid bucket name: '{name}'"


def _secret(look: Look) -> Problems:
    replication = look.get("replication", {})
    if sum(each in replication for each in ("auto", "userManaged")) != 1:
        yield "INVALID_ARGUMENT", "replication needs exactly one of auto and userManaged"


CHECKS: Final[dict[str, tuple[Check, ...]]] = {
    "gcp:compute/backendService:BackendService": (_backend_service,),
    "gcp:compute/forwardingRule:ForwardingRule": (_forwarding_rule,),
    "gcp:compute/globalForwardingRule:GlobalForwardingRule": (_forwarding_rule,),
    "gcp:compute/healthCheck:HealthCheck": (_health_check,),
    "gcp:compute/regionBackendService:RegionBackendService": (_backend_service,),
    "gcp:compute/regionHealthCheck:RegionHealthCheck": (_health_check,),
    "gcp:compute/regionSslCertificate:RegionSslCertificate": (_certificate,),
    "gcp:compute/regionUrlMap:RegionUrlMap": (_url_map,),
    "gcp:compute/sSLCertificate:SSLCertificate": (_certificate,),
    "gcp:compute/targetHttpsProxy:TargetHttpsProxy": (_https_proxy,),
    "gcp:compute/uRLMap:URLMap": (_url_map,),
    "gcp:secretmanager/secret:Secret": (_secret,),
    "gcp:storage/bucket:Bucket": (_bucket,),
}
