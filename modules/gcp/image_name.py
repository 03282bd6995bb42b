"""Container images by name: where they come from, and what they are called in the region's cache."""

from __future__ import annotations

from llmdeploy.modules.gcp.names import image_repository

DOCKER_HUB = "docker.io"


def registry(image: str) -> str:
    """The registry of an image: `vllm/vllm-openai` is in docker.io, `ghcr.io/a/b` in ghcr.io."""
    first, slash, _ = image.partition("/")
    return first if slash and ("." in first or ":" in first) else DOCKER_HUB


def cached_image(image: str, digest: str, project: str, location: str, stack: str) -> str:
    """The image in the region's cache, by digest.

    Args:
        image: without a tag.
    """
    upstream = registry(image)
    path = image.removeprefix(f"{upstream}/")
    if upstream == DOCKER_HUB and "/" not in path:
        path = f"library/{path}"
    repository = image_repository(stack, upstream)
    return f"{location}-docker.pkg.dev/{project.replace(':', '/')}/{repository}/{path}@{digest}"
