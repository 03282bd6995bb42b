"""Which checks apply to which type of resource."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from llmdeploy.infra.simulate.checks import (
    aws_autoscaling,
    aws_balancing,
    aws_containers,
    aws_dns,
    aws_iam,
    aws_network,
    aws_sagemaker,
    azure_ml,
    gcp_balancing,
    gcp_cloud_run,
    gcp_fleet,
    gcp_general,
    gcp_network,
)
from llmdeploy.infra.simulate.checks.look import Check, Look
from llmdeploy.infra.simulate.store import Store

_MODULES: Final = (
    aws_autoscaling,
    aws_balancing,
    aws_containers,
    aws_dns,
    aws_iam,
    aws_network,
    aws_sagemaker,
    azure_ml,
    gcp_balancing,
    gcp_cloud_run,
    gcp_fleet,
    gcp_network,
)


def _merged() -> dict[str, tuple[Check, ...]]:
    merged: dict[str, tuple[Check, ...]] = {}
    for module in _MODULES:
        for token, checks in module.CHECKS.items():
            merged[token] = (*merged.get(token, ()), *checks)
    return merged


_CHECKS: Final = _merged()


def problems_of(
    token: str,
    inputs: Mapping[str, Any],
    region: str,
    store: Store,
    number: int = 0,
    *,
    planned: bool = False,
) -> list[tuple[str, str]]:
    """Everything the cloud would refuse, code and sentence of each; only what is known is looked at.

    Args:
        number: of the record that is to be changed; 0 for a new one.
        planned: whether it is only foreseen.
    """
    look = Look(inputs, region, store, number, planned)
    checks = _CHECKS.get(token, ())
    if token.startswith("gcp:"):
        checks = (*checks, *gcp_general.checks_of(token))
    return [problem for check in checks for problem in check(look)]
