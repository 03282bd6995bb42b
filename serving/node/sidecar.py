"""The container beside Envoy that keeps its files as the region's bucket has them."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from llmdeploy.serving.gateway.cloud import DIRECTORY
from llmdeploy.serving.node.files import Cloud, script

POLL_S = 15
"""Seconds between two looks: a change of weights reaches every gateway within this. Each look costs about two
seconds of one CPU with the AWS command line."""
ENVOY_OWNER = "101:101"
"""User and group of Envoy in the image envoyproxy/envoy (from memory). Files with keys are for it alone."""


def config_sidecar_command(
    cloud: Cloud,
    *,
    location: str,
    bucket: str,
    files: Iterable[str],
    secret: str | None,
    folder: str = DIRECTORY,
    owner: str = ENVOY_OWNER,
) -> list[str]:
    """The command of the sidecar: a shell with `aws`, or for gcp with `curl` and `base64`.

    It runs for ever. `.ready` in the folder says that a whole set is in place; Envoy waits for it.

    Args:
        files: the names of `gateway_objects`, in their order; what ends in `.template` has its slots filled.
        secret: where `{"default": KEY, "peer": KEY}` is kept: a name or ARN of AWS, or
            `projects/PROJECT/secrets/NAME`; None where the gateway asks for no key.
        owner: user:group that Envoy runs as.
    """
    settings = {
        "LOCATION": location,
        "BUCKET": bucket,
        "SECRET": secret or "",
        "FILES": " ".join(files),
        "FOLDER": folder,
        "OWNER": owner,
        "POLL_S": str(POLL_S),
    }
    lines = [f"{name}={shlex.quote(value)}" for name, value in settings.items()]
    return ["/bin/sh", "-c", "\n".join((*lines, script(f"sidecar-{cloud}"), script("sidecar")))]
