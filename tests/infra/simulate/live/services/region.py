"""A simulated region with its services running, as a process of their own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx
from tests.infra.simulate.live.services.container import Container

from llmdeploy.infra.provider import files
from llmdeploy.infra.provider.ports import choose_port
from llmdeploy.infra.simulate.clouds import SimulatedClouds
from llmdeploy.infra.simulate.faults import Fault
from llmdeploy.infra.simulate.live.authority import Authority
from llmdeploy.infra.simulate.live.services.configuration import (
    Certificate,
    Configuration,
    Role,
    ServedEndpoint,
)
from llmdeploy.infra.simulate.live.services.credentials import role_in
from llmdeploy.infra.simulate.live.services.tokens import Tokens
from llmdeploy.infra.simulate.records import Record
from llmdeploy.infra.simulate.store import Store
from llmdeploy.serving.spec.managed import Service

LOCATION = "us-east-1"
ACCOUNT = "123456789012"
ARN = f"arn:aws:bedrock:{LOCATION}:{ACCOUNT}:imported-model/abc123def456"
SAGEMAKER_HOST = f"runtime.sagemaker.{LOCATION}.amazonaws.com"
BEDROCK_HOST = f"bedrock-runtime.{LOCATION}.amazonaws.com"
VERTEX_HOST = "4242.europe-west4-567890.prediction.vertexai.goog"
VERTEX_PATH = "/v1/projects/simulated-project/locations/europe-west4/endpoints/4242/invoke"
RUN_HOST = "chat-blue-abcdefghij-ez.a.run.app"


class Region:
    """Its services, two containers behind each, and its clouds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.containers = {"us-east-1-0": Container(), "us-east-1-1": Container()}
        self.role: Role = role_in(folder, LOCATION)
        self.tokens = Tokens(folder)
        self.tokens.current()
        self.clouds = SimulatedClouds(folder)
        self.records = {
            service: self.record(service) for service in ("sagemaker", "bedrock", "vertex", "cloud-run")
        }
        self.told = Configuration(
            port=choose_port(),
            location=LOCATION,
            account=ACCOUNT,
            clouds=str(folder),
            certificates=self._certificates(SAGEMAKER_HOST, BEDROCK_HOST, VERTEX_HOST, RUN_HOST),
            endpoints=(
                self.endpoint("sagemaker", SAGEMAKER_HOST, "/endpoints/chat-blue", "chat-blue"),
                self.endpoint("bedrock", BEDROCK_HOST, "", ARN, idle_s=3600, wake_s=0.5),
                self.endpoint("vertex", VERTEX_HOST, VERTEX_PATH, "4242"),
                self.endpoint("cloud-run", RUN_HOST, "", "chat-blue-run"),
            ),
            roles=(self.role,),
        )
        self.file = folder / "configuration.json"
        self.tell(self.told)
        self.log = folder / "services.log"
        with self.log.open("wb") as sink:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "llmdeploy.infra.simulate.live.services", str(self.file)],
                stdout=sink,
                stderr=subprocess.STDOUT,
                env=os.environ,
            )
        self._wait()

    def endpoint(
        self, service: Service, host: str, path: str, name: str, idle_s: float = 0, wake_s: float = 0
    ) -> ServedEndpoint:
        """One of the four, with times that a test can wait for."""
        return ServedEndpoint(
            service=service,
            host=host,
            path=path,
            name=name,
            record=self.records[service],
            instances={name: each.port for name, each in self.containers.items()},
            timeout_s=1.0,
            stream_timeout_s=1.0,
            idle_s=idle_s,
            wake_s=wake_s,
        )

    def tell(self, told: Configuration) -> None:
        """Put another configuration in its place."""
        files.write_private(self.file, told.model_dump_json())

    def send(
        self, host: str, target: str, body: bytes, headers: Mapping[str, str], method: str = "POST"
    ) -> httpx.Response:
        """A request to a host as its name leads there, verified as for the real one."""
        import ssl

        trusted = ssl.create_default_context(cafile=str(Authority(self.folder).certificate_file))
        with httpx.Client(verify=trusted, timeout=20) as client:
            # Bytes: what was signed is what is sent, percent signs and all.
            url = httpx.URL(scheme="https", host="127.0.0.1", port=self.told.port, raw_path=target.encode())
            request = client.build_request(
                method,
                url,
                content=body,
                headers={**headers, "host": host},
                extensions={"sni_hostname": host},
            )
            return client.send(request)

    def record(self, service: str) -> int:
        """A resource of the clouds; its number."""
        store = Store(self.folder)
        try:
            urn = f"urn:pulumi:chat::llmdeploy::test:{service}::{service}"
            return store.add(Record(0, f"test:{service}:Endpoint", service, urn, LOCATION, {}, {}))
        finally:
            store.close()

    def lose(self, record: int) -> None:
        """Delete a resource behind everybody's back."""
        self.clouds.delete(next(each for each in self.clouds.resources() if each.number == record))

    def refuse(self, kind: str, **more: object) -> None:
        """Have calls refused on purpose."""
        self.clouds.clear_faults()
        self.clouds.add_fault(Fault.read({"kind": "invoke", "type": kind, **more}))

    def close(self) -> None:
        """End all of it."""
        self._process.terminate()
        self._process.wait(10)
        for each in self.containers.values():
            each.close()

    def _certificates(self, *hosts: str) -> dict[str, Certificate]:
        made = {host: Authority(self.folder).sign_service(host) for host in hosts}
        return {
            host: Certificate(certificate=each.certificate, private_key=each.private_key)
            for host, each in made.items()
        }

    def _wait(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self._process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.told.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError(self.log.read_text())
