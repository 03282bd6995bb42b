"""What others ask the clouds about, kept in the state piece by piece: a stack's own outputs are written only
when nothing failed, and a region that came up must be found though another did not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from llmdeploy.serving.plan.model import Plan
from llmdeploy.stacks import names

TYPE = "llmdeploy:stack:Facts"


class Facts(pulumi.ComponentResource):
    """Holds these facts as its outputs, once they are known."""

    def __init__(self, name: str, facts: Mapping[str, Any]) -> None:
        super().__init__(TYPE, name, {})
        self.register_outputs(dict(facts))


def facts_in(state: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """All facts in an exported state, by name."""
    resources = (state.get("deployment") or {}).get("resources") or []
    return {
        each["urn"].rpartition("::")[2]: each["outputs"]
        for each in resources
        if each["type"] == TYPE and each.get("outputs")
    }


def region_facts(facts: Mapping[str, dict[str, Any]], plan: Plan) -> dict[str, dict[str, Any]]:
    """The facts of each of the plan's regions that has been made, by region."""
    by_name = {region.name: facts.get(names.facts(names.region(region.name))) for region in plan.regions}
    return {name: found for name, found in by_name.items() if found}
