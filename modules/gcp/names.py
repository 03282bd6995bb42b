"""Every logical name of this folder, and every physical name that others write down too.

A child is called `NAME-PART` after its component. The golden graphs are the contract over both: change a name
only together with a Pulumi alias, as another name replaces the resource, fleets included.
"""

from __future__ import annotations

import hashlib
import re

from llmdeploy.serving.plan.model import Slot

ACCOUNT_LENGTH = 30
"""Characters of a service account's id (iam API, projects.serviceAccounts.create)."""
ENDPOINT_LENGTH = 46
"""Characters of a Vertex AI endpoint's id; models have the same with eleven more, 63 in all (aiplatform v1,
endpoints.create and models.upload)."""
SERVICE_LENGTH = 49
"""Characters of a Cloud Run service's name (run v2, services.create: fewer than 50)."""
INSTANCE_LENGTH = 58
"""Characters of an instance group's base name: the group adds a hyphen and four (compute API)."""
REPOSITORY_LENGTH = 63
"""Characters of a repository's id (artifactregistry API)."""

BUCKET = "bucket"
NODE = "node"
"""Who the GPU instances are."""
STAND_IN = "stand-in"
"""The GPU instances at the full price beside spot ones."""
GATEWAY = "gateway"
"""Who the gateways are."""
VERTEX = "vertex"
"""An endpoint of Vertex AI in the place of instances."""
CLOUD_RUN = "cloud-run"
"""A Cloud Run service in the place of instances."""
ADAPTERS = "adapters"
"""The list of those that replicas load and unload while they run."""


def part(name: str, *parts: str) -> str:
    """The logical name of a component's child."""
    return "-".join((name, *parts))


def in_slot(name: str, slot: Slot) -> str:
    """What each version of a region's replicas has by itself: the `pool` of those in the slot `green` is
    `pool-green`. In `blue` it is called as if there were no slots, as before there were any.
    """
    return name if slot == "blue" else f"{name}-{slot}"


def account_id(stack: str, role: str) -> str:
    """The id of a service account, unique in the project as the stack's name is."""
    digest = _digest(stack)
    room = ACCOUNT_LENGTH - len(digest) - len(role) - 2
    return f"{_slug(stack)[:room].strip('-')}-{digest}-{role}"


def watcher_role(stack: str) -> str:
    """The custom role of those who count instances. At most 64 letters, digits, dots and underscores."""
    return f"llmdeploy_{_slug(stack).replace('-', '_')[:40]}_{_digest(stack)}"


def keys_secret(stack: str) -> str:
    """The secret that holds the API keys."""
    return f"{stack}-keys"


def hub_token_secret(stack: str) -> str:
    """The secret that holds the token of the model hub."""
    return f"{stack}-hub-token"


def image_repository(stack: str, upstream: str) -> str:
    """The cache of one registry: `docker.io` is `STACK-docker-io`."""
    return _shortened(stack, f"-{_slug(upstream)}", REPOSITORY_LENGTH)


def base_instance(stack: str, location: str, role: str, slot: Slot = "blue") -> str:
    """How instances are called, without the four characters at the end."""
    return _shortened(stack, f"-{location}-{in_slot(role, slot)}", INSTANCE_LENGTH)


def endpoint_id(stack: str, slot: Slot) -> str:
    """The id of a version's endpoint of Vertex AI, the same in every region; its models' begin with it."""
    return _shortened(f"llmdeploy-{stack}", f"-{slot}", ENDPOINT_LENGTH)


def service_id(stack: str, location: str, slot: Slot) -> str:
    """The name of a version's Cloud Run service."""
    return _shortened(f"llmdeploy-{stack}", f"-{location}-{slot}", SERVICE_LENGTH)


def _shortened(stack: str, ending: str, length: int) -> str:
    """The name with the ending; where it is too long, a digest tells it from others that begin alike."""
    slug, room = _slug(stack), length - len(ending)
    if len(slug) > room:
        digest = _digest(stack)
        slug = f"{slug[: room - len(digest) - 1].strip('-')}-{digest}"
    return slug + ending


def _digest(stack: str) -> str:
    return hashlib.sha256(stack.encode()).hexdigest()[:6]


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9-]", "-", text.lower())
