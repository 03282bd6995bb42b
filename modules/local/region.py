"""One region on this machine: a supervisord and the replicas that it keeps alive."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from llmdeploy.modules.local.resources import Replica, Supervisor
from llmdeploy.serving.plan.gateway import HealthCheckPlan
from llmdeploy.serving.plan.model import RegionPlan

HOST = "127.0.0.1"


class LocalRegion(pulumi.ComponentResource):
    """The replicas of `region` in `folder`.

    Args:
        name: the logical name of the region and of its supervisord.
        replica_names: the logical name of each replica, of both versions in a rollout, by its name in the
            plan.
        health: how the gateway checks replicas: an update leaves it time to notice that one serves again.
    """

    replicas: Mapping[str, Replica]

    def __init__(
        self,
        name: str,
        region: RegionPlan,
        folder: str,
        replica_names: Mapping[str, str],
        health: HealthCheckPlan,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("llmdeploy:local:Region", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        supervisor = Supervisor(name, folder=folder, opts=child)
        self.replicas = {
            replica: Replica(
                replica_names[replica],
                folder=supervisor.folder,
                name=replica,
                region=region.name,
                server=fleet.server,
                min_ready_s=health.interval_s * health.healthy_threshold + health.timeout_s,
                opts=child,
            )
            for fleet in region.fleets
            for replica in fleet.replica_names
        }
        self._region = region
        self.register_outputs({})

    @property
    def backends(self) -> list[dict[str, Any]]:
        """Where the gateway finds the replicas."""
        return [
            {
                "region": self._region.name,
                "replica": name,
                "host": HOST,
                "port": self.replicas[name].port,
                # What is usual is not said: the gateways of former releases stay as they are.
                **({"slot": fleet.slot} if fleet.slot != "blue" else {}),
            }
            for fleet in self._region.fleets
            for name in fleet.replica_names
        ]
