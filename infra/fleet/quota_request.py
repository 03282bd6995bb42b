"""A request for more of the quota that a cloud has refused an instance for, ready to run."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Final

from llmdeploy.infra.fleet.refusal import Refusal
from llmdeploy.infra.preflight.needs import QuotaNeed, project_needs, region_needs
from llmdeploy.infra.preflight.quota_command import quota_command
from llmdeploy.serving.plan.model import Plan, RegionPlan

_LIMIT: Final = re.compile(r"(?:limit of|Limit:) (\d+)")
_SPOT: Final = ("spot", "preemptible")


def quota_request(plan: Plan, region: RegionPlan, refusal: Refusal, facts: Mapping[str, Any]) -> str:
    """The command that asks for all that the plan may need; empty where the quota is not known."""
    need = next(_exhausted(plan, region, refusal), None)
    if need is None or need.name is None:
        return ""
    limit = _LIMIT.search(refusal.text)
    # What else uses the quota is not told: all that it allows now may be in use.
    wanted = math.ceil(need.most) + (int(limit[1]) if limit else 0)
    return quota_command(need, need.name, wanted, lambda: str(facts.get("project", "PROJECT")))


def _exhausted(plan: Plan, region: RegionPlan, refusal: Refusal) -> Iterator[QuotaNeed]:
    """The quotas that the refusal may be about, the likeliest first."""
    needs = [*chain(region_needs(region), project_needs(plan) if region.provider == "gcp" else ())]
    yield from (need for need in needs if need.name and f"'{need.name.metric}'" in refusal.text)
    of_spot = "Spot" in refusal.code or "PREEMPTIBLE" in refusal.text
    yield from (need for need in needs if of_spot == any(word in need.what for word in _SPOT))
    yield from needs
