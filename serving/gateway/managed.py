"""A managed endpoint, as a region's gateway reaches it."""

from __future__ import annotations

from dataclasses import dataclass

from llmdeploy.serving.plan.model import Plan, RegionPlan, Slot
from llmdeploy.serving.spec.managed import Service

COMPONENT_HEADER = "x-amzn-sagemaker-inference-component"
"""Says which component of an endpoint is asked (botocore 1.44.8, InvokeEndpoint's InferenceComponentName)."""


def host_placeholder(slot: Slot) -> str:
    """Stands in the gateway's files for the host of a slot's endpoint, where that is known only once it is
    there.
    """
    return f"{{endpoint-host.{slot}}}"


def path_placeholder(slot: Slot) -> str:
    """As `host_placeholder`, for the part of its paths that names it, without a slash at its end."""
    return f"{{endpoint-path.{slot}}}"


def unfilled(text: str) -> bool:
    """Whether something in a gateway's file stands for an endpoint."""
    return "{endpoint-" in text


def sagemaker_endpoint_name(stack: str, slot: Slot) -> str:
    """The name of the endpoint of a slot, the same in every region."""
    return f"{stack}-{slot}"


def sagemaker_component_name(stack: str, slot: Slot) -> str:
    """The name of the inference component on the endpoint of a slot; it may be as the endpoint's."""
    return sagemaker_endpoint_name(stack, slot)


@dataclass(frozen=True, slots=True)
class ManagedEndpoint:
    """One endpoint.

    Args:
        location: `us-east-1`, which requests are signed for.
        host: its name, or a placeholder.
        path: what goes before the service's own paths, or a placeholder.
        model: the name that it serves, for the list of models.
        probe_s: seconds between two probes; 0: none.
        component: the inference component that is asked on it; empty where the endpoint is asked itself.
    """

    service: Service
    location: str
    host: str
    path: str
    model: str
    probe_s: float
    component: str = ""

    @classmethod
    def of(cls, plan: Plan, version: RegionPlan) -> ManagedEndpoint | None:
        """The endpoint of a version; None where it is self-hosted."""
        managed = version.managed
        if managed is None:
            return None
        host, path, component = host_placeholder(version.slot), path_placeholder(version.slot), ""
        if managed.service == "sagemaker":
            host = f"runtime.sagemaker.{version.location}.amazonaws.com"
            path = f"/endpoints/{sagemaker_endpoint_name(plan.stack_name, version.slot)}"
            if managed.component is not None:
                component = sagemaker_component_name(plan.stack_name, version.slot)
        elif managed.service == "bedrock":
            host = f"bedrock-runtime.{version.location}.amazonaws.com"
        return cls(
            managed.service,
            version.location,
            host,
            path,
            plan.model_in(version).served_name,
            managed.probe_s,
            component,
        )
