"""What an exported state says of the deployment as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from llmdeploy.infra.runner.steps import STACK_TYPE
from llmdeploy.serving.review.summary import PlanSummary, summary_told

_PROTECTING: Final = ("enableDeletionProtection", "deletionProtection")
"""Inputs of AWS load balancers and of Google Cloud secrets; on this machine nothing is marked."""


def is_protected(state: Mapping[str, Any]) -> bool:
    """Whether it has a resource that its cloud keeps from being deleted, as `protected: true` makes them."""
    return any(
        (each.get("inputs") or {}).get(key) is True for each in _resources(state) for key in _PROTECTING
    )


def plan_in(state: Mapping[str, Any]) -> PlanSummary | None:
    """The plan of the last `up` that ended well; None before it, and of one by another version."""
    for each in _resources(state):
        told = (each.get("outputs") or {}).get("plan")
        if each["type"] == STACK_TYPE and told:
            return summary_told(told)
    return None


def _resources(state: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return (state.get("deployment") or {}).get("resources") or []
