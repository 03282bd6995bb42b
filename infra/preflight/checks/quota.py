"""Checks of quotas: what is free, beside what the plan needs at the least and at the most."""

from __future__ import annotations

import math

from llmdeploy.infra.preflight.clouds.protocol import Cloud, Quota
from llmdeploy.infra.preflight.finding import Finding
from llmdeploy.infra.preflight.needs import HeldIn, QuotaNeed
from llmdeploy.infra.preflight.quota_command import quota_command


def quota(need: QuotaNeed, cloud: Cloud, held: HeldIn) -> Finding:
    """Whether a quota has room for the plan. What the stack already runs counts as room."""
    asked = f"{_range(need)} {need.what}"
    if need.name is None:
        mend = "look it up in the cloud's console"
        return Finding(need.where, "quota", asked, "a quota that is not known", "warning", mend)
    found = cloud.quota(need.location, need.name) or Quota(0.0)
    # Nothing is asked where nothing is used.
    others = max(0.0, found.usage - need.own(held)) if found.usage else 0.0
    free = found.value - others
    has = _has(found, others)
    if free >= need.most:
        return Finding(need.where, "quota", asked, has, "ok")
    wanted = math.ceil(others + need.most)
    command = quota_command(need, need.name, wanted, lambda: cloud.identity().account)
    if found.pending is not None and found.pending >= wanted:
        mend, command = f"{found.pending:g} is already asked for: wait until it is granted", ""
    else:
        mend = f"ask for {wanted:g}" + (", or lower scaling.max" if free >= need.least else "")
    enough_to_start = free >= need.least
    return Finding(need.where, "quota", asked, has, "failed", mend, command, soft=enough_to_start)


def _range(need: QuotaNeed) -> str:
    return f"{need.most:g}" if need.least == need.most else f"{need.least:g} to {need.most:g}"


def _has(found: Quota, others: float) -> str:
    if math.isinf(found.value):
        return "no limit"
    if found.usage is None:
        return f"{found.value:g}, usage not told"
    return f"{found.value - others:g} of {found.value:g} free"
