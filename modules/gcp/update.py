"""How a group replaces its instances, and when it repairs one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pulumi_gcp.compute import (
        RegionInstanceGroupManagerInstanceLifecyclePolicyArgsDict,
        RegionInstanceGroupManagerUpdatePolicyArgsDict,
    )

MOST_ZONES = 4
"""Zones of the largest region: a surge that is right for every group that names no zones."""


def replace_first(
    zones: int, redistribution: Literal["PROACTIVE", "NONE"]
) -> RegionInstanceGroupManagerUpdatePolicyArgsDict:
    """New instances come before old ones go, and only a healthy one counts, so that a version that does not
    start, or for which there is no capacity, takes none of the old ones away.

    Args:
        zones: of the group. A fixed surge of a regional group is 0 or at least their number.
        redistribution: whether instances are moved to even out the zones.
    """
    return {
        "type": "PROACTIVE",
        "minimal_action": "REPLACE",
        "most_disruptive_allowed_action": "REPLACE",
        "replacement_method": "SUBSTITUTE",
        "max_surge_fixed": zones,
        "max_unavailable_fixed": 0,
        "instance_redistribution_type": redistribution,
    }


def repaired_anywhere() -> RegionInstanceGroupManagerInstanceLifecyclePolicyArgsDict:
    """A broken instance is made anew, in another zone where its own has no capacity left."""
    return {"default_action_on_failure": "REPAIR", "on_repair": {"allow_changing_zone": "YES"}}
