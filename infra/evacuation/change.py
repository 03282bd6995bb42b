"""An evacuation changes the ways of requests, and nothing else: a preview has to show that first."""

from __future__ import annotations

from collections.abc import Iterable

from llmdeploy.infra.evacuation.errors import EvacuationRefused
from llmdeploy.infra.runner.events import Step

WAYS = frozenset(
    {
        "llmdeploy:local:Gateway",
        "aws:s3/bucketObjectv2:BucketObjectv2",
        "gcp:storage/bucketObject:BucketObject",
        "aws:globalaccelerator/endpointGroup:EndpointGroup",
        "gcp:compute/backendService:BackendService",
    }
)
"""What leads requests: the gateways' files, the accelerator, and Google's global load balancer."""
_SHOWN = 5


def refuse_other_changes(stack: str, steps: Iterable[Step]) -> None:
    """Look at what a preview says.

    Raises:
        EvacuationRefused: more would be changed than the ways of requests.
    """
    others = [
        step
        for step in steps
        if step.op not in ("read", "refresh", "same")
        and not step.component
        and not (step.op == "update" and step.type in WAYS)
    ]
    if not others:
        return
    few = ", ".join(f"{step.op} {step.name}" for step in others[:_SHOWN])
    more = f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""
    raise EvacuationRefused(
        f"{stack} is not as its plan now is; this would also {few}{more}",
        "run `llmdeploy up` first: an evacuation changes the ways of requests and nothing else",
    )
