"""`pulumi-resource-llmdeploy`: the plugin that the Pulumi engine starts and speaks gRPC with."""

from __future__ import annotations

import sys

from llmdeploy.infra.provider.addresses import AddressesResource
from llmdeploy.infra.provider.api_key import ApiKeyResource
from llmdeploy.infra.provider.bedrock.amazon import amazon_bedrock
from llmdeploy.infra.provider.bedrock.imported import BedrockImportResource
from llmdeploy.infra.provider.certificate import CertificateResource
from llmdeploy.infra.provider.gateway import GatewayResource
from llmdeploy.infra.provider.plugin import engine_report, serve
from llmdeploy.infra.provider.provider import LocalProvider
from llmdeploy.infra.provider.replica import ReplicaResource
from llmdeploy.infra.provider.resource import Resource
from llmdeploy.infra.provider.sagemaker.amazon import amazon_sagemaker
from llmdeploy.infra.provider.sagemaker.component import InferenceComponentResource
from llmdeploy.infra.provider.simulated_envoy import SimulatedEnvoyResource
from llmdeploy.infra.provider.simulated_service import SimulatedServiceResource
from llmdeploy.infra.provider.supervisor import SupervisorResource
from llmdeploy.infra.provider.vertex.deployment import VertexDeploymentResource
from llmdeploy.infra.provider.vertex.endpoint import VertexEndpointResource
from llmdeploy.infra.provider.vertex.google import google_rest
from llmdeploy.infra.provider.vertex.model import VertexModelResource

_BEDROCK, _SAGEMAKER, _GOOGLE = amazon_bedrock(), amazon_sagemaker(), google_rest()

RESOURCES: dict[str, Resource] = {
    "llmdeploy:local:Supervisor": SupervisorResource(),
    "llmdeploy:local:Replica": ReplicaResource(),
    "llmdeploy:local:ApiKey": ApiKeyResource(),
    "llmdeploy:local:Gateway": GatewayResource(),
    "llmdeploy:cloud:Certificate": CertificateResource(),
    "llmdeploy:aws:BedrockImport": BedrockImportResource(lambda: _BEDROCK),
    "llmdeploy:aws:InferenceComponent": InferenceComponentResource(lambda: _SAGEMAKER),
    "llmdeploy:gcp:VertexModel": VertexModelResource(lambda: _GOOGLE),
    "llmdeploy:gcp:VertexEndpoint": VertexEndpointResource(lambda: _GOOGLE),
    "llmdeploy:gcp:VertexDeployment": VertexDeploymentResource(lambda: _GOOGLE),
    "llmdeploy:simulated:Addresses": AddressesResource(),
    "llmdeploy:simulated:Envoy": SimulatedEnvoyResource(),
    "llmdeploy:simulated:Service": SimulatedServiceResource(),
}


def main() -> None:
    """Serve the engine whose address is the first argument."""
    from importlib.metadata import version

    addresses = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    if not addresses:
        sys.exit("pulumi-resource-llmdeploy is started by the Pulumi engine, with its address")
    serve(LocalProvider(RESOURCES, engine_report(addresses[0])), version("llmdeploy-stacks"), addresses[0])
