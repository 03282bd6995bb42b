"""The systemd units of a node."""

from __future__ import annotations

import math

from llmdeploy.serving.node.request import SETTLE_S, NodeRequest

PROGRAM = "/bin/bash /opt/llmdeploy"
KILL_AFTER_S = 30
"""systemd's own patience over the drain's."""


def started(request: NodeRequest) -> tuple[str, ...]:
    """Enabled at boot; the others come with the replica."""
    adapters = ("llmdeploy-adapters",) if request.adapters else ()
    return ("llmdeploy-replica", "llmdeploy-load", "llmdeploy-watch", *adapters)


def units(request: NodeRequest) -> dict[str, str]:
    """Unit files by name. Weights and image come at the same time; the replica starts when both are there."""
    return {
        "llmdeploy-disk.service": _preparation("disk", "network-online.target dlami-nvme.service", ""),
        "llmdeploy-weights.service": _preparation(
            "weights", "llmdeploy-disk.service", "llmdeploy-disk.service"
        ),
        "llmdeploy-image.service": _preparation(
            "image", "llmdeploy-disk.service docker.service", "llmdeploy-disk.service"
        ),
        "llmdeploy-replica.service": _replica(request),
        "llmdeploy-load.service": _companion("load"),
        "llmdeploy-watch.service": _companion("watch"),
        **({"llmdeploy-adapters.service": _companion("adapters")} if request.adapters else {}),
    }


def _preparation(name: str, after: str, requires: str) -> str:
    return _unit(
        [f"Description=llmdeploy {name}", f"After={after}", "Wants=network-online.target"]
        + ([f"Requires={requires}"] if requires else []),
        # They try again themselves; a replica that never gets ready is the load balancer's to judge.
        [
            "Type=oneshot",
            "RemainAfterExit=yes",
            "TimeoutStartSec=infinity",
            f"ExecStart={PROGRAM}/{name}.sh",
        ],
    )


def _replica(request: NodeRequest) -> str:
    needed = "llmdeploy-weights.service llmdeploy-image.service"
    stop = math.ceil(SETTLE_S + request.drain_s + KILL_AFTER_S)
    return _unit(
        # Docker is restarted by the disk's unit: to require it would cancel the replica's own start then.
        [
            "Description=llmdeploy replica",
            f"After={needed} docker.service",
            f"Requires={needed}",
            "StartLimitIntervalSec=0",
        ],
        [
            "Type=exec",
            *([f"ExecStartPre={PROGRAM}/adapters.sh once"] if request.adapters else []),
            f"ExecStartPre={PROGRAM}/secrets.sh",
            f"ExecStart={PROGRAM}/replica.sh",
            f"ExecStartPost={PROGRAM}/ready.sh",
            f"ExecStop={PROGRAM}/drain.sh",
            f"TimeoutStartSec={request.startup.timeout_s}",
            f"TimeoutStopSec={stop}",
            "Restart=always",
            "RestartSec=5",
        ],
        wanted=True,
    )


def _companion(name: str) -> str:
    return _unit(
        [f"Description=llmdeploy {name}", "After=network-online.target", "Wants=network-online.target"],
        [f"ExecStart={PROGRAM}/{name}.sh", "Restart=on-failure", "RestartSec=10"],
        wanted=True,
    )


def _unit(unit: list[str], service: list[str], *, wanted: bool = False) -> str:
    service = [*service, "StandardOutput=journal+console", "StandardError=journal+console"]
    install = ["[Install]", "WantedBy=multi-user.target"] if wanted else []
    return "\n".join(("[Unit]", *unit, "[Service]", *service, *install, ""))
