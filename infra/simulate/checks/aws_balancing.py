"""Load balancers and Global Accelerator."""

from __future__ import annotations

from typing import Any, Final

from llmdeploy.infra.simulate.checks.look import Check, Look, Problems, at

_BALANCER: Final = "aws:lb/loadBalancer:LoadBalancer"
_LISTENER: Final = "aws:lb/listener:Listener"
_RULE: Final = "aws:lb/listenerRule:ListenerRule"
_GROUP: Final = "aws:lb/targetGroup:TargetGroup"
_HIGHEST_WEIGHT: Final = 999
"""Source: ELB API reference, TargetGroupTuple."""


def _balancer(look: Look) -> Problems:
    subnets = look.items("subnets")
    zones = look.zones_of(subnets)
    application = look.get("loadBalancerType", "application") == "application"
    if application and look.given("subnets") and len(look.get("subnets", ["?", "?"])) < 2:
        yield "ValidationError", "At least two subnets in two different Availability Zones must be specified"
    if len(zones) != len(set(zones)):
        yield (
            "InvalidConfigurationRequest",
            "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
        )
    vpcs = {
        each.inputs.get("vpcId")
        for each in (look.record(subnet, "aws:ec2/subnet:Subnet") for subnet in subnets)
        if each
    }
    if len(vpcs) > 1:
        yield "InvalidConfigurationRequest", "All subnets must be in the same VPC"
    if not look.given("subnets") and not look.given("subnetMappings"):
        yield "ValidationError", "At least one subnet must be specified"


def _listener(look: Look) -> Problems:
    protocol = look.get("protocol", "HTTP")
    if protocol in {"HTTPS", "TLS"} and not look.given("certificateArn"):
        yield "ValidationError", f"A certificate must be specified for {protocol} listeners"
    if protocol == "HTTP" and look.given("certificateArn"):
        yield "ValidationError", "You can't specify a certificate for an HTTP listener"
    if protocol == "HTTP" and look.given("sslPolicy"):
        yield "ValidationError", "You can't specify an SSL policy for an HTTP listener"
    yield from _port_taken(look)
    for action in look.items("defaultActions"):
        yield from _action(look, action, look.get("loadBalancerArn"))


def _port_taken(look: Look) -> Problems:
    balancer = look.record(look.get("loadBalancerArn"), _BALANCER)
    for other in look.store.users(balancer.number) if balancer else ():
        taken = other.token == _LISTENER and other.inputs.get("port") == look.get("port")
        if taken and other.number != look.number:
            yield (
                "DuplicateListener",
                f"A listener already exists on this port for this load balancer '{balancer and balancer.id}'",
            )


def _rule(look: Look) -> Problems:
    for action in look.items("actions"):
        yield from _action(look, action, None)
    priority = look.get("priority")
    listener = look.record(look.get("listenerArn"), "aws:lb/listener:Listener")
    for other in look.store.users(listener.number) if listener and priority else ():
        taken = other.token == _RULE and other.inputs.get("priority") == priority
        if taken and other.number != look.number:
            yield "PriorityInUse", f"Priority '{priority}' is currently in use"


def _action(look: Look, action: Any, balancer_arn: Any) -> Problems:
    kind = at(action, "type")
    needs = {
        "redirect": "redirect",
        "fixed-response": "fixedResponse",
        "authenticate-oidc": "authenticateOidc",
    }
    if kind in needs and needs[kind] not in action:
        yield "ValidationError", f"An action of type {kind} needs {needs[kind]}"
    if kind == "forward":
        if "targetGroupArn" not in action and "forward" not in action:
            yield "ValidationError", "A forward action needs a target group"
        yield from _weights(at(action, "forward.targetGroups", []))
    groups = [
        at(action, "targetGroupArn"),
        *(at(each, "arn") for each in at(action, "forward.targetGroups", [])),
    ]
    balancer = look.record(balancer_arn, _BALANCER)
    for group in filter(None, (look.record(each, _GROUP) for each in groups)):
        yield from _fits(look, group.inputs, balancer.inputs if balancer else {}, group.id)


