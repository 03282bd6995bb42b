"""The digests that container images are named by, so that a moved tag changes nothing."""

from __future__ import annotations

from collections.abc import Mapping

from llmdeploy.serving.errors import LlmdeployError


def digest_of(digests: Mapping[str, str], image: str) -> str:
    """The digest of `image:tag`.

    Args:
        digests: `image:tag` → `sha256:…`.

    Raises:
        LlmdeployError: it is not known.
    """
    if image not in digests:
        raise LlmdeployError(
            f"the digest of the container image {image} is not known",
            "run `llmdeploy preflight`, which asks its registry",
        )
    return digests[image]
