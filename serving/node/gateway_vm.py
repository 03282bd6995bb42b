"""A gateway's machine in Google's cloud: Container-Optimized OS with Envoy, and the sidecar as a service."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

import yaml

from llmdeploy.serving.gateway.cloud import DIRECTORY, ENTRY_PORT
from llmdeploy.serving.gateway.command import envoy_command
from llmdeploy.serving.node.sidecar import KEYS, config_sidecar_command

FOLDER = "/var/lib/llmdeploy"
"""Writable and kept over restarts on Container-Optimized OS, as /etc is writable and not kept."""
STOP_S = 30
"""Envoy ends at once when it is told to; the instance group has drained its connections before that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayVm:
    """One of a region's gateways."""

    location: str
    bucket: str
    image: str
    """Envoy's, in the region's cache, by digest."""
    workers: int
    """Threads of Envoy: one a CPU."""
    keys: tuple[str, ...] = KEYS
    """The names of the keys in the secret."""


def gcp_gateway_script(vm: GatewayVm) -> str:
    """The cloud-init configuration for the metadata key `user-data`. It holds no secret."""
    files = {
        "/etc/llmdeploy/config.sh": _config(vm),
        "/etc/systemd/system/llmdeploy-config.service": _unit(
            "copies the gateway's configuration", ["ExecStart=/bin/sh /etc/llmdeploy/config.sh"]
        ),
        "/etc/systemd/system/llmdeploy-envoy.service": _unit("the gateway", _envoy(vm)),
    }
    document = {
        "write_files": [
            {"path": path, "permissions": "0644", "owner": "root", "content": content}
            for path, content in files.items()
        ],
        "runcmd": [
            ["systemctl", "daemon-reload"],
            ["systemctl", "start", "--no-block", "llmdeploy-config", "llmdeploy-envoy"],
        ],
    }
    return f"#cloud-config\n{yaml.safe_dump(document, sort_keys=False, width=1000)}"


def _config(vm: GatewayVm) -> str:
    command = config_sidecar_command(
        "gcp", location=vm.location, bucket=vm.bucket, folder=FOLDER, keys=vm.keys
    )
    return command[-1]


def _envoy(vm: GatewayVm) -> Sequence[str]:
    registry = vm.image.partition("/")[0]
    allow = f"INPUT -p tcp --dport {ENTRY_PORT} -j ACCEPT"
    options = f"--rm --name envoy --network host --volume {FOLDER}:{DIRECTORY}:ro --log-driver gcplogs"
    return [
        "Environment=HOME=/home/llmdeploy",
        f"ExecStartPre=/usr/bin/docker-credential-gcr configure-docker --registries {registry}",
        # This system lets nothing in but SSH.
        f"ExecStartPre=/bin/sh -c 'iptables -w -C {allow} || iptables -w -A {allow}'",
        f"ExecStartPre=/bin/sh -c 'until [ -e {FOLDER}/.ready ]; do sleep 1; done'",
        "ExecStartPre=-/usr/bin/docker rm --force envoy",
        f"ExecStart=/usr/bin/docker run {options} {vm.image} {_words(vm)}",
        f"ExecStop=/usr/bin/docker stop --time {STOP_S} envoy",
        "TimeoutStartSec=infinity",
    ]


def _words(vm: GatewayVm) -> str:
    return shlex.join(envoy_command("envoy", DIRECTORY, vm.workers))


def _unit(description: str, service: Sequence[str]) -> str:
    return "\n".join(
        (
            "[Unit]",
            f"Description=llmdeploy: {description}",
            "Wants=network-online.target",
            "After=network-online.target docker.service",
            "[Service]",
            *service,
            "Restart=always",
            "RestartSec=5",
            "",
        )
    )
