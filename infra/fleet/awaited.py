"""The versions of a region that are waited for: its own, and the one on trial. A former one is not: it takes
over where it can, and nothing depends on more of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from llmdeploy.infra.fleet.client import FleetLook, VersionLook
from llmdeploy.infra.fleet.refusal import Refusal
from llmdeploy.serving.plan.model import RegionPlan, VersionPlan


@dataclass(frozen=True, slots=True)
class Awaited:
    """One version: what is wanted, and what there is.

    Args:
        called: `canary 3f2a91c04b7e: ` before what is said of it; nothing before what is said of the own.
        facts: the stack's, about it.
    """

    called: str
    wanted: RegionPlan
    look: FleetLook | VersionLook
    facts: Mapping[str, Any]

    @property
    def lacking(self) -> bool:
        """Whether fewer replicas are healthy than are wanted."""
        return self.look.healthy < self.wanted.min_replicas

    @property
    def refused(self) -> Refusal | None:
        """Why the cloud does not give all instances that are wanted."""
        return self.look.refusal if self.look.launched < self.wanted.min_replicas else None


def canary_of(region: RegionPlan) -> VersionPlan | None:
    """The version on trial, if there is one."""
    return region.beside if region.beside is not None and region.beside.role == "canary" else None


def awaited(region: RegionPlan, look: FleetLook, facts: Mapping[str, Any] | None = None) -> Iterator[Awaited]:
    """The own version first."""
    known = facts or {}
    yield Awaited("", region, look, known)
    if (canary := canary_of(region)) is not None:
        seen = look.beside or VersionLook(0, 0)
        yield Awaited(
            f"canary {canary.revision}: ", canary.region, seen, {**known, **(known.get("beside") or {})}
        )
