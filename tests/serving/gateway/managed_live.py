"""A real Envoy in front of a simulated managed endpoint, reached over TLS as in a cloud, and of a replica of
our own in the next region.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from tests.serving.gateway import live, sigv4
from tests.serving.gateway.live import KEY, Live, Replica, free_port
from tests.serving.gateway.plans import gateway_plan, regions
from tests.serving.gateway.service import PATHS

from llmdeploy.infra.simulate.live.authority import Authority
from llmdeploy.infra.simulate.live.transplant import transplanted
from llmdeploy.serving.gateway import Entry, envoy_files
from llmdeploy.serving.gateway.cloud import FRONT_PORT, TOKENS
from llmdeploy.serving.gateway.managed import ManagedEndpoint
from llmdeploy.serving.gateway.relays import PUBLIC_AUTHORITIES, Relay
from llmdeploy.serving.spec.managed import Service

MANAGED, OWN = "aws/us-east-1", "aws/us-west-2"
HOSTS: dict[str, str] = {
    "sagemaker": "runtime.sagemaker.us-east-1.amazonaws.com",
    "bedrock": "bedrock-runtime.us-east-1.amazonaws.com",
    "vertex": "7.us-east-1-42.prediction.vertexai.goog",
    "cloud-run": "chat-blue-42.us-east-1.run.app",
    "azure-ml": "chat-0123abcd.us-east-1.inference.ml.azure.com",
}
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": sigv4.KEY_ID,
    "AWS_SECRET_ACCESS_KEY": sigv4.SECRET,
    "AWS_SESSION_TOKEN": sigv4.SESSION,
}
TOKEN = "ya29.test-token"


@dataclass
class ManagedLive(Live):
    """The gateway, with the service that its first region's relay leads to."""

    kind: str = ""
    relay: Relay = field(default_factory=lambda: Relay("", 0, "", 0))
    service_port: int = field(default_factory=free_port)
    tokens: dict[str, str] = field(default_factory=dict)
    service: subprocess.Popen[bytes] | None = None

    def write(self) -> None:
        backends = [self.relay.backend, *(replica.backend for replica in self.replicas)]
        directory, admin = str(self.directory), str(self.admin_socket)
        files = envoy_files(
            self.plan, self.regions, backends, self.entries, self.keys, directory, admin, [self.relay],
            tokens=self.tokens,
        )  # fmt: skip
        moved = {(self.relay.host, FRONT_PORT): self.service_port}
        trusted = str(self.directory / "authority.pem")
        for name, text in transplanted(files, moved, {}, directory, admin).items():
            fresh = self.directory / f".{name}.new"
            fresh.write_text(text.replace(PUBLIC_AUTHORITIES, trusted))
            fresh.rename(self.directory / name)

    def healthy(self) -> dict[str, set[str]]:
        # Besides the chains there are relays, probes, and where Envoy gets credentials from.
        others = ("relay.", "probe.", "ec")
        return {name: hosts for name, hosts in super().healthy().items() if not name.startswith(others)}

    def names(self) -> dict[int, str]:
        return {**super().names(), self.relay.port: "service"}

    def start_service(self) -> None:
        tls = Authority(self.directory).sign((self.relay.host,))
        for name, text in (("service.pem", tls.certificate), ("service.key", tls.private_key)):
            (self.directory / name).write_text(text)
        (self.directory / "token").write_text(TOKEN)
        program = str(Path(__file__).with_name("service.py"))
        files = (str(self.directory / "service.pem"), str(self.directory / "service.key"))
        command = [sys.executable, program, self.kind, str(self.service_port), self.relay.host, *files]
        self.service = subprocess.Popen([*command, str(self.directory)])
        live.wait_until(self._takes_connections, "the service listens")

    def _takes_connections(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.service_port)) == 0

    def fault(self, name: str = "") -> None:
        """What is wrong with the service from now on."""
        (self.directory / "fault").write_text(name)

    def chat(
        self, port: int | None = None, path: str = "/v1/chat/completions", **body: Any
    ) -> httpx.Response:
        """A request to the entry, or past it to the relay's port."""
        asked = {"model": "chat", "messages": [{"role": "user", "content": "hi"}], **body}
        url = f"http://127.0.0.1:{port or self.port()}{path}"
        return httpx.post(url, json=asked, headers={"authorization": f"Bearer {KEY}"}, timeout=20)

    def service_calls(self) -> list[dict[str, Any]]:
        """Every request that the service got from clients, no probes."""
        lines = (self.directory / "service-calls.jsonl").read_text().splitlines()
        return [call for call in map(json.loads, lines) if not call["is_probe"]]


@contextmanager
def managed(
    kind: Service,
    *,
    own: bool = False,
    probe_s: float = 0.3,
    environment: dict[str, str] | None = None,
    tokens: dict[str, str] | None = None,
    healthy: bool = True,
    component: str = "",
    **plan: Any,
) -> Iterator[ManagedLive]:
    """A gateway with one entry, in the region of the managed endpoint.

    Args:
        own: whether the next region has a replica of our own.
        tokens: what the gateway's files of tokens hold; None: what the service takes.
        healthy: whether to wait until the gateway finds all well.
        component: the one on the endpoint of SageMaker that is asked; empty for the endpoint itself.
    """
    with tempfile.TemporaryDirectory(prefix="gwm-") as folder:
        directory = Path(folder)
        host = HOSTS[kind]
        deployment = "blue" if kind == "azure-ml" else ""
        endpoint = ManagedEndpoint(
            kind, "us-east-1", host, PATHS[kind], "chat", probe_s, component, deployment
        )
        (directory / "component").write_text(component)
        relay = Relay(MANAGED, free_port(), host, FRONT_PORT, host, managed=endpoint)
        calls = directory / "calls.jsonl"
        running = ManagedLive(
            gateway_plan(**plan),
            regions(MANAGED, OWN) if own else regions(MANAGED),
            [Replica(OWN, "own", calls)] if own else [],
            [Entry(MANAGED, "127.0.0.1", free_port())],
            directory,
            calls,
            {"default": KEY},
            environment=CREDENTIALS if environment is None else environment,
            kind=kind,
            relay=relay,
            tokens=dict.fromkeys(TOKENS, TOKEN) if tokens is None else tokens,
        )
        try:
            running.start_service()
            live.start(running, *(["service"] if healthy else []))
            yield running
        finally:
            live.end(running)
            if running.service is not None:
                running.service.kill()
                running.service.wait()
