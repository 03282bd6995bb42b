"""A second version of a region's replicas, as the gateway sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from llmdeploy.serving.plan.model import RegionPlan, Role, Slot, Turn

PIN_HEADER = "x-llmdeploy-revision"
"""A request that names a canary here (`pin`) reaches its replicas and no others, whatever its share of the
traffic: so it is warmed up and its answers are looked at before anybody depends on them. Its answers to such
requests have the same header, so that who asks knows that the gateway has heard of it."""


def pin(revision: str, region: str, *, direct: bool) -> str:
    """How a region's canary is named to a gateway: by its revision alone where the region has a gateway of
    its own. Others' gateways may have a canary of the same revision, so there the region is named too.
    """
    return f"{revision}@{region}" if direct else revision


@dataclass(frozen=True, slots=True)
class Beside:
    """The version beside a region's own. The fields are those of `serving.plan.model.VersionPlan`."""

    role: Role
    slot: Slot
    revision: str
    percent: int = 0
    mirrored: bool = False


@dataclass(frozen=True, slots=True)
class GatewayRegion:
    """A region with its share under the policy `weighted`, and the regions that take over, first to try in
    front.

    Args:
        slot: where its own version is.
        turn: whether it is given requests always, when the primaries refuse or are lost, or after those too.
        lingering: it had a canary; what is under way on that way can be tried again.
        evacuated: the other regions come before it, also for its own requests.
        direct: it has no gateways of its own: the others' tell its versions apart.
    """

    name: str
    weight: int
    failover: tuple[str, ...]
    slot: Slot = "blue"
    beside: Beside | None = None
    lingering: bool = False
    evacuated: bool = False
    turn: Turn = "primary"
    direct: bool = False

    @property
    def canary(self) -> Beside | None:
        """The version on trial, if there is one."""
        return self.beside if self.beside is not None and self.beside.role == "canary" else None

    @property
    def pin(self) -> str:
        """How its canary is named; empty where there is none."""
        return pin(self.canary.revision, self.name, direct=self.direct) if self.canary else ""

    @classmethod
    def of(cls, region: RegionPlan) -> GatewayRegion:
        """A region of a plan."""
        beside = region.beside
        return cls(
            region.name,
            region.weight,
            region.failover,
            region.slot,
            None
            if beside is None
            else Beside(beside.role, beside.region.slot, beside.revision, beside.percent, beside.mirrored),
            region.lingering,
            region.evacuated,
            region.turn,
            not region.has_gateway,
        )

    @classmethod
    def told(cls, values: Mapping[str, Any]) -> GatewayRegion:
        """From what `telling` has given."""
        beside = values.get("beside")
        return cls(
            **{
                **values,
                "failover": tuple(values["failover"]),
                "beside": Beside(**beside) if beside else None,
            }
        )

    def telling(self) -> dict[str, Any]:
        """Plain data, without what says nothing."""
        told: dict[str, Any] = {"name": self.name, "weight": self.weight, "failover": list(self.failover)}
        if self.slot != "blue":
            told["slot"] = self.slot
        if self.beside is not None:
            told["beside"] = asdict(self.beside)
        if self.lingering:
            told["lingering"] = True
        if self.evacuated:
            told["evacuated"] = True
        if self.turn != "primary":
            told["turn"] = self.turn
        if self.direct:
            told["direct"] = True
        return told
