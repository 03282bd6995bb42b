"""The image of a server with its command in it: Azure ML runs images as they are."""

from __future__ import annotations

import json
from hashlib import sha256

from llmdeploy.serving.plan.managed import ManagedContainer

DIGITS = 12
"""Of a Dockerfile's digest, in the names of what is made of it."""


def dockerfile(container: ManagedContainer, digest: str) -> str:
    """What is built. Docker hands `CMD` to the image's own entrypoint, as it does what `docker run` is given
    after the image (docs.docker.com/reference/dockerfile, "CMD").

    Args:
        digest: of the image, so that a moved tag changes nothing.
    """
    image, _, tag = container.image.rpartition(":")
    lines = [f"# {image}:{tag}", f"FROM {image}@{digest}"]
    if container.command:
        lines.append(f"CMD {json.dumps(list(container.command), ensure_ascii=False)}")
    return "\n".join((*lines, ""))


def version_of(text: str) -> str:
    """What a Dockerfile is called, in the store and as a version of an environment."""
    return sha256(text.encode()).hexdigest()[:DIGITS]
