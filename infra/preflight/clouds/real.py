"""The real clouds, registries and hub, each made when it is first asked."""

from __future__ import annotations

import os
from collections.abc import Mapping

from llmdeploy.infra.preflight.clouds.hub import ENDPOINT, HttpHub
from llmdeploy.infra.preflight.clouds.protocol import Clients, Cloud
from llmdeploy.infra.preflight.clouds.registry import HttpRegistry


def real_clients(environ: Mapping[str, str] = os.environ) -> Clients:
    """Clients with the user's own credentials."""

    def aws() -> Cloud:
        from llmdeploy.infra.preflight.clouds.aws import aws_cloud

        return aws_cloud()

    def gcp() -> Cloud:
        from llmdeploy.infra.preflight.clouds.gcp import gcp_cloud

        return gcp_cloud(environ)

    def azure() -> Cloud:
        from llmdeploy.infra.preflight.clouds.azure import azure_cloud

        return azure_cloud(environ)

    return Clients(
        clouds={"aws": aws, "gcp": gcp, "azure": azure},
        registry=HttpRegistry(),
        hub=HttpHub(_token(environ), environ.get("HF_ENDPOINT") or ENDPOINT),
    )


def _token(environ: Mapping[str, str]) -> str:
    """Where huggingface_hub finds it too."""
    return environ.get("HF_TOKEN") or environ.get("HUGGING_FACE_HUB_TOKEN", "")
