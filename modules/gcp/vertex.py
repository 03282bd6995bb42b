"""The replicas of one version as an endpoint of Vertex AI."""

from __future__ import annotations

import pulumi

from llmdeploy.modules.gcp import names
from llmdeploy.modules.gcp.identity import member
from llmdeploy.modules.gcp.managed import Endpoint, ManagedPlace, ManagedVersion
from llmdeploy.modules.gcp.names import in_slot, part
from llmdeploy.modules.gcp.vertex_resources import VertexDeployment, VertexEndpoint, VertexModel
from llmdeploy.serving.managed.vertex import machine_of

CALLER = "roles/aiplatform.user"
"""The smallest of Google's own roles that may ask an endpoint; granted on this one alone."""
LONGEST_REQUEST_S = 3600
"""vertex-ai/docs/predictions/using-dedicated-endpoints."""
MIB = 1024


class GcpVertex(pulumi.ComponentResource):
    """A model, a dedicated endpoint, and the deployment of the one on the other. The endpoint stays as long
    as the version's slot is Vertex AI's: another container is deployed beside the old one and takes its
    traffic.
    """

    endpoint: Endpoint

    def __init__(self, place: ManagedPlace, wanted: ManagedVersion) -> None:
        version = wanted.version
        name = part(place.name, in_slot(names.VERTEX, version.slot))
        super().__init__("llmdeploy:gcp:Vertex", name, {}, place.opts)
        self._name, self._place, self._wanted = name, place, wanted
        self._id = names.endpoint_id(place.deployment.stack, version.slot)
        self._child = pulumi.ResourceOptions(parent=self)
        endpoint = self._endpoint()
        may_call = self._let_gateways_call(endpoint)
        deployment = self._deploy(endpoint, self._model())
        # A gateway that is told of it too early would count it as failed.
        serving = pulumi.Output.all(endpoint.host, deployment.deployed_id, may_call)
        self.endpoint = Endpoint(
            resource=endpoint.resource, host=serving.apply(lambda known: str(known[0])), path=endpoint.path
        )
        self.register_outputs({})

    def _endpoint(self) -> VertexEndpoint:
        place = self._place
        return VertexEndpoint(
            part(self._name, "endpoint"),
            project=place.project,
            location=self._wanted.version.location,
            endpoint_id=self._id,
            inference_timeout_s=min(LONGEST_REQUEST_S, round(place.request_timeout_s)),
            labels=place.deployment.labels,
            opts=self._child,
        )

    def _let_gateways_call(self, endpoint: VertexEndpoint) -> pulumi.Output[str]:
        from pulumi_gcp import vertex

        return vertex.AiEndpointIamMember(
            part(self._name, "caller"),
            project=self._place.project,
            location=self._wanted.version.location,
            endpoint=endpoint.resource,
            role=CALLER,
            member=member(self._place.identity.gateway),
            opts=self._child,
        ).id

    def _model(self) -> VertexModel:
        place, wanted = self._place, self._wanted
        container, launch = wanted.container, wanted.version.server.launch
        return VertexModel(
            part(self._name, "model"),
            project=place.project,
            location=wanted.version.location,
            name=self._id,
            image=wanted.image,
            arguments=container.command,
            environment=container.environment,
            port=container.port,
            health_path=container.health_path,
            shm_mib=(launch.shm_gib if launch else 0) * MIB,
            deployment_timeout_s=wanted.managed.startup_timeout_s,
            labels=place.deployment.labels,
            opts=self._child,
        )

    def _deploy(self, endpoint: VertexEndpoint, model: VertexModel) -> VertexDeployment:
        version, managed = self._wanted.version, self._wanted.managed
        assert version.hardware is not None
        machine = machine_of(version.hardware.instance)
        least = max(1, version.min_replicas)
        return VertexDeployment(
            part(self._name, "deployment"),
            location=version.location,
            endpoint=endpoint.resource,
            model=model.resource,
            name=self._id,
            machine_type=machine.machine_type,
            accelerator=machine.accelerator,
            accelerators=machine.count,
            min_replicas=least,
            max_replicas=max(least, self._wanted.most),
            service_account=self._place.identity.node,
            timeout_s=managed.startup_timeout_s,
            opts=self._child,
        )
