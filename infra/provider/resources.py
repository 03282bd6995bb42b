"""The resources of `llmdeploy:*`, each loaded when a stack has one: every engine run starts a plugin of its
own, and loading all of them takes it as long again as Pulumi itself does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pkgutil import resolve_name
from typing import Any, Final

from llmdeploy.infra.provider.resource import Resource

_HERE: Final = "llmdeploy.infra.provider"
Maker = Callable[[], Resource]


class Resources(Mapping[str, Resource]):
    """Resources by type, made when first asked for."""

    def __init__(self, makers: Mapping[str, Maker]) -> None:
        self._makers = makers
        self._made: dict[str, Resource] = {}

    def __getitem__(self, token: str) -> Resource:
        if token not in self._made:
            self._made[token] = self._makers[token]()
        return self._made[token]

    def __contains__(self, token: object) -> bool:
        return token in self._makers

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


def resources() -> Resources:
    """All that there are. Those of one service share what they ask it by."""
    bedrock = cache(lambda: _found("bedrock.amazon:amazon_bedrock")())
    sagemaker = cache(lambda: _found("sagemaker.amazon:amazon_sagemaker")())
    google = cache(lambda: _found("vertex.google:google_rest")())
    return Resources(
        {
            "llmdeploy:local:Supervisor": _made("supervisor:SupervisorResource"),
            "llmdeploy:local:Replica": _made("replica:ReplicaResource"),
            "llmdeploy:local:ApiKey": _made("api_key:ApiKeyResource"),
            "llmdeploy:local:Gateway": _made("gateway:GatewayResource"),
            "llmdeploy:cloud:Certificate": _made("certificate:CertificateResource"),
            "llmdeploy:aws:BedrockImport": _made("bedrock.imported:BedrockImportResource", bedrock),
            "llmdeploy:aws:InferenceComponent": _made(
                "sagemaker.component:InferenceComponentResource", sagemaker
            ),
            "llmdeploy:gcp:VertexModel": _made("vertex.model:VertexModelResource", google),
            "llmdeploy:gcp:VertexEndpoint": _made("vertex.endpoint:VertexEndpointResource", google),
            "llmdeploy:gcp:VertexDeployment": _made("vertex.deployment:VertexDeploymentResource", google),
            "llmdeploy:simulated:Addresses": _made("addresses:AddressesResource"),
            "llmdeploy:simulated:Envoy": _made("simulated_envoy:SimulatedEnvoyResource"),
            "llmdeploy:simulated:Service": _made("simulated_service:SimulatedServiceResource"),
        }
    )


def _made(place: str, *arguments: Any) -> Maker:
    """What calls the class there."""
    return lambda: _found(place)(*arguments)


def _found(place: str) -> Any:
    return resolve_name(f"{_HERE}.{place}")
