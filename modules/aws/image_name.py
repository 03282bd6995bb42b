"""Container images by name: where they come from, and whether ECR's pull-through cache can hold them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

DOCKER_HUB = "docker.io"


@dataclass(frozen=True, slots=True)
class Upstream:
    """A registry that ECR's cache can stand in front of.

    Args:
        url: what ECR calls it (docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache).
        short: its part of a repository's name, which has room for 30 characters before it.
        authenticated: whether ECR asks for a login, in a secret named `ecr-pullthroughcache/…`.
    """

    url: str
    short: str
    authenticated: bool


UPSTREAMS = {
    "public.ecr.aws": Upstream("public.ecr.aws", "ecr-public", authenticated=False),
    "quay.io": Upstream("quay.io", "quay", authenticated=False),
    "registry.k8s.io": Upstream("registry.k8s.io", "k8s", authenticated=False),
    DOCKER_HUB: Upstream("registry-1.docker.io", "docker-hub", authenticated=True),
    "ghcr.io": Upstream("ghcr.io", "github", authenticated=True),
}
"""By registry. nvcr.io is not among them: its images are pulled from there."""


def registry(image: str) -> str:
    """The registry of an image: `vllm/vllm-openai` is in docker.io, `ghcr.io/a/b` in ghcr.io."""
    first, slash, _ = image.partition("/")
    return first if slash and ("." in first or ":" in first) else DOCKER_HUB


def repository(image: str) -> str:
    """The repository in its registry; Docker Hub's own images are in `library`."""
    path = image.removeprefix(f"{registry(image)}/")
    return f"library/{path}" if registry(image) == DOCKER_HUB and "/" not in path else path


def cache_prefix(stack: str, upstream: Upstream) -> str:
    """What the names of a stack's cached repositories begin with. A registry of an account has one rule a
    prefix, so two stacks must not share one.
    """
    return f"ld-{hashlib.sha256(stack.encode()).hexdigest()[:10]}/{upstream.short}"
