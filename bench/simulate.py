"""What the simulated clouds cost: preview, up, no-op and destroy of many regions, and the time of one
provider call.

`python -m bench.simulate [REGIONS...]`: by default 1, 10 and 50 regions. Every region is a hand-written
program of
31 AWS resources, with the references that a real one has; the engine and the SDK are the real ones.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from llmdeploy.infra.engine.ensure import find_engine
from llmdeploy.infra.home import Home, home_from_environment
from llmdeploy.infra.runner.result import RunResult
from llmdeploy.infra.runner.runner import Runner
from llmdeploy.infra.simulate.attach import attach
from llmdeploy.infra.state.backend import choose_backend

_PLACES = ("us-east-1", "us-east-2", "us-west-2", "eu-central-1", "eu-west-1", "ap-northeast-1")


def main() -> None:
    """Print a line for each number of regions."""
    counts = [int(argument) for argument in sys.argv[1:]] or [1, 10, 50]
    with tempfile.TemporaryDirectory(prefix="bench-simulate-") as folder:
        _calls(Path(folder))
        print("regions  resources  preview s    up s  no-op s  destroy s  engine+program MiB")
        for count in counts:
            _round(Path(folder) / str(count), count)


def _round(folder: Path, count: int) -> None:
    home = Home(folder / "home", home_from_environment().cache)
    engine = find_engine(home.cache)
    if engine is None:
        sys.exit("no engine: run `llmdeploy engine install`")
    with attach(home, "bench") as attached:
        environ = {**os.environ, **attached}
        runner = Runner(home, engine, choose_backend(home, None, {}), environ=environ)
        program = partial(_program, count)
        preview, result = _timed(lambda: runner.preview("bench", program))
        made, _ = _timed(lambda: runner.up("bench", program))
        again, _ = _timed(lambda: runner.up("bench", program, refresh=True))
        gone, _ = _timed(lambda: runner.destroy("bench"))
    mib = (
        max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        / 1024
    )
    figures = f"{preview:9.1f} {made:7.1f} {again:8.1f} {gone:10.1f} {mib:19.0f}"
    print(f"{count:7} {result.counts.create:10} {figures}", flush=True)


def _timed(action: Callable[[], RunResult]) -> tuple[float, RunResult]:
    began = time.monotonic()
    result = action()
    return time.monotonic() - began, result


def _program(count: int) -> None:
    for index in range(count):
        _region(f"r{index}", _PLACES[index % len(_PLACES)])


def _region(prefix: str, region: str) -> None:
    import pulumi_aws as aws

    vpc = aws.ec2.Vpc(f"{prefix}-vpc", region=region, cidr_block="10.0.0.0/16")
    igw = aws.ec2.InternetGateway(f"{prefix}-igw", region=region, vpc_id=vpc.id)
    table = aws.ec2.RouteTable(f"{prefix}-table", region=region, vpc_id=vpc.id)
    aws.ec2.Route(
        f"{prefix}-out",
        region=region,
        route_table_id=table.id,
        destination_cidr_block="0.0.0.0/0",
        gateway_id=igw.id,
    )
    subnets = []
    for letter, block in zip("ab", ("10.0.0.0/20", "10.0.16.0/20"), strict=True):
        zone = f"{region}{letter}" if region != "ap-northeast-1" else f"{region}{'ac'['ab'.index(letter)]}"
        subnet = aws.ec2.Subnet(
            f"{prefix}-{letter}", region=region, vpc_id=vpc.id, cidr_block=block, availability_zone=zone
        )
        aws.ec2.RouteTableAssociation(
            f"{prefix}-{letter}", region=region, subnet_id=subnet.id, route_table_id=table.id
        )
        subnets.append(subnet)
    groups = [
        aws.ec2.SecurityGroup(f"{prefix}-{name}", region=region, vpc_id=vpc.id)
        for name in ("in", "out", "node")
    ]
    for group in groups:
        for port in (80, 443, 8000):
            aws.vpc.SecurityGroupIngressRule(
                f"{prefix}-{group._name}-{port}",
                region=region,
                security_group_id=group.id,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                referenced_security_group_id=groups[0].id,
            )
    for name in ("weights", "config"):
        aws.s3.Bucket(f"{prefix}-{name}", region=region)
    for name in ("hub", "key"):
        secret = aws.secretsmanager.Secret(f"{prefix}-{name}", region=region)
        aws.secretsmanager.SecretVersion(
            f"{prefix}-{name}", region=region, secret_id=secret.id, secret_string="x"
        )
    aws.cloudwatch.LogGroup(f"{prefix}-log", region=region)
    template = aws.ec2.LaunchTemplate(
        f"{prefix}-node", region=region, instance_type="m5.large", vpc_security_group_ids=[groups[2].id]
    )
    balancer = aws.lb.LoadBalancer(
        f"{prefix}-front",
        region=region,
        subnets=[each.id for each in subnets],
        security_groups=[groups[0].id],
    )
    targets = aws.lb.TargetGroup(f"{prefix}-node", region=region, vpc_id=vpc.id, port=8000, protocol="HTTP")
    aws.lb.Listener(
        f"{prefix}-front",
        region=region,
        load_balancer_arn=balancer.arn,
        port=80,
        default_actions=[{"type": "forward", "target_group_arn": targets.arn}],
    )
    aws.autoscaling.Group(
        f"{prefix}-fleet",
        region=region,
        min_size=1,
        max_size=2,
        vpc_zone_identifiers=[each.id for each in subnets],
        target_group_arns=[targets.arn],
        launch_template={"id": template.id, "version": template.latest_version},
        wait_for_capacity_timeout="0",
    )


def _calls(folder: Path) -> None:
    """The time of the calls behind one resource, without engine and gRPC."""
    import asyncio

    from llmdeploy.infra.simulate.cloud.cloud import Cloud
    from llmdeploy.infra.simulate.cloud.pace import Call
    from llmdeploy.infra.simulate.identity.place import Place
    from llmdeploy.infra.simulate.store import Store

    cloud = Cloud("aws", Store(folder / "calls"), Place())
    vpc, subnet = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet"

    def make(token: str, name: str, inputs: dict[str, object]) -> str:
        call = Call("create", token, name, "us-east-1", 0.0, lambda line: None)
        return asyncio.run(cloud.create(f"urn:pulumi:d::p::{token}::{name}", inputs, (), call)).id

    parent = make(vpc, "vpc", {"cidrBlock": "10.0.0.0/16"})
    inputs = [{"vpcId": parent, "cidrBlock": f"10.0.{index}.0/28"} for index in range(200)]
    cloud.check(subnet, f"urn:pulumi:d::p::{subnet}::warm", {}, inputs[0])
    began = time.perf_counter()
    for index, each in enumerate(inputs):
        cloud.check(subnet, f"urn:pulumi:d::p::{subnet}::s{index}", {}, each)
    checked = time.perf_counter()
    for each in inputs:
        cloud.foresee(subnet, each)
    foreseen = time.perf_counter()
    for name, seconds in (("check", checked - began), ("create in a preview", foreseen - checked)):
        print(f"{name}: {seconds / len(inputs) * 1e3:.2f} ms")


if __name__ == "__main__":
    main()
