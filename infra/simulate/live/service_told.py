"""What the services of a region are told, once it is known where everything listens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from llmdeploy.infra.provider.envoy import files_folder
from llmdeploy.infra.simulate.live.gateway_files import gateway_texts
from llmdeploy.infra.simulate.live.layout import EDGE, GATEWAY_PROGRAM
from llmdeploy.infra.simulate.live.services.configuration import (
    Certificate,
    Configuration,
    ServedEndpoint,
    TokenFile,
)
from llmdeploy.infra.simulate.live.topology import LiveEndpoint, LiveGateway, LiveRegion, LiveService
from llmdeploy.serving.spec.managed import Service

TIMES_S: Final[Mapping[Service, tuple[float, float]]] = {
    "sagemaker": (60.0, 480.0),
    "bedrock": (3600.0, 3600.0),
    "vertex": (3600.0, 3600.0),
    "cloud-run": (3600.0, 3600.0),
    "azure-ml": (180.0, 180.0),
}
"""How long a whole answer and a stream may take. SageMaker: 60 s (botocore, InvokeEndpoint), 8 minutes
([MEM] of AWS's announcement of streams); Vertex AI and Cloud Run: what the endpoint is set to, at most an
hour; Azure ML: machine-learning/how-to-manage-quotas; Bedrock says none.
"""
BEDROCK_SLEEP_S: Final = (300.0, 5.0)
"""An imported model is billed, and kept, in windows of 5 minutes (bedrock/userguide, custom model units). The
time to load it again is made up: real models take longer.
"""
COPIES_SLEEP_S: Final = (900.0, 5.0)
"""The alarm that takes the last copy wants 15 minutes without load (AWS's blog of 2024-12, and measured in
huggingface/skills#215). The time to start one again is made up: real ones take 5 to 10 minutes.
"""


def service_told(
    region: LiveRegion,
    service: LiveService,
    folder: Path,
    known: Mapping[str, int],
    replica_ports: Mapping[str, int],
) -> Configuration:
    """The whole of it.

    Args:
        folder: of the region's replicas.
        known: ports by symbol.
        replica_ports: by name.
    """
    return Configuration(
        port=int(known[service.symbol]),
        location=region.location,
        account=service.account,
        clouds=str(service.clouds),
        certificates={
            host: Certificate(certificate=tls.certificate, private_key=tls.private_key)
            for host, tls in service.certificates.items()
        },
        endpoints=tuple(_endpoint(each, replica_ports) for each in service.endpoints),
        roles=service.roles,
        token_files=tuple(_token_files(region.gateway, folder, known)) if region.gateway else (),
    )


def _endpoint(endpoint: LiveEndpoint, ports: Mapping[str, int]) -> ServedEndpoint:
    whole, stream = TIMES_S[endpoint.service]
    idle_s, wake_s = BEDROCK_SLEEP_S if endpoint.service == "bedrock" else (0.0, 0.0)
    if endpoint.component:
        idle_s, wake_s = COPIES_SLEEP_S
    return ServedEndpoint(
        service=endpoint.service,
        host=endpoint.host,
        path=endpoint.path,
        name=endpoint.name,
        record=endpoint.record,
        instances={name: int(ports[name]) for name in endpoint.replicas},
        timeout_s=whole,
        stream_timeout_s=stream,
        component=endpoint.component,
        idle_s=idle_s,
        wake_s=wake_s,
    )


def _token_files(gateway: LiveGateway, folder: Path, known: Mapping[str, int]) -> Iterator[TokenFile]:
    directory = files_folder(Path(f"{folder}{EDGE}"), GATEWAY_PROGRAM)
    for name, text in gateway_texts(gateway, known, str(directory), "", filled=False).items():
        slots = {slot: audience for slot, audience in gateway.audiences.items() if slot in text}
        if slots:
            yield TokenFile(path=str(directory / name), text=text, slots=slots)