def _weights(groups: list[Any]) -> Problems:
    weights = [at(each, "weight", 1) for each in groups]
    if any(not 0 <= each <= _HIGHEST_WEIGHT for each in weights if isinstance(each, int)):
        yield "ValidationError", f"Target group weights must be between 0 and {_HIGHEST_WEIGHT}"
    if len(groups) > 5:
        yield "ValidationError", "At most five target groups can be specified in a forward action"


def _fits(look: Look, group: Any, balancer: Any, identity: str) -> Problems:
    application = at(balancer, "loadBalancerType", "application") == "application"
    if balancer and application and at(group, "protocol") in {"TCP", "UDP", "TLS", "TCP_UDP"}:
        yield (
            "InvalidLoadBalancerAction",
            f"The target group '{identity}' has a protocol that the load balancer does not support",
        )
    subnet = look.record(next(iter(at(balancer, "subnets", [])), None), "aws:ec2/subnet:Subnet")
    if subnet and at(group, "vpcId") and subnet.inputs.get("vpcId") != at(group, "vpcId"):
        yield (
            "InvalidConfigurationRequest",
            f"The target group '{identity}' is in another VPC than the load balancer",
        )


def _group(look: Look) -> Problems:
    target = look.get("targetType", "instance")
    if target != "lambda":
        for needed in ("port", "protocol", "vpcId"):
            if not look.given(needed):
                yield "ValidationError", f"{needed} must be given for target type {target}"
    check = look.get("healthCheck", {})
    interval, timeout = at(check, "interval", 30), at(check, "timeout", 5)
    if isinstance(interval, int) and isinstance(timeout, int) and timeout >= interval:
        yield (
            "ValidationError",
            f"Health check timeout ({timeout}) must be smaller than the interval ({interval})",
        )
    algorithm, start = look.get("loadBalancingAlgorithmType", "round_robin"), look.get("slowStart", 0)
    if algorithm != "round_robin" and start:
        yield "ValidationError", f"Slow start is not supported with the load balancing algorithm {algorithm}"
    if start and not 30 <= start <= 900:
        yield "ValidationError", "Slow start must be 0 or between 30 and 900 seconds"
    if look.get("loadBalancingAnomalyMitigation") == "on" and algorithm != "weighted_random":
        yield "ValidationError", "Anomaly mitigation is supported only with weighted_random"


def _endpoint_group(look: Look) -> Problems:
    group_region = look.get("endpointGroupRegion")
    for endpoint in look.items("endpointConfigurations"):
        arn = at(endpoint, "endpointId")
        if (
            isinstance(arn, str)
            and arn.startswith("arn:")
            and group_region
            and arn.split(":")[3] != group_region
        ):
            yield "InvalidArgumentException", f"The endpoint {arn} is not in the region {group_region}"
        balancer = look.record(arn, _BALANCER)
        preserving = at(endpoint, "clientIpPreservationEnabled")
        if balancer and balancer.inputs.get("internal") is True and preserving is False:
            yield (
                "InvalidArgumentException",
                "Client IP preservation must be enabled for internal load balancers",
            )
        weight = at(endpoint, "weight", 128)
        if isinstance(weight, int) and not 0 <= weight <= 255:
            yield "InvalidArgumentException", "The weight must be between 0 and 255"
    dial = look.get("trafficDialPercentage", 100)
    if isinstance(dial, (int, float)) and not 0 <= dial <= 100:
        yield "InvalidArgumentException", "The traffic dial must be between 0 and 100"
    if look.get("healthCheckIntervalSeconds", 30) not in {10, 30}:
        yield "InvalidArgumentException", "The health check interval must be 10 or 30 seconds"


def _accelerator_listener(look: Look) -> Problems:
    for ports in look.items("portRanges"):
        low, high = at(ports, "fromPort"), at(ports, "toPort")
        if isinstance(low, int) and isinstance(high, int) and low > high:
            yield "InvalidPortRangeException", f"The port range {low}-{high} is invalid"


CHECKS: Final[dict[str, tuple[Check, ...]]] = {
    "aws:globalaccelerator/endpointGroup:EndpointGroup": (_endpoint_group,),
    "aws:globalaccelerator/listener:Listener": (_accelerator_listener,),
    "aws:lb/listener:Listener": (_listener,),
    "aws:lb/listenerRule:ListenerRule": (_rule,),
    _BALANCER: (_balancer,),
    _GROUP: (_group,),
}
