"""The container beside Envoy that keeps its files as the region's bucket has them."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from hashlib import sha256

from llmdeploy.serving.gateway.cloud import DIRECTORY
from llmdeploy.serving.node.files import Cloud, script

POLL_S = 15
"""Seconds between two looks: a change of weights reaches every gateway within this. Each look costs about two
seconds of one CPU with the AWS command line."""
FILE_LIST = "files"
"""The object beside the gateway's files that says which they are. Written last."""
ENVOY_OWNER = "101:101"
"""User and group of Envoy in the image envoyproxy/envoy (from memory). Files with keys are for it alone."""


def config_sidecar_command(
    cloud: Cloud,
    *,
    location: str,
    bucket: str,
    folder: str = DIRECTORY,
    owner: str = ENVOY_OWNER,
) -> list[str]:
    """The command of the sidecar: a shell with `aws`, or for gcp with `curl` and `base64`.

    It runs for ever. `.ready` in the folder says that a whole set is in place; Envoy waits for it. Which
    files there are, and where the keys are kept, it reads from the bucket: a change of either makes no new
    gateway.

    Args:
        owner: user:group that Envoy runs as.
    """
    settings = {
        "LOCATION": location,
        "BUCKET": bucket,
        "FILE_LIST": FILE_LIST,
        "FOLDER": folder,
        "OWNER": owner,
        "POLL_S": str(POLL_S),
    }
    lines = [f"{name}={shlex.quote(value)}" for name, value in settings.items()]
    return ["/bin/sh", "-c", "\n".join((*lines, script(f"sidecar-{cloud}"), script("sidecar")))]


def file_list(files: Mapping[str, str], secret: str | None) -> str:
    """The text of the object `FILE_LIST`: a line `secret ID`, then `sha256  name` for each file.

    The sums tell a whole version from one of which some objects are old: objects are written one by one.

    Args:
        files: `gateway_objects`, in the order to put them in place; what ends in `.template` has its slots
            filled.
        secret: where `{"default": KEY, "peer": KEY}` is kept: a name or ARN of AWS, or
            `projects/PROJECT/secrets/NAME`; None where the gateway asks for no key.
    """
    named = [f"secret {secret}\n"] if secret else []
    sums = (f"{sha256(text.encode()).hexdigest()}  {name}\n" for name, text in files.items())
    return "".join((*named, *sums))


def listed_files(text: str) -> tuple[str, ...]:
    """The names in a `file_list`, in their order."""
    return tuple(line.partition("  ")[2] for line in text.splitlines() if not line.startswith("secret "))
