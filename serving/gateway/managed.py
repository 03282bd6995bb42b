"""A managed endpoint, as a region's gateway reaches it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import Final

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


AZURE_NAME_LENGTH = 32
"""Of an online endpoint's name (azure/machine-learning/how-to-manage-quotas, "Endpoint name")."""
_DIGITS = 8
NO_HOSTS: Final[Mapping[str, str]] = MappingProxyType({})


def azure_endpoint_name(stack: str, location: str, subscription: str) -> str:
    """The name of the online endpoint of a region. Names are hosts, so a region of Azure has each only once,
    whoever takes it: the digits tell subscriptions apart.
    """
    digits = sha256(f"{subscription}/{stack}/{location}".encode()).hexdigest()[:_DIGITS]
    begins = stack[: AZURE_NAME_LENGTH - _DIGITS - 1].rstrip("-")
    return f"{begins}-{digits}"


def azure_endpoint_host(name: str, location: str) -> str:
    """Where an online endpoint answers (azure/machine-learning/concept-endpoints-online)."""
    return f"{name}.{location}.inference.ml.azure.com"


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
        deployment: which of several behind one host; empty where the host, or the path, says it.
    """

    service: Service
    location: str
    host: str
    path: str
    model: str
    probe_s: float
    component: str = ""
    deployment: str = ""

    @classmethod
    def of(
        cls, plan: Plan, version: RegionPlan, hosts: Mapping[str, str] = NO_HOSTS
    ) -> ManagedEndpoint | None:
        """The endpoint of a version; None where it is self-hosted.

        Args:
            hosts: by region, of endpoints whose hosts are known before they are there.
        """
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
        elif managed.service == "azure-ml":
            host, path = hosts.get(version.name, host), ""
        return cls(
            managed.service,
            version.location,
            host,
            path,
            plan.model_in(version).served_name,
            managed.probe_s,
            component,
            version.slot if managed.service == "azure-ml" else "",
        )
