"""Traffic alone: a change of routes in some regions, without asking for all that stays as it is.

An update with targets touches nothing else, and keeps in the state what its program leaves out. So this
program declares what regions share and the regions that are steered, says the other outputs again, and its
update is held to the gateways' files: with three regions it takes less than half of the time. What else a
plan changes waits for the next update of everything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from llmdeploy.serving.plan.model import Plan
from llmdeploy.stacks import names
from llmdeploy.stacks.clouds import make_shared
from llmdeploy.stacks.program import Settings
from llmdeploy.stacks.record import export_record

_SECRET: Final = frozenset({"api_key", "hub_token"})


def steer_clouds(
    plan: Plan, settings: Settings, regions: Collection[str], outputs: Mapping[str, Any]
) -> None:
    """Declare the steered regions, and export what the stack knows.

    Args:
        outputs: the stack's, with its secrets.
    """
    import pulumi

    shared = make_shared(plan, settings)
    for part in (shared.aws, shared.gcp):
        if part is not None:
            part.make_regions(shared.trusted, regions)
    for name, value in outputs.items():
        pulumi.export(name, pulumi.Output.secret(value) if name in _SECRET else value)
    export_record(settings.record)


def steered(regions: Iterable[str]) -> list[str]:
    """The targets of the update: patterns of URNs, of all objects in the buckets of these regions."""
    return [f"**BucketObject*::{names.region(region)}-**" for region in regions]
