"""A version of a region's replicas that a service of Google's runs: what its gateways and others need of
it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from llmdeploy.modules.deployment import Deployment
from llmdeploy.modules.endpoint_places import with_places
from llmdeploy.modules.gcp.identity import GcpIdentity
from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.gateway.managed import host_placeholder, path_placeholder
from llmdeploy.serving.plan.managed import ManagedContainer, ManagedPlan
from llmdeploy.serving.plan.model import RegionPlan, Role, Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagedPlace:
    """What the endpoints of a region share.

    Args:
        name: the region's logical name, with which those of its resources begin.
        project: the project id.
        request_timeout_s: what the gateways let a request take.
        opts: of its resources.
    """

    name: str
    deployment: Deployment
    project: str
    identity: GcpIdentity
    request_timeout_s: float
    opts: pulumi.ResourceOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagedVersion:
    """A version as its service is to run it.

    Args:
        image: in the region's cache, by digest: Google's services take no others.
        role: of one beside the region's own. A canary has as many replicas as its plan has at least.
    """

    version: RegionPlan
    image: str
    role: Role | None

    @property
    def managed(self) -> ManagedPlan:
        """The plan of the endpoint."""
        assert self.version.managed is not None
        return self.version.managed

    @property
    def container(self) -> ManagedContainer:
        """Its container. Raises LlmdeployError: the plan has none."""
        if self.managed.container is None:
            raise LlmdeployError(f"the plan of {self.version.name} has no container", "plan the spec anew")
        return self.managed.container

    @property
    def most(self) -> int:
        """Replicas at most."""
        return self.version.min_replicas if self.role == "canary" else self.version.max_replicas


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An endpoint that is there. What is made of `host` waits until its replicas serve.

    Args:
        resource: the whole name, `projects/…`.
        host: without a scheme.
        path: goes before the paths of the server, without a slash at its end.
        audience: whom the gateways' ID tokens are for; None where they need none.
    """

    resource: pulumi.Output[str]
    host: pulumi.Output[str]
    path: pulumi.Output[str]
    audience: pulumi.Output[str] | None = None


def with_endpoints(
    files: Mapping[str, pulumi.Input[str]], endpoints: Mapping[Slot, Endpoint]
) -> dict[str, pulumi.Input[str]]:
    """The gateway's files with hosts and paths of the region's own endpoints in place of what stands for
    them.
    """
    places: dict[str, pulumi.Output[str]] = {}
    for slot, endpoint in endpoints.items():
        places |= {host_placeholder(slot): endpoint.host, path_placeholder(slot): endpoint.path}
    return with_places(files, places)


def audiences(endpoints: Mapping[Slot, Endpoint]) -> dict[Slot, pulumi.Output[str]]:
    """Whom the gateways' ID tokens are for, by slot."""
    return {slot: each.audience for slot, each in endpoints.items() if each.audience is not None}
