"""Who can reach what: the internet the fronts' port 443, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

from tests.contract.security.held import Held

GOOGLES_BALANCERS = ("130.211.0.0/22", "35.191.0.0/16")
"""Load balancers and health checks (cloud.google.com/load-balancing/docs/health-check-concepts)."""
TLS, SSH = 443, 22


def problems(held: Held) -> Iterator[str]:
    """Everything that is open and should not be."""
    yield from _aws(held)
    yield from _no_way_in_to_instances(held)
    yield from _gcp(held)


def _aws(held: Held) -> Iterator[str]:
    fronts = {
        group
        for balancer in held.aws("LoadBalancer")
        if not balancer.inputs["internal"]
        for group in balancer.inputs["securityGroups"]
    }
    for rule in held.aws("SecurityGroupIngressRule"):
        source = rule.inputs.get("cidrIpv4") or rule.inputs.get("cidrIpv6")
        ports = rule.inputs.get("fromPort"), rule.inputs.get("toPort")
        if source and (rule.inputs["securityGroupId"] not in fronts or ports != (TLS, TLS)):
            yield f"{rule.name}: ports {ports} are open to {source}"
        if rule.inputs.get("ipProtocol") != "tcp" or None in ports or ports[0] <= SSH <= ports[1]:
            yield f"{rule.name}: {rule.inputs.get('ipProtocol')} {ports} is no port of ours"
    for group in held.aws("SecurityGroup"):
        if group.inputs.get("ingress") or group.inputs.get("egress"):
            yield f"{group.name}: rules that are no resources of their own"
    for listener in held.aws("Listener"):
        balancer = listener.inputs.get("loadBalancerArn")
        public = balancer is not None and not held.by_handle(balancer).inputs["internal"]
        if public and (listener.inputs["protocol"], listener.inputs["port"]) != ("HTTPS", TLS):
            yield f"{listener.name}: a public listener without TLS"
        if public and not str(listener.inputs.get("sslPolicy")).startswith("ELBSecurityPolicy-TLS13-"):
            yield f"{listener.name}: old versions of TLS"


def _no_way_in_to_instances(held: Held) -> Iterator[str]:
    for template in held.aws("LaunchTemplate"):
        if template.inputs.get("keyName"):
            yield f"{template.name}: a key pair"
        if template.inputs["metadataOptions"]["httpTokens"] != "required":
            yield f"{template.name}: IMDSv1"
        if any(card["associatePublicIpAddress"] != "false" for card in template.inputs["networkInterfaces"]):
            yield f"{template.name}: a public address"
    for service in held.aws("Service"):
        if service.inputs["networkConfiguration"].get("assignPublicIp") or service.inputs.get(
            "enableExecuteCommand"
        ):
            yield f"{service.name}: a public address, or a shell in its tasks"
    for configuration in held.aws("EndpointConfiguration"):
        if any(
            variant.get("enableSsmAccess") is not False
            for variant in configuration.inputs["productionVariants"]
        ):
            yield f"{configuration.name}: a shell in its replicas"
    for template in held.gcp("RegionInstanceTemplate"):
        if any(card.get("accessConfigs") for card in template.inputs["networkInterfaces"]):
            yield f"{template.name}: a public address"
        if template.inputs["metadata"].get("block-project-ssh-keys") != "TRUE":
            yield f"{template.name}: takes the project's SSH keys"
        if "ssh-keys" in template.inputs["metadata"]:
            yield f"{template.name}: SSH keys"


def _gcp(held: Held) -> Iterator[str]:
    for rule in held.gcp("Firewall"):
        if rule.inputs.get("direction", "INGRESS") != "INGRESS":
            continue
        for source in rule.inputs.get("sourceRanges", ["0.0.0.0/0"]):
            if source not in GOOGLES_BALANCERS and not ip_network(source).is_private:
                yield f"{rule.name}: open to {source}"
        for allowed in rule.inputs.get("allows", []):
            if allowed["protocol"] != "tcp" or not allowed.get("ports") or str(SSH) in allowed["ports"]:
                yield f"{rule.name}: {allowed} is no port of ours"
    for entry in held.gcp("GlobalForwardingRule"):
        if entry.inputs["portRange"] != str(TLS):
            yield f"{entry.name}: port {entry.inputs['portRange']} of the internet"
    for entry in held.gcp("ForwardingRule"):
        if entry.inputs["loadBalancingScheme"] != "INTERNAL_MANAGED":
            yield f"{entry.name}: a public entry of a region"
    for kind in ("TargetHttpProxy", "TargetTcpProxy"):
        for proxy in held.gcp(kind):
            yield f"{proxy.name}: a front without TLS"
