"""What a region's plan says of its instances, checked to be a cloud's."""

from __future__ import annotations

from dataclasses import dataclass, replace

from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.frameworks.launch import Launch
from llmdeploy.serving.plan.hardware import HardwarePlan
from llmdeploy.serving.plan.model import RegionPlan, Role, Slot
from llmdeploy.serving.startup.plan import StartupPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """The instances of one version in a region. Their number goes from `least` to `most`."""

    location: str
    slot: Slot
    role: Role | None
    """None: the region's own version."""
    zones: tuple[str, ...]
    hardware: HardwarePlan
    launch: Launch
    startup: StartupPlan
    drain_s: int
    least: int
    most: int
    target_load: float | None
    """What scaling holds a replica's load at, where the spec says."""

    @property
    def health_path(self) -> str:
        """Answers 200 while the server is alive."""
        return self.launch.health_path

    @property
    def scales(self) -> bool:
        """Whether the number of instances follows the load: only that of a region's own version, as what a
        version beside it gets is decided step by step."""
        return self.role is None and self.most > self.least

    @property
    def size(self) -> int | None:
        """The number of instances; None where it is another's to say, and stays as it is without one: the
        former version keeps as many as it had grown to, until the new one has proved itself.
        """
        return None if self.most > self.least else self.least

    @property
    def spot(self) -> bool:
        """Whether Google may take the instances away at any time."""
        return self.hardware.purchase != "on-demand"

    @property
    def stand_in(self) -> Fleet:
        """As many at the full price as spot ones are missing: none at first."""
        return replace(self, least=0)

    @property
    def falls_back(self) -> bool:
        """Whether instances at the full price stand in for spot ones that Google does not give."""
        return self.hardware.purchase == "spot-with-fallback"


def fleet(region: RegionPlan, zones: tuple[str, ...], role: Role | None = None) -> Fleet:
    """The fleet of a version of a region.

    Args:
        role: of one beside the region's own. A canary has as many instances as its plan has at least.

    Raises:
        LlmdeployError: the plan says nothing of its instances, or no zone offers them.
    """
    launch = region.server.launch
    if launch is None or region.hardware is None or region.startup is None:
        raise LlmdeployError(f"the plan of {region.name} has no instances", "plan the spec anew")
    if not zones:
        raise LlmdeployError(
            f"no zone of {region.name} is known to offer {region.hardware.instance}",
            "use another GPU or region",
        )
    return Fleet(
        location=region.location,
        slot=region.slot,
        role=role,
        zones=zones,
        hardware=region.hardware,
        launch=launch,
        startup=region.startup,
        drain_s=round(region.server.drain_timeout_s),
        least=region.min_replicas,
        most=region.min_replicas if role == "canary" else region.max_replicas,
        target_load=region.target_load,
    )
